// Jobs by their names, and as the lines of a log tell of them.
#include <gmock/gmock.h>

#include "cli/detail/job_story.hpp"

namespace mitori::cli::detail {
namespace {

using namespace std::chrono_literals;

constexpr base::Usec noon = std::chrono::seconds(1795348800); // 2026-11-22 12:00:00 UTC

status::LogEntry line(base::Usec at, std::string id, std::string type, std::string result = {},
                      std::string speaker = "1") {
    status::LogEntry entry;
    entry.realtime = noon + at;
    entry.boot = "b";
    entry.fields = {{"MESSAGE", "said"}, {"UNIT", "web.service"},      {"JOB_ID", std::move(id)},
                    {"JOB_TYPE", type},  {"_PID", std::move(speaker)}, {"INVOCATION_ID", "i"}};
    if (!result.empty()) entry.fields.push_back({"JOB_RESULT", std::move(result)});
    return entry;
}

std::string words(std::vector<status::LogEntry> const& entries) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    auto const jobs = jobs_in(entries);
    return jobs.empty() ? "" : tell(jobs.back(), {.now = noon + 1h, .user_name = {}});
}

TEST(JobName, is_a_number_or_the_last_of_a_unit) {
    EXPECT_EQ(parse_job_name("job/17")->id, 17U);
    auto const start = parse_job_name("web/start");
    ASSERT_TRUE(start);
    EXPECT_EQ(start->unit, "web.service");
    EXPECT_EQ(start->type, "start");
    EXPECT_FALSE(start->id);
    for (auto const* word : {"17", "web", "job/x", "/start", "web/frobnicate", "/srv/data", "job/"})
        EXPECT_FALSE(parse_job_name(word)) << word;
}

TEST(JobStory, tells_how_long_a_job_took_and_what_became_of_it) {
    EXPECT_EQ(words({line(0s, "17", "start"), line(1200ms, "17", "start", "failed")}),
              "Job 17, the start of web.service, failed at 12:00:01.200, 1.2 s after it had begun.");
    EXPECT_EQ(words({line(0s, "4", "start", "dependency")}),
              "Job 4, the start of web.service, was given up, for the job of a unit that it needs had failed, at "
              "12:00:00.000.");
    EXPECT_EQ(words({line(0s, "5", "start")}),
              "Job 5, the start of web.service, began at 12:00:00.000; the log tells of no end.");
}

TEST(JobStory, takes_a_stop_that_goes_on_as_a_start_for_a_restart) {
    EXPECT_EQ(words({line(0s, "9", "stop"), line(1s, "9", "start"), line(2s, "9", "start", "done")}),
              "Job 9, the restart of web.service, was done at 12:00:02.000, 2.0 s after it had begun.");
}

TEST(JobStory, keeps_managers_apart_for_each_counts_anew) {
    auto const jobs = jobs_in(
        {line(0s, "3", "start", "failed"), line(1s, "3", "start", "done", "77"), line(2s, "x", "start", "done")});
    ASSERT_EQ(jobs.size(), 2U);
    EXPECT_EQ(jobs[0].result, "failed");
    EXPECT_EQ(jobs[1].result, "done");
}

TEST(JobStory, says_of_a_job_that_is_not_done_how_far_it_is) {
    JobStory job{.id = 8};
    job.unit = "web.service";
    job.type = "start";
    job.queued = "running";
    EXPECT_EQ(tell(job, {}), "Job 8, the start of web.service, is running.");
}

} // namespace
} // namespace mitori::cli::detail
