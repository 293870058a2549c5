// What may be said to `mitori tree`: pstree(1)'s options for processes, and those of the tree of units.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/detail/process_forest.hpp"

namespace mitori::cli::detail {

struct TreeOptions {
    ForestLook look;
    std::vector<std::string> words; ///< pids, units, patterns
    bool parents = false;           ///< -s
    bool highlight_self = false;    ///< -h
    bool kernel_threads = false;    ///< -k
    bool processes = false;         ///< an option was said that is about processes
    // The tree of units.
    bool all_units = false;
    bool full = false;
    bool json = false;
    bool pager = true;
    bool help = false;
    std::optional<std::string> runtime_dir;
    Scope scope = Scope::automatic;
};

[[nodiscard]] std::expected<TreeOptions, std::string> parse_tree_options(std::vector<std::string> const& words);
[[nodiscard]] std::string tree_help();

} // namespace mitori::cli::detail
