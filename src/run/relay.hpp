// Between our own standard streams and the pseudo-terminal of a command (--pty), both ways, byte for byte.
//
// Our terminal, where standard input is one and we have its foreground, is raw meanwhile: ^C is a byte that the inner
// terminal makes a signal of. The end of an input that is no terminal is typed as ^D there. What cannot be written yet
// waits here, and nothing more is read meanwhile: a slow reader slows the command and nobody else.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/fd.hpp"
#include "loop/loop.hpp"
#include "process/terminal.hpp"

namespace mitori::run {

class Relay {
public:
    /// `terminal`: the controller's end. The loop outlives it.
    [[nodiscard]] static base::Result<std::unique_ptr<Relay>> make(loop::Loop& loop, base::Fd terminal);

    /// Gives the inner terminal our terminal's size.
    void resize();
    /// After the end of the command: what the terminal still holds, to the last byte. May block on standard output.
    void finish();

private:
    /// From one descriptor to another.
    struct Direction {
        int from = -1;
        int to = -1;
        std::string waiting;
        loop::WatchPtr read;
        loop::WatchPtr write;
        bool over = false; ///< nothing comes any more
    };
    Relay(loop::Loop& loop, base::Fd terminal) : loop_(loop), terminal_(std::move(terminal)) {}
    [[nodiscard]] base::Result<void> watch(Direction& direction);
    void on_readable(Direction& direction);
    void on_writable(Direction& direction);
    /// One write of what waits; false when nothing more can be written there.
    bool write_some(Direction& direction);

    loop::Loop& loop_;
    base::Fd terminal_;
    base::Fd typing_; ///< the same once more: epoll(7) takes a descriptor only once
    std::optional<process::RawTerminal> raw_;
    Direction in_;
    Direction out_;
};

} // namespace mitori::run
