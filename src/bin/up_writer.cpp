#include "bin/up_writer.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <span>
#include <sys/stat.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::bin {
namespace {

/// A description of our own, so that not blocking is not forced on whoever shares the descriptor (the shell, for one).
/// Files need none: they do not block, and another description would have another place in the file.
base::Fd reopened(int fd) {
    struct stat info{};
    if (::fstat(fd, &info) != 0 || !(S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode))) return {};
    auto own = base::sys::reopen(fd, O_WRONLY | O_NONBLOCK | O_NOCTTY);
    return own ? std::move(*own) : base::Fd();
}

} // namespace

UpWriter::UpWriter(loop::Loop& loop, int fd, std::function<void()> on_room)
    : loop_(loop),
      own_(reopened(fd)),
      fd_(own_ ? own_.get() : fd),
      on_room_(std::move(on_room)) {}

void UpWriter::write(std::string_view bytes) {
    if (gone_) return;
    waiting_ += bytes;
    if (!watch_) flush();
}

void UpWriter::push() {
    while (written_ < waiting_.size()) {
        auto const rest = std::as_bytes(std::span(waiting_).subspan(written_));
        auto const went = base::sys::write(fd_, rest);
        if (went) {
            written_ += *went;
            continue;
        }
        if (went.error().number == EAGAIN) return;
        gone_ = true; // a reader that has gone is no reason to stop what it read
        written_ = waiting_.size();
    }
    waiting_.clear();
    written_ = 0;
}

void UpWriter::flush() {
    bool const was_full = full();
    push();
    if (waiting_.empty()) {
        watch_.reset();
    } else if (!watch_) {
        auto watch =
            loop_.on_ready(fd_, loop::Interest::write, loop::Urgency::normal, [this](loop::Ready) { flush(); });
        if (watch)
            watch_ = std::move(*watch);
        else // not by log(): its words may come here
            base::log_to_stderr(base::Priority::err,
                                fmt::format("cannot watch the output: {}", watch.error().message()));
    }
    if (was_full && !full() && on_room_) on_room_();
}

void UpWriter::finish(base::Usec limit) {
    auto const end = base::sys::now_monotonic() + limit;
    watch_.reset();
    on_room_ = nullptr;
    for (push(); !waiting_.empty(); push()) {
        auto const left = std::chrono::ceil<std::chrono::milliseconds>(end - base::sys::now_monotonic());
        pollfd ready{.fd = fd_, .events = POLLOUT, .revents = 0};
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    }
    waiting_.clear(); // whoever speaks now speaks to nobody
    written_ = 0;
    gone_ = true;
}

} // namespace mitori::bin
