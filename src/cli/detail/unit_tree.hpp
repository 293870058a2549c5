// Units with their processes under the slices that they are in.
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"
#include "status/rows.hpp"

namespace mitori::cli::detail {

struct TreeUnit {
    std::string name;
    std::string active_state;
    std::string sub_state;
    std::string slice; ///< "system.slice"; empty: in none, shown at the root
    std::vector<status::ProcessRow> processes;
};

/// Asks for every unit that is to be in the tree: with All::no those that are not inactive and are in a slice.
enum class All { yes, no };
[[nodiscard]] control::Answer<std::vector<TreeUnit>> tree_units(control::Query& query,
                                                                std::vector<std::string> const& patterns, All all);
/// The lines of the tree; units by name within a slice, inner slices first.
[[nodiscard]] std::vector<std::string> unit_tree(std::vector<TreeUnit> const& units, Screen const& screen);

} // namespace mitori::cli::detail
