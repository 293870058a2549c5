// What may be said to `mitori ps`: ps(1)'s options, UNIX ones, BSD ones and long ones, and ours.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cli/detail/ps_fields.hpp"

namespace mitori::cli::detail {

struct PsColumn {
    PsField const* field = nullptr;
    std::string header;
    std::size_t width = 0; ///< at least
};

struct PsSortKey {
    PsField const* field = nullptr;
    enum class Order { rising, falling };
    Order order = Order::rising;
};

/// Which processes: whoever is on one of the lists, or meets one of the words. Nothing said: ps(1)'s default.
struct PsSelection {
    bool every = false;        ///< -e
    bool on_terminals = false; ///< -a: on a terminal, but no session leaders
    bool no_leaders = false;   ///< -d
    bool bsd = false;          ///< a word without a dash was used: its defaults
    bool of_anybody = false;   ///< BSD a
    bool anywhere = false;     ///< BSD x: without a terminal, too
    bool negate = false;       ///< -N
    bool running = false;      ///< BSD r: besides, in state R or D
    bool here = false;         ///< BSD T: on this terminal

    std::vector<pid_t> pids;
    std::vector<pid_t> parents;
    std::vector<pid_t> sessions;
    std::vector<std::uint32_t> real_users;
    std::vector<std::uint32_t> effective_users;
    std::vector<std::uint32_t> real_groups;
    std::vector<std::uint32_t> effective_groups;
    std::vector<std::uint32_t> terminals;
    std::vector<std::string> names;

    [[nodiscard]] bool has_list() const {
        return !(pids.empty() && parents.empty() && sessions.empty() && real_users.empty() && effective_users.empty() &&
                 real_groups.empty() && effective_groups.empty() && terminals.empty() && names.empty());
    }
};

/// Narrows what is selected down; alone, it narrows all processes down. All that are said must hold.
struct PsFilter {
    std::vector<pid_t> trees;
    std::vector<pid_t> sessions;
    std::vector<pid_t> groups;
    std::vector<std::string> cgroups; ///< a path, and all below it; or a pattern
    std::vector<std::string> units;   ///< names or patterns
    std::vector<std::string> containers;

    [[nodiscard]] bool empty() const {
        return trees.empty() && sessions.empty() && groups.empty() && cgroups.empty() && units.empty() &&
               containers.empty();
    }
};

struct PsOptions {
    std::vector<PsColumn> columns; ///< what is to be shown, whichever option said so
    std::vector<PsSortKey> sort;
    PsSelection selection;
    PsFilter filter;
    bool headers = true;
    bool forest = false;
    bool threads = false;
    bool json = false;
    unsigned wide = 0; ///< how often -w was said: once 132 columns, twice any width
    std::optional<base::Usec> watch;
    bool help = false;
    bool list_fields = false;
    std::optional<std::string> runtime_dir;
};

/// The options, or the sentence that says what is wrong with them.
[[nodiscard]] std::expected<PsOptions, std::string> parse_ps_options(std::vector<std::string> const& words);
[[nodiscard]] std::string ps_help();
/// Every long option, for completion.
[[nodiscard]] std::vector<std::string> ps_option_words();

} // namespace mitori::cli::detail
