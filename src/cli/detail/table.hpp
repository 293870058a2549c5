// Lines of aligned columns under a header.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"
#include "cli/detail/style.hpp"

namespace mitori::cli::detail {

struct Cell {
    std::string text; ///< printable already
    Style style = Style::plain;
};
enum class Align { left, right };
/// Whether what does not fit the screen is cut, in the last column.
enum class Cut { yes, no };

class Table {
public:
    explicit Table(std::vector<std::string> header)
        : header_(std::move(header)),
          alignment_(header_.size(), Align::left) {}
    void align(std::size_t column, Align align) { alignment_.at(column) = align; }
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    /// Without a header when `header` is Header::no.
    enum class Header { yes, no };
    void print(std::ostream& out, Screen const& screen, Header header, Cut cut) const;

private:
    std::vector<std::string> header_;
    std::vector<Align> alignment_;
    std::vector<std::vector<Cell>> rows_;
};

/// The text, or its beginning and "…" where it has more columns than `width`. 0: any width will do.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

} // namespace mitori::cli::detail
