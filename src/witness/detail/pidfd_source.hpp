#pragma once

#include "witness/witness.hpp"

namespace mitori::witness::detail {

/// Looks at /proc again and again and holds a pidfd of each process. Needs no privilege; the kernel tells the code of
/// others' children since Linux 6.15.
[[nodiscard]] base::Result<std::unique_ptr<Witness>> open_pidfds(loop::Loop& loop, Handlers handlers,
                                                                 Options const& options);

} // namespace mitori::witness::detail
