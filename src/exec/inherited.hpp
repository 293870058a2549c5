#pragma once

#include <string>
#include <vector>

namespace mitori::exec {

/// "K=V": the manager's own environment, but for what speaks of one service's life (NOTIFY_SOCKET, INVOCATION_ID …):
/// what a child may have of it that is to find everything as who starts the manager has it.
[[nodiscard]] std::vector<std::string> inheritable_environment();

} // namespace mitori::exec
