// What the arguments of log options mean. Each takes its word into the options, or says what is wrong with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/detail/log_options.hpp"

namespace mitori::cli::detail {

using OptionError = std::optional<std::string>;

OptionError take_priority(LogOptions& options, char const* argument);
OptionError take_facilities(LogOptions& options, char const* argument);
OptionError take_case(LogOptions& options, char const* argument);
OptionError take_since(LogOptions& options, char const* argument);
OptionError take_until(LogOptions& options, char const* argument);
OptionError take_cursor_file(LogOptions& options, char const* argument);
OptionError take_boot(LogOptions& options, char const* argument);
OptionError take_kernel(LogOptions& options, char const* argument);
OptionError take_lines(LogOptions& options, char const* argument);
OptionError take_no_tail(LogOptions& options, char const* argument);
OptionError take_output(LogOptions& options, char const* argument);
OptionError take_fields(LogOptions& options, char const* argument);
OptionError take_explain(LogOptions& options, char const* argument);
OptionError take_no_hostname(LogOptions& options, char const* argument);
OptionError take_full(LogOptions& options, char const* argument);
OptionError take_no_full(LogOptions& options, char const* argument);
OptionError take_no_pager(LogOptions& options, char const* argument);
OptionError take_pager_end(LogOptions& options, char const* argument);
OptionError take_runtime_dir(LogOptions& options, char const* argument);
OptionError take_field(LogOptions& options, char const* argument);
OptionError take_vacuum_size(LogOptions& options, char const* argument);
OptionError take_vacuum_files(LogOptions& options, char const* argument);
OptionError take_vacuum_time(LogOptions& options, char const* argument);

/// Nothing where the text names no boot.
[[nodiscard]] std::optional<BootChoice> parse_boot(std::string_view text);

} // namespace mitori::cli::detail
