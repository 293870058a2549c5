#include "top/picture.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "top/cells.hpp"
#include "top/detail/columns.hpp"

namespace mitori::top {
namespace {

/// Text that grows to the right until the line is full.
class Pen {
public:
    Pen(Glyphs glyphs, std::size_t width) : glyphs_(glyphs), left_(width) {}
    void write(std::string_view text, Paint paint = Paint::plain) {
        auto const shown = cut(as_glyphs(text, glyphs_), left_);
        if (shown.empty()) return;
        left_ -= cells(shown);
        line_.push_back({shown, paint});
    }
    void write(Line const& line) {
        for (auto const& span : line)
            write(span.text, span.paint);
    }
    [[nodiscard]] std::size_t left() const { return left_; }
    /// With blanks to the end.
    [[nodiscard]] Line full(Paint paint) {
        write(std::string(left_, ' '), paint);
        return std::move(line_);
    }
    [[nodiscard]] Line take() { return std::move(line_); }

private:
    Glyphs glyphs_;
    std::size_t left_;
    Line line_;
};

Line footer(Scene const& scene, Size size, Picture& picture) {
    Pen pen(scene.glyphs, size.columns);
    if (!scene.prompt.empty()) {
        pen.write(scene.prompt, Paint::strong);
        pen.write(scene.typed);
        picture.cursor = {size.rows - 1, std::min(size.columns - pen.left(), size.columns - 1)};
        return pen.take();
    }
    pen.write(scene.footer, scene.is_message ? Paint::warn : Paint::faint);
    return pen.take();
}

/// From a column on.
std::string_view shifted(std::string_view text, std::size_t left) { return text.substr(cut(text, left).size()); }

Picture draw_pane(Scene const& scene, Size size) {
    Picture picture;
    auto const& pane = *scene.pane;
    auto const height = pane_height(size);
    auto const end = std::min(pane.first + height, pane.lines.size());
    Pen title(scene.glyphs, size.columns);
    title.write(" " + pane.title, Paint::title);
    picture.lines.push_back(title.full(Paint::title));
    for (auto i = pane.first; i < pane.first + height; ++i) {
        Pen pen(scene.glyphs, size.columns);
        if (i < end) pen.write(shifted(pane.lines[i], pane.left));
        picture.lines.push_back(pen.take());
    }
    Pen pen(scene.glyphs, size.columns);
    if (pane.lines.size() > height)
        pen.write(fmt::format("{}-{} of {}  ", pane.first + 1, end, pane.lines.size()), Paint::faint);
    pen.write(scene.is_message ? scene.footer : pane.hint, scene.is_message ? Paint::warn : Paint::faint);
    picture.lines.push_back(pen.take());
    picture.lines.resize(std::min(picture.lines.size(), size.rows));
    return picture;
}

std::vector<detail::Column const*> columns_of(Scene const& scene, std::size_t width) {
    return detail::columns_for(width, scene.has_graphs ? detail::Graphs::yes : detail::Graphs::no);
}

/// Lines above the titles of the columns.
std::size_t header_height(Size size) {
    constexpr std::size_t tall = 16;
    constexpr std::size_t low = 6;
    if (size.rows >= tall) return 5;
    return size.rows >= low ? 2 : 0;
}

} // namespace

std::string text_of(Line const& line) {
    std::string text;
    for (auto const& span : line)
        text += span.text;
    return text;
}

std::size_t list_top(Size size) { return header_height(size) + 1; }
std::size_t list_height(Size size) {
    auto const others = list_top(size) + 1;
    return size.rows > others ? size.rows - others : 0;
}
std::size_t pane_height(Size size) { return size.rows > 2 ? size.rows - 2 : 0; }

Line column_titles(Scene const& scene, std::size_t width) {
    auto const columns = columns_of(scene, width);
    Pen pen(scene.glyphs, width);
    auto const paint = [&](std::optional<Sort> sort) {
        return sort == scene.choice.sort ? Paint::selected : Paint::title;
    };
    for (auto const* const column : columns) {
        auto const title = column->side == detail::Side::right ? fit_right(column->title, column->width)
                                                               : fit_left(column->title, column->width);
        pen.write(title, paint(column->sort));
        pen.write(" ", Paint::title);
    }
    pen.write("COMMAND", paint(Sort::command));
    return pen.full(Paint::title);
}

Line list_line(Scene const& scene, Row const& row, std::size_t width) {
    Pen pen(scene.glyphs, width);
    for (auto const* const column : columns_of(scene, width)) {
        auto const span = column->show(scene, row);
        auto const text = column->side == detail::Side::right ? fit_right(span.text, column->width)
                                                              : fit_left(span.text, column->width);
        pen.write(text, span.paint);
        pen.write(" ");
    }
    pen.write(detail::command_spans(scene, row));
    return pen.take();
}

Picture draw(Scene const& scene, Size size) {
    if (size.rows == 0 || size.columns == 0) return {};
    if (scene.pane != nullptr) return draw_pane(scene, size);
    Picture picture;
    picture.lines = header_lines(scene, {.rows = header_height(size), .columns = size.columns});
    picture.lines.push_back(column_titles(scene, size.columns));
    for (std::size_t i = scene.first; i < scene.first + list_height(size); ++i) {
        if (i >= scene.rows.size()) {
            picture.lines.emplace_back();
            continue;
        }
        auto line = list_line(scene, scene.rows[i], size.columns);
        if (i == scene.selected) {
            Pen pen(scene.glyphs, size.columns);
            pen.write(text_of(line), Paint::selected);
            line = pen.full(Paint::selected);
        }
        picture.lines.push_back(std::move(line));
    }
    picture.lines.resize(std::min(picture.lines.size(), size.rows - 1));
    picture.lines.push_back(footer(scene, size, picture));
    return picture;
}

} // namespace mitori::top
