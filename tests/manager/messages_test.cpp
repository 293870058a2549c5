// The manager's words, as systemd says them.
#include <csignal>
#include <gmock/gmock.h>
#include <systemd/sd-messages.h>

#include "fake/office.hpp"
#include "manager/messages.hpp"

namespace mitori::manager {
namespace {

using namespace std::chrono_literals;
using base::Priority;
using mitori::test::add;
using mitori::test::Office;
using process::ExitKind;
using testing::ElementsAre;

Message const silent{Priority::debug, ""};

/// What people read of it.
struct Sentence {
    Priority priority;
    std::string text;
    Sentence(Priority level, std::string words) : priority(level), text(std::move(words)) {}
    Sentence(Message const& message) : priority(message.priority), text(message.text) {} // NOLINT: for comparing
    friend bool operator==(Sentence const&, Sentence const&) = default;
    friend std::ostream& operator<<(std::ostream& out, Sentence const& sentence) { return out << sentence.text; }
};

TEST(Words, name_a_unit_with_its_description) {
    unit::Unit unit;
    unit.id = "a.service";
    EXPECT_EQ(status_name(unit), "a.service");
    unit.info.description = "a.service";
    EXPECT_EQ(status_name(unit), "a.service");
    unit.info.description = "A thing";
    EXPECT_EQ(status_name(unit), "a.service - A thing");
}

TEST(Words, of_jobs_depend_on_what_the_unit_is) {
    unit::Unit unit;
    unit.id = "x";
    unit.service.type = unit::ServiceType::simple;
    auto const end = [&](JobType type, JobResult result) { return end_message(unit, type, result).value_or(silent); };
    EXPECT_EQ(Sentence(end(JobType::start, JobResult::done)), (Sentence{Priority::info, "Started x."}));
    EXPECT_EQ(Sentence(end(JobType::start, JobResult::failed)), (Sentence{Priority::err, "Failed to start x."}));
    EXPECT_EQ(Sentence(end(JobType::start, JobResult::dependency)),
              (Sentence{Priority::warning, "Dependency failed for x."}));
    EXPECT_EQ(end(JobType::start, JobResult::canceled), silent);
    EXPECT_EQ(Sentence(end(JobType::restart, JobResult::done)), (Sentence{Priority::info, "Stopped x."}));
    unit.service.type = unit::ServiceType::oneshot;
    EXPECT_EQ(end(JobType::start, JobResult::done).text, "Finished x.");
    unit.type = unit::Type::target;
    EXPECT_EQ(end(JobType::start, JobResult::done).text, "Reached target x.");
    EXPECT_EQ(end(JobType::stop, JobResult::done).text, "Stopped target x.");
    EXPECT_EQ(begin_message(unit, JobType::start), std::nullopt);
}

TEST(Words, of_an_end_tell_code_and_status_and_are_the_louder_the_less_was_said) {
    EXPECT_EQ(Sentence(exit_message(Role::main, {.kind = ExitKind::exited, .status = 1}, Well::no)),
              (Sentence{Priority::notice, "Main process exited, code=exited, status=1/FAILURE"}));
    EXPECT_EQ(Sentence(exit_message(Role::control, {.kind = ExitKind::killed, .status = SIGKILL}, Well::no)),
              (Sentence{Priority::warning, "Control process exited, code=killed, status=9/KILL"}));
    EXPECT_EQ(exit_message(Role::main, {.kind = ExitKind::dumped, .status = SIGSEGV}, Well::no).text,
              "Main process exited, code=dumped, status=11/SEGV");
    EXPECT_EQ(exit_message(Role::main, {.kind = ExitKind::exited, .status = 99}, Well::no).text,
              "Main process exited, code=exited, status=99/n/a");
    EXPECT_EQ(Sentence(exit_message(Role::main, {.kind = ExitKind::killed, .status = SIGTERM}, Well::yes)),
              (Sentence{Priority::debug, "Main process exited, code=killed, status=15/TERM (success)"}));
}

TEST(Words, of_use_are_to_the_millisecond) {
    EXPECT_EQ(Sentence(usage_message(1234567us)), (Sentence{Priority::info, "Consumed 1.234s CPU time."}));
    EXPECT_EQ(Sentence(usage_message(900ms)), (Sentence{Priority::debug, "Consumed 900ms CPU time."}));
    EXPECT_EQ(usage_message(62s).text, "Consumed 1min 2s CPU time.");
    EXPECT_EQ(Sentence(usage_message(3600s)), (Sentence{Priority::notice, "Consumed 1h CPU time."}));
}

std::string id_of(std::string const& name) { return "MESSAGE_ID=" + name; }

// The numbers as libsystemd's header has them, the fields as systemd 252 writes them.
TEST(Words, carry_systemds_own_numbers_and_fields) {
    unit::Unit unit;
    unit.id = "x";
    auto const begin = [&](JobType type) { return begin_message(unit, type).value_or(silent).fields; };
    auto const end = [&](JobType type, JobResult result) {
        return end_message(unit, type, result).value_or(silent).fields;
    };
    EXPECT_THAT(begin(JobType::start), ElementsAre(id_of(SD_MESSAGE_UNIT_STARTING_STR), "JOB_TYPE=start"));
    EXPECT_THAT(begin(JobType::stop), ElementsAre(id_of(SD_MESSAGE_UNIT_STOPPING_STR), "JOB_TYPE=stop"));
    EXPECT_THAT(begin(JobType::reload), ElementsAre(id_of(SD_MESSAGE_UNIT_RELOADING_STR), "JOB_TYPE=reload"));
    EXPECT_THAT(end(JobType::start, JobResult::done),
                ElementsAre("JOB_TYPE=start", "JOB_RESULT=done", id_of(SD_MESSAGE_UNIT_STARTED_STR)));
    EXPECT_THAT(end(JobType::start, JobResult::dependency),
                ElementsAre("JOB_TYPE=start", "JOB_RESULT=dependency", id_of(SD_MESSAGE_UNIT_FAILED_STR)));
    EXPECT_THAT(end(JobType::restart, JobResult::done),
                ElementsAre("JOB_TYPE=restart", "JOB_RESULT=done", id_of(SD_MESSAGE_UNIT_STOPPED_STR)));
    EXPECT_THAT(end(JobType::reload, JobResult::failed),
                ElementsAre("JOB_TYPE=reload", "JOB_RESULT=failed", id_of(SD_MESSAGE_UNIT_RELOADED_STR)));
    EXPECT_THAT(end(JobType::verify_active, JobResult::timeout),
                ElementsAre("JOB_TYPE=verify-active", "JOB_RESULT=timeout"));
    EXPECT_THAT(exit_message(Role::main, {.kind = ExitKind::killed, .status = SIGKILL}, Well::no).fields,
                ElementsAre(id_of(SD_MESSAGE_UNIT_PROCESS_EXIT_STR), "EXIT_CODE=killed", "EXIT_STATUS=9"));
    EXPECT_THAT(result_message(ServiceResult::success).fields, ElementsAre(id_of(SD_MESSAGE_UNIT_SUCCESS_STR)));
    EXPECT_THAT(result_message(ServiceResult::exec_condition).fields,
                ElementsAre(id_of(SD_MESSAGE_UNIT_SKIPPED_STR), "UNIT_RESULT=exec-condition"));
    EXPECT_THAT(result_message(ServiceResult::exit_code).fields,
                ElementsAre(id_of(SD_MESSAGE_UNIT_FAILURE_RESULT_STR), "UNIT_RESULT=exit-code"));
    EXPECT_THAT(usage_message(1500us).fields,
                ElementsAre(id_of(SD_MESSAGE_UNIT_RESOURCES_STR), "CPU_USAGE_NSEC=1500000"));
    EXPECT_THAT(restart_message(3).fields, ElementsAre(id_of(SD_MESSAGE_UNIT_RESTART_SCHEDULED_STR), "N_RESTARTS=3"));
}

/// What was said at `info` or louder.
std::vector<std::string> said(Office& office) {
    std::vector<std::string> lines;
    for (auto const& line : std::exchange(office.output.said, {}))
        if (line.priority <= Priority::info) lines.push_back(line.text);
    return lines;
}

TEST(Words, tell_a_service_s_life) {
    Office office(Office::Log::kept);
    add(office, "a", "Description=A thing");
    office.start("a.service");
    EXPECT_THAT(said(office), ElementsAre("Created slice system.slice - System Slice.",
                                          "Starting a.service - A thing...", "Started a.service - A thing."));
    office.start("a.service");
    EXPECT_THAT(said(office), ElementsAre()) << "nothing was to be done";
    office.stop("a.service");
    EXPECT_THAT(said(office), ElementsAre("Stopping a.service - A thing...", "a.service: Deactivated successfully.",
                                          "Stopped a.service - A thing."));
}

TEST(Words, are_said_of_the_life_that_they_are_about) {
    Office office(Office::Log::kept);
    add(office, "a");
    office.start("a.service");
    auto const& line = office.output.said.back();
    EXPECT_EQ(line.unit, "a.service");
    EXPECT_EQ(line.invocation, office.manager->service(office.ref("a.service"))->invocation());
    EXPECT_THAT(line.fields, testing::Contains("JOB_RESULT=done"));
}

TEST(Words, tell_a_failure_and_the_restart_after_it) {
    Office office(Office::Log::kept);
    add(office, "a", "", "Restart=on-failure\nRestartSec=1");
    office.start("a.service");
    static_cast<void>(said(office));
    office.exit("/bin/a", 1);
    EXPECT_THAT(said(office), ElementsAre("a.service: Main process exited, code=exited, status=1/FAILURE",
                                          "a.service: Failed with result 'exit-code'."));
    office.advance(1s);
    EXPECT_THAT(said(office), ElementsAre("a.service: Scheduled restart job, restart counter is at 1.",
                                          "Stopped a.service.", "Starting a.service...", "Started a.service."));
}

TEST(Words, tell_a_start_that_failed_and_whom_it_takes_along) {
    Office office(Office::Log::kept);
    add(office, "a", "", "Type=oneshot\nExecStart=/quick/3");
    add(office, "b", "Requires=a.service\nAfter=a.service");
    office.start("a.service");
    static_cast<void>(said(office));
    office.start("b.service");
    EXPECT_THAT(said(office), ElementsAre("Starting a.service...",
                                          "a.service: Main process exited, code=exited, status=3/NOTIMPLEMENTED",
                                          "a.service: Failed with result 'exit-code'.", "Failed to start a.service.",
                                          "Dependency failed for b.service."));
    office.manager->reset_failed(office.ref("a.service"));
    office.loop.settle();
    EXPECT_THAT(said(office), ElementsAre());
}

TEST(Words, of_a_oneshot_say_that_it_is_finished) {
    Office office(Office::Log::kept);
    add(office, "a", "", "Type=oneshot\nExecStart=/quick/0");
    office.start("a.service");
    auto const lines = said(office);
    EXPECT_EQ(lines.back(), "Finished a.service.");
    EXPECT_EQ(lines[lines.size() - 2], "a.service: Deactivated successfully.");
}

} // namespace
} // namespace mitori::manager
