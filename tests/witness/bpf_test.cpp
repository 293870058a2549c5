#include <algorithm>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>

#include "base/sys.hpp"
#include "procfs/snapshot.hpp"
#include "witness/live.hpp"

namespace mitori::test {
namespace {

using status::Cause;
using status::DeathKind;

class Bpf : public testing::Test {
protected:
    void SetUp() override {
        if (live_.witness() == nullptr) GTEST_SKIP() << live_.why_not();
    }
    status::Death const& end_of(pid_t pid) {
        static_cast<void>(::waitpid(pid, &status_, 0));
        auto const* death = live_.death_of(pid);
        static status::Death const none;
        EXPECT_NE(death, nullptr) << "no record of " << pid;
        return death != nullptr ? *death : none;
    }
    Live live_{{.only = status::Source::bpf}};
    int status_ = 0;
};

TEST_F(Bpf, tells_who_ended_and_how) {
    auto procfs = *procfs::Procfs::open();
    pid_t const pid = fork_child([] {
        ::prctl(PR_SET_NAME, "a) name (");
        return 42;
    });
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT), 0);
    auto const row = procfs.process(pid);
    auto const& death = end_of(pid);
    EXPECT_EQ(death.kind, DeathKind::exited);
    EXPECT_EQ(death.status, 42);
    EXPECT_EQ(death.cause, Cause::itself);
    EXPECT_EQ(death.comm, "a) name (");
    EXPECT_EQ(death.who.start_ticks, row->start_ticks);
    EXPECT_EQ(death.parent.pid, ::getpid());
    EXPECT_EQ(death.parent.start_ticks, procfs.process(::getpid())->start_ticks);
    EXPECT_EQ(death.group, ::getpgrp());
    EXPECT_EQ(death.session, ::getsid(0));
    EXPECT_EQ(death.user, ::geteuid());
    auto const now = base::sys::now();
    EXPECT_LT(now.realtime - death.ended.realtime, std::chrono::seconds(5));
    EXPECT_LT(now.monotonic - death.ended.monotonic, std::chrono::seconds(5));
    EXPECT_LE(death.started, death.ended.realtime);
    EXPECT_GT(death.started + std::chrono::seconds(5), death.ended.realtime);
    EXPECT_EQ(death.sources, static_cast<status::Sources>(status::Source::bpf));
}

TEST_F(Bpf, names_the_program_the_command_line_and_the_group) {
    pid_t const pid = fork_child([] {
        ::execl("/bin/sh", "sh", "-c", "exit 3", "two words", nullptr);
        return 1;
    });
    auto const& death = end_of(pid);
    EXPECT_EQ(death.status, 3);
    EXPECT_EQ(death.comm, "sh");
    if (death.unknown.empty()) {
        EXPECT_EQ(death.executable, *base::sys::read_link("/proc/self/root") + "usr/bin/dash");
        EXPECT_EQ(death.command_line, "sh -c exit 3 two words");
    }
    auto const groups = base::sys::read_file("/proc/self/cgroup").value_or("");
    EXPECT_THAT(groups, testing::HasSubstr("0::" + death.cgroup + "\n"));
}

TEST_F(Bpf, tells_the_stranger_who_sent_the_signal) {
    pid_t const victim = fork_child(wait_for_signal);
    pid_t const killer = fork_child([&] {
        ::prctl(PR_SET_NAME, "killer");
        return ::kill(victim, SIGTERM);
    });
    static_cast<void>(::waitpid(killer, nullptr, 0));
    auto const& death = end_of(victim);
    EXPECT_EQ(death.kind, DeathKind::killed);
    EXPECT_EQ(death.status, SIGTERM);
    EXPECT_EQ(death.cause, Cause::process);
    EXPECT_EQ(death.sender.pid, killer);
    EXPECT_EQ(death.sender_command, "killer");
    EXPECT_EQ(death.sender_user, ::geteuid());
    EXPECT_EQ(death.sender_parent, "witness_test");
}

TEST_F(Bpf, does_not_take_an_earlier_sender_of_a_handled_signal_for_the_killer) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    pid_t const victim = fork_child([&] {
        static int to_parent;
        to_parent = ready[1];
        ::signal(SIGTERM, [](int) {
            ::signal(SIGTERM, SIG_DFL);
            static_cast<void>(!::write(to_parent, "h", 1));
        });
        static_cast<void>(!::write(ready[1], "r", 1));
        return wait_for_signal();
    });
    char letter = 0;
    ASSERT_EQ(::read(ready[0], &letter, 1), 1);
    pid_t const first = fork_child([&] { return ::kill(victim, SIGTERM); });
    static_cast<void>(::waitpid(first, nullptr, 0));
    ASSERT_EQ(::read(ready[0], &letter, 1), 1);
    pid_t const second = fork_child([&] { return ::kill(victim, SIGTERM); });
    static_cast<void>(::waitpid(second, nullptr, 0));
    EXPECT_EQ(end_of(victim).sender.pid, second);
    ::close(ready[0]);
    ::close(ready[1]);
}

/// All records of a process, which has ended, up to a child that ended later.
std::vector<status::Death> ends_of(Live& live, pid_t pid) {
    pid_t const marker = fork_child([] { return 0; });
    static_cast<void>(::waitpid(marker, nullptr, 0));
    EXPECT_NE(live.death_of(marker), nullptr);
    std::vector<status::Death> found;
    std::ranges::copy_if(live.deaths(), std::back_inserter(found), [&](auto const& d) { return d.who.pid == pid; });
    return found;
}

bool is_zombie(pid_t thread) {
    auto const stat = base::sys::read_file("/proc/self/task/" + std::to_string(thread) + "/stat").value_or("");
    return stat.find(") Z") != std::string::npos;
}

TEST_F(Bpf, tells_one_end_of_a_process_whose_first_thread_goes_first) {
    pid_t const pid = fork_child([]() -> int {
        std::thread([first = ::gettid()] {
            while (!is_zombie(first))
                ::sched_yield();
            ::_exit(9);
        }).detach();
        ::syscall(SYS_exit, 1);
        return 2;
    });
    static_cast<void>(::waitpid(pid, nullptr, 0));
    auto const ends = ends_of(live_, pid);
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].status, 9);
}

TEST_F(Bpf, tells_the_code_that_wait_tells_where_each_thread_just_goes) {
    pid_t const pid = fork_child([]() -> int {
        std::thread([first = ::gettid()] {
            while (!is_zombie(first))
                ::sched_yield();
            ::syscall(SYS_exit, 3);
        }).detach();
        ::syscall(SYS_exit, 1);
        return 2;
    });
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    auto const ends = ends_of(live_, pid);
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].status, WEXITSTATUS(status)); // the last one's since Linux 6.0, the first one's before
}

TEST_F(Bpf, tells_one_end_after_another_thread_has_executed_a_program) {
    pid_t const pid = fork_child([]() -> int {
        std::thread([] { ::execl("/bin/sh", "sh", "-c", "exit 5", nullptr); }).detach();
        wait_for_signal();
    });
    static_cast<void>(::waitpid(pid, nullptr, 0));
    auto const ends = ends_of(live_, pid);
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].status, 5);
}

TEST_F(Bpf, counts_what_wait_counts) {
    pid_t const pid = fork_child([] {
        std::vector<std::thread> threads;
        for (int i = 0; i < 3; ++i)
            threads.emplace_back([] {
                auto const end = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
                while (std::chrono::steady_clock::now() < end)
                    ::getppid();
            });
        for (auto& thread : threads)
            thread.join();
        std::vector<char> memory(32 << 20, 'x');
        return static_cast<int>(memory.back() == 'y');
    });
    rusage usage{};
    ASSERT_EQ(::wait4(pid, nullptr, 0, &usage), pid);
    auto const& death = end_of(pid);
    auto const micro = [](timeval const& time) { return base::Usec(time.tv_sec * 1'000'000 + time.tv_usec); };
    auto const cpu = micro(usage.ru_utime) + micro(usage.ru_stime);
    auto const ours = *death.cpu_user + *death.cpu_system;
    EXPECT_LE(ours, cpu);
    EXPECT_GT(ours, cpu * 3 / 4) << "only what the end itself takes is not in it";
    EXPECT_EQ(*death.peak_memory, static_cast<std::uint64_t>(usage.ru_maxrss) * 1024);
    EXPECT_LE(*death.minor_faults, static_cast<std::uint64_t>(usage.ru_minflt));
    EXPECT_GT(*death.minor_faults + 16, static_cast<std::uint64_t>(usage.ru_minflt));
}

TEST(BpfRing, counts_what_did_not_fit) {
    Live live{{.only = status::Source::bpf, .ring_bytes = 4096}};
    if (live.witness() == nullptr) GTEST_SKIP() << live.why_not();
    constexpr int children = 200; // of which each needs a tenth of the ring
    std::vector<pid_t> pids;
    for (int i = 0; i < children; ++i) {
        pids.push_back(fork_child([] { return 7; }));
        static_cast<void>(::waitpid(pids.back(), nullptr, 0));
    }
    auto const ours = [&] {
        return std::ranges::count_if(
            live.deaths(), [](auto const& death) { return death.parent.pid == ::getpid() && death.status == 7; });
    };
    EXPECT_TRUE(live.run_until([&] { return static_cast<std::uint64_t>(ours()) + live.lost() >= children; }));
    EXPECT_GT(live.lost(), 0U);
    EXPECT_LT(ours(), children);
    // Other processes of the machine may have been among the lost.
    EXPECT_GE(static_cast<std::uint64_t>(ours()) + live.lost(), static_cast<std::uint64_t>(children));
}

} // namespace
} // namespace mitori::test
