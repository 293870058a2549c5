// Processes under their control groups, drawn as lines.
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"
#include "status/rows.hpp"

namespace mitori::cli::detail {

/// The lines below the unit's own group: processes first, sorted by pid, then the groups in it. Each begins with
/// `margin`; lines are cut to the screen's width where it has one.
[[nodiscard]] std::vector<std::string> process_tree(std::vector<status::ProcessRow> const& rows,
                                                    std::string const& margin, Screen const& screen);

} // namespace mitori::cli::detail
