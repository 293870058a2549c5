#pragma once

#include <functional>
#include <string>

#include "loop/loop.hpp"

namespace mitori::manager {

/// Calls back when something happens at a path, or on the way to it, that may have made it exist or complete: the file
/// is created, moved there, or written and closed. The caller looks for itself what is there; it may be called for
/// nothing. inotify(7) on the deepest folder of the path that exists.
[[nodiscard]] base::Result<loop::WatchPtr> watch_path(loop::Loop& loop, std::string const& path,
                                                      std::function<void()> handler);

} // namespace mitori::manager
