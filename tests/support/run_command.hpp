#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/wait.h>

namespace mitori::test {

struct Outcome {
    int status = -1;    ///< the exit status; 128+n for signal n
    std::string output; ///< stdout and stderr, as they came
};

/// Runs a shell's command line to its end.
[[nodiscard]] inline Outcome run(std::string const& command) {
    Outcome outcome;
    std::FILE* pipe = ::popen(("{ " + command + "; } 2>&1 </dev/null").c_str(), "re");
    if (pipe == nullptr) return outcome;
    char buffer[4096];
    while (std::size_t const got = std::fread(buffer, 1, sizeof buffer, pipe))
        outcome.output.append(buffer, got);
    int const status = ::pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return outcome;
}

} // namespace mitori::test
