// A terminal that shows pictures and gives keys. It stands on ncurses, whose header is in terminal.cpp and nowhere
// else.
//
// Signals that end, stop or resize must be blocked before it is opened: ncurses has handlers of its own for them, which
// then never run; whoever owns the loop calls suspend(), resume() and resize() instead.
#pragma once

#include <memory>
#include <optional>

#include "base/result.hpp"
#include "top/keys.hpp"
#include "top/picture.hpp"

namespace mitori::top {

class Terminal {
public:
    enum class Colour : std::uint8_t { no, yes };
    /// On stdin and stdout. EINVAL where $TERM names nothing that is known. One at a time: ncurses has one screen.
    [[nodiscard]] static base::Result<std::unique_ptr<Terminal>> open(Colour colour);
    virtual ~Terminal() = default; ///< gives the terminal back as it was

    [[nodiscard]] virtual Glyphs glyphs() const = 0;
    [[nodiscard]] virtual Size size() const = 0;
    virtual void show(Picture const& picture) = 0;
    /// Everything anew: something else has written to it.
    virtual void repaint() = 0;
    /// The next key that has come; nothing when there is none.
    [[nodiscard]] virtual std::optional<Key> read() = 0;
    /// The window has another size now.
    virtual void resize() = 0;
    /// Gives the terminal to the shell, and takes it again.
    virtual void suspend() = 0;
    virtual void resume() = 0;
};

/// What the locale of the environment can show. Sets the locale of this process for characters.
[[nodiscard]] Glyphs glyphs_of_locale();

} // namespace mitori::top
