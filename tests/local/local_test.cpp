// The faces that clients speak, answered from a live manager.
#include <gmock/gmock.h>

#include "fake/office.hpp"
#include "local/local.hpp"

namespace mitori::local {
namespace {

using control::JobMode;
using control::JobVerb;
using control::KillWhom;
using control::Reason;
using mitori::test::Office;
using testing::ElementsAre;
using testing::HasSubstr;

class LocalFaces : public testing::Test {
protected:
    LocalFaces() {
        office.file("a.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/a\n");
        office.file("r.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/r\nExecReload=/quick/0\n");
        office.file("m.service",
                    "[Unit]\nRefuseManualStart=yes\nDefaultDependencies=no\n[Service]\nExecStart=/bin/m\n");
        office.file("t@.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/t %i\n");
        office.file("bad.service", "[Service]\nExecStart=relative/path\n");
    }
    [[nodiscard]] Reason refused(JobVerb verb, std::string const& unit, JobMode mode = JobMode::replace) {
        auto const answer = local.enqueue(verb, unit, mode);
        EXPECT_FALSE(answer) << unit;
        return answer ? Reason::timeout : answer.error().reason;
    }
    void ask(JobVerb verb, std::string const& unit) {
        EXPECT_TRUE(local.enqueue(verb, unit, JobMode::replace)) << unit;
        office.loop.settle();
    }
    Office office;
    Local local{*office.manager};
};

TEST_F(LocalFaces, queue_a_job_and_say_which) {
    auto const job = local.enqueue(JobVerb::start, "a.service", JobMode::replace);
    ASSERT_TRUE(job);
    EXPECT_EQ(job->unit, "a.service");
    auto const jobs = local.list_jobs();
    auto const listed = std::ranges::find(*jobs, job->id, &status::JobRow::id);
    ASSERT_NE(listed, jobs->end());
    EXPECT_EQ(listed->unit, "a.service");
    EXPECT_EQ(listed->type, "start");
    office.loop.settle();
    EXPECT_TRUE(local.list_jobs()->empty());
    EXPECT_EQ(office.sub("a.service"), "running");
}

TEST_F(LocalFaces, refuse_what_cannot_be_started_with_the_reason) {
    EXPECT_EQ(refused(JobVerb::start, "gone.service"), Reason::no_such_unit);
    EXPECT_EQ(refused(JobVerb::start, "bad.service"), Reason::bad_unit_setting);
    EXPECT_EQ(refused(JobVerb::start, "m.service"), Reason::only_by_dependency);
    EXPECT_EQ(refused(JobVerb::start, "no name"), Reason::invalid_args);
    EXPECT_EQ(refused(JobVerb::start, "t@.service"), Reason::invalid_args);
    EXPECT_EQ(refused(JobVerb::start, "a.service", JobMode::isolate), Reason::failed);
}

TEST_F(LocalFaces, start_nothing_any_more_when_the_manager_ends) {
    ask(JobVerb::start, "a.service");
    EXPECT_TRUE(local.shut_down(status::Ending::exit));
    EXPECT_EQ(refused(JobVerb::start, "r.service"), Reason::shutting_down);
    EXPECT_EQ(refused(JobVerb::restart, "a.service"), Reason::shutting_down);
}

TEST_F(LocalFaces, reload_where_that_can_be_done_and_restart_elsewhere) {
    ask(JobVerb::start, "a.service");
    ask(JobVerb::start, "r.service");
    auto const a = office.pid_of("/bin/a");
    auto const r = office.pid_of("/bin/r");
    ask(JobVerb::reload_or_restart, "a.service");
    ask(JobVerb::reload_or_restart, "r.service");
    EXPECT_NE(office.pid_of("/bin/a"), a);
    EXPECT_EQ(office.pid_of("/bin/r"), r);
    ask(JobVerb::reload_or_try_restart, "r.service");
    EXPECT_EQ(office.pid_of("/bin/r"), r);
}

TEST_F(LocalFaces, start_what_is_down_for_reload_or_restart_and_leave_it_for_try) {
    ask(JobVerb::reload_or_try_restart, "a.service");
    ask(JobVerb::reload_or_try_restart, "r.service");
    ask(JobVerb::try_restart, "a.service");
    EXPECT_EQ(office.starts(), "");
    ask(JobVerb::reload_or_restart, "a.service");
    ask(JobVerb::reload_or_restart, "r.service");
    EXPECT_EQ(office.starts(), "/bin/a /bin/r");
}

TEST_F(LocalFaces, list_units_by_state_and_name) {
    ask(JobVerb::start, "a.service");
    ask(JobVerb::start, "t@one.service");
    auto const names = [&](control::UnitFilter const& filter) {
        std::vector<std::string> found;
        auto const rows = local.list_units(filter);
        for (auto const& row : *rows)
            if (row.name.ends_with(".service")) found.push_back(row.name);
        return found;
    };
    EXPECT_THAT(names({.states = {"running"}}), ElementsAre("a.service", "t@one.service"));
    EXPECT_THAT(names({.patterns = {"t@*"}}), ElementsAre("t@one.service"));
    EXPECT_THAT(names({.states = {"failed"}}), testing::IsEmpty());
}

TEST_F(LocalFaces, list_unit_files_whether_loaded_or_not) {
    auto const rows = local.list_unit_files({.patterns = {"t@*"}});
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->front().path, office.units_ + "/t@.service");
    EXPECT_EQ(*local.unit_file_state("a.service"), "static");
    EXPECT_EQ(local.list_unit_files({.patterns = {"a.service"}})->front().preset, "") << "it is static";
    EXPECT_EQ(local.unit_file_state("gone.service").error().reason, Reason::no_such_unit);
}

TEST_F(LocalFaces, speak_of_units_that_are_loaded_only_where_loading_makes_no_sense) {
    EXPECT_EQ(local.loaded_unit("a.service").error().reason, Reason::no_such_unit);
    EXPECT_TRUE(local.unit_properties("a.service"));
    EXPECT_EQ(*local.loaded_unit("a.service"), "a.service");
    EXPECT_TRUE(local.unit_properties("gone.service")) << "it answers with LoadState=not-found";
    EXPECT_EQ(local.unit_properties("no name").error().reason, Reason::invalid_args);
}

TEST_F(LocalFaces, find_the_unit_of_a_process) {
    ask(JobVerb::start, "a.service");
    EXPECT_EQ(*local.unit_of_pid(static_cast<std::uint32_t>(office.pid_of("/bin/a"))), "a.service");
    EXPECT_EQ(local.unit_of_pid(4'999'999).error().reason, Reason::no_unit_for_pid);
}

TEST_F(LocalFaces, signal_whom_the_client_says) {
    ask(JobVerb::start, "a.service");
    EXPECT_TRUE(local.kill("a.service", KillWhom::main, base::Signal{SIGUSR1}));
    EXPECT_EQ(office.signals(), "USR1>/bin/a");
    EXPECT_EQ(local.kill("a.service", KillWhom::control, base::Signal{SIGUSR1}).error().reason,
              Reason::no_such_process);
    office.loop.settle();
    EXPECT_EQ(local.kill("a.service", KillWhom::all_fail, base::Signal{SIGUSR1}).error().reason,
              Reason::no_such_process);
    EXPECT_TRUE(local.kill("a.service", KillWhom::all, base::Signal{SIGUSR1})) << "nobody there is no error";
    EXPECT_EQ(local.kill("gone.service", KillWhom::all, base::Signal{SIGUSR1}).error().reason, Reason::no_such_unit);
}

TEST_F(LocalFaces, forget_failures_of_one_or_all) {
    for (auto const* const name : {"x.service", "y.service"}) {
        office.file(name, "[Unit]\nDefaultDependencies=no\n[Service]\nType=exec\nExecStart=/quick/203\n");
        ask(JobVerb::start, name);
        EXPECT_EQ(office.active(name), "failed");
    }
    EXPECT_TRUE(local.reset_failed("x.service"));
    EXPECT_EQ(office.active("x.service"), "inactive");
    EXPECT_EQ(office.active("y.service"), "failed");
    EXPECT_TRUE(local.reset_failed(""));
    EXPECT_EQ(office.active("y.service"), "inactive");
    EXPECT_EQ(local.reset_failed("never.service").error().reason, Reason::no_such_unit);
}

TEST_F(LocalFaces, cancel_a_job_once) {
    office.file("n.service", "[Unit]\nDefaultDependencies=no\n[Service]\nType=notify\nExecStart=/bin/n\n");
    auto const job = local.enqueue(JobVerb::start, "n.service", JobMode::replace);
    office.loop.settle();
    ASSERT_TRUE(job);
    EXPECT_TRUE(local.cancel_job(job->id));
    EXPECT_EQ(local.cancel_job(job->id).error().reason, Reason::no_such_job);
}

TEST_F(LocalFaces, print_the_plan_of_a_start) {
    EXPECT_THAT(*local.plan("t@one.service"), HasSubstr("exec /bin/t \"one\""));
    EXPECT_EQ(local.plan("gone.service").error().reason, Reason::no_such_unit);
}

TEST_F(LocalFaces, tell_listeners_until_they_drop_their_subscription) {
    // Its slices are up already, by another one.
    ask(JobVerb::start, "r.service");
    std::vector<std::string> told;
    auto subscription = local.subscribe(
        {.job_new = [&](control::JobNew const& job) { told.push_back("new " + job.unit); },
         .job_removed = [&](control::JobRemoved const& job) { told.push_back(job.unit + " " + job.result); }});
    ask(JobVerb::start, "a.service");
    EXPECT_THAT(told, ElementsAre("new a.service", "a.service done"));
    subscription.reset();
    ask(JobVerb::stop, "a.service");
    EXPECT_EQ(told.size(), 2U);
}

TEST_F(LocalFaces, tell_of_each_unit_when_it_is_loaded_and_when_it_goes) {
    ask(JobVerb::start, "r.service"); // with its slices and targets
    std::vector<std::string> told;
    auto const subscription = local.subscribe({
        .job_new = [&](control::JobNew const& job) { told.push_back("job of " + job.unit); },
        .unit_new = [&](control::UnitNew const& event) { told.push_back("new " + event.unit); },
        .unit_removed = [&](control::UnitRemoved const& event) { told.push_back("removed " + event.unit); },
    });
    office.loop.settle();
    told.clear();
    ask(JobVerb::start, "a.service");
    EXPECT_THAT(told, ElementsAre("new a.service", "job of a.service")) << "the unit comes before what it does";
    told.clear();
    // Whoever asks about a unit loads it; nobody needs it after the next reload.
    static_cast<void>(local.unit_properties("gone.service"));
    office.loop.settle();
    EXPECT_THAT(told, ElementsAre("new gone.service"));
    told.clear();
    EXPECT_TRUE(local.reload_units());
    office.loop.settle();
    EXPECT_THAT(told, ElementsAre("removed gone.service"));
    static_cast<void>(local.unit_properties("gone.service"));
    office.loop.settle();
    EXPECT_THAT(told, ElementsAre("removed gone.service", "new gone.service"));
}

TEST_F(LocalFaces, tell_that_units_are_read_again) {
    std::vector<bool> told;
    auto const subscription =
        local.subscribe({.reloading = [&](control::Reloading const& reloading) { told.push_back(reloading.active); }});
    EXPECT_TRUE(local.reload_units());
    EXPECT_THAT(told, ElementsAre(true, false));
}

} // namespace
} // namespace mitori::local
