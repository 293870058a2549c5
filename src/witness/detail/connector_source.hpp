#pragma once

#include "witness/witness.hpp"

namespace mitori::witness::detail {

/// The kernel's process connector. Needs CAP_NET_ADMIN and the machine's first namespaces.
[[nodiscard]] base::Result<std::unique_ptr<Witness>> open_connector(loop::Loop& loop, Handlers handlers,
                                                                    Options const& options);

} // namespace mitori::witness::detail
