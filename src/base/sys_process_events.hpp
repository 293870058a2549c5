// The process connector's socket: what the kernel tells of forks, executions and ends.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mitori::base::sys {

/// A non-blocking socket from which each read takes one message (struct nlmsghdr, cn_msg, proc_event); what does not
/// fit into its buffer is told as ENOBUFS. Needs CAP_NET_ADMIN and the machine's first user, pid and network
/// namespaces: EPERM, ECONNREFUSED. Kernel: Documentation/driver-api/connector.rst, linux/cn_proc.h.
[[nodiscard]] Result<Fd> open_process_events();

} // namespace mitori::base::sys
