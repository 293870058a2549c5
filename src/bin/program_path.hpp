#pragma once

#include <string>
#include <string_view>

namespace mitori::bin {

/// The absolute path of the program that a shell in `folder` would execute for `word` with `path` as its $PATH. Empty
/// where there is none, or where a shell would do more than execute it (a script without "#!" is run by the shell).
[[nodiscard]] std::string program_path(std::string_view word, std::string_view path, std::string const& folder);

} // namespace mitori::bin
