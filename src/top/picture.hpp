// What stands on the screen: lines of text in colours, made from a board and what the person has chosen. Pure: the same
// values give the same picture, whatever terminal shows it, and none at all in tests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "top/board.hpp"

namespace mitori::top {

enum class Paint : std::uint8_t { plain, strong, faint, good, warn, bad, graph, title, selected };

struct Span {
    std::string text;
    Paint paint = Paint::plain;
};
using Line = std::vector<Span>;

struct Size {
    std::size_t rows = 24;
    std::size_t columns = 80;
    friend bool operator==(Size const&, Size const&) = default;
};
struct Picture {
    std::vector<Line> lines; ///< never more than the rows, none wider than the columns
    struct Spot {
        std::size_t row;
        std::size_t column;
    };
    std::optional<Spot> cursor{};
};

/// The text of a line without its colours.
[[nodiscard]] std::string text_of(Line const& line);

/// Text that fills the screen, and can be scrolled: what `inspect` and its like say.
struct Pane {
    std::string title;
    std::vector<std::string> lines;
    std::size_t first = 0;
    std::size_t left = 0;
    std::string hint;
};

/// Everything that a picture is made from.
struct Scene {
    Board const& board;
    Choice const& choice;
    std::vector<Row> const& rows;
    std::size_t first = 0; ///< row at the top of the list
    std::optional<std::size_t> selected;
    std::string footer;      ///< keys, or a message
    bool is_message = false; ///< the footer says something that matters
    std::string prompt;      ///< "Filter: " while something is typed
    std::string typed;
    Pane const* pane = nullptr;
    std::string interval;   ///< "every 2 s"
    bool has_graphs = true; ///< false: figures only
    Glyphs glyphs = Glyphs::utf8;
};

[[nodiscard]] Picture draw(Scene const& scene, Size size);
/// Rows of the list that fit.
[[nodiscard]] std::size_t list_height(Size size);
/// The line on the screen on which the list begins.
[[nodiscard]] std::size_t list_top(Size size);
/// Lines of a pane that fit.
[[nodiscard]] std::size_t pane_height(Size size);

// What batch output shares with the screen.
[[nodiscard]] std::vector<Line> header_lines(Scene const& scene, Size size);
[[nodiscard]] Line column_titles(Scene const& scene, std::size_t width);
[[nodiscard]] Line list_line(Scene const& scene, Row const& row, std::size_t width);

} // namespace mitori::top
