// Two accounts of one death as one.
#pragma once

#include "status/death.hpp"

namespace mitori::ledger {

/// What one knows and the other does not is taken over. Where both say whose doing it was, the kernel's tracepoints go
/// before the rest, but for one thing: that it was the manager which sent the signal says more than its pid, so what
/// the manager said on whose behalf it did stays. Both are of one process.
[[nodiscard]] status::Death merge(status::Death const& first, status::Death const& second);

} // namespace mitori::ledger
