// One unit through all stations of the road, in earnest: files, manager, spawner, processes, and what is seen of them.
// Without control groups, so that it needs no right and leaves nothing on the machine.
#include <csignal>
#include <deque>
#include <fstream>
#include <gmock/gmock.h>

#include "local/local.hpp"
#include "support/temporary_directory.hpp"

namespace mitori {
namespace {

using namespace std::chrono_literals;
using manager::JobType;
using testing::HasSubstr;

class Stations : public testing::Test {
protected:
    void SetUp() override {
        unit::Host host;
        host.runtime_directory = directory / "run";
        auto made = manager::Manager::make(
            {.runtime_directory = directory / "manager", .place = exec::read_place(unit::Scope::system, host, "")},
            {*loop, *groups, loader, procfs});
        ASSERT_TRUE(made) << made.error().message();
        manager = std::move(*made);
        listening = manager->listen({.job_done =
                                         [this](manager::Job const&, manager::JobResult result) {
                                             results.emplace_back(base::word(result));
                                             look();
                                         },
                                     .unit_changed = [this](manager::UnitRef) { look(); }});
    }
    /// What a failed test would leave behind.
    void TearDown() override {
        for (std::size_t i = 0; manager && i < manager->graph().size(); ++i)
            for (auto const pid : manager->processes_of(static_cast<manager::UnitRef>(i)))
                ::kill(pid, SIGKILL);
    }
    void write(std::string const& name, std::string_view text) { std::ofstream(directory / name) << text; }

    /// What is awaited, and what is done when it has come.
    struct Milestone {
        std::function<bool()> holds;
        std::function<void()> then = [] {};
    };
    /// Runs the loop from one to the next; false when one does not come. Once: a loop that was stopped does not go on.
    bool walk(std::deque<Milestone> milestones) {
        ahead = std::move(milestones);
        auto const limit = loop->at(loop->now().monotonic + 30s, 0us, [this] { loop->stop(1); });
        auto const code = loop->run();
        return code && *code == 0;
    }
    void look() {
        while (!ahead.empty() && ahead.front().holds()) {
            auto const then = ahead.front().then;
            ahead.pop_front();
            then();
        }
        if (ahead.empty()) loop->stop(0);
    }
    void enqueue(JobType type, manager::UnitRef unit) {
        ASSERT_TRUE(manager->enqueue({unit, type, manager::Mode::replace, manager::Asker::client}));
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<loop::Loop> loop = *loop::open_loop();
    std::unique_ptr<cgroup::Groups> groups = cgroup::open_groups({.proc = directory / "no-proc"});
    procfs::Procfs procfs = *procfs::Procfs::open();
    unit::Loader loader{{.directories = {directory.path()}, .vendor = {}}, {}};
    std::unique_ptr<manager::Manager> manager;
    std::shared_ptr<void> listening;
    std::deque<Milestone> ahead;
    std::vector<std::string> results;
};

TEST_F(Stations, lead_from_a_file_to_what_people_see_of_an_end) {
    write("seven.service", "[Unit]\nDescription=Ends with seven\nDefaultDependencies=no\n"
                           "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'exit 7'\n");
    auto const unit = manager->graph().add("seven.service");
    EXPECT_EQ(manager->graph().unit(unit).fragment, directory / "seven.service") << "1, 2: a file that was read";
    auto const plan = manager->plan(unit);
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_THAT(process::show(*plan), HasSubstr("exec /bin/sh \"-c\" \"exit 7\"")) << "4: what will be done";
    enqueue(JobType::start, unit);
    ASSERT_NE(manager->jobs().of(unit), nullptr) << "3: a job";
    ASSERT_TRUE(walk({{[&] { return manager->live(unit).active == manager::ActiveState::failed; }}}));
    auto const& record = manager->service(unit)->main_record();
    ASSERT_TRUE(record && record->exit);
    EXPECT_GT(record->pid, 1) << "5: a child";
    EXPECT_EQ(record->exit->message(), "exited, status=7/NOTRUNNING") << "6: its exit";
    EXPECT_EQ(manager->service(unit)->result(), manager::ServiceResult::exit_code) << "7: the state's reason";
    EXPECT_EQ(results.back(), "failed") << "8: what became of the job";
    local::Local local(*manager);
    auto const rows = local.list_units({.states = {"failed"}});
    ASSERT_EQ(rows->size(), 1U);
    EXPECT_EQ(rows->front().description, "Ends with seven") << "9: what people see";
}

TEST_F(Stations, lead_back_to_a_new_child_when_the_old_one_is_killed_and_leave_none_at_the_end) {
    write("stays.service", "[Unit]\nDefaultDependencies=no\n"
                           "[Service]\nType=exec\nExecStart=/bin/sleep 1000\nRestart=on-failure\nRestartSec=0\n");
    auto const unit = manager->graph().add("stays.service");
    auto const running = [&] { return manager->sub_state(unit) == "running"; };
    std::optional<pid_t> first, second;
    enqueue(JobType::start, unit);
    ASSERT_TRUE(walk({
        {running,
         [&] {
             first = manager->service(unit)->main_pid();
             EXPECT_TRUE(manager->kill(unit, manager::Manager::Whom::main, base::Signal{SIGKILL}));
         }},
        {[&] { return running() && manager->service(unit)->main_pid() != first; },
         [&] {
             second = manager->service(unit)->main_pid();
             EXPECT_EQ(manager->service(unit)->restarts(), 1U);
             enqueue(JobType::stop, unit);
         }},
        {[&] { return manager->live(unit).active == manager::ActiveState::inactive && manager->jobs().empty(); }},
    }));
    ASSERT_TRUE(first && second);
    EXPECT_FALSE(procfs.process(*first));
    EXPECT_FALSE(procfs.process(*second)) << "not even a zombie";
}

} // namespace
} // namespace mitori
