#include "run/relay.hpp"

#include <array>
#include <cerrno>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "base/sys_terminal.hpp"
#include "run/job.hpp"

namespace mitori::run {
namespace {

namespace sys = base::sys;
using base::Result;

constexpr std::size_t most_waiting = 64UL << 10;
/// So little that a terminal that is ready takes it without blocking.
constexpr std::size_t at_once = 1024;

bool would_block(base::Error const& error) { return error.number == EAGAIN; }

} // namespace

Result<std::unique_ptr<Relay>> Relay::make(loop::Loop& loop, base::Fd terminal) {
    auto relay = std::unique_ptr<Relay>(new Relay(loop, std::move(terminal)));
    int const inner = relay->terminal_.get();
    TRY(sys::set_nonblocking(inner));
    relay->typing_ = TRY(sys::duplicate(inner));
    relay->in_ = {.from = STDIN_FILENO, .to = relay->typing_.get()};
    relay->out_ = {.from = inner, .to = STDOUT_FILENO};
    if (has_foreground(STDIN_FILENO)) relay->raw_.emplace(TRY(process::RawTerminal::enter(STDIN_FILENO)));
    TRY(relay->watch(relay->out_));
    TRY(relay->watch(relay->in_));
    return relay;
}

Result<void> Relay::watch(Direction& direction) {
    if (!direction.read && !direction.over && direction.waiting.size() < most_waiting) {
        auto watch = loop_.on_ready(direction.from, loop::Interest::read, loop::Urgency::normal,
                                    [this, &direction](loop::Ready) { on_readable(direction); });
        // A file is always ready, which epoll(7) does not care to say: EPERM.
        if (!watch && watch.error().number == EPERM)
            watch = loop_.defer([this, &direction] { on_readable(direction); });
        direction.read = TRY(std::move(watch));
    }
    if (!direction.write && !direction.waiting.empty()) {
        auto watch = loop_.on_ready(direction.to, loop::Interest::write, loop::Urgency::normal,
                                    [this, &direction](loop::Ready) { on_writable(direction); });
        if (!watch && watch.error().number == EPERM)
            watch = loop_.defer([this, &direction] { on_writable(direction); });
        direction.write = TRY(std::move(watch));
    }
    return {};
}

void Relay::on_readable(Direction& direction) {
    direction.read.reset();
    std::array<std::byte, 4096> buffer{};
    auto const size = sys::read(direction.from, buffer);
    if (size && *size > 0) {
        direction.waiting.append(reinterpret_cast<char const*>(buffer.data()), *size);
    } else if (size || !would_block(size.error())) {
        direction.over = true; // EIO: nobody has the inner terminal any more
        constexpr char end_of_transmission = 4;
        if (&direction == &in_) direction.waiting += end_of_transmission;
    }
    static_cast<void>(watch(direction));
}

bool Relay::write_some(Direction& direction) {
    auto const piece = std::string_view(direction.waiting).substr(0, at_once);
    auto const size = sys::write(direction.to, std::as_bytes(std::span(piece)));
    if (size) direction.waiting.erase(0, *size);
    return size || would_block(size.error());
}

void Relay::on_writable(Direction& direction) {
    direction.write.reset();
    if (!write_some(direction)) {
        direction.over = true;
        direction.waiting.clear();
        direction.read.reset();
    }
    static_cast<void>(watch(direction));
}

void Relay::resize() {
    if (auto const size = sys::window_size(STDIN_FILENO))
        static_cast<void>(sys::set_window_size(terminal_.get(), *size));
}

void Relay::finish() {
    in_.read.reset();
    in_.write.reset();
    out_.read.reset();
    out_.write.reset();
    std::array<std::byte, 4096> buffer{};
    while (true) {
        while (!out_.waiting.empty())
            if (!write_some(out_)) return;
        if (out_.over) return;
        auto const size = sys::read(terminal_.get(), buffer);
        if (!size || *size == 0) return;
        out_.waiting.append(reinterpret_cast<char const*>(buffer.data()), *size);
    }
}

} // namespace mitori::run
