// The words of programs that know flags alone (`mitori sessions`, `mitori inspect`): each has rows of its own, and all
// of them know -l, -o json and --help.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/process_programs.hpp"
#include "procfs/scanner.hpp"

namespace mitori::cli::detail {

struct Flag {
    std::string_view letter; ///< "-a"; empty: none
    std::string_view name;   ///< "--all"
    bool* told;
};

struct Flags {
    bool full = false;
    bool json = false;
    bool help = false;
    std::vector<std::string> words; ///< what are no flags, in their order
};

/// Nothing where a word is not understood; that is said by then.
[[nodiscard]] std::optional<Flags> parse_flags(ProcessCall const& call, std::string_view program,
                                               std::span<Flag const> own);
/// Nothing where there is no /proc; that is said by then.
[[nodiscard]] std::optional<procfs::Scanner> open_scanner(ProcessCall const& call, std::string_view program);

} // namespace mitori::cli::detail
