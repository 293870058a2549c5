// The container's stdout as one more reader of the journal. It never waits: what a reader does not take within a
// bounded queue is dropped, counted, and said in its place.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "journal/console.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

class ConsoleOutlet {
public:
    /// `fd` is borrowed; terminals and pipes are opened anew, so that not to wait there is ours alone.
    [[nodiscard]] static base::Result<std::unique_ptr<ConsoleOutlet>> make(loop::Loop& loop, int fd,
                                                                           ConsoleFormat format);
    void show(Entry const& entry, std::string_view text);
    /// Waits at most so long until all is written: for the very end.
    void flush(int milliseconds);
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    ConsoleOutlet(loop::Loop& loop, base::Fd own, int fd, ConsoleFormat format);
    void push();
    void watch();

    loop::Loop& loop_;
    base::Fd own_;
    int fd_;
    ConsoleFormat format_;
    bool colours_ = false;
    std::string queue_;
    std::uint64_t dropped_ = 0;
    std::uint64_t dropped_now_ = 0; ///< since it was last said
    std::size_t tag_width_ = 8;
    std::map<std::string, TagColour, std::less<>> tags_;
    loop::WatchPtr watch_;
};

} // namespace mitori::journal
