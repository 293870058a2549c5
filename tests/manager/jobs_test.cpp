#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "manager/jobs.hpp"
#include "manager/unit_table.hpp"

namespace mitori::manager {
namespace {

using test::Queue;

// -- who waits for whom

TEST(Wait, starts_follow_the_order_and_what_is_not_ordered_runs_together) {
    Queue queue("t.target Wants=a.service,b.service,c.service\nb.service After=a.service\nc.service Before=b.service");
    queue.request(JobType::start, "t.target");
    EXPECT_EQ(queue.run(), "t.target/start a.service/start c.service/start, b.service/start");
}

TEST(Wait, stops_follow_the_order_backwards) {
    Queue queue(
        "a.service\nb.service Requires=a.service After=a.service\nc.service Requires=b.service After=b.service");
    queue.place.ref("c.service");
    queue.place.are("a.service=active b.service=active c.service=active");
    queue.request(JobType::stop, "a.service");
    EXPECT_EQ(queue.run(), "c.service/stop, b.service/stop, a.service/stop");
}

TEST(Wait, a_stop_comes_before_a_start_whichever_way_they_are_ordered) {
    for (auto const order : {"After", "Before"}) {
        Queue queue("a.service Conflicts=b.service " + std::string(order) + "=b.service");
        queue.place.ref("a.service");
        queue.place.are("b.service=active");
        queue.request(JobType::start, "a.service");
        EXPECT_EQ(queue.run(), "b.service/stop, a.service/start") << order;
    }
}

TEST(Wait, restarts_stop_backwards_and_then_start_forwards) {
    Queue queue("b.service Requires=a.service After=a.service");
    queue.place.ref("b.service");
    queue.place.are("a.service=active b.service=active");
    queue.request(JobType::restart, "a.service");
    EXPECT_EQ(queue.run(), "b.service/restart, a.service/restart, a.service/start, b.service/start");
}

TEST(Wait, only_for_jobs_that_are_queued) {
    Queue queue("b.service After=a.service");
    queue.request(JobType::start, "b.service");
    EXPECT_EQ(queue.ready(), "b.service/start");
}

TEST(Wait, a_job_is_named_once) {
    Queue queue("a.service");
    queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.ready(), "a.service/start");
    EXPECT_EQ(queue.ready(), "");
    EXPECT_EQ(queue.jobs.of(queue.place.ref("a.service"))->state, JobState::running);
}

TEST(Wait, a_later_request_holds_up_what_still_waits) {
    Queue queue("a.service After=b.service,c.service");
    queue.request(JobType::start, "c.service");
    queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.ready(), "c.service/start");
    queue.request(JobType::start, "b.service");
    queue.done("c.service");
    EXPECT_EQ(queue.ready(), "b.service/start");
    queue.done("b.service");
    EXPECT_EQ(queue.ready(), "a.service/start");
}

TEST(Wait, ignoring_dependencies_waits_for_nobody_and_nobody_for_it) {
    Queue queue("b.service After=a.service\nc.service After=b.service");
    queue.request(JobType::start, "a.service");
    queue.request(JobType::start, "b.service", Mode::ignore_dependencies);
    queue.request(JobType::start, "c.service");
    EXPECT_EQ(queue.ready(), "a.service/start b.service/start c.service/start");
}

TEST(Wait, a_postponed_job_waits_until_its_unit_changes) {
    Queue queue("a.service Requisite=b.service");
    queue.place.are("b.service=activating");
    queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.ready(), "a.service/start b.service/verify-active");
    auto const b = queue.place.ref("b.service");
    queue.jobs.postpone(queue.jobs.of(b)->id);
    EXPECT_EQ(queue.ready(), "");
    queue.jobs.retry(b);
    EXPECT_EQ(queue.ready(), "b.service/verify-active");
}

TEST(Wait, edges_made_anew_are_heeded) {
    Queue queue("a.service\nb.service");
    queue.request(JobType::start, "a.service");
    queue.request(JobType::start, "b.service");
    queue.place.table.replace("b.service After=a.service");
    queue.place.graph.reload([](UnitRef) { return true; });
    EXPECT_EQ(queue.ready(), "a.service/start");
    queue.place.table.replace("b.service");
    queue.place.graph.reload([](UnitRef) { return true; });
    EXPECT_EQ(queue.ready(), "b.service/start");
}

// -- ends

TEST(End, a_failed_start_ends_the_starts_that_require_it) {
    for (auto const relation : {"Requires", "BindsTo", "Requisite"})
        for (auto const result : {JobResult::failed, JobResult::timeout, JobResult::canceled, JobResult::dependency,
                                  JobResult::assert_, JobResult::unsupported, JobResult::skipped}) {
            Queue queue("b.service After=a.service " + std::string(relation) + "=a.service");
            queue.request(JobType::start, "b.service");
            EXPECT_EQ(queue.end("a.service", result),
                      "a.service/" + std::string(base::word(result)) + " b.service/dependency")
                << relation;
            EXPECT_TRUE(queue.jobs.empty());
        }
}

TEST(End, takes_along_what_requires_it_at_any_distance) {
    Queue queue("c.service Requires=b.service After=b.service\nb.service Requires=a.service After=a.service");
    queue.request(JobType::start, "c.service");
    EXPECT_EQ(queue.end("a.service", JobResult::failed), "a.service/failed b.service/dependency c.service/dependency");
}

TEST(End, a_wish_that_fails_holds_nobody_up) {
    Queue queue("b.service Wants=a.service After=a.service");
    queue.request(JobType::start, "b.service");
    EXPECT_EQ(queue.ready(), "a.service/start");
    EXPECT_EQ(queue.end("a.service", JobResult::failed), "a.service/failed");
    EXPECT_EQ(queue.ready(), "b.service/start");
}

TEST(End, a_start_that_is_done_takes_nobody_along) {
    Queue queue("b.service Requires=a.service After=a.service");
    queue.request(JobType::start, "b.service");
    EXPECT_EQ(queue.end("a.service", JobResult::done, ActiveState::inactive), "a.service/done");
    EXPECT_EQ(queue.ready(), "b.service/start");
}

TEST(End, a_start_done_in_vain_ends_those_that_have_it_as_requisite) {
    Queue queue("b.service Requisite=a.service Wants=a.service After=a.service");
    queue.request(JobType::start, "b.service");
    EXPECT_EQ(queue.end("a.service", JobResult::done, ActiveState::inactive), "a.service/done b.service/dependency");
}

TEST(End, a_failed_stop_ends_the_starts_that_exclude_the_unit) {
    Queue queue("a.service Conflicts=b.service After=b.service");
    queue.place.are("b.service=active");
    queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.end("b.service", JobResult::failed), "b.service/failed a.service/dependency");
}

TEST(End, a_failed_start_leaves_stops_and_restarts_of_dependents_alone) {
    Queue queue("b.service Requires=a.service");
    queue.place.ref("b.service");
    queue.place.are("b.service=active");
    queue.request(JobType::start, "a.service");
    queue.request(JobType::stop, "b.service");
    EXPECT_EQ(queue.end("a.service", JobResult::failed), "a.service/failed");
    EXPECT_NE(queue.jobs.of(queue.place.ref("b.service")), nullptr);
}

TEST(End, of_a_job_that_has_gone_is_nothing) {
    Queue queue("a.service");
    auto const id = queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.jobs.finish(id, JobResult::done).size(), 1U);
    EXPECT_TRUE(queue.jobs.finish(id, JobResult::done).empty());
    EXPECT_EQ(queue.jobs.find(id), nullptr);
}

// -- one job a unit

TEST(Install, gives_the_anchor_the_first_id_and_never_one_twice) {
    Queue queue("a.service Requires=b.service");
    EXPECT_EQ(queue.request(JobType::start, "a.service"), JobId{1});
    (void)queue.run();
    EXPECT_EQ(queue.request(JobType::restart, "a.service"), JobId{3});
    EXPECT_EQ(queue.jobs.all().size(), 1U);
}

TEST(Install, a_job_that_merges_keeps_the_queued_ones_id) {
    Queue queue("a.service");
    auto const id = queue.request(JobType::start, "a.service");
    EXPECT_EQ(queue.request(JobType::restart, "a.service"), id);
    EXPECT_EQ(queue.jobs.find(id)->type, JobType::restart);
    EXPECT_TRUE(queue.ended.empty());
}

TEST(Install, a_contradicting_job_cancels_the_queued_one_and_takes_nobody_along) {
    Queue queue("b.service Requires=a.service After=a.service");
    auto const first = queue.request(JobType::start, "b.service");
    auto const stop = queue.request(JobType::stop, "b.service");
    EXPECT_NE(first, stop);
    ASSERT_EQ(queue.ended.size(), 1U);
    EXPECT_EQ(queue.ended.front().job.id, first);
    EXPECT_EQ(queue.ended.front().result, JobResult::canceled);
    EXPECT_EQ(queue.jobs.of(queue.place.ref("a.service"))->type, JobType::start);
}

TEST(Install, a_running_job_goes_on_if_it_does_what_the_new_one_asks) {
    struct Case {
        JobType running;
        JobType asked;
        std::string_view then;
    };
    for (auto const& [running, asked, then] : {
             Case{JobType::start, JobType::start, ""},
             Case{JobType::restart, JobType::start, ""},
             Case{JobType::restart, JobType::restart, ""},
             Case{JobType::start, JobType::restart, "a.service/restart"},
             Case{JobType::reload, JobType::reload, "a.service/reload"},
             Case{JobType::restart, JobType::reload, "a.service/restart"},
         }) {
        Queue queue("a.service");
        queue.place.facts_of("a.service").can_reload = true;
        queue.place.are("a.service=active");
        auto const id = queue.request(running, "a.service");
        EXPECT_NE(queue.ready(), "");
        EXPECT_EQ(queue.request(asked, "a.service"), id);
        EXPECT_EQ(queue.ready(), then) << base::word(running) << " + " << base::word(asked);
    }
}

TEST(Install, nop_jobs_stand_beside_the_units_job) {
    Queue queue("a.service");
    auto const start = queue.request(JobType::start, "a.service");
    auto const nop = queue.request(JobType::try_restart, "a.service");
    EXPECT_NE(start, nop);
    EXPECT_EQ(queue.jobs.of(queue.place.ref("a.service"))->id, start);
    EXPECT_EQ(queue.ready(), "a.service/start a.service/nop");
    EXPECT_EQ(queue.jobs.finish(nop, JobResult::done).size(), 1U);
    EXPECT_EQ(queue.jobs.of(queue.place.ref("a.service"))->id, start);
}

TEST(Install, flush_ends_what_was_queued) {
    Queue queue("a.service\nb.service");
    queue.request(JobType::start, "b.service");
    queue.request(JobType::start, "a.service", Mode::flush);
    ASSERT_EQ(queue.ended.size(), 1U);
    EXPECT_EQ(queue.run(), "a.service/start");
}

TEST(Restart, goes_on_as_a_start_under_its_id_and_by_the_order_of_starts) {
    Queue queue("b.service Requires=a.service After=a.service");
    queue.place.ref("b.service");
    queue.place.are("a.service=active b.service=active");
    auto const id = queue.request(JobType::restart, "a.service");
    EXPECT_EQ(queue.ready(), "b.service/restart");
    queue.stopped("b.service");
    EXPECT_EQ(queue.ready(), "a.service/restart");
    queue.stopped("a.service");
    EXPECT_EQ(queue.ready(), "a.service/start");
    EXPECT_EQ(queue.jobs.find(id)->type, JobType::start);
    queue.done("a.service");
    EXPECT_EQ(queue.ready(), "b.service/start");
}

} // namespace
} // namespace mitori::manager
