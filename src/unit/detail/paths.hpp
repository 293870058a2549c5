// Paths as unit files write them. Lexical only: nothing is looked up.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mitori::unit {

/// Doubled slashes, "/./" and slashes at the end taken out.
[[nodiscard]] std::string simplified(std::string_view path);
/// An absolute path without "..", simplified. The error is a sentence.
[[nodiscard]] base::Result<std::string> absolute_path(std::string_view path);
/// A relative path without "..", simplified and not empty. The error is a sentence.
[[nodiscard]] base::Result<std::string> relative_path(std::string_view path);

} // namespace mitori::unit
