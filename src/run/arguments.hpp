// The command lines of `mitori run` and `mitori daemonize`: options under the names that people know from timeout,
// nice, ionice, chrt, taskset, prlimit, setsid, env, setpriv and docker run.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "run/settings.hpp"

namespace mitori::run {

enum class Program : std::uint8_t { run, daemonize };

/// Everything that `--help` prints.
[[nodiscard]] std::string_view usage(Program program);

/// Nothing to run: the text that was asked for (help), or what is wrong.
struct Leave {
    int status = 0;
    std::string text;
};

/// `words` begins with the program's name; options end at the first word that is none, or at "--". `own` is our own
/// environment. Reads the files of --env-file; remarks about them are appended to `remarks`.
[[nodiscard]] std::expected<Settings, Leave> parse_arguments(Program program, std::span<char const* const> words,
                                                             unit::EnvironmentSetting const& own,
                                                             std::vector<std::string>& remarks);

} // namespace mitori::run
