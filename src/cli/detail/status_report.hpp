// The report on one unit that `status` prints, laid out as systemctl's.
#pragma once

#include <string>
#include <vector>

#include "base/time.hpp"
#include "cli/context.hpp"
#include "status/rows.hpp"
#include "status/value.hpp"

namespace mitori::cli::detail {

/// Another unit and the state that its dot shows.
struct RelatedUnit {
    std::string name;
    std::string active_state;
};

/// Everything that the report is made from, so that making it asks nobody.
struct StatusFacts {
    status::Properties properties;
    std::vector<status::ProcessRow> processes;
    std::vector<RelatedUnit> triggered_by;
    std::vector<RelatedUnit> triggers;
    std::string main_command;    ///< the name of the main process, if it runs
    std::string control_command; ///< of the control process
    base::Usec now{0};           ///< real time
};

[[nodiscard]] std::string status_report(StatusFacts const& facts, Screen const& screen);

/// " since Sun 2026-11-22 14:59:06 UTC; 3min ago", or nothing for a time that never was.
[[nodiscard]] std::string since_words(status::Properties const& properties, base::Usec now);

} // namespace mitori::cli::detail
