#include "cli/detail/table.hpp"

#include <algorithm>
#include <ostream>

#include "base/text.hpp"

namespace mitori::cli::detail {

std::string shortened(std::string_view text, std::size_t width) {
    if (width == 0 || base::columns(text) <= width) return std::string(text);
    std::size_t end = 0;
    for (std::size_t column = 0; end < text.size(); ++end) {
        bool const starts = (static_cast<unsigned char>(text[end]) & 0xc0U) != 0x80U;
        if (starts && ++column == width) break;
    }
    return std::string(text.substr(0, end)) + "…";
}

namespace {

void print_line(std::ostream& out, Screen const& screen, std::vector<Cell> const& cells,
                std::vector<std::size_t> const& widths, std::vector<Align> const& alignment) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        auto const& cell = cells[i];
        bool const last = i + 1 == cells.size();
        auto const room = widths[i] - std::min(widths[i], base::columns(cell.text));
        if (alignment[i] == Align::right) out << std::string(room, ' ');
        out << styled(screen, cell.style, cell.text);
        if (alignment[i] == Align::left && !last) out << std::string(room, ' ');
        out << (last ? "\n" : " ");
    }
}

} // namespace

void Table::print(std::ostream& out, Screen const& screen, Header header, Cut cut) const {
    std::vector<std::size_t> widths(header_.size());
    for (std::size_t i = 0; i < header_.size(); ++i) {
        if (header == Header::yes) widths[i] = base::columns(header_[i]);
        for (auto const& row : rows_)
            widths[i] = std::max(widths[i], base::columns(row[i].text));
    }
    if (cut == Cut::yes && screen.width != 0) {
        std::size_t before = 0;
        for (std::size_t i = 0; i + 1 < widths.size(); ++i)
            before += widths[i] + 1;
        widths.back() = std::min(widths.back(), screen.width > before + 1 ? screen.width - before : 1);
    }
    if (header == Header::yes) {
        std::vector<Cell> cells;
        for (auto const& name : header_)
            cells.push_back({name, Style::underlined});
        print_line(out, screen, cells, widths, alignment_);
    }
    for (auto row : rows_) {
        row.back().text = shortened(row.back().text, cut == Cut::yes ? std::max<std::size_t>(widths.back(), 1) : 0);
        print_line(out, screen, row, widths, alignment_);
    }
}

} // namespace mitori::cli::detail
