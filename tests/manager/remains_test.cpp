#include <csignal>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "manager/remains.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;

TEST(Remains, are_read_from_the_files_of_a_zombie) {
    auto const death =
        parse_remains({.stat = "812 (my) prog (x) Z 1 812 800 0 -1 4228108 11 0 5 0 120 30 7 7 20 0 1 0 4000 0 0",
                       .status = "Name:\tprog\nState:\tZ (zombie)\nUid:\t1000\t1001\t1000\t1000\nGid:\t0\t0\t0\t0\n",
                       .cgroup = "4:memory:/x\n1:name=systemd:/old\n0::/system.slice/a.service\n"},
                      100s, std::chrono::seconds(1'800'000'000));
    EXPECT_EQ(death.who, (status::ProcessIdentity{812, 4000}));
    EXPECT_EQ(death.comm, "my) prog (x");
    EXPECT_EQ(death.parent.pid, 1);
    EXPECT_EQ(death.group, 812);
    EXPECT_EQ(death.session, 800);
    EXPECT_EQ(death.minor_faults, 11U);
    EXPECT_EQ(death.major_faults, 5U);
    EXPECT_EQ(death.cpu_user, 1200ms);
    EXPECT_EQ(death.cpu_system, 300ms);
    EXPECT_EQ(death.user, uid_t{1001});
    EXPECT_EQ(death.cgroup, "/system.slice/a.service");
    EXPECT_EQ(death.started, std::chrono::seconds(1'800'000'000 - 60));
}

TEST(Remains, of_a_process_that_is_gone_are_none) {
    auto const death = parse_remains({}, 100s, 200s);
    EXPECT_EQ(death.who.pid, 0);
    EXPECT_FALSE(death.user);
    EXPECT_EQ(death.started.count(), 0);
}

TEST(Remains, take_systemds_hierarchy_where_there_is_no_other) {
    auto const death = parse_remains({.stat = {}, .status = {}, .cgroup = "1:name=systemd:/old\n"}, 0s, 0s);
    EXPECT_EQ(death.cgroup, "/old");
}

TEST(Remains, lie_in_their_group_though_it_is_gone) {
    auto const death = parse_remains({.stat = {}, .status = {}, .cgroup = "0::/a/web.service (deleted)\n"}, 0s, 0s);
    EXPECT_EQ(death.cgroup, "/a/web.service");
}

TEST(Remains, are_there_until_somebody_waits) {
    auto const before = base::sys::now_realtime();
    auto const child = ::fork();
    if (child == 0) ::_exit(0);
    siginfo_t info{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
    auto const death = read_remains(child);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(death.who.pid, child);
    EXPECT_NE(death.who.start_ticks, 0U);
    EXPECT_EQ(death.comm, "manager_test");
    EXPECT_EQ(death.parent.pid, ::getpid());
    EXPECT_EQ(death.parent_command, "manager_test");
    EXPECT_EQ(death.user, ::geteuid());
    EXPECT_FALSE(death.cgroup.empty());
    EXPECT_GE(death.started, before - 100ms);
    EXPECT_LE(death.started, base::sys::now_realtime());
}

} // namespace
} // namespace mitori::manager
