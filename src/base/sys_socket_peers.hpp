// Who is connected with whom among the unix sockets of this machine: what /proc/net/unix does not tell.
#pragma once

#include <cstdint>
#include <map>

#include "base/result.hpp"

namespace mitori::base::sys {

/// The inode of each connected unix socket of our network namespace -> the inode of its peer: both ends of a stream,
/// and a datagram socket's target. No privilege is needed. Kernel: sock_diag(7), UNIX_DIAG_PEER. Errors: where the
/// kernel was built without it (CONFIG_UNIX_DIAG), ENOENT or EPROTONOSUPPORT.
[[nodiscard]] Result<std::map<std::uint64_t, std::uint64_t>> read_unix_peers();

} // namespace mitori::base::sys
