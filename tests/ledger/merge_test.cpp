#include <gmock/gmock.h>

#include "ledger/merge.hpp"
#include "ledger/sample_deaths.hpp"
#include "status/death_text.hpp"

namespace mitori::ledger::test {
namespace {

using status::Cause;
using status::Death;
using status::Source;

/// As the manager tells of a child of its own.
Death told_by_manager() {
    Death death = killed(1, 15);
    death.parent = {1, 1};
    death.unit = "a.service";
    death.cause = Cause::manager;
    death.request = "stop asked for by pid 7 (systemctl)";
    death.sender = {7, 70};
    death.sources = status::Sources{} | Source::wait;
    return death;
}

/// As the tracepoints saw it, with that sender of the signal.
Death seen(pid_t sender, std::string command) {
    Death death = killed(1, 15);
    death.cause = Cause::process;
    death.sender = {sender, 1};
    death.sender_command = std::move(command);
    death.executable = "/usr/bin/a";
    death.sources = status::Sources{} | Source::bpf;
    return death;
}

/// Whatever comes first.
void expect_either_way(Death const& a, Death const& b, auto const& expect) {
    expect(merge(a, b));
    expect(merge(b, a));
}

TEST(Merge, fills_what_one_did_not_know) {
    auto one = plain(1);
    one.unit = "a.service";
    auto two = plain(1);
    two.cpu_user = second;
    expect_either_way(one, two, [](Death const& both) {
        EXPECT_EQ(both.unit, "a.service");
        EXPECT_EQ(both.cpu_user, second);
    });
}

TEST(Merge, changes_nothing_that_is_told_twice) {
    EXPECT_EQ(status::show_death(merge(full(1), full(1))), status::show_death(full(1)));
}

TEST(Merge, a_known_cause_ends_the_reason_for_not_knowing) {
    auto ignorant = killed(1, 9);
    ignorant.cause = Cause::unknown;
    ignorant.unknown = "wait does not tell who sent a signal";
    expect_either_way(ignorant, seen(4321, "kill"), [](Death const& both) {
        EXPECT_EQ(both.cause, Cause::process);
        EXPECT_EQ(both.sender.pid, 4321);
        EXPECT_EQ(both.unknown, "");
    });
}

TEST(Merge, the_managers_signal_stays_the_request_of_its_client) {
    expect_either_way(told_by_manager(), seen(1, "mitori"), [](Death const& both) {
        EXPECT_EQ(both.cause, Cause::manager);
        EXPECT_EQ(both.sender.pid, 7);
        EXPECT_EQ(both.executable, "/usr/bin/a");
        EXPECT_EQ(both.sources, status::Sources{} | Source::wait | Source::bpf);
    });
}

TEST(Merge, a_stranger_that_was_quicker_than_the_manager_is_named) {
    expect_either_way(told_by_manager(), seen(4321, "kill"), [](Death const& both) {
        EXPECT_EQ(both.cause, Cause::process);
        EXPECT_EQ(both.sender.pid, 4321);
        EXPECT_EQ(both.sender_command, "kill");
        EXPECT_EQ(both.request, "stop asked for by pid 7 (systemctl)");
    });
}

TEST(Merge, memory_that_ran_out_is_the_cause_whatever_the_manager_thought) {
    auto oom = seen(0, "");
    oom.cause = Cause::oom;
    oom.limit = "MemoryMax=536870912";
    expect_either_way(told_by_manager(), oom, [](Death const& both) {
        EXPECT_EQ(both.cause, Cause::oom);
        EXPECT_EQ(both.limit, "MemoryMax=536870912");
    });
}

TEST(Merge, an_exit_code_of_zero_is_known) {
    Death blind;
    blind.who = plain(1).who;
    blind.status = 0;
    auto coded = plain(1);
    coded.status = 3;
    expect_either_way(blind, coded, [](Death const& both) {
        EXPECT_EQ(both.kind, status::DeathKind::exited);
        EXPECT_EQ(both.status, 3);
    });
    expect_either_way(blind, plain(1), [](Death const& both) { EXPECT_EQ(both.status, 0); });
}

TEST(Merge, what_followed_may_be_told_anew) {
    auto later = plain(1);
    later.followed = "gave up: start-limit-hit";
    auto earlier = plain(1);
    earlier.followed = "restarts";
    EXPECT_EQ(merge(earlier, later).followed, "gave up: start-limit-hit");
    EXPECT_EQ(merge(earlier, plain(1)).followed, "restarts");
}

} // namespace
} // namespace mitori::ledger::test
