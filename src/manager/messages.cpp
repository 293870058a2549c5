#include "manager/messages.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "process/stage.hpp"

namespace mitori::manager {
namespace {

using base::Priority;

// The kinds of events, by systemd's own numbers: sd-messages.h. A sentence that has none there has none here.
constexpr std::string_view starting_id = "7d4958e842da4a758f6c1cdc7b36dcc5";
constexpr std::string_view started_id = "39f53479d3a045ac8e11786248231fbf";
constexpr std::string_view failed_id = "be02cf6855d2428ba40df7e9d022f03d";
constexpr std::string_view stopping_id = "de5b426a63be47a7b6ac3eaac82e2f6f";
constexpr std::string_view stopped_id = "9d1aaa27d60140bd96365438aad20286";
constexpr std::string_view reloading_id = "d34d037fff1847e6ae669a370e694725";
constexpr std::string_view reloaded_id = "7b05ebc668384222baa8881179cfda54";
constexpr std::string_view process_exit_id = "98e322203f7a4ed290d09fe03c09fe15";
constexpr std::string_view success_id = "7ad2d189f7e94e70a38c781354912448";
constexpr std::string_view failure_result_id = "d9b373ed55a64feb8242e02dbe79a49c";
constexpr std::string_view skipped_id = "0e4284a0caca4bfc81c0bb6786972673";
constexpr std::string_view resources_id = "ae8f7b866b0347b9af31fe1c80b127c0";
constexpr std::string_view restart_id = "5eb03494b6584870a536b337290809b3";

std::string message_id(std::string_view id) { return fmt::format("MESSAGE_ID={}", id); }

/// Of the end of a job; empty for none.
std::string_view id_of_end(JobType type, JobResult result) {
    switch (type) {
    case JobType::start: return result == JobResult::done ? started_id : failed_id;
    case JobType::stop:
    case JobType::restart: return stopped_id;
    case JobType::reload: return reloaded_id;
    default: return {};
    }
}

/// A sentence with "{}" for the unit.
struct Sentence {
    JobType type;
    JobResult result;
    Priority priority;
    std::string_view format;
};
constexpr auto sentences = std::to_array<Sentence>({
    {JobType::start, JobResult::done, Priority::info, "Started {}."},
    {JobType::start, JobResult::timeout, Priority::err, "Timed out starting {}."},
    {JobType::start, JobResult::failed, Priority::err, "Failed to start {}."},
    {JobType::start, JobResult::dependency, Priority::warning, "Dependency failed for {}."},
    {JobType::start, JobResult::assert_, Priority::warning, "Assertion failed for {}."},
    {JobType::start, JobResult::unsupported, Priority::warning, "Starting of {} unsupported."},
    {JobType::start, JobResult::collected, Priority::info, "Unnecessary job was removed for {}."},
    {JobType::stop, JobResult::done, Priority::info, "Stopped {}."},
    {JobType::stop, JobResult::failed, Priority::err, "Stopped (with error) {}."},
    {JobType::stop, JobResult::timeout, Priority::err, "Timed out stopping {}."},
    {JobType::restart, JobResult::done, Priority::info, "Stopped {}."},
    {JobType::restart, JobResult::failed, Priority::err, "Stopped (with error) {}."},
    {JobType::restart, JobResult::timeout, Priority::err, "Timed out stopping {}."},
    {JobType::reload, JobResult::done, Priority::info, "Reloaded {}."},
    {JobType::reload, JobResult::failed, Priority::err, "Reload failed for {}."},
    {JobType::reload, JobResult::timeout, Priority::err, "Timed out reloading {}."},
    {JobType::verify_active, JobResult::dependency, Priority::warning, "Dependency failed for {}."},
    {JobType::verify_active, JobResult::timeout, Priority::err, "Timed out waiting for {}."},
});

/// "1min 2.345s": spans as the journal's readers know them, not as unit files write them.
std::string show_to_the_millisecond(base::Usec span) {
    auto const milliseconds = span.count() / 1000;
    if (milliseconds < 1000) return fmt::format("{}ms", milliseconds);
    auto const whole = milliseconds / 1000;
    std::string text;
    if (whole >= 3600) text += fmt::format("{}h ", whole / 3600);
    if (whole / 60 % 60 != 0) text += fmt::format("{}min ", whole / 60 % 60);
    auto const rest = milliseconds % 1000;
    if (rest != 0) return text + fmt::format("{}.{:03}s", whole % 60, rest);
    return whole % 60 != 0 || text.empty() ? text + fmt::format("{}s", whole % 60) : text.substr(0, text.size() - 1);
}

std::string_view format_of(unit::Unit const& unit, Sentence const& sentence) {
    bool const done = sentence.result == JobResult::done;
    bool const start = sentence.type == JobType::start;
    bool const stop = sentence.type == JobType::stop || sentence.type == JobType::restart;
    switch (unit.type) {
    case unit::Type::service:
        if (done && start && unit.service_type() == unit::ServiceType::oneshot) return "Finished {}.";
        break;
    case unit::Type::target:
        if (done && start) return "Reached target {}.";
        if (done && stop) return "Stopped target {}.";
        break;
    case unit::Type::slice:
        if (done && start) return "Created slice {}.";
        if (done && stop) return "Removed slice {}.";
        break;
    default: break;
    }
    return sentence.format;
}

} // namespace

std::string status_name(unit::Unit const& unit) {
    auto const& description = unit.info.description;
    return description.empty() || description == unit.id ? unit.id : unit.id + " - " + description;
}

std::optional<Message> begin_message(unit::Unit const& unit, JobType type) {
    if (unit.type != unit::Type::service) return std::nullopt;
    auto const say = [&](std::string_view verb, std::string_view id) {
        return Message{Priority::info,
                       fmt::format("{} {}...", verb, status_name(unit)),
                       {message_id(id), fmt::format("JOB_TYPE={}", base::word(type))}};
    };
    switch (type) {
    case JobType::start: return say("Starting", starting_id);
    case JobType::stop:
    case JobType::restart: return say("Stopping", stopping_id);
    case JobType::reload: return say("Reloading", reloading_id);
    default: return std::nullopt;
    }
}

std::optional<Message> end_message(unit::Unit const& unit, JobType type, JobResult result) {
    auto const found = std::ranges::find_if(
        sentences, [&](Sentence const& sentence) { return sentence.type == type && sentence.result == result; });
    // The root of all slices was there before us: systemd.special(7).
    if (found == sentences.end() || unit.id == "-.slice") return std::nullopt;
    Message message{found->priority,
                    fmt::format(fmt::runtime(format_of(unit, *found)), status_name(unit)),
                    {fmt::format("JOB_TYPE={}", base::word(type)), fmt::format("JOB_RESULT={}", base::word(result))}};
    if (auto const id = id_of_end(type, result); !id.empty()) message.fields.push_back(message_id(id));
    return message;
}

Message exit_message(Role role, process::Exit const& exit, Well well) {
    bool const code = exit.kind == process::ExitKind::exited;
    auto const name = code ? std::string(process::exit_status_name(exit.status)) : base::signal_name({exit.status});
    // What a service did by itself it has said itself; a signal may come from anywhere.
    auto const priority = well == Well::yes ? Priority::debug : code ? Priority::notice : Priority::warning;
    return {priority,
            fmt::format("{} process exited, code={}, status={}/{}{}", role == Role::main ? "Main" : "Control",
                        base::word(exit.kind), exit.status, name.empty() ? "n/a" : name,
                        well == Well::yes ? " (success)" : ""),
            {message_id(process_exit_id), fmt::format("EXIT_CODE={}", base::word(exit.kind)),
             fmt::format("EXIT_STATUS={}", exit.status)}};
}

Message result_message(ServiceResult result) {
    auto const unit_result = fmt::format("UNIT_RESULT={}", base::word(result));
    if (result == ServiceResult::success)
        return {Priority::info, "Deactivated successfully.", {message_id(success_id)}};
    if (result == ServiceResult::exec_condition)
        return {Priority::info,
                fmt::format("Skipped due to '{}'.", base::word(result)),
                {message_id(skipped_id), unit_result}};
    return {Priority::warning,
            fmt::format("Failed with result '{}'.", base::word(result)),
            {message_id(failure_result_id), unit_result}};
}

Message usage_message(base::Usec cpu) {
    auto const priority = cpu > std::chrono::minutes(10)  ? Priority::notice
                          : cpu > std::chrono::seconds(1) ? Priority::info
                                                          : Priority::debug;
    return {priority,
            fmt::format("Consumed {} CPU time.", show_to_the_millisecond(cpu)),
            {message_id(resources_id), fmt::format("CPU_USAGE_NSEC={}", std::chrono::nanoseconds(cpu).count())}};
}

Message restart_message(std::uint32_t restarts) {
    return {Priority::info,
            fmt::format("Scheduled restart job, restart counter is at {}.", restarts),
            {message_id(restart_id), fmt::format("N_RESTARTS={}", restarts)}};
}

} // namespace mitori::manager
