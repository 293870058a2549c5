#include "unit/detail/shell_words.hpp"

#include <algorithm>
#include <array>

namespace mitori::unit::detail {
namespace {

constexpr auto reserved = std::to_array<std::string_view>(
    {"!",   "[[",       "]]", "case", "coproc", "do",   "done", "elif",  "else",  "esac", "fi",
     "for", "function", "if", "in",   "select", "then", "time", "until", "while", "{",    "}"});
constexpr auto trapping = std::to_array<std::string_view>({".", "alias", "eval", "source", "trap"});
constexpr auto built_in = std::to_array<std::string_view>(
    {":",       "[",         "bg",       "bind",     "break",   "builtin", "caller", "cd",      "chdir",   "command",
     "compgen", "complete",  "compopt",  "continue", "declare", "dirs",    "disown", "echo",    "enable",  "exec",
     "exit",    "export",    "false",    "fc",       "fg",      "getopts", "hash",   "help",    "history", "jobs",
     "kill",    "let",       "local",    "logout",   "mapfile", "popd",    "print",  "printf",  "pushd",   "pwd",
     "read",    "readarray", "readonly", "return",   "set",     "shift",   "shopt",  "suspend", "test",    "times",
     "true",    "type",      "typeset",  "ulimit",   "umask",   "unalias", "unset",  "wait",    "whence"});

bool among(auto const& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

} // namespace

bool is_reserved_word(std::string_view word) { return among(reserved, word); }

bool leaves_traps(std::string_view word) { return among(trapping, word); }

bool is_shell_word(std::string_view word) {
    return is_reserved_word(word) || leaves_traps(word) || among(built_in, word);
}

} // namespace mitori::unit::detail
