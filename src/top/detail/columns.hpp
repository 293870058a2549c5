// The columns of the list. What fits is chosen by their order of importance, shown in the order of the table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "top/picture.hpp"

namespace mitori::top::detail {

enum class Side : std::uint8_t { left, right };

struct Column {
    std::string_view title;
    std::size_t width;
    Side side;
    int importance; ///< the least first
    /// What it is sorted by; nothing for graphs.
    std::optional<Sort> sort;
    Span (*show)(Scene const& scene, Row const& row);
};

/// Those that a list of that width has, beside the command, which takes what is left.
enum class Graphs : std::uint8_t { no, yes };
[[nodiscard]] std::vector<Column const*> columns_for(std::size_t width, Graphs graphs);
/// Branches, name or command, as they stand in the last column.
[[nodiscard]] Line command_spans(Scene const& scene, Row const& row);

} // namespace mitori::top::detail
