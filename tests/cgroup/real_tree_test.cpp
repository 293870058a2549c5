// Groups of this machine's kernel, in a group of the test's own below the one that it runs in.
#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "cgroup/groups.hpp"

namespace mitori::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;
namespace sys = base::sys;

class RealTree : public testing::Test {
protected:
    std::unique_ptr<Groups> groups;
    std::vector<pid_t> children;

    void SetUp() override {
        groups = open_groups({.below = "mitori-test-" + std::to_string(::getpid())});
        if (groups->place() == Place::none) GTEST_SKIP() << "no control groups here: " << groups->reason();
    }
    void TearDown() override {
        if (groups->place() == Place::none) return;
        static_cast<void>(groups->kill("", {SIGKILL}));
        for (pid_t const pid : children)
            static_cast<void>(sys::wait_pid(pid, WEXITED));
        EXPECT_TRUE(groups->remove(""));
    }

    /// A shell with one command, moved into a group before the command begins.
    pid_t start_in(std::string const& path, std::string const& command) {
        auto const gate = *sys::pipe();
        std::string text = "read go && " + command;
        char sh[] = "sh";
        char option[] = "-c";
        char* argv[] = {sh, option, text.data(), nullptr};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, gate.first.get(), STDIN_FILENO);
        pid_t pid = 0;
        EXPECT_EQ(::posix_spawn(&pid, "/bin/sh", &actions, nullptr, argv, environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        children.push_back(pid);
        auto const directory = groups->open(path);
        auto const procs = sys::open_at(directory->get(), "cgroup.procs", O_WRONLY);
        EXPECT_TRUE(sys::write_all(procs->get(), std::to_string(pid)));
        EXPECT_TRUE(sys::write_all(gate.second.get(), "go\n"));
        return pid;
    }
    /// The next news of an empty group; nothing if it does not come.
    std::vector<std::string> wait_for_empty() {
        for (;;) {
            pollfd fd{.fd = groups->events(), .events = POLLIN, .revents = 0};
            if (::poll(&fd, 1, 10'000) != 1) return {};
            if (auto empty = groups->take_empty(); !empty.empty()) return empty;
        }
    }
    siginfo_t take(pid_t pid) {
        std::erase(children, pid);
        return *sys::wait_pid(pid, WEXITED);
    }
    /// Until that many processes are in the group; the command under test starts them, so they will come.
    std::vector<pid_t> wait_for_pids(std::string const& path, std::size_t count) {
        auto const limit = sys::now_monotonic() + std::chrono::seconds(10);
        auto pids = *groups->pids(path);
        while (pids.size() < count && sys::now_monotonic() < limit)
            pids = *groups->pids(path);
        return pids;
    }
};

TEST_F(RealTree, makes_opens_and_removes_groups) {
    ASSERT_TRUE(groups->make("system.slice/a.service"));
    ASSERT_TRUE(groups->make("system.slice/a.service")) << "an existing one is fine";
    EXPECT_TRUE(groups->open("system.slice/a.service"));
    EXPECT_EQ(groups->populated("system.slice/a.service"), false);
    ASSERT_TRUE(groups->make("system.slice/a.service/control"));
    EXPECT_TRUE(groups->remove("system.slice/a.service")) << "with the group below it";
    EXPECT_EQ(groups->open("system.slice/a.service").error().number, ENOENT);
    EXPECT_TRUE(groups->remove("system.slice/a.service")) << "what is not there is removed already";
}

TEST_F(RealTree, knows_who_is_inside) {
    ASSERT_TRUE(groups->make("a.service"));
    pid_t const pid = start_in("a.service", "read never < /dev/null; kill -STOP $$");
    EXPECT_THAT(*groups->pids("a.service"), ElementsAre(pid));
    EXPECT_EQ(groups->path_of(pid), "a.service");
    EXPECT_EQ(groups->populated("a.service"), true);
    EXPECT_EQ(groups->remove("a.service").error().number, EBUSY);
    auto const account = groups->account("a.service");
    EXPECT_TRUE(account.cpu.has_value());
    EXPECT_EQ(account.tasks, 1U);
}

TEST_F(RealTree, tells_when_the_last_process_has_gone) {
    ASSERT_TRUE(groups->make("a.service"));
    pid_t const pid = start_in("a.service", "kill -STOP $$; exit 0");
    ASSERT_TRUE(sys::wait_pid(pid, WSTOPPED));
    ASSERT_TRUE(groups->watch_empty("a.service"));
    EXPECT_THAT(groups->take_empty(), IsEmpty());
    EXPECT_EQ(groups->kill("a.service", {SIGCONT}), 1U);
    EXPECT_THAT(wait_for_empty(), ElementsAre("a.service"));
    EXPECT_EQ(take(pid).si_status, 0);
}

TEST_F(RealTree, signals_every_process_below) {
    ASSERT_TRUE(groups->make("a.service/sub"));
    pid_t const first = start_in("a.service", "kill -STOP $$");
    pid_t const second = start_in("a.service/sub", "kill -STOP $$");
    ASSERT_TRUE(sys::wait_pid(first, WSTOPPED));
    ASSERT_TRUE(sys::wait_pid(second, WSTOPPED));
    EXPECT_THAT(*groups->pids("a.service"), UnorderedElementsAre(first, second));
    EXPECT_EQ(groups->kill("a.service", {SIGTERM}), 2U);
    EXPECT_EQ(groups->kill("a.service", {SIGCONT}), 2U);
    EXPECT_EQ(take(first).si_status, SIGTERM);
    EXPECT_EQ(take(second).si_status, SIGTERM);
}

TEST_F(RealTree, spares_whom_it_is_told_to) {
    ASSERT_TRUE(groups->make("a.service"));
    pid_t const first = start_in("a.service", "kill -STOP $$");
    pid_t const second = start_in("a.service", "kill -STOP $$; exit 5");
    ASSERT_TRUE(sys::wait_pid(first, WSTOPPED));
    ASSERT_TRUE(sys::wait_pid(second, WSTOPPED));
    EXPECT_EQ(groups->kill("a.service", {SIGKILL}, {second}), 1U);
    EXPECT_EQ(take(first).si_status, SIGKILL);
    EXPECT_EQ(groups->kill("a.service", {SIGCONT}), 1U);
    EXPECT_EQ(take(second).si_status, 5) << "alive, and not left frozen";
}

TEST_F(RealTree, kills_those_that_were_doubly_forked_away) {
    ASSERT_TRUE(groups->make("a.service"));
    // The shell's grandchildren lose their parent; nobody but the group knows them any more.
    pid_t const pid = start_in("a.service", "(setsid sleep 1000 & setsid sleep 1000 &) ; kill -STOP $$");
    ASSERT_TRUE(sys::wait_pid(pid, WSTOPPED));
    ASSERT_THAT(wait_for_pids("a.service", 3), SizeIs(3));
    ASSERT_TRUE(groups->watch_empty("a.service"));
    EXPECT_EQ(groups->kill("a.service", {SIGKILL}), 3U);
    EXPECT_EQ(take(pid).si_status, SIGKILL);
    EXPECT_THAT(wait_for_empty(), ElementsAre("a.service"));
    EXPECT_THAT(*groups->pids("a.service"), IsEmpty());
    EXPECT_TRUE(groups->remove("a.service"));
}

TEST_F(RealTree, makes_a_killed_group_anew_so_that_children_can_be_born_in_it) {
    auto const inode = [&] {
        auto const group = groups->open("a.slice/x.service");
        return sys::stat("/proc/self/fd/" + std::to_string(group->get()))->st_ino;
    };
    ASSERT_TRUE(groups->make("a.slice/x.service"));
    start_in("a.slice/x.service", "sleep 1000");
    auto const before = inode();
    ASSERT_TRUE(groups->make("a.slice/x.service"));
    EXPECT_EQ(inode(), before);
    ASSERT_TRUE(groups->kill("a.slice/x.service", {SIGKILL}));
    ASSERT_TRUE(groups->watch_empty("a.slice/x.service"));
    wait_for_empty();
    ASSERT_TRUE(groups->make("a.slice/x.service"));
    EXPECT_NE(inode(), before);
}

TEST_F(RealTree, stops_a_storm_of_forks) {
    ASSERT_TRUE(groups->make("a.service"));
    pid_t const pid = start_in("a.service", "while :; do (:) & done");
    static_cast<void>(wait_for_pids("a.service", 2));
    ASSERT_TRUE(groups->watch_empty("a.service"));
    EXPECT_TRUE(groups->kill("a.service", {SIGKILL}));
    EXPECT_THAT(wait_for_empty(), ElementsAre("a.service"));
    EXPECT_EQ(take(pid).si_status, SIGKILL);
}

} // namespace
} // namespace mitori::cgroup
