// Finds what became of a job: whether the manager has it now, what the log tells of it, and which death was its end.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "cli/detail/job_story.hpp"
#include "control/control.hpp"
#include "control/deaths.hpp"
#include "control/logs.hpp"

namespace mitori::cli::detail {

/// Where it is looked for; either may be missing.
struct JobPlaces {
    control::Query* manager = nullptr;
    control::Logs* logs = nullptr;
};

/// The last of that name. Nothing where neither place knows of it.
[[nodiscard]] std::optional<JobStory> find_job(JobPlaces const& places, JobName const& name);
/// The job that failed last before this one was given up for a dependency.
[[nodiscard]] std::optional<JobStory> find_culprit(control::Logs& logs, JobStory const& job);
/// The death that made it fail; of a stop and a restart that of the main process which it ended.
[[nodiscard]] base::Result<std::optional<status::Death>> death_of_job(control::Deaths& deaths, JobStory const& job);

} // namespace mitori::cli::detail
