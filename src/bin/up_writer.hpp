#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "loop/loop.hpp"

namespace mitori::bin {

/// Writes to a descriptor without ever waiting for who reads it: what does not go at once is kept until it does. Who
/// feeds it asks full() and then holds back what it has, so that a terminal that stands still stops the services that
/// write to it and not the manager.
class UpWriter {
public:
    /// The descriptor is borrowed. `on_room` is called when it is no longer full.
    UpWriter(loop::Loop& loop, int fd, std::function<void()> on_room);

    void write(std::string_view bytes);
    [[nodiscard]] bool full() const { return waiting_.size() - written_ > most_waiting; }
    /// Writes what waits, until `limit` is over or nobody reads; it may block so long. For the end.
    void finish(base::Usec limit);

private:
    static constexpr std::size_t most_waiting = 256 << 10;
    void push();
    void flush();

    loop::Loop& loop_;
    base::Fd own_; ///< the same pipe or terminal, by a description that does not block
    int fd_;
    std::function<void()> on_room_;
    std::string waiting_;
    std::size_t written_ = 0; ///< of waiting_
    bool gone_ = false;       ///< nobody will ever read again
    loop::WatchPtr watch_;
};

} // namespace mitori::bin
