#pragma once

#include <string>
#include <vector>

#include "unit/load.hpp"

namespace mitori::unit {

/// What the checker says of files: the same parser as the manager's, plus what only a look at the whole can tell
/// (missing programs, unknown users, dependencies without a file, Type= without its ExecStart=).
struct Verdict {
    UnitPtr unit;
    std::vector<Diagnostic> findings;
    [[nodiscard]] bool good() const; ///< no finding of severity error
};
[[nodiscard]] std::vector<Verdict> verify(Loader& loader, std::vector<std::string> const& paths);

} // namespace mitori::unit
