#include "cli/detail/job_search.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "cli/detail/death_search.hpp"

namespace mitori::cli::detail {
namespace {

using status::Death;

/// Lines of a log about jobs that are looked through for one.
constexpr std::uint64_t looked_through = 2000;
/// The manager tells of a job and of a death each when it comes to it.
constexpr base::Usec at_once = std::chrono::milliseconds(250);
constexpr base::Usec given_up_within = std::chrono::seconds(10);

std::vector<JobStory> read_jobs(control::Logs& logs, control::LogQuery query) {
    std::vector<status::LogEntry> entries;
    if (!query.lines) query.lines = looked_through;
    auto const cursor = logs.open(query);
    if (!cursor) return {};
    for (auto entry = (*cursor)->next(); entry && *entry; entry = (*cursor)->next())
        entries.push_back(std::move(**entry));
    return jobs_in(entries);
}

bool is_meant(JobName const& name, std::uint32_t id, std::string const& unit, std::string const& type) {
    if (name.id) return id == *name.id;
    return unit == name.unit && type == name.type;
}

std::optional<JobStory> last_in_log(control::Logs& logs, JobName const& name) {
    control::LogQuery query;
    if (name.id)
        query.matches = {fmt::format("JOB_ID={}", *name.id)};
    else
        query.matches = {"UNIT=" + name.unit, "+", "USER_UNIT=" + name.unit};
    auto const jobs = read_jobs(logs, query);
    auto const found = std::ranges::find_if(
        jobs.rbegin(), jobs.rend(), [&](JobStory const& job) { return is_meant(name, job.id, job.unit, job.type); });
    return found == jobs.rend() ? std::nullopt : std::optional(*found);
}

} // namespace

std::optional<JobStory> find_job(JobPlaces const& places, JobName const& name) {
    if (places.manager != nullptr)
        if (auto const jobs = places.manager->list_jobs())
            for (auto const& row : *jobs)
                if (is_meant(name, row.id, row.unit, row.type)) {
                    JobStory job{.id = row.id};
                    job.unit = row.unit;
                    job.type = row.type;
                    job.queued = row.state;
                    return job;
                }
    return places.logs != nullptr ? last_in_log(*places.logs, name) : std::nullopt;
}

std::optional<JobStory> find_culprit(control::Logs& logs, JobStory const& job) {
    control::LogQuery query;
    query.matches = {"JOB_RESULT=failed", "JOB_RESULT=timeout"};
    query.since = job.ended - given_up_within;
    query.until = job.ended;
    auto const jobs = read_jobs(logs, query);
    auto const found = std::ranges::find_if(jobs.rbegin(), jobs.rend(), [&job](JobStory const& other) {
        return other.id != job.id && other.speaker == job.speaker;
    });
    if (found == jobs.rend()) return std::nullopt;
    // Its whole story: when it began, too.
    auto const whole = last_in_log(logs, {.id = found->id, .unit = {}, .type = {}});
    return whole && whole->speaker == found->speaker ? whole : *found;
}

base::Result<std::optional<Death>> death_of_job(control::Deaths& deaths, JobStory const& job) {
    if (job.result.empty()) return std::nullopt;
    bool const ends_it = job.type == "stop" || job.type == "restart";
    if (!ends_it && job.result == "done") return std::nullopt;
    status::DeathFilter filter;
    filter.unit = job.unit;
    filter.since = job.began - at_once;
    filter.until = job.ended + at_once;
    auto const found = TRY(last_deaths(deaths, filter, looked_through));
    auto const is_it = [&](Death const& death) {
        if (death.role.empty()) return false;
        if (ends_it && job.result == "done") return death.role == "main";
        return has_failed(death) && (job.invocation.empty() || death.invocation == job.invocation);
    };
    auto const last = std::ranges::find_if(found.rbegin(), found.rend(), is_it);
    return last == found.rend() ? std::nullopt : std::optional(*last);
}

} // namespace mitori::cli::detail
