// The raw system calls (base/raw.hpp) under the name that the child's side knows them by: what child.cpp is made of,
// and the two calls that make a child on a stack of its own (clone.cpp).
#pragma once

#include "base/raw.hpp"

namespace mitori::process::detail {
namespace raw = base::raw;
} // namespace mitori::process::detail
