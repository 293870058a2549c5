#include "cli/detail/job_story.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/unit_names.hpp"

namespace mitori::cli::detail {
namespace {

constexpr auto types = std::to_array<std::string_view>(
    {"start", "stop", "restart", "reload", "try-restart", "reload-or-start", "verify-active"});

struct Result {
    std::string_view word;
    std::string_view sentence; ///< goes on with the moment of its end
};
constexpr auto results = std::to_array<Result>({
    {"done", "was done"},
    {"failed", "failed"},
    {"canceled", "was cancelled: another job took its place, or somebody took it back"},
    {"timeout", "took longer than it may"},
    {"dependency", "was given up, for the job of a unit that it needs had failed"},
    {"skipped", "was skipped: there was nothing to do in that state"},
    {"invalid", "did not fit the state of its unit"},
    {"assert", "was given up, for an assertion of its unit does not hold"},
    {"unsupported", "is of a kind that is not supported here"},
    {"collected", "was given up, for nobody needed it any more"},
    {"once", "was not done again, for once was enough"},
});

std::string speaker_of(status::LogEntry const& entry) { return fmt::format("{} {}", entry.boot, entry.field("_PID")); }

void take(JobStory& job, status::LogEntry const& entry) {
    auto const type = entry.field("JOB_TYPE");
    auto const result = entry.field("JOB_RESULT");
    // A restart stops its unit, and goes on as a start under the same number.
    bool const goes_on = job.type == "stop" && type == "start";
    if (job.type.empty() || goes_on) job.type = goes_on ? "restart" : type;
    if (job.began.count() == 0) job.began = entry.realtime;
    job.result = result;
    job.ended = result.empty() ? base::Usec(0) : entry.realtime;
    job.last_words = entry.field("MESSAGE");
    auto const invocation = entry.field("INVOCATION_ID");
    job.invocation = invocation.empty() ? entry.field("USER_INVOCATION_ID") : invocation;
}

} // namespace

std::optional<JobName> parse_job_name(std::string_view word) {
    auto const slash = word.rfind('/');
    if (slash == std::string_view::npos || slash == 0) return std::nullopt;
    auto const before = word.substr(0, slash);
    auto const after = word.substr(slash + 1);
    if (before == "job") {
        auto const id = base::parse_integer<std::uint32_t>(after);
        return id ? std::optional(JobName{.id = *id, .unit = {}, .type = {}}) : std::nullopt;
    }
    if (std::ranges::find(types, after) == types.end()) return std::nullopt;
    return JobName{.id = std::nullopt, .unit = unit_name(before), .type = std::string(after)};
}

std::vector<JobStory> jobs_in(std::vector<status::LogEntry> const& entries) {
    std::vector<JobStory> jobs;
    for (auto const& entry : entries) {
        auto const id = base::parse_integer<std::uint32_t>(entry.field("JOB_ID"));
        if (!id) continue;
        auto const unit = entry.field("UNIT").empty() ? entry.field("USER_UNIT") : entry.field("UNIT");
        auto const speaker = speaker_of(entry);
        auto found = std::ranges::find_if(
            jobs, [&](JobStory const& job) { return job.id == *id && job.unit == unit && job.speaker == speaker; });
        if (found == jobs.end()) {
            JobStory job{.id = *id};
            job.unit = unit;
            job.speaker = speaker;
            found = jobs.insert(jobs.end(), std::move(job));
        }
        take(*found, entry);
    }
    return jobs;
}

std::string tell(JobStory const& job, Teller const& teller) {
    auto text = fmt::format("Job {}, the {} of {}, ", job.id, base::printable(job.type), base::printable(job.unit));
    if (!job.queued.empty()) return text + (job.queued == "running" ? "is running." : "is waiting for its turn.");
    if (job.result.empty())
        return text + fmt::format("began at {}; the log tells of no end.", words_for_moment(job.began, teller.now));
    auto const known = std::ranges::find(results, job.result, &Result::word);
    text += known != results.end() ? std::string(known->sentence)
                                   : fmt::format("ended with the result {}", base::printable(job.result));
    bool const in_one_breath = job.result == "failed" || job.result == "done";
    text += fmt::format("{} at {}", in_one_breath ? "" : ",", words_for_moment(job.ended, teller.now));
    if (job.ended - job.began >= std::chrono::milliseconds(1))
        text += fmt::format(", {} after it had begun", words_for_span(job.ended - job.began));
    return text + ".";
}

} // namespace mitori::cli::detail
