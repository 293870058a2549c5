#include <array>
#include <cstring>
#include <gtest/gtest.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <thread>

#include "witness/detail/connector_events.hpp"
#include "witness/live.hpp"

namespace mitori::test {
namespace {

using status::Cause;
using status::DeathKind;
using witness::detail::ConnectorEvents;

class Events : public testing::Test {
protected:
    auto tell(unsigned what, auto const& fill, std::uint32_t processor = 0) {
        proc_event event{};
        event.what = static_cast<decltype(event.what)>(what);
        event.cpu = processor;
        event.timestamp_ns = 5'000'000;
        fill(event.event_data);
        cn_msg head{};
        head.seq = next_[processor]++;
        std::array<std::byte, NLMSG_HDRLEN + sizeof head + sizeof event> message{};
        std::memcpy(message.data() + NLMSG_HDRLEN, &head, sizeof head);
        std::memcpy(message.data() + NLMSG_HDRLEN + sizeof head, &event, sizeof event);
        return events_.take(message);
    }
    auto exit(pid_t thread, pid_t process, unsigned code, std::uint32_t processor = 0) {
        return tell(
            0x80000000,
            [&](auto& data) {
                data.exit.process_pid = thread;
                data.exit.process_tgid = process;
                data.exit.exit_code = code;
                data.exit.parent_tgid = 1;
            },
            processor);
    }
    auto fork(pid_t thread, pid_t process) {
        return tell(1, [&](auto& data) {
            data.fork.child_pid = thread;
            data.fork.child_tgid = process;
        });
    }
    auto exec(pid_t process) {
        return tell(2, [&](auto& data) { data.exec.process_pid = data.exec.process_tgid = process; });
    }
    ConnectorEvents events_;
    std::array<std::uint32_t, 4> next_{10, 20, 30, 40};
};

TEST_F(Events, tell_the_end_of_a_process) {
    auto const end = exit(7, 7, 3 << 8);
    ASSERT_TRUE(end);
    EXPECT_EQ(end->pid, 7);
    EXPECT_EQ(end->parent, 1);
    EXPECT_EQ(end->wait_status, 3 << 8);
    EXPECT_EQ(end->monotonic, base::Usec(5000));
}

TEST_F(Events, of_threads_are_one_end_with_the_last) {
    EXPECT_FALSE(fork(7, 7));
    EXPECT_FALSE(fork(8, 7));
    EXPECT_FALSE(fork(9, 7));
    EXPECT_FALSE(exit(8, 7, 0));
    EXPECT_FALSE(exit(7, 7, 0)) << "the first thread may go first";
    EXPECT_EQ(exit(9, 7, 15)->wait_status, 15);
}

TEST_F(Events, know_threads_that_were_there_before) {
    events_.know_threads(7, 2);
    EXPECT_FALSE(exit(7, 7, 0));
    EXPECT_TRUE(exit(8, 7, 0));
}

TEST_F(Events, leave_one_thread_after_an_execution) {
    EXPECT_FALSE(fork(8, 7));
    EXPECT_FALSE(exit(7, 7, 0)) << "the first one goes, the second one takes its number";
    EXPECT_FALSE(exec(7));
    EXPECT_TRUE(exit(7, 7, 0));
}

TEST_F(Events, forget_a_process_whose_number_is_used_again) {
    EXPECT_FALSE(fork(8, 7));
    EXPECT_FALSE(fork(7, 7));
    EXPECT_TRUE(exit(7, 7, 0));
}

TEST_F(Events, that_are_missing_are_counted_for_each_processor) {
    static_cast<void>(exit(7, 7, 0, 0));
    static_cast<void>(exit(7, 7, 0, 1));
    EXPECT_EQ(events_.missing(), 0U);
    next_[1] += 5;
    static_cast<void>(exit(7, 7, 0, 1));
    static_cast<void>(exit(7, 7, 0, 0));
    EXPECT_EQ(events_.missing(), 5U);
    EXPECT_EQ(events_.missing(), 0U);
}

TEST_F(Events, that_are_cut_short_are_nothing) {
    std::array<std::byte, NLMSG_HDRLEN + sizeof(cn_msg)> message{};
    for (std::size_t length = 0; length <= message.size(); ++length)
        EXPECT_FALSE(events_.take(std::span(message).first(length)));
}

class Connector : public testing::Test {
protected:
    void SetUp() override {
        if (live_.witness() == nullptr) GTEST_SKIP() << live_.why_not();
    }
    Live live_{{.only = status::Source::connector}};
};

TEST_F(Connector, tells_of_the_end_of_a_process_and_who_it_was) {
    pid_t const pid = fork_child([] { return 42; });
    auto const* death = live_.death_of(pid); // nobody waits for it before
    static_cast<void>(::waitpid(pid, nullptr, 0));
    ASSERT_NE(death, nullptr);
    EXPECT_EQ(death->kind, DeathKind::exited);
    EXPECT_EQ(death->status, 42);
    EXPECT_EQ(death->cause, Cause::itself);
    EXPECT_EQ(death->comm, "witness_test");
    EXPECT_EQ(death->parent.pid, ::getpid());
    EXPECT_NE(death->who.start_ticks, 0U);
    EXPECT_EQ(death->user, ::geteuid());
    EXPECT_EQ(death->unknown, "");
}

TEST_F(Connector, says_that_it_does_not_know_the_sender) {
    pid_t const pid = fork_child([]() -> int { wait_for_signal(); });
    ::kill(pid, SIGTERM);
    static_cast<void>(::waitpid(pid, nullptr, 0));
    auto const* death = live_.death_of(pid);
    ASSERT_NE(death, nullptr);
    EXPECT_EQ(death->kind, DeathKind::killed);
    EXPECT_EQ(death->status, SIGTERM);
    EXPECT_EQ(death->cause, Cause::unknown);
    EXPECT_NE(death->unknown.find("who sent the signal"), std::string::npos) << death->unknown;
}

TEST_F(Connector, knows_of_somebody_who_was_waited_for_only_the_number_and_the_code) {
    pid_t const pid = fork_child([] { return 9; });
    static_cast<void>(::waitpid(pid, nullptr, 0));
    auto const* death = live_.death_of(pid);
    ASSERT_NE(death, nullptr);
    EXPECT_EQ(death->status, 9);
    EXPECT_EQ(death->comm, "");
    EXPECT_EQ(death->who.start_ticks, 0U);
    EXPECT_NE(death->unknown.find("had been waited for"), std::string::npos) << death->unknown;
}

} // namespace
} // namespace mitori::test
