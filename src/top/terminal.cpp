#include "top/terminal.hpp"

#define NCURSES_NOMACROS 1
#define NCURSES_WIDECHAR 1
#include <array>
#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <langinfo.h>
#include <ncurses.h>
#include <unistd.h>

#include "base/sys_terminal.hpp"

namespace mitori::top {
namespace {

enum : short { good_pair = 1, warn_pair, bad_pair, graph_pair, title_pair, selected_pair };

class Curses final : public Terminal {
public:
    Curses(SCREEN* screen, Colour colour, Glyphs glyphs) : screen_(screen), glyphs_(glyphs) {
        ::cbreak();
        ::noecho();
        ::nonl();
        ::keypad(::stdscr, true);
        ::nodelay(::stdscr, true);
        constexpr int patience = 25; // milliseconds until an Escape is one, and no longer the beginning of a key
        ::set_escdelay(patience);
        ::curs_set(0);
        ::mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, nullptr);
        ::mouseinterval(0);
        if (colour == Colour::yes && ::has_colors()) begin_colours();
    }
    Curses(Curses const&) = delete;
    Curses& operator=(Curses const&) = delete;
    ~Curses() override {
        ::endwin();
        ::delscreen(screen_);
    }

    Glyphs glyphs() const override { return glyphs_; }
    Size size() const override {
        return {.rows = static_cast<std::size_t>(std::max(::getmaxy(::stdscr), 0)),
                .columns = static_cast<std::size_t>(std::max(::getmaxx(::stdscr), 0))};
    }
    void show(Picture const& picture) override;
    void repaint() override { ::clearok(::curscr, true); }
    std::optional<Key> read() override;
    void resize() override {
        if (auto const size = base::sys::window_size(STDOUT_FILENO); size && size->rows != 0 && size->columns != 0)
            ::resizeterm(size->rows, size->columns);
        repaint();
    }
    void suspend() override { ::endwin(); }
    void resume() override {
        resize();
        ::refresh(); // after endwin this puts the terminal into our mode again
    }

private:
    void begin_colours() {
        ::start_color();
        short const background = ::use_default_colors() == OK ? short{-1} : short{COLOR_BLACK};
        ::init_pair(good_pair, COLOR_GREEN, background);
        ::init_pair(warn_pair, COLOR_YELLOW, background);
        ::init_pair(bad_pair, COLOR_RED, background);
        ::init_pair(graph_pair, COLOR_CYAN, background);
        ::init_pair(title_pair, COLOR_BLACK, COLOR_GREEN);
        ::init_pair(selected_pair, COLOR_BLACK, COLOR_CYAN);
        has_colour_ = true;
    }
    [[nodiscard]] attr_t attributes(Paint paint) const;

    SCREEN* screen_;
    Glyphs glyphs_;
    bool has_colour_ = false;
};

/// A pair, and what stands for it where there is no colour.
attr_t Curses::attributes(Paint paint) const {
    auto const pair = [this](short number, attr_t with_colour, attr_t without) {
        return has_colour_ ? static_cast<attr_t>(COLOR_PAIR(number)) | with_colour : without;
    };
    switch (paint) {
    case Paint::plain: return A_NORMAL;
    case Paint::strong: return A_BOLD;
    case Paint::faint: return A_DIM;
    case Paint::good: return pair(good_pair, A_NORMAL, A_NORMAL);
    case Paint::warn: return pair(warn_pair, A_BOLD, A_BOLD);
    case Paint::bad: return pair(bad_pair, A_BOLD, A_BOLD);
    case Paint::graph: return pair(graph_pair, A_NORMAL, A_NORMAL);
    case Paint::title: return pair(title_pair, A_NORMAL, A_REVERSE);
    case Paint::selected: return pair(selected_pair, A_NORMAL, A_REVERSE | A_BOLD);
    }
    return A_NORMAL;
}

void Curses::show(Picture const& picture) {
    ::werase(::stdscr);
    int row = 0;
    for (auto const& line : picture.lines) {
        ::wmove(::stdscr, row++, 0);
        for (auto const& span : line) {
            ::wattrset(::stdscr, static_cast<int>(attributes(span.paint)));
            ::waddnstr(::stdscr, span.text.data(), static_cast<int>(span.text.size()));
        }
    }
    ::wattrset(::stdscr, static_cast<int>(A_NORMAL));
    ::curs_set(picture.cursor ? 1 : 0);
    if (picture.cursor)
        ::wmove(::stdscr, static_cast<int>(picture.cursor->row), static_cast<int>(picture.cursor->column));
    ::refresh();
}

std::optional<Key> mouse_key() {
    MEVENT event{};
    if (::getmouse(&event) != OK) return std::nullopt;
    Key key{.kind = Key::Kind::click,
            .row = static_cast<std::size_t>(std::max(event.y, 0)),
            .column = static_cast<std::size_t>(std::max(event.x, 0))};
    if ((event.bstate & BUTTON4_PRESSED) != 0)
        key.kind = Key::Kind::wheel_up;
    else if ((event.bstate & BUTTON5_PRESSED) != 0)
        key.kind = Key::Kind::wheel_down;
    else if ((event.bstate & BUTTON1_PRESSED) == 0)
        return std::nullopt;
    return key;
}

/// Of a code that ncurses has a name for.
std::optional<Key::Kind> named_kind(wint_t code) {
    switch (code) {
    case KEY_UP: return Key::Kind::up;
    case KEY_DOWN: return Key::Kind::down;
    case KEY_LEFT: return Key::Kind::left;
    case KEY_RIGHT: return Key::Kind::right;
    case KEY_PPAGE: return Key::Kind::page_up;
    case KEY_NPAGE: return Key::Kind::page_down;
    case KEY_HOME: return Key::Kind::home;
    case KEY_END: return Key::Kind::end;
    case KEY_ENTER: return Key::Kind::enter;
    case KEY_BACKSPACE: return Key::Kind::erase;
    default: return std::nullopt;
    }
}

std::optional<Key> character_key(wint_t code) {
    constexpr wint_t control_l = 12;
    constexpr wint_t escape = 27;
    constexpr wint_t first_printable = 32;
    constexpr wint_t erase = 127;
    if (code == '\r' || code == '\n') return Key{.kind = Key::Kind::enter};
    if (code == escape) return Key{.kind = Key::Kind::escape};
    if (code == erase || code == '\b') return Key{.kind = Key::Kind::erase};
    if (code == control_l) return Key{.kind = Key::Kind::redraw};
    if (code < first_printable) return std::nullopt;
    return Key{.kind = Key::Kind::character, .character = static_cast<char32_t>(code)};
}

std::optional<Key> Curses::read() {
    for (;;) {
        wint_t code = 0;
        auto const got = ::wget_wch(::stdscr, &code);
        if (got == ERR) return std::nullopt;
        std::optional<Key> key;
        constexpr wint_t functions = 64;
        if (got != KEY_CODE_YES)
            key = character_key(code);
        else if (code == KEY_MOUSE)
            key = mouse_key();
        else if (auto const kind = named_kind(code))
            key = Key{.kind = *kind};
        else if (code > KEY_F0 && code < KEY_F0 + functions)
            key = Key{.kind = Key::Kind::function, .number = static_cast<int>(code - KEY_F0)};
        if (key) return key; // others mean nothing here
    }
}

} // namespace

Glyphs glyphs_of_locale() {
    std::setlocale(LC_CTYPE, "");
    return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0 ? Glyphs::utf8 : Glyphs::ascii;
}

base::Result<std::unique_ptr<Terminal>> Terminal::open(Colour colour) {
    auto const glyphs = glyphs_of_locale();
    char const* const name = std::getenv("TERM");
    if (name == nullptr || *name == '\0') return base::make_error(EINVAL, "open the terminal", "TERM is not set");
    auto* const screen = ::newterm(nullptr, stdout, stdin);
    if (screen == nullptr) return base::make_error(EINVAL, "open a terminal of the kind", name);
    ::set_term(screen);
    return std::make_unique<Curses>(screen, colour, glyphs);
}

} // namespace mitori::top
