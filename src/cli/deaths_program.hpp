// `mitori deaths` and `mitori why`. They read the ledger's file, and the log, and need no manager.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/connection.hpp"
#include "cli/context.hpp"
#include "cli/programs.hpp"

namespace mitori::cli {

struct DeathsCall {
    std::vector<std::string> words; ///< after the program's name
    Screen screen;
    std::ostream& out;
    std::ostream& err;
    ManagerFinder manager = {}; ///< for jobs that are not done yet
};

/// The exit status: 0, or 1 where something could not be shown (`why`: of one of whose deaths nothing is known).
[[nodiscard]] int run_deaths(DeathsCall const& call, DeathsMaker const& make);
[[nodiscard]] int run_why(DeathsCall const& call, DeathsMaker const& make, LogsMaker const& logs);

} // namespace mitori::cli
