// What became of a job of a manager. A manager forgets a job when it is done; what remains is what it said of it: each
// line that begins or ends a job carries JOB_ID=, JOB_TYPE= and, at the end, JOB_RESULT= in the log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "cli/detail/death_words.hpp"
#include "status/log_entry.hpp"

namespace mitori::cli::detail {

/// "17", "job/17": the job of that number. "web.service/start", "web/restart": the last such job of the unit.
struct JobName {
    std::optional<std::uint32_t> id;
    std::string unit;
    std::string type;
};
/// Nothing where the word names no job. A bare number does not, either: it is a process's first.
[[nodiscard]] std::optional<JobName> parse_job_name(std::string_view word);

struct JobStory {
    std::uint32_t id = 0;
    std::string unit;
    std::string type;   ///< start, stop, restart, reload …
    std::string result; ///< of org.freedesktop.systemd1(5), JobRemoved; empty: nothing tells of its end
    std::string queued; ///< waiting or running, of one that the manager has now; empty else
    base::Usec began{0};
    base::Usec ended{0};
    std::string last_words; ///< what the manager said of it last
    std::string invocation; ///< of the unit's life that it began or ended
    std::string speaker;    ///< the boot and the process that said so: numbers begin anew with each manager
};

/// The jobs that these entries tell of, in the order of their first entries.
[[nodiscard]] std::vector<JobStory> jobs_in(std::vector<status::LogEntry> const& entries);

/// "Job 17, the start of web.service, failed at 12:03:01.512, 1.2 s after it had begun."
[[nodiscard]] std::string tell(JobStory const& job, Teller const& teller);

} // namespace mitori::cli::detail
