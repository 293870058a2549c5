// What may be said to `mitori logs`, and to us when we are called as journalctl: journalctl(1)'s options.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "cli/detail/log_printer.hpp"
#include "control/logs.hpp"

namespace mitori::cli::detail {

/// "[ID][±OFFSET]": the entries of one boot. Offsets count from the end, or from 1 from the beginning.
struct BootChoice {
    std::string id;
    std::optional<int> offset;
};

struct LogOptions {
    enum class Action {
        show,
        values,
        names,
        boots,
        usage,
        heads,
        sync,
        flush,
        rotate,
        vacuum,
        help,
        version,
        formats,
        facilities
    };
    base::Usec now{0}; ///< what spans of time are counted from
    Action action = Action::show;
    control::LogQuery query;
    LogLook look;
    std::optional<std::string> runtime_dir;
    std::string field; ///< of Action::values
    control::LogLimits keep;
    bool rotate = false; ///< before a vacuum, or alone
    std::optional<BootChoice> boot;
    std::string cursor_file;
    bool user = false;
    bool merge = false;
    bool tail = true;
    bool show_cursor = false;
    bool quiet = false;
    bool pager = true;
    bool pager_end = false;
};

/// The options, or the sentence that says what is wrong with them. `now` is what spans are counted from.
[[nodiscard]] std::expected<LogOptions, std::string> parse_log_options(std::vector<std::string> const& words,
                                                                       base::Usec now);

/// Every option as a word of its own, for completion; and the help's text.
[[nodiscard]] std::vector<std::string> log_option_words();
[[nodiscard]] std::string log_help(std::string const& program);
/// The facilities of syslog(3), by name or by number, in their order.
[[nodiscard]] std::vector<std::string> facility_names();

} // namespace mitori::cli::detail
