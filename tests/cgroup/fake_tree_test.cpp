// Groups over a tree of plain files: what is read and written, and which place is found.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "cgroup/groups.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::cgroup {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class FakeTree : public testing::Test {
protected:
    test::TemporaryDirectory dir;

    FakeTree() {
        write("proc/self/cgroup", "0::/\n");
        mount("cgroup2", "/", "cg");
        group("", "cpu memory pids hugetlb");
    }

    void write(std::string const& name, std::string const& text) {
        std::filesystem::create_directories(std::filesystem::path(dir / name).parent_path());
        std::ofstream(dir / name) << text;
    }
    std::string read(std::string const& name) { return *base::sys::read_file(dir / name); }
    void mount(std::string const& type, std::string const& root, std::string const& point) {
        std::filesystem::create_directories(dir / "proc/self");
        std::ofstream(dir / "proc/self/mountinfo", std::ios::app)
            << "40 30 0:37 " << root << " " << (dir / point) << " rw - " << type << " none rw\n";
    }
    /// The files that the kernel makes for a group.
    void group(std::string const& path, std::string const& controllers = "") {
        std::string const where = "cg/" + (path.empty() ? "" : path + "/");
        write(where + "cgroup.procs", "");
        write(where + "cgroup.threads", "");
        write(where + "cgroup.controllers", controllers + "\n");
        write(where + "cgroup.subtree_control", "");
        write(where + "cgroup.events", "populated 1\nfrozen 0\n");
    }
    std::unique_ptr<Groups> open(std::string const& below = "") {
        return open_groups({.proc = dir / "proc", .below = below});
    }
};

TEST_F(FakeTree, with_v2_alone_is_unified) {
    auto const groups = open();
    EXPECT_EQ(groups->place(), Place::unified);
    EXPECT_EQ(groups->base(), "/");
    EXPECT_THAT(groups->reason(), HasSubstr("controllers: cpu memory pids"));
}

TEST_F(FakeTree, with_v1_beside_it_is_hybrid) {
    mount("cgroup", "/", "v1");
    auto const groups = open();
    EXPECT_EQ(groups->place(), Place::hybrid);
    EXPECT_THAT(groups->reason(), HasSubstr("cgroup v1"));
}

TEST_F(FakeTree, without_any_mount_is_none_and_says_so) {
    write("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    auto const groups = open();
    EXPECT_EQ(groups->place(), Place::none);
    EXPECT_EQ(groups->reason(), "no cgroup v2 is mounted");
    EXPECT_EQ(groups->make("x").error().number, ENOTSUP);
    EXPECT_EQ(groups->pids("x").error().number, ENOTSUP);
    EXPECT_EQ(groups->kill("x", {SIGTERM}).error().number, ENOTSUP);
    EXPECT_EQ(groups->watch_empty("x").error().number, ENOTSUP);
    EXPECT_EQ(groups->events(), -1);
    EXPECT_EQ(groups->path_of(::getpid()), std::nullopt);
    EXPECT_THAT(groups->take_empty(), IsEmpty());
    EXPECT_EQ(groups->account("x").cpu, std::nullopt);
}

TEST_F(FakeTree, of_an_old_kernel_is_none) {
    write("proc/self/cgroup", "4:memory:/\n");
    EXPECT_EQ(open()->reason(), "this kernel has no cgroup v2");
}

TEST_F(FakeTree, that_does_not_show_our_group_is_none) {
    write("proc/self/cgroup", "0::/../elsewhere\n");
    EXPECT_EQ(open()->reason(), "no mounted cgroup v2 shows our own group /../elsewhere");
}

TEST_F(FakeTree, that_may_not_be_written_is_none) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write everywhere; the real tree's test is for root";
    ASSERT_EQ(::chmod((dir / "cg").c_str(), 0555), 0);
    EXPECT_THAT(open()->reason(), HasSubstr("is not writable"));
    EXPECT_THAT(open("own")->reason(), HasSubstr("Permission denied"));
    ASSERT_EQ(::chmod((dir / "cg").c_str(), 0755), 0);
}

TEST_F(FakeTree, begins_in_our_own_group_however_it_is_mounted) {
    write("proc/self/cgroup", "0::/docker/x/me\n");
    write("proc/self/mountinfo", "");
    mount("cgroup2", "/docker/x", "cg");
    group("me");
    auto const groups = open();
    EXPECT_EQ(groups->base(), "/docker/x/me");
    ASSERT_TRUE(groups->make("a.service"));
    EXPECT_TRUE(std::filesystem::is_directory(dir / "cg/me/a.service"));
}

TEST_F(FakeTree, below_our_group_is_made_and_removed_whole) {
    group("own");
    auto groups = open("own");
    EXPECT_EQ(groups->base(), "/own");
    for (auto const* file :
         {"cgroup.procs", "cgroup.threads", "cgroup.controllers", "cgroup.subtree_control", "cgroup.events"})
        std::filesystem::remove(dir / "cg/own" + "/" + file); // the kernel's files go with their group
    ASSERT_TRUE(groups->make("system.slice/a.service"));
    ASSERT_TRUE(groups->make("system.slice/b.service/control"));
    ASSERT_TRUE(groups->remove(""));
    EXPECT_FALSE(std::filesystem::exists(dir / "cg/own"));
    EXPECT_TRUE(std::filesystem::exists(dir / "cg"));
}

TEST_F(FakeTree, gives_controllers_to_slices_and_never_to_units) {
    group("", "hugetlb pids");
    group("a.slice");
    group("a.slice/a.service");
    auto const groups = open();
    EXPECT_EQ(read("cg/cgroup.subtree_control"), "+pids");
    ASSERT_TRUE(groups->make("a.slice/a.service/control"));
    EXPECT_EQ(read("cg/a.slice/cgroup.subtree_control"), "+pids");
    EXPECT_EQ(read("cg/a.slice/a.service/cgroup.subtree_control"), "");
}

TEST_F(FakeTree, moves_us_aside_where_controllers_are_wanted) {
    write("cg/cgroup.type", "domain\n"); // not the root
    group("init.scope");
    static_cast<void>(open());
    EXPECT_EQ(read("cg/init.scope/cgroup.procs"), "0");
}

TEST_F(FakeTree, leaves_us_where_we_are_in_the_root_and_beside_others) {
    group("init.scope");
    static_cast<void>(open());
    write("cg/cgroup.type", "domain\n");
    static_cast<void>(open("own"));
    EXPECT_EQ(read("cg/init.scope/cgroup.procs"), "");
}

TEST_F(FakeTree, makes_again_what_was_removed_behind_its_back) {
    auto const groups = open();
    ASSERT_TRUE(groups->make("system.slice/a.service"));
    std::filesystem::remove_all(dir / "cg/system.slice");
    ASSERT_TRUE(groups->make("system.slice/b.service"));
    EXPECT_TRUE(std::filesystem::is_directory(dir / "cg/system.slice/b.service"));
}

TEST_F(FakeTree, lists_the_processes_of_the_groups_below_too) {
    group("a.service");
    group("a.service/worker");
    write("cg/a.service/cgroup.procs", "10\n0\n11\n"); // 0: of another pid namespace
    write("cg/a.service/worker/cgroup.procs", "12\n");
    auto const groups = open();
    EXPECT_THAT(*groups->pids("a.service"), UnorderedElementsAre(10, 11, 12));
    EXPECT_THAT(*groups->pids("none.service"), IsEmpty());
    EXPECT_EQ(groups->populated("none.service"), false);
}

TEST_F(FakeTree, accounts_what_is_counted_and_nothing_else) {
    group("a.service");
    write("cg/a.service/cpu.stat", "usage_usec 1500\nuser_usec 1000\n");
    write("cg/a.service/cgroup.threads", "10\n11\n12\n");
    auto const groups = open();
    auto account = groups->account("a.service");
    EXPECT_EQ(account.cpu, 1500us);
    EXPECT_EQ(account.tasks, 3U) << "counted without the pids controller";
    EXPECT_EQ(account.memory, std::nullopt);
    write("cg/a.service/memory.current", "4096\n");
    write("cg/a.service/memory.peak", "8192\n");
    write("cg/a.service/pids.current", "7\n");
    account = groups->account("a.service");
    EXPECT_EQ(account.memory, 4096U);
    EXPECT_EQ(account.memory_peak, 8192U);
    EXPECT_EQ(account.tasks, 7U);
}

TEST_F(FakeTree, places_processes_by_the_proc_files) {
    write("proc/10/cgroup", "0::/own/system.slice/a.service\n");
    write("proc/11/cgroup", "0::/elsewhere\n");
    group("own");
    auto const groups = open("own");
    EXPECT_EQ(groups->path_of(10), "system.slice/a.service");
    EXPECT_EQ(groups->path_of(11), std::nullopt);
    EXPECT_EQ(groups->path_of(12), std::nullopt);
}

TEST_F(FakeTree, kills_with_one_word_where_the_kernel_can) {
    group("a.service");
    write("cg/a.service/cgroup.kill", "");
    write("cg/a.service/cgroup.procs", "10\n11\n");
    auto const groups = open();
    EXPECT_EQ(groups->kill("a.service", {SIGKILL}), 2U);
    EXPECT_EQ(read("cg/a.service/cgroup.kill"), "1");
    EXPECT_EQ(groups->kill("none.service", {SIGKILL}), 0U);
}

class FakeEvents : public FakeTree {
protected:
    std::unique_ptr<Groups> groups;
    FakeEvents() {
        group("a.service");
        group("b.service");
        groups = open();
    }
    bool readable() {
        pollfd fd{.fd = groups->events(), .events = POLLIN, .revents = 0};
        return ::poll(&fd, 1, 0) == 1;
    }
};

TEST_F(FakeEvents, tell_once_of_a_group_that_became_empty) {
    ASSERT_TRUE(groups->watch_empty("a.service"));
    ASSERT_TRUE(groups->watch_empty("b.service"));
    EXPECT_FALSE(readable());
    write("cg/a.service/cgroup.events", "populated 0\n");
    EXPECT_TRUE(readable());
    EXPECT_THAT(groups->take_empty(), ElementsAre("a.service"));
    EXPECT_FALSE(readable());
    write("cg/a.service/cgroup.events", "populated 0\n");
    EXPECT_FALSE(readable());
}

TEST_F(FakeEvents, tell_nothing_of_a_change_that_leaves_someone_inside) {
    ASSERT_TRUE(groups->watch_empty("a.service"));
    write("cg/a.service/cgroup.events", "populated 1\nfrozen 1\n");
    EXPECT_THAT(groups->take_empty(), IsEmpty());
    write("cg/a.service/cgroup.events", "populated 0\n");
    EXPECT_THAT(groups->take_empty(), ElementsAre("a.service"));
}

TEST_F(FakeEvents, tell_at_once_of_a_group_that_is_empty_already) {
    write("cg/a.service/cgroup.events", "populated 0\n");
    ASSERT_TRUE(groups->watch_empty("a.service"));
    EXPECT_TRUE(readable());
    EXPECT_THAT(groups->take_empty(), ElementsAre("a.service"));
    EXPECT_FALSE(readable());
}

TEST_F(FakeEvents, tell_nothing_of_who_is_no_longer_watched) {
    ASSERT_TRUE(groups->watch_empty("a.service"));
    groups->unwatch("a.service");
    write("cg/a.service/cgroup.events", "populated 0\n");
    EXPECT_THAT(groups->take_empty(), IsEmpty());
    ASSERT_TRUE(groups->watch_empty("a.service"));
    groups->unwatch("a.service");
    EXPECT_THAT(groups->take_empty(), IsEmpty());
    EXPECT_EQ(groups->watch_empty("none.service").error().number, ENOENT);
}

} // namespace
} // namespace mitori::cgroup
