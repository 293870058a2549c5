// Streams of services, and ends that are told only after the last words.
#include <gmock/gmock.h>

#include "fake/fake_host.hpp"
#include "fake/office.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::add;
using mitori::test::FakeOutput;
using mitori::test::Life;
using mitori::test::Office;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// -- streams

TEST(Stream, is_opened_for_each_process_that_is_started_and_closed_when_it_has_ended) {
    Office office(Office::Log::kept);
    add(office, "a", "", "ExecStartPre=/quick/0\nSyslogIdentifier=spoken");
    office.start("a.service");
    EXPECT_EQ(office.output.told(), "open a.service 1; started 1; drain 1; close 1; open a.service 2; started 2");
    office.stop("a.service");
    EXPECT_EQ(office.output.told(), "drain 2; close 2");
    EXPECT_EQ(office.active("a.service"), "inactive");
}

TEST(Stream, says_whose_words_these_are_and_how_they_are_taken) {
    Office office(Office::Log::kept);
    add(office, "a", "",
        "SyslogFacility=local3\nSyslogLevel=notice\nSyslogLevelPrefix=no\nLogLevelMax=warning\n"
        "LogRateLimitIntervalSec=2s\nLogRateLimitBurst=7\nLogExtraFields=A=1 \"B=2 "
        "3\"\nStandardOutput=journal+console");
    add(office, "b", "", "SyslogIdentifier=spoken");
    office.start("a.service");
    office.start("b.service");
    auto const& order = office.output.orders.at(1);
    EXPECT_EQ(order.unit, "a.service");
    EXPECT_EQ(order.invocation, office.manager->service(office.ref("a.service"))->invocation());
    EXPECT_EQ(order.identifier, "a");
    EXPECT_EQ(order.group, "system.slice/a.service");
    EXPECT_EQ(order.facility, 19);
    EXPECT_EQ(order.level, 5);
    EXPECT_FALSE(order.level_prefix);
    EXPECT_EQ(order.level_max, 4);
    EXPECT_EQ(order.rate_interval, 2s);
    EXPECT_EQ(order.rate_burst, 7u);
    EXPECT_THAT(order.extra_fields, ElementsAre("A=1", "B=2 3"));
    EXPECT_TRUE(order.console);
    auto const& plain = office.output.orders.at(2);
    EXPECT_EQ(plain.identifier, "spoken");
    EXPECT_EQ(plain.facility, 3);
    EXPECT_EQ(plain.level, 6);
    EXPECT_TRUE(plain.level_prefix);
    EXPECT_FALSE(plain.level_max || plain.rate_interval || plain.rate_burst || plain.console);
}

TEST(Stream, is_named_to_its_process) {
    Office office(Office::Log::kept);
    add(office, "a");
    add(office, "silent", "", "StandardOutput=null");
    office.start("a.service");
    office.start("silent.service");
    EXPECT_THAT(office.plan_of("/bin/a"), HasSubstr("JOURNAL_STREAM=9:1"));
    EXPECT_THAT(office.plan_of("/bin/silent"), Not(HasSubstr("JOURNAL_STREAM")));
    EXPECT_EQ(office.output.told(), "open a.service 1; started 1");
}

TEST(Stream, that_cannot_be_opened_fails_the_start_and_the_next_one_is_none_the_worse) {
    Office office(Office::Log::kept);
    add(office, "a");
    office.output.refusal = EMFILE;
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/failed");
    EXPECT_EQ(office.manager->service(office.ref("a.service"))->result(), ServiceResult::resources);
    EXPECT_EQ(office.output.told(), "");
    office.start("a.service");
    EXPECT_EQ(office.active("a.service"), "active");
}

TEST(Stream, of_a_start_that_no_plan_could_be_made_for_is_closed) {
    Office office(Office::Log::kept);
    add(office, "a", "", "StandardInput=fd:nobody");
    office.start("a.service");
    EXPECT_EQ(office.ends(), "a.service/start/failed");
    EXPECT_EQ(office.output.told(), "");
}

TEST(Stream, of_a_child_that_never_came_to_be_is_closed) {
    FakeOutput output;
    LastWords words(&output);
    UnitRef const unit{3};
    words.bind(unit, {.stream = StreamId{7}, .spawn = process::SpawnId{1}, .uid = 5, .span = LastWords::Span::process});
    words.bind(unit, {.stream = StreamId{8}, .spawn = process::SpawnId{2}, .uid = 5, .span = LastWords::Span::process});
    words.started(unit, process::SpawnId{2}, 100);
    words.reported(unit, process::SpawnId{1});
    EXPECT_EQ(output.told(), "started 8 by 5; close 7");
    words.reported(unit, process::SpawnId{2});
    EXPECT_EQ(output.told(), "") << "a child whose first step failed has an end of its own";
}

TEST(Stream, of_a_forking_service_s_parent_is_its_daemon_s_too) {
    FakeOutput output;
    LastWords words(&output);
    UnitRef const unit{3};
    words.bind(unit, {.stream = StreamId{7}, .spawn = process::SpawnId{1}, .uid = 0, .span = LastWords::Span::life});
    words.started(unit, process::SpawnId{1}, 100);
    words.ended(unit, 100, [] {});
    words.ended(unit, 101, [] {});
    EXPECT_EQ(output.told(), "started 7; drain 7; drain 7");
    words.rest(unit);
    EXPECT_EQ(output.told(), "close 7");
}

// -- last words

/// A service whose main process has ended while its words are still on their way.
struct Ending {
    explicit Ending(std::string const& settings = "") {
        add(office, "a", "", settings);
        office.start("a.service");
        office.output.slow = true;
        office.exit("/bin/a", 3);
    }
    Office office{Office::Log::kept};
};

TEST(LastWords, come_before_the_end_is_told) {
    Ending ending;
    auto& office = ending.office;
    EXPECT_EQ(office.sub("a.service"), "running");
    office.output.taken();
    office.loop.settle();
    EXPECT_EQ(office.sub("a.service"), "failed");
    EXPECT_EQ(office.output.told(), "open a.service 1; started 1; drain 1; close 1");
}

TEST(LastWords, do_not_delay_a_restart_when_there_are_none) {
    Office office(Office::Log::kept);
    add(office, "a", "", "Restart=always\nRestartSec=0");
    office.start("a.service");
    static_cast<void>(office.starts());
    office.exit("/bin/a");
    office.advance(0s);
    EXPECT_EQ(office.starts(), "/bin/a");
}

TEST(LastWords, keep_a_time_out_from_nothing) {
    Ending ending("RuntimeMaxSec=10\nTimeoutStopSec=5");
    auto& office = ending.office;
    office.advance(10s);
    EXPECT_EQ(office.sub("a.service"), "stop-sigterm") << "the end is not known yet";
    office.advance(5s);
    EXPECT_EQ(office.sub("a.service"), "stop-sigkill");
    office.output.taken();
    office.loop.settle();
    EXPECT_EQ(office.sub("a.service"), "failed");
    EXPECT_EQ(office.manager->service(office.ref("a.service"))->main_record()->exit->status, 3);
}

TEST(LastWords, of_an_old_life_tell_the_next_one_nothing) {
    Ending ending("TimeoutStopSec=5\nExecStopPost=/quick/0");
    auto& office = ending.office;
    office.stop("a.service");
    for (int i = 0; i < 5; ++i)
        office.advance(5s);
    ASSERT_EQ(office.active("a.service"), "failed") << "nobody could end what had ended";
    EXPECT_THAT(office.output.told(), HasSubstr("close 1"));
    office.start("a.service");
    ASSERT_EQ(office.sub("a.service"), "running");
    while (office.output.waiting() > 0)
        office.output.taken();
    office.loop.settle();
    EXPECT_EQ(office.sub("a.service"), "running");
}

/// A unit that hears of what happens in order.
struct Unit {
    FakeOutput output;
    LastWords words{&output};
    UnitRef const ref{1};
    std::string heard;

    void start(std::uint64_t stream, pid_t pid) {
        process::SpawnId const spawn{stream};
        words.bind(ref, {.stream = StreamId{stream}, .spawn = spawn, .uid = 0, .span = LastWords::Span::process});
        words.started(ref, spawn, pid);
        words.reported(ref, spawn);
    }
    std::function<void()> tell(std::string const& what) {
        return [this, what] { heard += what + " "; };
    }
};

TEST(LastWords, hold_up_what_came_after_the_end_and_keep_its_order) {
    Unit unit;
    unit.start(1, 100);
    unit.start(2, 200);
    unit.output.slow = true;
    unit.words.ended(unit.ref, 100, unit.tell("first"));
    unit.words.ended(unit.ref, 200, unit.tell("second"));
    unit.words.follow(unit.ref, unit.tell("empty"));
    unit.words.follow(UnitRef{2}, unit.tell("other"));
    EXPECT_EQ(unit.heard, "other ") << "another unit waits for nobody";
    auto const first = [&] { unit.output.taken(); };
    first();
    EXPECT_EQ(unit.heard, "other first ");
    first();
    EXPECT_EQ(unit.heard, "other first second empty ");
}

TEST(LastWords, that_are_taken_out_of_order_do_not_turn_the_ends_round) {
    Unit unit;
    unit.start(1, 100);
    unit.start(2, 200);
    unit.output.slow = true;
    unit.words.ended(unit.ref, 100, unit.tell("first"));
    unit.output.slow = false;
    unit.words.ended(unit.ref, 200, unit.tell("second"));
    EXPECT_EQ(unit.heard, "");
    unit.output.taken();
    EXPECT_EQ(unit.heard, "first second ");
}

TEST(LastWords, of_a_daemon_may_be_in_any_stream_of_its_unit) {
    Unit unit;
    unit.start(1, 100);
    unit.start(2, 200);
    unit.output.slow = true;
    unit.words.ended(unit.ref, 300, unit.tell("daemon"));
    unit.output.taken();
    EXPECT_EQ(unit.heard, "");
    unit.output.taken();
    EXPECT_EQ(unit.heard, "daemon ");
}

TEST(LastWords, of_a_process_that_was_forgotten_are_told_to_nobody) {
    Unit unit;
    unit.start(1, 100);
    unit.output.slow = true;
    unit.words.ended(unit.ref, 100, unit.tell("end"));
    unit.words.follow(unit.ref, unit.tell("empty"));
    EXPECT_TRUE(unit.words.forget(unit.ref, 100));
    EXPECT_FALSE(unit.words.forget(unit.ref, 100));
    EXPECT_EQ(unit.heard, "") << "forgetting tells nothing from inside";
    unit.output.taken();
    EXPECT_EQ(unit.heard, "empty ");
}

TEST(LastWords, are_not_waited_for_by_a_unit_at_rest) {
    Unit unit;
    unit.start(1, 100);
    unit.output.slow = true;
    unit.words.ended(unit.ref, 100, unit.tell("end"));
    unit.words.rest(unit.ref);
    EXPECT_EQ(unit.output.told(), "started 1; drain 1; close 1");
    unit.output.taken();
    EXPECT_EQ(unit.heard, "");
    unit.words.follow(unit.ref, unit.tell("next"));
    EXPECT_EQ(unit.heard, "next ");
}

TEST(LastWords, that_are_taken_after_the_manager_has_gone_reach_nobody) {
    FakeOutput output;
    output.slow = true;
    bool told = false;
    {
        LastWords words(&output);
        words.bind(UnitRef{1},
                   {.stream = StreamId{1}, .spawn = process::SpawnId{1}, .uid = 0, .span = LastWords::Span::process});
        words.started(UnitRef{1}, process::SpawnId{1}, 100);
        words.reported(UnitRef{1}, process::SpawnId{1});
        words.ended(UnitRef{1}, 100, [&] { told = true; });
    }
    output.taken();
    EXPECT_FALSE(told);
}

TEST(LastWords, may_be_asked_for_from_inside_what_is_told) {
    Unit unit;
    unit.start(1, 100);
    unit.words.ended(unit.ref, 100, [&] {
        unit.words.follow(unit.ref, unit.tell("inner"));
        unit.words.rest(unit.ref);
        unit.heard += "outer ";
    });
    EXPECT_EQ(unit.heard, "outer ") << "what waits when a unit comes to rest is dropped";
}

// -- reports of starts

TEST(LastWords, of_an_end_wait_for_the_report_of_its_start) {
    Unit unit;
    unit.words.started(unit.ref, process::SpawnId{1}, 100);
    unit.words.started(unit.ref, process::SpawnId{2}, 200);
    unit.words.ended(unit.ref, 100, unit.tell("first"));
    unit.words.follow(unit.ref, unit.tell("empty"));
    unit.words.reported(unit.ref, process::SpawnId{2});
    EXPECT_EQ(unit.heard, "") << "that was another's";
    unit.words.reported(unit.ref, process::SpawnId{1});
    EXPECT_EQ(unit.heard, "first empty ");
    unit.words.ended(unit.ref, 200, unit.tell("second"));
    EXPECT_EQ(unit.heard, "first empty second ");
}

TEST(LastWords, of_an_end_wait_for_both_its_stream_and_its_report) {
    for (bool const report_first : {true, false}) {
        Unit unit;
        process::SpawnId const spawn{1};
        unit.words.bind(unit.ref, {.stream = StreamId{1}, .spawn = spawn, .uid = 0, .span = LastWords::Span::process});
        unit.words.started(unit.ref, spawn, 100);
        unit.output.slow = true;
        unit.words.ended(unit.ref, 100, unit.tell("end"));
        report_first ? unit.words.reported(unit.ref, spawn) : unit.output.taken();
        EXPECT_EQ(unit.heard, "");
        report_first ? unit.output.taken() : unit.words.reported(unit.ref, spawn);
        EXPECT_EQ(unit.heard, "end ");
        EXPECT_EQ(unit.output.told(), "started 1; drain 1; close 1");
    }
}

TEST(LastWords, of_an_old_life_are_not_held_by_its_report) {
    Unit unit;
    unit.words.started(unit.ref, process::SpawnId{1}, 100);
    unit.words.ended(unit.ref, 100, unit.tell("end"));
    unit.words.rest(unit.ref);
    unit.words.reported(unit.ref, process::SpawnId{1});
    EXPECT_EQ(unit.heard, "");
}

/// The lines at `err` and louder, and those of exits.
std::vector<std::string> ends_of(Office& office) {
    std::vector<std::string> lines;
    for (auto const& line : office.output.said)
        if (line.text.contains("Failed at step") || line.text.contains("exited,")) lines.push_back(line.text);
    return lines;
}

// Both orders in which the spawner's word and SIGCHLD may come.
TEST(Report, of_a_failed_step_is_said_before_the_exit_that_it_causes) {
    for (bool const ends_first : {false, true}) {
        for (auto const* const settings : {"Type=exec\nExecStart=/quick/203", "Type=oneshot\nExecStart=/quick/203",
                                           "ExecStart=/quick/203", "ExecStart=/quick/203\nExecStartPost=/bin/late"}) {
            Office office(Office::Log::kept);
            office.ends_first = ends_first;
            add(office, "a", "", settings);
            office.start("a.service");
            auto const lines = ends_of(office);
            ASSERT_EQ(lines.size(), 2u) << settings << ends_first;
            EXPECT_THAT(lines[0], HasSubstr("Failed at step EXEC spawning /quick/203: ")) << settings << ends_first;
            EXPECT_THAT(lines[1], HasSubstr("Main process exited, code=exited, status=203/EXEC")) << settings;
        }
    }
}

TEST(Report, of_a_failed_step_of_a_command_comes_before_its_exit_and_ends_the_start) {
    for (bool const ends_first : {false, true}) {
        Office office;
        office.ends_first = ends_first;
        add(office, "a", "", "ExecStartPre=/quick/203\nExecStart=/bin/a");
        office.start("a.service");
        EXPECT_EQ(office.ends(), "a.service/start/failed");
        EXPECT_EQ(office.active("a.service"), "failed");
    }
}

// -- late reports

TEST(Late, report_of_a_start_ends_that_child_and_not_the_next_life) {
    Life life("ExecStart=/bin/d\nTimeoutStopSec=1");
    life.service.start();
    auto const old = life.host.orders.front().id;
    life.host.orders.pop_front();
    life.stop();
    life.loop.advance(10s); // the child is never told of, and nobody waits for it for ever
    ASSERT_EQ(life.state(), "failed");
    life.service.start();
    static_cast<void>(life.told());
    life.service.on_started(old, process::Child(77, base::Fd()));
    EXPECT_EQ(life.told(), "KILL>77");
    life.service.on_executed(old);
    life.service.on_spawn_failed(old, process::Stage::exec, {ENOENT, "", "/bin/d"});
    EXPECT_EQ(life.state(), "start") << "its own child is still on its way";
    life.host.started();
    EXPECT_EQ(life.state(), "running");
}

} // namespace
} // namespace mitori::manager
