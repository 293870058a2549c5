// First words of commands that mean something to a shell itself (POSIX "Shell Command Language", and what dash, bash
// and others add).
#pragma once

#include <string_view>

namespace mitori::unit::detail {

/// Begins or ends something bigger than a simple command: if, done, {, …
[[nodiscard]] bool is_reserved_word(std::string_view word);
/// May leave a trap or an alias behind, which would be lost with the shell: eval, trap, …
[[nodiscard]] bool leaves_traps(std::string_view word);
/// Any of these, or a command of the shell's own, for which no program would be looked for: cd, echo, …
[[nodiscard]] bool is_shell_word(std::string_view word);

} // namespace mitori::unit::detail
