// What the arguments of `ps` mean. Each takes its word into the options, or says what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/detail/ps_options.hpp"

namespace mitori::cli::detail {

using PsError = std::optional<std::string>;

/// ps(1)'s formats: what is shown when no columns are named.
struct PsFormat {
    bool full = false;        ///< -f
    bool extra = false;       ///< -F
    bool long_ = false;       ///< -l
    bool jobs = false;        ///< -j
    bool bsd_user = false;    ///< u
    bool bsd_long = false;    ///< l
    bool bsd_jobs = false;    ///< j
    bool bsd_signals = false; ///< s
    bool bsd_memory = false;  ///< v
    bool spid = false;        ///< -T
};

/// While the words are read.
struct PsReading {
    PsOptions options;
    PsFormat format;
};

PsError take_numbers(std::vector<pid_t>& into, std::string const& list);
PsError take_users(std::vector<std::uint32_t>& into, std::string const& list);
PsError take_groups(std::vector<std::uint32_t>& into, std::string const& list);
PsError take_terminals(std::vector<std::uint32_t>& into, std::string const& list);
PsError take_words(std::vector<std::string>& into, std::string const& list);
/// -g: sessions by number, effective groups by name.
PsError take_sessions_or_groups(PsSelection& into, std::string const& list);
/// "pid,ppid=PARENT", "user:20", "json".
PsError take_columns(PsOptions& into, std::string const& list);
PsError take_sort(std::vector<PsSortKey>& into, std::string const& list);
PsError take_watch(std::optional<base::Usec>& into, std::string const& seconds);

/// The columns of a format; of the default when none was said.
[[nodiscard]] std::vector<PsColumn> columns_of(PsReading const& reading);

} // namespace mitori::cli::detail
