#include "cli/detail/ps_print.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "status/json.hpp"

namespace mitori::cli::detail {
namespace {

/// All cells, row by row.
std::vector<std::string> cells_of(PsOptions const& options, std::vector<PsLine> const& lines, PsDesk& desk) {
    std::vector<std::string> cells;
    cells.reserve(lines.size() * options.columns.size());
    for (auto const& line : lines)
        for (auto const& column : options.columns) {
            auto cell = column.field->show({*line.row, desk});
            if (column.field->is_command && !line.branches.empty()) cell.insert(0, line.branches);
            cells.push_back(std::move(cell));
        }
    return cells;
}

std::vector<std::size_t> widths_of(PsOptions const& options, std::vector<std::string> const& cells) {
    auto const count = options.columns.size();
    std::vector<std::size_t> widths(count);
    for (std::size_t i = 0; i < count; ++i)
        widths[i] = std::max(options.columns[i].width, base::columns(options.columns[i].header));
    // The last column needs no padding, and so no measure: it holds the longest texts.
    auto const measured = count - (options.columns.back().field->align == Align::left ? 1 : 0);
    for (std::size_t i = 0; i < cells.size(); ++i)
        if (i % count < measured) widths[i % count] = std::max(widths[i % count], base::columns(cells[i]));
    return widths;
}

void add_line(std::string& text, std::span<PsColumn const> columns, std::span<std::string const> cells,
              std::span<std::size_t const> widths, std::size_t room) {
    auto const begin = text.size();
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i != 0) text += ' ';
        auto const used = base::columns(cells[i]);
        auto const padding = widths[i] - std::min(widths[i], used);
        bool const is_right = columns[i].field->align == Align::right;
        if (is_right) text.append(padding, ' ');
        text += cells[i];
        if (!is_right && i + 1 < cells.size()) text.append(padding, ' ');
    }
    if (room != 0 && text.size() - begin > room) {
        auto line = shortened(std::string_view(text).substr(begin), room);
        text.replace(begin, text.npos, line);
    }
    text += '\n';
}

} // namespace

std::string ps_table(PsOptions const& options, std::vector<PsLine> const& lines, PsDesk& desk, std::size_t width) {
    auto const count = options.columns.size();
    auto const cells = cells_of(options, lines, desk);
    auto const widths = widths_of(options, cells);
    std::string text;
    std::vector<std::string> headers;
    for (auto const& column : options.columns)
        headers.push_back(column.header);
    bool const any = std::ranges::any_of(headers, [](auto const& header) { return !header.empty(); });
    if (options.headers && any) add_line(text, options.columns, headers, widths, width);
    for (std::size_t i = 0; i < lines.size(); ++i)
        add_line(text, options.columns, std::span(cells).subspan(i * count, count), widths, width);
    return text;
}

std::string ps_json(PsOptions const& options, std::vector<PsLine> const& lines, PsDesk& desk) {
    auto rows = nlohmann::ordered_json::array();
    for (auto const& line : lines) {
        nlohmann::ordered_json row;
        for (auto const& column : options.columns) {
            auto text = column.field->show({*line.row, desk});
            auto& value = row[std::string(column.field->name)];
            if (column.field->number == nullptr) {
                value = std::move(text);
                continue;
            }
            std::int64_t whole = 0;
            double number = 0;
            auto const* const end = text.data() + text.size();
            if (auto const read = std::from_chars(text.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
                value = whole;
            else if (auto const parts = std::from_chars(text.data(), end, number);
                     parts.ec == std::errc{} && parts.ptr == end)
                value = number;
            else if (text != "-" && text != "?")
                value = std::move(text); // a time, a size
        }
        rows.push_back(std::move(row));
    }
    return rows.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

} // namespace mitori::cli::detail
