// `mitori ps`, `tree`, `sessions`, `inspect` and `kill` of processes: what looks at, or signals, any process of this
// machine. They read /proc and need no manager; one is asked only for what nobody else knows, and may be missing.
// Each has a grammar of its own, that of the program whose questions it answers (ps, pstree, kill).
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/context.hpp"

namespace mitori::cli {

/// Keeps the connection of its faces.
class Connection {
public:
    virtual ~Connection() = default;
    [[nodiscard]] virtual control::Faces faces() = 0;
};

struct ProcessCall {
    std::vector<std::string> words; ///< after the program's name
    Screen screen;
    std::ostream& out;
    std::ostream& err;
    /// The manager with that runtime folder, or of this place, when one answers; nothing else. Connects when it is
    /// called, not before. May be empty.
    std::function<std::unique_ptr<Connection>(std::optional<std::string> const& runtime_directory)> manager = {};
};

struct ProcessProgram {
    std::string_view name;
    int (*run)(ProcessCall const& call); ///< the exit status
    /// Whether these words are meant for it. The others of that name are for the verb.
    bool (*takes)(std::vector<std::string> const& words);
};
/// Nothing where the name is none of theirs, or the verb of that name is meant.
[[nodiscard]] ProcessProgram const* find_process_program(std::string_view name, std::vector<std::string> const& words);

// src/cli/verbs/ps.cpp, process_tree.cpp, sessions.cpp, inspect.cpp, kill_processes.cpp
[[nodiscard]] int run_ps(ProcessCall const& call);
[[nodiscard]] int run_tree(ProcessCall const& call);
[[nodiscard]] int run_sessions(ProcessCall const& call);
[[nodiscard]] int run_inspect(ProcessCall const& call);
[[nodiscard]] int run_kill(ProcessCall const& call);
[[nodiscard]] bool kill_takes(std::vector<std::string> const& words);

} // namespace mitori::cli
