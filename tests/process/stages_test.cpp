// Every step that can fail, made to fail: by spawn() and through the spawner.
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>

#include "process/plans.hpp"
#include "process/spawner.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

constexpr uid_t nobody = 65534;

struct Failing {
    std::string name;
    Stage stage;
    int number;
    Steps steps;
    Ending ending;
    std::string subject; ///< part of the message, where it names a thing
};

/// Steps that need another user than root to fail.
void become_nobody(PlanBuilder& plan) {
    if (is_root()) plan.user(nobody);
}

base::Fd open_path(std::string const& path, int flags) { return base::Fd(::open(path.c_str(), flags | O_CLOEXEC)); }

std::vector<Failing> attribute_cases() {
    return {
        {"setsid", Stage::setsid, EPERM, [](auto& plan) { plan.new_group(), plan.new_session(); }},
        {"setpgid", Stage::setsid, EPERM, [](auto& plan) { plan.join_group(1 << 22); }},
        {"limit", Stage::limits, EINVAL, [](auto& plan) { plan.limit({.resource = 999}); }},
        {"nice", Stage::nice, EACCES, [](auto& plan) { become_nobody(plan), plan.nice(-5); }},
        {"scheduler", Stage::setscheduler, EINVAL, [](auto& plan) { plan.scheduler({.policy = 99}); }},
        {"io-priority", Stage::ioprio, EINVAL, [](auto& plan) { plan.io_priority(7 << 13); }},
        {"cpu-affinity", Stage::cpuaffinity, EINVAL, [](auto& plan) { plan.cpu_affinity({}); }},
        {"oom-score", Stage::oom_adjust, EINVAL, [](auto& plan) { plan.oom_score_adjust(5000); }},
        {"parent-death", Stage::exec, EINVAL, [](auto& plan) { plan.parent_death_signal({99}); }},
        {"groups", Stage::group, is_root() ? EINVAL : EPERM,
         [](auto& plan) { plan.supplementary_groups(std::vector<gid_t>(70'000)); }},
        {"group", Stage::group, EPERM, [](auto& plan) { become_nobody(plan), plan.group(1); }},
        {"user", Stage::user, EPERM, [](auto& plan) { become_nobody(plan), plan.user(0); }},
    };
}

std::vector<Failing> file_cases(int directory) {
    auto const open = [](Stage stage) {
        return [stage](PlanBuilder& plan) { static_cast<void>(plan.open_file("/no/such/file", O_RDONLY, 0, stage)); };
    };
    return {
        {"chroot", Stage::chroot, ENOENT, [](auto& plan) { plan.root_directory("/no/such"); }, {}, "/no/such"},
        {"chdir",
         Stage::chdir,
         ENOENT,
         [](auto& plan) { plan.working_directory("/no/such", PlanBuilder::Missing::is_error); },
         {},
         "/no/such"},
        {"runtime",
         Stage::runtime_directory,
         ENOENT,
         [](auto& plan) { plan.managed_directory({.path = "/proc/no/such"}, Stage::runtime_directory); },
         {},
         "/proc/no/such"},
        {"link",
         Stage::state_directory,
         ENOENT,
         [](auto& plan) { plan.symbolic_link("x", "/proc/no/such", Stage::state_directory); },
         {},
         "/proc/no/such"},
        {"stdin", Stage::standard_input, ENOENT, open(Stage::standard_input), {}, "/no/such/file"},
        {"stdout", Stage::standard_output, ENOENT, open(Stage::standard_output), {}, "/no/such/file"},
        {"stderr", Stage::standard_error, ENOENT, open(Stage::standard_error), {}, "/no/such/file"},
        {"connect",
         Stage::standard_output,
         ENOENT,
         [](auto& plan) { static_cast<void>(plan.connect_unix("/no/such/socket", Stage::standard_output)); },
         {},
         "/no/such/socket"},
        {"truncate", Stage::standard_output, EINVAL,
         [](auto& plan) {
             plan.truncate(plan.open_file("/dev/null", O_RDONLY, 0, Stage::fds), Stage::standard_output);
         }},
        {"terminal", Stage::standard_input, ENOTTY,
         [](auto& plan) {
             plan.controlling_terminal(plan.open_file("/dev/null", O_RDONLY, 0, Stage::fds), Stage::standard_input);
         }},
        {"join-cgroup", Stage::cgroup, ENOENT, [=](auto& plan) { plan.join_cgroup(plan.lend(directory)); }},
        {"born-in-cgroup", Stage::cgroup, ENOENT, [=](auto& plan) { plan.born_in_cgroup(plan.lend(directory)); }},
        {"place",
         Stage::fds,
         EINVAL,
         [](auto& plan) { plan.limit({.resource = RLIMIT_NOFILE, .soft = 50, .hard = 50}); },
         {.highest = 200}},
    };
}

std::vector<Failing> exec_cases(std::string const& directory, int null) {
    auto const nothing = [](PlanBuilder&) {};
    auto const exec = [](std::vector<std::string> candidates) { return Ending{.candidates = std::move(candidates)}; };
    std::string const plain = directory + "/plain";
    std::string const empty = directory + "/empty";
    return {
        {"exec-missing", Stage::exec, ENOENT, nothing, exec({"/no/such/program"}), "/no/such/program"},
        {"exec-plain-file", Stage::exec, EACCES, nothing, exec({plain}), plain},
        {"exec-empty-file", Stage::exec, ENOEXEC, nothing, exec({empty}), empty},
        {"exec-denied-before-missing", Stage::exec, EACCES, nothing, exec({plain, "/no/such/program"})},
        {"exec-below-a-file", Stage::exec, ENOTDIR, nothing, exec({plain + "/program"})},
        {"exec-descriptor", Stage::exec, EACCES, nothing, {.program = null}},
    };
}

class Stages : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_TRUE(base::sys::write_file(directory / "plain", "x", 0644));
        ASSERT_TRUE(base::sys::write_file(directory / "empty", "", 0755));
        for (auto const& list : {attribute_cases(), file_cases(folder.get()), exec_cases(directory.path(), null.get())})
            cases.insert(cases.end(), list.begin(), list.end());
    }
    void TearDown() override { EXPECT_TRUE(no_child_left()); }

    mitori::test::TemporaryDirectory directory;
    base::Fd folder = open_path(directory.path(), O_RDONLY | O_DIRECTORY);
    base::Fd null = open_path("/dev/null", O_RDONLY);
    std::vector<Failing> cases;
};

TEST_F(Stages, each_failed_step_is_told_by_spawn) {
    for (auto const& one : cases) {
        SCOPED_TRACE(one.name);
        auto plan = make_plan(one.steps, one.ending);
        ASSERT_TRUE(plan) << plan.error().message();
        auto const child = spawn(*plan);
        ASSERT_FALSE(child);
        EXPECT_EQ(child.error().stage, one.stage) << child.error().message();
        EXPECT_EQ(child.error().error.number, one.number) << child.error().message();
        EXPECT_NE(child.error().message().find(one.subject), std::string::npos) << child.error().message();
        EXPECT_TRUE(no_child_left());
    }
}

/// Exchanges until the plan has failed, and returns how; the child, if one came to be, is left in `child`.
Failed wait_for_failure(Spawner& spawner, Child& child) {
    for (;;) {
        pollfd watched{spawner.socket(), POLLIN, 0};
        if (::poll(&watched, 1, 20'000) != 1) return {};
        auto events = spawner.exchange();
        if (!events) return {};
        for (auto& event : *events) {
            if (auto* started = std::get_if<Started>(&event)) child = std::move(started->child);
            if (auto* failed = std::get_if<Failed>(&event)) return std::move(*failed);
            if (std::holds_alternative<Executed>(event)) return {};
        }
    }
}

TEST_F(Stages, each_failed_step_is_told_through_the_spawner_and_is_the_exit_status) {
    auto spawner = Spawner::start();
    ASSERT_TRUE(spawner) << spawner.error().message();
    for (auto const& one : cases) {
        SCOPED_TRACE(one.name);
        auto plan = make_plan(one.steps, one.ending);
        ASSERT_TRUE(plan) << plan.error().message();
        static_cast<void>(spawner->submit(*std::move(plan)));
        Child child;
        auto const failed = wait_for_failure(*spawner, child);
        EXPECT_EQ(failed.stage, one.stage) << failed.subject;
        EXPECT_EQ(failed.number, one.number);
        EXPECT_NE(failed.subject.find(one.subject), std::string::npos) << failed.subject;
        ASSERT_TRUE(child);
        auto const exit = child.wait();
        ASSERT_TRUE(exit) << exit.error().message();
        EXPECT_EQ(exit->kind, ExitKind::exited);
        EXPECT_EQ(exit->status, static_cast<int>(one.stage));
    }
}

/// In a process of its own that may have no child at all.
int spawn_without_a_process_to_spare() {
    pid_t const pid = ::fork();
    if (pid == 0) {
        rlimit const none{0, 0};
        bool const limited =
            ::setrlimit(RLIMIT_NPROC, &none) == 0 && (!is_root() || ::setresuid(nobody, nobody, nobody) == 0);
        auto const child = probe({}).spawn();
        bool const told =
            limited && !child && child.error().stage == Stage::spawn && child.error().error.number == EAGAIN;
        ::_exit(told ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    return status;
}

TEST_F(Stages, no_process_left_is_told_as_spawn) { EXPECT_EQ(spawn_without_a_process_to_spare(), 0); }

TEST_F(Stages, a_plan_without_a_step_is_refused) {
    auto const child = spawn(Plan());
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::spawn);
    EXPECT_EQ(child.error().error.number, EINVAL);
}

} // namespace
} // namespace mitori::process
