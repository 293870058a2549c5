// Work that would keep the loop waiting, in a thread of its own: for what has no other way, such as a library that
// computes for long. All else belongs into the loop. Nothing is shared: what the work uses nobody else uses until it is
// over.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "loop/loop.hpp"

namespace mitori::loop {

class Aside {
public:
    /// `work` begins at once, in a thread that takes no signal; `done` is called in the loop, once, when it is over,
    /// and may drop this. The loop must outlive it. Fails where no thread or descriptor is to be had.
    [[nodiscard]] static base::Result<std::unique_ptr<Aside>> begin(Loop& loop, std::function<void()> work,
                                                                    std::function<void()> done);
    /// Waits for the work. What was not done yet is not done any more.
    ~Aside();
    Aside(Aside const&) = delete;
    Aside& operator=(Aside const&) = delete;

private:
    Aside() = default;
    base::Fd over_;
    WatchPtr watch_;
    std::thread thread_;
};

} // namespace mitori::loop
