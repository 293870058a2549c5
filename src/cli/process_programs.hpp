// `mitori ps`, `tree`, `sessions`, `inspect`, `top` and `kill` of processes: what looks at, or signals, any process of
// this machine. They read /proc and need no manager; one is asked only for what nobody else knows, and may be missing.
// Each has a grammar of its own, that of the program whose questions it answers (ps, pstree, kill).
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "cli/connection.hpp"
#include "cli/context.hpp"
#include "cli/programs.hpp"

namespace mitori::cli {

struct ProcessCall {
    std::vector<std::string> words; ///< after the program's name
    Screen screen;
    std::ostream& out;
    std::ostream& err;
    ManagerFinder manager = {};
    DeathsMaker deaths = {}; ///< opens the ledger; may be empty
    LogsMaker logs = {};     ///< opens the log; may be empty
};

struct ProcessProgram {
    std::string_view name;
    int (*run)(ProcessCall const& call); ///< the exit status
    /// Whether these words are meant for it. The others of that name are for the verb.
    bool (*takes)(std::vector<std::string> const& words);
};
/// Nothing where the name is none of theirs, or the verb of that name is meant.
[[nodiscard]] ProcessProgram const* find_process_program(std::string_view name, std::vector<std::string> const& words);

// src/cli/verbs/ps.cpp, process_tree.cpp, sessions.cpp, inspect.cpp, kill_processes.cpp, top.cpp
[[nodiscard]] int run_ps(ProcessCall const& call);
[[nodiscard]] int run_tree(ProcessCall const& call);
[[nodiscard]] int run_sessions(ProcessCall const& call);
[[nodiscard]] int run_inspect(ProcessCall const& call);
[[nodiscard]] int run_kill(ProcessCall const& call);
[[nodiscard]] int run_top(ProcessCall const& call);
[[nodiscard]] bool kill_takes(std::vector<std::string> const& words);

} // namespace mitori::cli
