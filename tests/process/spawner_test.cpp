#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "process/detail/clone.hpp"
#include "process/spawner.hpp"
#include "process/support.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

/// A spawner and what it has told so far.
class SpawnerTest : public ::testing::Test {
protected:
    void SetUp() override {
        auto made = Spawner::start();
        ASSERT_TRUE(made) << made.error().message();
        spawner = std::make_unique<Spawner>(*std::move(made));
    }
    void TearDown() override {
        spawner.reset();
        started.clear();
        EXPECT_TRUE(no_child_left());
    }

    /// Exchanges until the condition holds; fails when nothing comes for 20 s.
    void exchange_until(std::function<bool()> const& done) {
        while (!done()) {
            short const events = spawner->pending() ? POLLIN | POLLOUT : POLLIN;
            pollfd watched{spawner->socket(), events, 0};
            ASSERT_EQ(::poll(&watched, 1, 20'000), 1) << "nothing came";
            auto came = spawner->exchange();
            ASSERT_TRUE(came) << came.error().message();
            for (auto& event : *came)
                std::visit([this](auto& value) { on(value); }, event);
        }
    }
    void on(Started& event) { started[event.id] = std::move(event.child); }
    void on(Executed& event) {
        EXPECT_TRUE(started.contains(event.id)) << "executed before started";
        executed.push_back(event.id);
    }
    void on(Failed& event) { failed.push_back(event); }

    SpawnId submit(Command const& command) {
        auto plan = command.plan();
        EXPECT_TRUE(plan) << plan.error().message();
        return spawner->submit(*std::move(plan));
    }
    Exit wait_for(SpawnId id) {
        auto exit = started.at(id).wait();
        EXPECT_TRUE(exit) << exit.error().message();
        return exit ? *exit : Exit{};
    }

    std::unique_ptr<Spawner> spawner;
    std::map<SpawnId, Child> started;
    std::vector<SpawnId> executed;
    std::vector<Failed> failed;
};

TEST_F(SpawnerTest, a_program_becomes_our_own_child) {
    auto pipe = base::sys::pipe();
    auto const id = submit(probe({"ppid", "fds", "pid"}).stdout_to(Stdio::descriptor(pipe->second.get())));
    exchange_until([&] { return !executed.empty(); });
    pipe->second.reset();
    auto answers = parse_answers(read_to_end(pipe->first.get()));
    EXPECT_EQ(answers["ppid"], std::to_string(::getpid()));
    EXPECT_EQ(answers["pid"], std::to_string(started.at(id).pid()));
    EXPECT_EQ(answers["fds"], "0 1 2");
    EXPECT_TRUE(wait_for(id).clean());
}

TEST_F(SpawnerTest, a_failed_step_is_told_after_the_start) {
    auto const id = submit(probe({}).cwd("/no/such/place"));
    exchange_until([&] { return !failed.empty(); });
    EXPECT_EQ(failed[0].id, id);
    EXPECT_EQ(failed[0].stage, Stage::chdir);
    EXPECT_EQ(failed[0].number, ENOENT);
    EXPECT_EQ(failed[0].subject, "/no/such/place");
    EXPECT_EQ(wait_for(id).status, 200);
    EXPECT_TRUE(executed.empty());
}

/// A plan whose child hangs in an `open` step until someone writes to the FIFO.
Command hanging(std::string const& fifo) { return probe({}).stdin_from(Stdio::file(fifo)); }

TEST_F(SpawnerTest, plans_that_hang_delay_no_other) {
    mitori::test::TemporaryDirectory directory;
    std::string const fifo = directory / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    std::vector<SpawnId> hung;
    for (int n = 0; n < 20; ++n)
        hung.push_back(submit(hanging(fifo)));
    auto const quick = submit(probe({"exit:7"}));
    exchange_until([&] { return !executed.empty(); });
    EXPECT_EQ(executed, std::vector{quick});
    EXPECT_EQ(wait_for(quick).status, 7);
    exchange_until([&] { return started.size() == hung.size() + 1; });

    base::Fd const writer(::open(fifo.c_str(), O_WRONLY | O_CLOEXEC));
    exchange_until([&] { return executed.size() == hung.size() + 1; });
    for (auto const id : hung)
        EXPECT_TRUE(wait_for(id).clean());
}

TEST_F(SpawnerTest, a_killed_helper_fails_the_plans_in_flight_and_is_replaced) {
    mitori::test::TemporaryDirectory directory;
    std::string const fifo = directory / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    std::vector<SpawnId> hung;
    for (int n = 0; n < 5; ++n)
        hung.push_back(submit(hanging(fifo)));
    exchange_until([&] { return started.size() == hung.size(); });
    EXPECT_FALSE(spawner->expecting());

    auto const generation = spawner->generation();
    ASSERT_TRUE(spawner->helper().signal({SIGKILL}));
    exchange_until([&] { return failed.size() == hung.size(); });
    for (auto const& failure : failed) {
        EXPECT_EQ(failure.stage, Stage::spawn);
        EXPECT_EQ(failure.number, EPIPE);
    }
    for (auto const id : hung) {
        auto const exit = wait_for(id);
        EXPECT_EQ(exit.kind, ExitKind::killed);
        EXPECT_EQ(exit.status, SIGKILL);
    }
    EXPECT_EQ(spawner->generation(), generation + 1);
    auto const id = submit(probe({"exit:3"}));
    exchange_until([&] { return executed.size() == 1; });
    EXPECT_EQ(wait_for(id).status, 3);
}

TEST_F(SpawnerTest, the_old_socket_stays_open_until_its_watch_can_be_taken_off) {
    int const before = spawner->socket();
    auto const generation = spawner->generation();
    ASSERT_TRUE(spawner->helper().signal({SIGKILL}));
    exchange_until([&] { return spawner->generation() != generation; });
    EXPECT_NE(spawner->socket(), before);
    EXPECT_NE(::fcntl(before, F_GETFD), -1);
    ASSERT_TRUE(spawner->exchange());
    EXPECT_EQ(::fcntl(before, F_GETFD), -1);
}

TEST_F(SpawnerTest, a_helper_killed_at_any_moment_loses_no_child) {
    for (int round = 0; round < 32; ++round) {
        started.clear(), failed.clear(), executed.clear();
        std::vector<SpawnId> ids;
        for (int n = 0; n < 8; ++n)
            ids.push_back(submit(probe({"pause"})));
        // Each round at another point of the work: after so many events.
        exchange_until([&] { return started.size() + executed.size() >= static_cast<std::size_t>(round % 16); });
        ASSERT_TRUE(spawner->helper().signal({SIGKILL}));
        exchange_until([&] { return executed.size() + failed.size() == ids.size(); });
        // Those that were told as failed are dead or dying; the others run until we end them.
        for (auto& [id, child] : started) {
            if (std::ranges::find(executed, id) != executed.end()) static_cast<void>(child.signal({SIGKILL}));
            EXPECT_TRUE(child.wait());
        }
    }
}

TEST_F(SpawnerTest, stop_and_hangup_signals_do_not_end_the_helper) {
    for (int const signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
        ASSERT_TRUE(spawner->helper().signal({signal}));
    auto const generation = spawner->generation();
    auto const id = submit(probe({}));
    exchange_until([&] { return !executed.empty(); });
    EXPECT_EQ(spawner->generation(), generation);
    EXPECT_TRUE(wait_for(id).clean());
}

TEST_F(SpawnerTest, a_large_plan_goes_by_another_way) {
    auto pipe = base::sys::pipe();
    std::string const large(100'000, 'x');
    auto const id = submit(probe({"env:LARGE"}).env("LARGE", large).stdout_to(Stdio::descriptor(pipe->second.get())));
    exchange_until([&] { return !executed.empty(); });
    pipe->second.reset();
    EXPECT_EQ(read_to_end(pipe->first.get()), "env:LARGE " + large + "\n");
    EXPECT_TRUE(wait_for(id).clean());
}

TEST_F(SpawnerTest, many_descriptors_arrive_in_order) {
    mitori::test::TemporaryDirectory directory;
    auto pipe = base::sys::pipe();
    std::vector<base::Fd> files;
    auto command = probe({"fd:3", "fd:252", "fd:253", "fd:602"});
    for (int n = 0; n < 600; ++n) {
        auto file = base::sys::open(directory / std::to_string(n), O_RDWR | O_CREAT, 0600);
        ASSERT_TRUE(file) << file.error().message();
        command.pass(file->get(), 3 + n);
        files.push_back(*std::move(file));
    }
    auto const id = submit(command.stdout_to(Stdio::descriptor(pipe->second.get())));
    exchange_until([&] { return !executed.empty(); });
    pipe->second.reset();
    auto answers = parse_answers(read_to_end(pipe->first.get()));
    EXPECT_EQ(answers["fd:3"], directory / "0");
    EXPECT_EQ(answers["fd:252"], directory / "249");
    EXPECT_EQ(answers["fd:253"], directory / "250");
    EXPECT_EQ(answers["fd:602"], directory / "599");
    EXPECT_TRUE(wait_for(id).clean());
}

TEST_F(SpawnerTest, an_oom_score_stays_with_its_child) {
    auto pipe = base::sys::pipe();
    auto const first = submit(probe({"oom"}).oom_score_adjust(321).stdout_to(Stdio::descriptor(pipe->second.get())));
    exchange_until([&] { return executed.size() == 1; });
    EXPECT_TRUE(wait_for(first).clean());
    auto const second = submit(probe({"oom"}).stdout_to(Stdio::descriptor(pipe->second.get())));
    exchange_until([&] { return executed.size() == 2; });
    EXPECT_TRUE(wait_for(second).clean());
    pipe->second.reset();
    auto const ours = *base::sys::read_file("/proc/self/oom_score_adj");
    EXPECT_EQ(read_to_end(pipe->first.get()), "oom 321\noom " + ours);
}

TEST_F(SpawnerTest, a_failed_step_of_a_child_with_memory_of_its_own_is_told) {
    auto const id = submit(probe({}).oom_score_adjust(321).cwd("/no/such/place"));
    exchange_until([&] { return !failed.empty(); });
    EXPECT_EQ(failed[0].stage, Stage::chdir);
    EXPECT_EQ(failed[0].subject, "/no/such/place");
    EXPECT_EQ(wait_for(id).status, 200);
}

TEST_F(SpawnerTest, a_helper_without_descriptors_fails_the_plan_and_goes_on) {
    rlimit before{};
    ASSERT_EQ(::prlimit(spawner->helper().pid(), RLIMIT_NOFILE, nullptr, &before), 0);
    rlimit const few{5, before.rlim_max};
    ASSERT_EQ(::prlimit(spawner->helper().pid(), RLIMIT_NOFILE, &few, nullptr), 0);
    auto const id = submit(probe({}));
    exchange_until([&] { return !failed.empty(); });
    EXPECT_EQ(failed[0].id, id);
    EXPECT_EQ(failed[0].stage, Stage::spawn);
    EXPECT_EQ(failed[0].number, EMFILE);
    EXPECT_TRUE(started.empty());

    ASSERT_EQ(::prlimit(spawner->helper().pid(), RLIMIT_NOFILE, &before, nullptr), 0);
    auto const next = submit(probe({}));
    exchange_until([&] { return !executed.empty(); });
    EXPECT_TRUE(wait_for(next).clean());
}

TEST_F(SpawnerTest, children_live_on_when_the_spawner_ends) {
    auto const id = submit(probe({"pause"}));
    exchange_until([&] { return !executed.empty(); });
    spawner.reset();
    auto const alive = started.at(id).take_exit();
    ASSERT_FALSE(alive);
    EXPECT_EQ(alive.error().number, EAGAIN);
    ASSERT_TRUE(started.at(id).signal({SIGTERM}));
    EXPECT_EQ(wait_for(id).status, SIGTERM);
}

/// As on a kernel that refuses CLONE_PARENT.
class SpawnerAlone : public SpawnerTest {
protected:
    void SetUp() override {
        detail::set_features({.clone_parent = false});
        SpawnerTest::SetUp();
        detail::set_features({});
    }
};

TEST_F(SpawnerAlone, it_starts_children_by_itself) {
    EXPECT_FALSE(spawner->asynchronous());
    EXPECT_FALSE(spawner->helper());
    auto const good = submit(probe({"exit:9"}));
    auto const bad = submit(probe({}).cwd("/no/such/place"));
    exchange_until([&] { return !failed.empty(); });
    EXPECT_EQ(failed[0].id, bad);
    EXPECT_EQ(failed[0].stage, Stage::chdir);
    EXPECT_EQ(executed, std::vector{good});
    EXPECT_EQ(wait_for(good).status, 9);
}

} // namespace
} // namespace mitori::process
