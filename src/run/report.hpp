// How a run ended, as JSON (`mitori run --report`). The names are a promise: what is there stays, more may come.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "cgroup/groups.hpp"
#include "run/job.hpp"

namespace mitori::run {

/// Someone whom the command left behind.
struct Descendant {
    pid_t pid = 0;
    std::string name;                 ///< comm(5) of it; empty where it ended before we looked
    std::optional<process::Exit> end; ///< nothing: it lives on, or another process took its end
    bool ended_by_us = false;         ///< as what the command left behind
};

struct Report {
    Ended ended;
    base::Stamp started;
    int exit_status = 0; ///< ours
    std::vector<Descendant> descendants;
    std::vector<std::string> refused; ///< limits that could not be set here, a sentence each
    cgroup::Accounting group;         ///< of everything that it started, where a control group counted
};

/// One object, with a newline at the end. Times are seconds, sizes bytes.
[[nodiscard]] std::string to_json(Settings const& settings, Report const& report);
/// Why the command did not start.
[[nodiscard]] std::string to_json(Settings const& settings, process::SpawnError const& error, int exit_status);

} // namespace mitori::run
