// Signals to processes that are not our children, to those that are meant and to nobody else.
//
// A pid may belong to another process by the time that a signal is sent. So each target is named by its pidfd, which is
// opened first and then compared with /proc: if the process behind the number still began when the one that was chosen
// began, the descriptor is of that one, and stays so. What is born while the signals go out is found by looking again,
// until a look finds nobody new. SIGKILL goes to a tree that stands still: it is stopped first, from the top, so that
// nobody can fork and leave a child that no longer hangs below it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/signal.hpp"
#include "cli/process_programs.hpp"
#include "procfs/lineage.hpp"
#include "procfs/scanner.hpp"

namespace mitori::cli::detail {

/// Who is meant: the rows of a look that shall have the signal, a parent before its children.
using Choose = std::function<std::vector<std::size_t>(std::vector<procfs::Row> const&)>;

struct KillOutcome {
    std::vector<procfs::Row> hit;
    std::vector<procfs::Row> refused; ///< EPERM: another user's
};

class Killer {
public:
    Killer(procfs::Scanner& scanner, procfs::Parts parts, Choose choose)
        : scanner_(scanner),
          parts_(parts),
          choose_(std::move(choose)) {}

    /// Who would be hit now. Never this process itself.
    [[nodiscard]] std::vector<procfs::Row> targets();
    [[nodiscard]] KillOutcome send(base::Signal signal);

private:
    /// To everybody chosen who has not had it; whether there was anybody.
    bool round(base::Signal signal, std::map<pid_t, std::uint64_t>& had, KillOutcome& outcome);
    void rounds(base::Signal signal, KillOutcome& outcome);

    procfs::Scanner& scanner_;
    procfs::Parts parts_;
    Choose choose_;
};

} // namespace mitori::cli::detail
