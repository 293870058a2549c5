// `mitori logs`, and what answers when it is called as `journalctl`. It reads files and needs no manager.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/programs.hpp"

namespace mitori::cli {

struct LogsCall {
    std::vector<std::string> words; ///< after the program's name
    std::string program;            ///< the name that hints and messages use: "mitori logs", or "journalctl"
    bool as_journalctl = false;
    Screen screen;
    std::ostream& out;
    std::ostream& err;
};
/// The exit status: journalctl's.
[[nodiscard]] int run_logs(LogsCall const& call, LogsMaker const& make);

} // namespace mitori::cli
