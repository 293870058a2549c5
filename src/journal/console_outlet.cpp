#include "journal/console_outlet.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::journal {
namespace {

constexpr std::size_t longest_queue = 1 << 20;
constexpr std::size_t widest_tag = 32;
constexpr std::size_t write_at_once = 64 << 10;
// Of a socket's buffer one piece of memory: sent whole or not at all.
constexpr std::size_t send_at_once = 4096;

std::string clock_time(base::Usec realtime) {
    auto const seconds = static_cast<std::time_t>(realtime.count() / 1'000'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool is_socket(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

bool can_wait(int fd) {
    struct stat status{};
    return ::fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
}

} // namespace

ConsoleOutlet::ConsoleOutlet(loop::Loop& loop, base::Fd own, int fd, ConsoleFormat format)
    : loop_(loop),
      own_(std::move(own)),
      fd_(own_ ? own_.get() : fd),
      format_(format),
      colours_(::isatty(fd) != 0) {}

base::Result<std::unique_ptr<ConsoleOutlet>> ConsoleOutlet::make(loop::Loop& loop, int fd, ConsoleFormat format) {
    base::Fd own;
    // The description is shared with whoever gave us this stdout: O_NONBLOCK on it would be theirs, too.
    if (can_wait(fd)) own = TRY(base::sys::reopen(fd, O_WRONLY | O_NONBLOCK));
    return std::unique_ptr<ConsoleOutlet>(new ConsoleOutlet(loop, std::move(own), fd, format));
}

void ConsoleOutlet::show(Entry const& entry, std::string_view text) {
    if (queue_.size() >= longest_queue) {
        ++dropped_;
        ++dropped_now_;
        return;
    }
    if (dropped_now_ > 0) {
        append_raw(fmt::format("mitori: {} lines were dropped here: nobody read them", dropped_now_), queue_);
        dropped_now_ = 0;
    }
    switch (format_) {
    case ConsoleFormat::raw: append_raw(text, queue_); break;
    case ConsoleFormat::json: append_json(entry, queue_); break;
    case ConsoleFormat::prefix: {
        auto const tag = tag_of(entry);
        tag_width_ = std::max(tag_width_, std::min(tag.size(), widest_tag));
        auto colour = TagColour::none;
        if (colours_) {
            // The pid changes with each start; the colour is the program's.
            auto const name = tag.substr(0, tag.find('['));
            colour = tags_.try_emplace(name, colour_of_tag(tags_.size())).first->second;
        }
        auto const time = clock_time(entry.at.realtime);
        append_prefixed({.tag = tag, .time = time, .message = text, .tag_width = tag_width_, .colour = colour}, queue_);
        break;
    }
    }
    if (!watch_) push();
}

void ConsoleOutlet::push() {
    std::size_t done = 0;
    bool const socket = !own_ && is_socket(fd_);
    while (done < queue_.size()) {
        auto const piece = std::string_view(queue_).substr(done, socket ? send_at_once : write_at_once);
        std::size_t put = 0;
        if (socket) {
            if (!base::sys::send_packet(fd_, piece)) break;
            put = piece.size();
        } else if (auto const written = base::sys::write(fd_, std::as_bytes(std::span(piece)))) {
            put = *written;
        } else if (written.error().number == EAGAIN) {
            break;
        } else {
            // Who read it is gone. The journal has everything.
            done = queue_.size();
            break;
        }
        done += put;
    }
    queue_.erase(0, done);
    watch();
}

void ConsoleOutlet::watch() {
    if (queue_.empty() || (!own_ && !is_socket(fd_))) {
        watch_.reset();
        return;
    }
    if (watch_) return;
    auto watch = loop_.on_ready(fd_, loop::Interest::write, loop::Urgency::normal, [this](loop::Ready) { push(); });
    if (watch) watch_ = std::move(*watch);
}

void ConsoleOutlet::flush(int milliseconds) {
    auto const until = base::sys::now_monotonic() + std::chrono::milliseconds(milliseconds);
    for (push(); !queue_.empty(); push()) {
        auto const left = until - base::sys::now_monotonic();
        if (left.count() <= 0) return;
        pollfd wait{.fd = fd_, .events = POLLOUT, .revents = 0};
        ::poll(&wait, 1, static_cast<int>(left.count() / 1000 + 1));
    }
}

} // namespace mitori::journal
