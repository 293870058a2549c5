#pragma once

#include <functional>
#include <span>

namespace mitori::cli {

/// Entries of the verb table that are programs of their own: bin hands them in, so that cli never includes the manager.
/// Each is called with its own name first, like main(); its answer is the exit status.
using Program = std::function<int(std::span<char const* const>)>;
struct Programs {
    Program manager;
    Program up;
    Program record;
};

} // namespace mitori::cli
