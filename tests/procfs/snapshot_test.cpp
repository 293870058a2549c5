#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "procfs/snapshot.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::procfs {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
namespace sys = base::sys;

/// A child that stands still until it is dropped.
class Standing {
public:
    Standing() {
        char sh[] = "sh";
        char option[] = "-c";
        char text[] = "kill -STOP $$";
        char* argv[] = {sh, option, text, nullptr};
        char marker[] = "INVOCATION_ID=0123456789abcdef";
        char* environment[] = {marker, nullptr};
        EXPECT_EQ(::posix_spawn(&pid, "/bin/sh", nullptr, nullptr, argv, environment), 0);
        EXPECT_TRUE(sys::wait_pid(pid, WSTOPPED));
    }
    Standing(Standing const&) = delete;
    Standing& operator=(Standing const&) = delete;
    ~Standing() {
        ::kill(pid, SIGKILL);
        static_cast<void>(sys::wait_pid(pid, WEXITED));
    }
    /// Ended, but not yet taken by its parent.
    void become_zombie() const {
        ::kill(pid, SIGKILL);
        EXPECT_TRUE(sys::wait_pid(pid, WEXITED | WNOWAIT));
    }
    pid_t pid = 0;
};

TEST(Procfs, tells_who_we_are) {
    auto procfs = *Procfs::open();
    auto const self = procfs.process(::getpid());
    ASSERT_TRUE(self);
    EXPECT_EQ(self->pid, ::getpid());
    EXPECT_EQ(self->parent, ::getppid());
    EXPECT_EQ(self->group, ::getpgrp());
    EXPECT_EQ(self->session, ::getsid(0));
    EXPECT_EQ(self->state, 'R');
    EXPECT_EQ(self->comm, "procfs_test");
    EXPECT_GT(self->resident, 0U);
    EXPECT_GT(self->start_ticks, 0U);
    EXPECT_GE(self->threads, 1U);
    EXPECT_THAT(procfs.command_line(::getpid()), HasSubstr("procfs_test"));
    EXPECT_EQ(procfs.owner(::getpid()), ::geteuid());
    auto const share = procfs.proportional_memory(::getpid());
    ASSERT_TRUE(share);
    EXPECT_GT(*share, 0U);
}

TEST(Procfs, knows_a_child_and_its_marks) {
    auto procfs = *Procfs::open();
    Standing const child;
    EXPECT_THAT(procfs.children(::getpid()), ElementsAre(child.pid));
    EXPECT_THAT(procfs.pids(), Contains(child.pid));
    EXPECT_EQ(procfs.process(child.pid)->state, 'T');
    EXPECT_EQ(procfs.command_line(child.pid), "sh -c kill -STOP $$");
    EXPECT_EQ(procfs.environment(child.pid, "INVOCATION_ID"), "0123456789abcdef");
    EXPECT_EQ(procfs.environment(child.pid, "HOME"), std::nullopt);
    auto const all = procfs.processes();
    EXPECT_TRUE(std::ranges::is_sorted(all, {}, &Process::pid));
    EXPECT_EQ(std::ranges::count(all, child.pid, &Process::pid), 1);
}

TEST(Procfs, shows_a_zombie_by_its_name) {
    auto procfs = *Procfs::open();
    Standing const child;
    child.become_zombie();
    EXPECT_EQ(procfs.process(child.pid)->state, 'Z');
    EXPECT_EQ(procfs.command_line(child.pid), "[sh]");
    EXPECT_EQ(procfs.environment(child.pid, "INVOCATION_ID"), std::nullopt);
}

TEST(Procfs, has_nothing_to_tell_of_who_is_gone) {
    auto procfs = *Procfs::open();
    pid_t gone = 0;
    {
        Standing const child;
        gone = child.pid;
    }
    EXPECT_FALSE(procfs.process(gone));
    EXPECT_EQ(procfs.command_line(gone), "");
    EXPECT_FALSE(procfs.environment(gone, "INVOCATION_ID"));
    EXPECT_FALSE(procfs.proportional_memory(gone));
    EXPECT_FALSE(procfs.owner(gone));
    EXPECT_THAT(procfs.children(gone), IsEmpty());
    EXPECT_THAT(procfs.pids(), Not(Contains(gone)));
}

class FakeProc : public testing::Test {
protected:
    test::TemporaryDirectory dir;
    void write(std::string const& name, std::string const& text) {
        std::filesystem::create_directories(std::filesystem::path(dir / name).parent_path());
        std::ofstream(dir / name) << text;
    }
    static std::string stat(pid_t pid, pid_t parent) {
        return std::to_string(pid) + " (x) S " + std::to_string(parent) +
               " 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1 0\n";
    }
};

TEST_F(FakeProc, children_are_those_of_all_threads) {
    write("10/task/10/children", "30 12 ");
    write("10/task/11/children", "20 ");
    EXPECT_THAT(Procfs::open(dir.path())->children(10), ElementsAre(12, 20, 30));
}

TEST_F(FakeProc, children_are_searched_for_on_kernels_without_their_lists) {
    std::filesystem::create_directories(dir / "10/task/10");
    write("10/stat", stat(10, 1));
    write("12/stat", stat(12, 10));
    write("13/stat", stat(13, 12));
    write("14/stat", "garbage");
    EXPECT_THAT(Procfs::open(dir.path())->children(10), ElementsAre(12));
}

TEST_F(FakeProc, long_texts_are_read_whole) {
    write("10/environ", std::string(100'000, 'x') + '\0' + "LAST=found" + '\0');
    auto procfs = *Procfs::open(dir.path());
    EXPECT_EQ(procfs.environment(10, "LAST"), "found");
}

TEST_F(FakeProc, that_does_not_exist_cannot_be_opened) { EXPECT_EQ(Procfs::open(dir / "none").error().number, ENOENT); }

} // namespace
} // namespace mitori::procfs
