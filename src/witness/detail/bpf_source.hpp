#pragma once

#include "witness/witness.hpp"

namespace mitori::witness::detail {

/// The kernel's side loaded and attached. Needs CAP_BPF and CAP_PERFMON in the machine's first user namespace, a kernel
/// of 5.10 or newer with its BTF, and libbpf; the error says which of them there is not.
[[nodiscard]] base::Result<std::unique_ptr<Witness>> open_bpf(loop::Loop& loop, Handlers handlers,
                                                              Options const& options);
[[nodiscard]] base::Result<std::unique_ptr<Opening>> open_bpf_aside(loop::Loop& loop, Handlers handlers,
                                                                    Options const& options, OpenedLater opened);

} // namespace mitori::witness::detail
