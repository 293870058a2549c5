// What `mitori inspect` says of a process: as text in sections, and as JSON.
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/detail/inspect_history.hpp"
#include "cli/detail/ps_desk.hpp"
#include "procfs/inspection.hpp"

namespace mitori::cli::detail {

/// Whether values of the environment are shown: they hold passwords.
enum class Values { hidden, shown };

struct InspectFacts {
    procfs::Inspection const& inspection;
    PsDesk& desk; ///< with the process and what is above it laid out
    Values values = Values::hidden;
    InspectHistory history = {};
};

[[nodiscard]] std::string inspect_report(InspectFacts const& facts, Screen const& screen);
[[nodiscard]] std::string inspect_json(InspectFacts const& facts);

/// "NAME=value" of each variable, as they stand in the environment; only "NAME" where values are hidden.
[[nodiscard]] std::vector<std::string> environment_lines(std::string_view environment, Values values);

} // namespace mitori::cli::detail
