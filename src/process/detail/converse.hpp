// communicate() for those who know more than one child: pipeline.cpp.
#pragma once

#include "process/communicate.hpp"

namespace mitori::process::detail {

/// Whether the input is still fed when the child has ended and its outputs too: somebody else may be reading it.
enum class Feeding { ends_with_child, goes_on };
[[nodiscard]] base::Result<Output> converse(Process process, CommunicateOptions const& options, Feeding feeding);

} // namespace mitori::process::detail
