// The command: `mitori VERB …`, and what answers when it is called as `systemctl`.
#pragma once

#include "cli/programs.hpp"

namespace mitori::cli {

/// Reads the words, runs the verb, returns the exit status: systemctl's, where the verb is systemctl's.
[[nodiscard]] int main(int argc, char** argv, Programs const& programs);

} // namespace mitori::cli
