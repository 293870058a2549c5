// A Procfile: the other way to a unit::Unit. Each line names a type of process and the shell command that it runs:
//
//     # a comment
//     web: bundle exec puma -p $PORT
//     worker: bin/work
//
// A formation says how many of each type there are ("web=2,worker=3"; without one: one each). They become the units
// web.1.service, web.2.service, worker.1.service …, the same values that unit files become, and from there on nobody
// knows the difference. What they mean follows foreman(1): the command runs through /bin/sh in the application's
// folder, with the environment of who starts it, then .env, then PORT (a base, 100 more for each type in the order of
// the Procfile, one more for each of its processes) and PS ("web.1"), PWD being the folder; an end is not followed by a
// restart; a stop is SIGTERM, and SIGKILL after a few seconds.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "unit/unit.hpp"

namespace mitori::unit {

struct ProcessType {
    std::string name; ///< letters, digits, "_" and "-"
    std::string command;
    unsigned line = 0;
};

struct Procfile {
    std::string path;
    std::vector<ProcessType> types; ///< in the order of the file, each name once
    /// Every line that is no process type is an error here: none is dropped silently.
    std::vector<Diagnostic> diagnostics;
    [[nodiscard]] ProcessType const* find(std::string_view name) const;
};

/// `path` is what diagnostics call it. Pure.
[[nodiscard]] Procfile parse_procfile(std::string_view text, std::string path);

/// How many processes of each type of a Procfile, in its order.
using Formation = std::vector<std::uint32_t>;
inline constexpr std::uint32_t most_processes = 10'000; ///< of one type

/// Reads "web=2,worker", each word of `words` such a list: a bare name is one process, all=N is meant for every type
/// that is not named, and without words there is one of each. The error is a sentence.
[[nodiscard]] std::expected<Formation, std::string> parse_formation(std::vector<std::string> const& words,
                                                                    Procfile const& procfile);

/// What units of a Procfile have from outside it.
struct ProcfilePlace {
    std::string root;               ///< absolute; where the processes run
    EnvironmentSetting environment; ///< all of it, but for PORT and PS
    std::uint32_t port = 5000;
    base::Usec timeout = std::chrono::seconds(5); ///< between SIGTERM and SIGKILL; 0: at once
    mode_t umask = 0022;
    /// The absolute path of the program that a shell would execute for this word there; empty where it had better be
    /// the shell that says why there is none. Without it every command is run through the shell.
    std::function<std::string(std::string_view word)> find_program;
};

/// "web.1", of type number `type` (from 0), process `number` (from 1).
[[nodiscard]] std::string process_name(Procfile const& procfile, std::size_t type, std::uint32_t number);
/// The units, in the order of the Procfile.
[[nodiscard]] std::vector<Unit> make_units(Procfile const& procfile, Formation const& formation,
                                           ProcfilePlace const& place);

/// The words of a command that needs no shell: plain words, and variables that `environment` knows and whose values are
/// plain. Nothing where only a shell could tell what is meant. To execute them saves a process the start of its shell.
[[nodiscard]] std::optional<std::vector<std::string>> plain_words(std::string_view command,
                                                                  EnvironmentSetting const& environment);

/// A shell command, rewritten so that its last part replaces the shell ("cd app && ./serve" -> "cd app && exec
/// ./serve"): a stop then reaches the program itself, and no shell stays in memory. Where that is not certain to mean
/// the same (pipes, background, subshells, built-ins, traps …) the command comes back as it is.
[[nodiscard]] std::string replace_shell(std::string_view command);

} // namespace mitori::unit
