// Every step, observed from within the child.
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "process/plans.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

constexpr uid_t nobody = 65534;

TEST(Steps, new_session_makes_a_session) {
    auto const ran = run_steps({"sid", "pgid"}, [](auto& plan) { plan.new_session(); });
    EXPECT_EQ(ran["sid"], std::to_string(ran.pid));
    EXPECT_EQ(ran["pgid"], std::to_string(ran.pid));
}

TEST(Steps, new_group_makes_a_group_in_our_session) {
    auto const ran = run_steps({"sid", "pgid"}, [](auto& plan) { plan.new_group(); });
    EXPECT_EQ(ran["sid"], std::to_string(::getsid(0)));
    EXPECT_EQ(ran["pgid"], std::to_string(ran.pid));
}

TEST(Steps, a_limit_is_set) {
    auto const ran = run_steps({"limit:" + std::to_string(RLIMIT_NOFILE)},
                               [](auto& plan) { plan.limit({.resource = RLIMIT_NOFILE, .soft = 100, .hard = 200}); });
    EXPECT_EQ(ran["limit:" + std::to_string(RLIMIT_NOFILE)], "100:200");
}

TEST(Steps, a_denied_limit_can_take_the_nearest) {
    auto const name = "limit:" + std::to_string(RLIMIT_NOFILE);
    auto const ran = run_steps({name}, [](auto& plan) {
        plan.limit({.resource = RLIMIT_NOFILE, .soft = 50, .hard = 100});
        if (is_root()) plan.user(nobody);
        plan.limit({.resource = RLIMIT_NOFILE, .soft = 500, .hard = 1000}, Denied::takes_nearest);
    });
    EXPECT_EQ(ran[name], "100:100");
}

TEST(Steps, a_nice_level_is_set) {
    auto const ran = run_steps({"nice"}, [](auto& plan) { plan.nice(7); });
    EXPECT_EQ(ran["nice"], "7");
}

/// Not every root may: containers often lack CAP_SYS_RESOURCE.
bool may_raise_nice_limit() {
    rlimit before{};
    rlimit const wanted{15, 15};
    bool const may = ::prlimit(0, RLIMIT_NICE, &wanted, &before) == 0;
    if (may) ::prlimit(0, RLIMIT_NICE, &before, nullptr);
    return may;
}

std::string nice_after_denial(Denied denied) {
    auto const ran = run_steps({"nice"}, [denied](auto& plan) {
        if (may_raise_nice_limit()) plan.limit({.resource = RLIMIT_NICE, .soft = 15, .hard = 15});
        plan.nice(9);
        if (is_root()) plan.user(nobody);
        plan.nice(1, denied);
    });
    return ran["nice"];
}

TEST(Steps, a_denied_nice_level_can_take_the_nearest_or_none) {
    EXPECT_EQ(nice_after_denial(Denied::is_ignored), "9");
    // A limit of 15 allows nice 5 and above; without it nothing below 9 is allowed here.
    EXPECT_EQ(nice_after_denial(Denied::takes_nearest), may_raise_nice_limit() ? "5" : "9");
}

TEST(Steps, a_scheduler_is_set) {
    auto const ran = run_steps({"scheduler"}, [](auto& plan) {
        plan.scheduler({.policy = SCHED_BATCH, .priority = 0, .reset_on_fork = true});
    });
    EXPECT_EQ(ran["scheduler"], std::to_string(SCHED_BATCH | SCHED_RESET_ON_FORK) + " 0");
}

TEST(Steps, an_io_priority_is_set) {
    auto const ran = run_steps({"ioprio"}, [](auto& plan) { plan.io_priority((2 << 13) | 6); });
    EXPECT_EQ(ran["ioprio"], std::to_string((2 << 13) | 6));
}

TEST(Steps, cpus_are_chosen) {
    auto const ran = run_steps({"cpus"}, [](auto& plan) { plan.cpu_affinity({1}); });
    EXPECT_EQ(ran["cpus"], "0");
}

TEST(Steps, a_network_is_made_also_by_who_may_only_make_a_user_namespace) {
    auto const ours = *base::sys::read_link("/proc/self/ns/net");
    auto const our_users = *base::sys::read_link("/proc/self/ns/user");
    auto const output =
        Command("/bin/readlink").arg("/proc/self/ns/net").arg("/proc/self/ns/user").new_network().output();
    if (!output && !is_root()) GTEST_SKIP() << "no user namespaces here: " << output.error().message();
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(output->out.find(ours), std::string::npos);
    EXPECT_EQ(output->out.find(our_users) != std::string::npos, is_root()) << "only who needs one has a user namespace";
}

TEST(Steps, an_oom_score_is_set_and_ours_stays) {
    auto const before = *base::sys::read_file("/proc/self/oom_score_adj");
    auto const ran = run_steps({"oom"}, [](auto& plan) { plan.oom_score_adjust(444); });
    EXPECT_EQ(ran["oom"], "444");
    EXPECT_EQ(*base::sys::read_file("/proc/self/oom_score_adj"), before);
}

TEST(Steps, a_denied_oom_score_can_be_ignored) {
    if (!is_root()) GTEST_SKIP() << "needs root, to raise the least score that an ordinary user may set";
    auto const ran = run_steps({"oom"}, [](auto& plan) {
        plan.oom_score_adjust(100);
        plan.user(nobody);
        plan.oom_score_adjust(-900, Denied::is_ignored);
    });
    EXPECT_EQ(ran["oom"], "100");
}

TEST(Steps, umask_timer_slack_and_no_new_privileges_are_set) {
    auto const ran = run_steps({"umask", "slack", "nnp"}, [](auto& plan) {
        plan.umask(0027);
        plan.timer_slack(123'456);
        plan.no_new_privileges();
    });
    EXPECT_EQ(ran["umask"], "0027");
    EXPECT_EQ(ran["slack"], "123456");
    EXPECT_EQ(ran["nnp"], "1");
}

TEST(Steps, the_parents_death_is_to_be_told) {
    auto const ran = run_steps({"pdeathsig"}, [](auto& plan) { plan.parent_death_signal({SIGUSR1}); });
    EXPECT_EQ(ran["pdeathsig"], std::to_string(SIGUSR1));
}

TEST(Steps, a_working_directory_is_entered_or_ignored) {
    mitori::test::TemporaryDirectory directory;
    auto const entered = run_steps(
        {"cwd"}, [&](auto& plan) { plan.working_directory(directory.path(), PlanBuilder::Missing::is_error); });
    EXPECT_EQ(entered["cwd"], directory.path());
    auto const ignored = run_steps({"cwd"}, [](auto& plan) {
        plan.working_directory("/", PlanBuilder::Missing::is_error);
        plan.working_directory("/no/such", PlanBuilder::Missing::is_ignored);
    });
    EXPECT_EQ(ignored["cwd"], "/");
}

/// No program is found in the empty root, but what was made there before tells that it was the root.
TEST(Steps, a_root_is_entered) {
    if (!is_root()) GTEST_SKIP() << "needs root for chroot";
    mitori::test::TemporaryDirectory directory;
    PlanBuilder builder;
    builder.root_directory(directory.path());
    builder.place({{builder.open_file("/made", O_WRONLY | O_CREAT, 0600, Stage::fds), 1}});
    builder.execute({MITORI_PROBE}, {"probe"});
    auto const child = spawn(*std::move(builder).finish());
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::exec);
    EXPECT_EQ(child.error().error.number, ENOENT);
    EXPECT_TRUE(base::sys::stat(directory / "made"));
}

TEST(Steps, identity_is_taken) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    auto const ran = run_steps({"uid", "gid", "groups"}, [](auto& plan) {
        plan.supplementary_groups({12, 34});
        plan.group(5678);
        plan.user(1234);
    });
    EXPECT_EQ(ran["uid"], "1234\t1234\t1234\t1234");
    EXPECT_EQ(ran["gid"], "5678\t5678\t5678\t5678");
    EXPECT_EQ(ran["groups"], "12 34");
}

TEST(Steps, a_child_of_another_user_leaves_us_dumpable) {
    if (!is_root()) GTEST_SKIP() << "needs root to become somebody else";
    ASSERT_EQ(::prctl(PR_GET_DUMPABLE), 1);
    run_steps({}, [](auto& plan) { plan.user(1234); });
    EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 1);
}

TEST(Steps, signals_are_ignored_and_blocked_as_asked) {
    auto const ran = run_steps({"ignored", "blocked"}, [](auto& plan) {
        plan.signal_dispositions({(1U << (SIGPIPE - 1)) | (1U << (SIGHUP - 1))});
        plan.signal_mask({std::uint64_t{1} << (SIGUSR2 - 1)});
    });
    EXPECT_EQ(ran["ignored"], "0000000000001001");
    EXPECT_EQ(ran["blocked"], "0000000000000800");
}

TEST(Steps, files_are_opened_truncated_and_placed) {
    mitori::test::TemporaryDirectory directory;
    ASSERT_TRUE(base::sys::write_file(directory / "old", "old text"));
    auto const ran = run_steps({"fd:0"}, [&](auto& plan) {
        plan.truncate(plan.open_file(directory / "old", O_WRONLY, 0, Stage::fds), Stage::fds);
        static_cast<void>(plan.open_file(directory / "new", O_WRONLY | O_CREAT, 0640, Stage::fds));
    });
    EXPECT_EQ(ran["fd:0"], "/dev/null");
    EXPECT_EQ(*base::sys::read_file(directory / "old"), "");
    EXPECT_TRUE(base::sys::stat(directory / "new"));
}

/// The plan's own numbers are where our descriptors are: 0 and 1 change places, and 2 comes from high above.
TEST(Steps, numbers_may_change_places) {
    auto pipe = base::sys::pipe();
    mitori::test::TemporaryDirectory directory;
    auto const a = base::sys::open(directory / "a", O_RDWR | O_CREAT, 0600);
    auto const b = base::sys::open(directory / "b", O_RDWR | O_CREAT, 0600);
    ASSERT_TRUE(a && b);
    PlanBuilder builder;
    builder.place({{builder.lend(pipe->second.get()), 1},
                   {builder.lend(b->get()), a->get()},
                   {builder.lend(a->get()), b->get()},
                   {builder.lend(a->get()), 0}});
    auto const number_a = std::to_string(a->get());
    auto const number_b = std::to_string(b->get());
    builder.execute({MITORI_PROBE}, {"probe", "fds", "fd:0", "fd:" + number_a, "fd:" + number_b});
    auto plan = std::move(builder).finish();
    ASSERT_TRUE(plan) << plan.error().message();
    auto child = spawn(*plan);
    ASSERT_TRUE(child) << child.error().message();
    pipe->second.reset();
    auto answers = parse_answers(read_to_end(pipe->first.get()));
    EXPECT_TRUE(child->wait());
    EXPECT_EQ(answers["fd:" + number_a], directory / "b");
    EXPECT_EQ(answers["fd:" + number_b], directory / "a");
    EXPECT_EQ(answers["fd:0"], directory / "a");
    EXPECT_EQ(answers["fds"], "0 1 " + number_a + " " + number_b);
}

TEST(Steps, a_stream_is_connected_to_a_socket) {
    mitori::test::TemporaryDirectory directory;
    auto const listener = base::sys::listen_unix(directory / "socket", 0600);
    ASSERT_TRUE(listener) << listener.error().message();
    PlanBuilder builder;
    builder.place({{builder.connect_unix(directory / "socket", Stage::standard_output), 1}});
    builder.execute({MITORI_PROBE}, {"probe", "fds"});
    auto plan = std::move(builder).finish();
    ASSERT_TRUE(plan) << plan.error().message();
    auto child = spawn(*plan);
    ASSERT_TRUE(child) << child.error().message();
    auto const connection = base::sys::accept(listener->get());
    ASSERT_TRUE(connection) << connection.error().message();
    EXPECT_TRUE(child->wait());
    EXPECT_EQ(read_to_end(connection->get()), "fds 1\n");
}

// systemd.exec(5), "file:path": as open(2) itself cannot.
TEST(Steps, a_socket_in_a_files_place_is_connected_to_one_way) {
    mitori::test::TemporaryDirectory directory;
    auto const listener = base::sys::listen_unix(directory / "socket", 0600);
    ASSERT_TRUE(listener) << listener.error().message();
    PlanBuilder builder;
    auto const socket = builder.open_file(directory / "socket", O_WRONLY | O_CREAT, 0666, Stage::standard_output);
    builder.place({{socket, 0}, {socket, 1}});
    builder.execute({"/bin/sh"}, {"sh", "-c", "echo said; wc -c"});
    auto plan = std::move(builder).finish();
    ASSERT_TRUE(plan) << plan.error().message();
    auto child = spawn(*plan);
    ASSERT_TRUE(child) << child.error().message();
    auto const connection = base::sys::accept(listener->get());
    ASSERT_TRUE(connection) << connection.error().message();
    // Nothing is to be read there: we say nothing, and yet wc sees an end at once.
    EXPECT_TRUE(child->wait());
    EXPECT_EQ(read_to_end(connection->get()), "said\n0\n");
}

TEST(Steps, a_socket_that_nobody_listens_at_is_an_error_of_its_stage) {
    mitori::test::TemporaryDirectory directory;
    auto const path = directory / std::string("socket");
    ASSERT_TRUE(base::sys::listen_unix(path, 0600)); // and closed
    auto const child = Command("/bin/true").stdout_to(Stdio::append(path)).spawn();
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::standard_output);
    EXPECT_EQ(child.error().error.number, ECONNREFUSED);
    auto const long_path = directory / std::string(120, 's');
    ASSERT_EQ(::mknod(long_path.c_str(), S_IFSOCK | 0600, 0), 0);
    auto const too_long = Command("/bin/true").stdout_to(Stdio::append(long_path)).spawn();
    ASSERT_FALSE(too_long);
    EXPECT_EQ(too_long.error().error.number, ENAMETOOLONG);
}

TEST(Steps, the_environment_is_what_was_given_and_nothing_else) {
    auto const ran = run_steps({"environment"}, [](auto& plan) { plan.environment({"A=1", "B=two words"}); });
    EXPECT_EQ(ran["environment"], "A=1|B=two words");
    EXPECT_EQ(run_steps({"environment"}, [](auto&) {})["environment"], "none");
}

TEST(Steps, a_variable_holds_the_childs_own_pid) {
    auto const ran = run_steps({"env:LISTEN_PID", "env:WATCHDOG_PID", "environment"}, [](auto& plan) {
        plan.environment({"LISTEN_PID=stale", "A=1"});
        plan.pid_variable("LISTEN_PID");
        plan.pid_variable("WATCHDOG_PID");
    });
    auto const pid = std::to_string(ran.pid);
    EXPECT_EQ(ran["environment"], "A=1|LISTEN_PID=" + pid + "|WATCHDOG_PID=" + pid);
}

} // namespace
} // namespace mitori::process
