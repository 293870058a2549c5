// The clock on the wall may be set at any time: what is due, and what is too often, goes by the time that passes.
#include <gmock/gmock.h>

#include "fake/fake_host.hpp"
#include "manager/leftovers.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using mitori::test::Life;

constexpr base::Usec day = 24h;

TEST(Clock, that_jumps_brings_no_time_out_nearer_and_puts_none_off) {
    for (auto const jump : {day, -day}) {
        Life life("ExecStart=/bin/d\nRuntimeMaxSec=60\nTimeoutStopSec=10");
        life.service.start();
        life.host.started();
        life.loop.jump(jump);
        life.loop.advance(59s);
        EXPECT_EQ(life.state(), "running");
        life.loop.advance(1s);
        EXPECT_EQ(life.state(), "stop-sigterm");
        life.loop.jump(jump);
        life.loop.advance(9s);
        EXPECT_EQ(life.state(), "stop-sigterm");
        life.loop.advance(1s);
        EXPECT_EQ(life.state(), "stop-sigkill");
    }
}

TEST(Clock, that_jumps_forgives_no_start_too_many_and_forbids_none) {
    for (auto const jump : {day, -day}) {
        Life life("ExecStart=/bin/d");
        life.host.settings.start_limit_burst = 2;
        for (int i = 0; i < 2; ++i) {
            life.service.start();
            life.host.exit(life.host.started(), 1);
            life.loop.settle();
            ASSERT_EQ(life.state(), "failed");
        }
        life.loop.jump(jump);
        life.service.start();
        EXPECT_EQ(life.result(), "start-limit-hit");
        life.loop.advance(11s);
        life.service.start();
        life.host.started();
        EXPECT_EQ(life.state(), "running");
    }
}

TEST(Clock, that_jumps_is_no_missing_watchdog_message) {
    Life life("ExecStart=/bin/d\nWatchdogSec=10\nNotifyAccess=main");
    life.service.start();
    auto const pid = life.host.started();
    life.loop.jump(day);
    life.loop.advance(9s);
    EXPECT_EQ(life.state(), "running");
    life.say("WATCHDOG=1", pid);
    life.loop.jump(-day);
    life.loop.advance(9s);
    EXPECT_EQ(life.state(), "running");
    life.loop.advance(1s);
    EXPECT_EQ(life.state(), "stop-watchdog");
}

TEST(UnitRecord, is_read_as_it_was_written_and_not_when_it_was_cut_off) {
    UnitRecord const record{.boot = "b", .invocation = "0123", .state = "running", .main = 77, .main_start = 99};
    auto const text = show_record(record);
    EXPECT_EQ(parse_record(text), record);
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_EQ(parse_record(text.substr(0, size)), std::nullopt) << size;
}

} // namespace
} // namespace mitori::manager
