// Processes as a tree, drawn as lines: `mitori tree`. Siblings that look the same, with all below them, are drawn once
// and counted: "3*[sleep]".
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/context.hpp"
#include "cli/detail/ps_fields.hpp"

namespace mitori::cli::detail {

struct ForestLook {
    bool pids = false;                ///< -p
    bool arguments = false;           ///< -a
    bool users = false;               ///< -u: where it is another than the parent's
    bool groups = false;              ///< -g: process groups
    bool threads = false;             ///< -t
    bool compact = true;              ///< without -c, -p and -g
    bool namespaces = false;          ///< -S: where they are others than the parent's
    std::optional<pid_t> highlighted; ///< -H: and all above it
};

struct Forest {
    PsDesk& desk;
    ForestLook look;
    Screen screen;
    std::unordered_map<pid_t, std::vector<procfs::Row>> threads{}; ///< by process, where they are to be shown
    /// By process: of which kinds its namespaces are others than its parent's, "net mnt".
    std::unordered_map<pid_t, std::string> borders{};

    /// The tree below a row of the desk, and above it only the way to it where `above` says so.
    enum class Above { hidden, shown };
    [[nodiscard]] std::vector<std::string> draw(std::size_t row, Above above) const;
};

/// The parts of rows that it needs.
[[nodiscard]] procfs::Parts forest_parts(ForestLook const& look);

} // namespace mitori::cli::detail
