// What may be said to `mitori deaths`, and to `mitori why`.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "status/death_filter.hpp"

namespace mitori::cli::detail {

struct DeathOptions {
    enum class Action : std::uint8_t { list, top, by_unit, sql, acct, help };
    enum class Format : std::uint8_t { table, json, csv };
    Action action = Action::list;
    Format format = Format::table;
    status::DeathFilter filter;
    std::string sql;
    std::string acct_file;
    std::optional<std::string> ledger;
    std::optional<std::string> runtime_dir;
    bool follow = false;
    bool legend = true;
    std::vector<std::string> words; ///< arguments that are no options
};

/// Which of the two programs is asked: `why` has a few of the options, and arguments.
enum class DeathProgram : std::uint8_t { deaths, why };

/// The options, or the sentence that says what is wrong. `now` is what spans of time are counted from.
[[nodiscard]] std::expected<DeathOptions, std::string>
parse_death_options(DeathProgram program, std::vector<std::string> const& words, base::Usec now);
[[nodiscard]] std::string death_help(DeathProgram program);

} // namespace mitori::cli::detail
