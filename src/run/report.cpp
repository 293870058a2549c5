#include "run/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mitori::run {
namespace {

using Json = nlohmann::ordered_json;

double seconds(base::Usec span) { return std::chrono::duration<double>(span).count(); }

Json end_of(process::Exit const& exit) {
    Json end{{"how", base::word(exit.kind)}};
    if (exit.kind == process::ExitKind::exited) {
        end["code"] = exit.status;
    } else {
        end["signal"] = "SIG" + base::signal_name(base::Signal{exit.status});
        end["number"] = exit.status;
        end["core"] = exit.kind == process::ExitKind::dumped;
    }
    return end;
}

/// getrusage(2) counts blocks of 512 bytes, whatever the disk's are.
constexpr std::uint64_t block = 512;

void add_usage(process::Usage const& usage, Json& json) {
    json["cpu"] = {{"user", seconds(usage.user)}, {"system", seconds(usage.system)}};
    json["peak_memory"] = usage.peak_memory;
    json["io"] = {{"read", usage.blocks_in * block}, {"written", usage.blocks_out * block}};
    json["faults"] = {{"minor", usage.minor_faults}, {"major", usage.major_faults}};
}

Json descendant_of(Descendant const& one) {
    Json json{{"pid", one.pid}};
    if (!one.name.empty()) json["name"] = one.name;
    json["end"] = one.end ? end_of(*one.end) : Json(nullptr);
    if (one.end) add_usage(one.end->usage, json);
    return json;
}

Json group_of(cgroup::Accounting const& counted) {
    Json json = Json::object();
    if (counted.cpu) json["cpu"] = seconds(*counted.cpu);
    if (counted.memory_peak) json["peak_memory"] = *counted.memory_peak;
    return json;
}

std::string text_of(Json const& json) {
    // What is not UTF-8 in a command line is replaced, so that there always is a report.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace

std::string to_json(Settings const& settings, Report const& report) {
    auto const& ended = report.ended;
    Json json{{"command", settings.command},
              {"pid", ended.pid},
              {"started", seconds(report.started.realtime)},
              {"elapsed", seconds(ended.exit.at.monotonic - report.started.monotonic)},
              {"end", end_of(ended.exit)},
              {"timed_out", ended.timed_out != TimedOut::no},
              {"exit_status", report.exit_status}};
    add_usage(ended.exit.usage, json);
    if (report.group.cpu || report.group.memory_peak) json["group"] = group_of(report.group);
    json["descendants"] = Json::array();
    for (auto const& one : report.descendants)
        json["descendants"].push_back(descendant_of(one));
    if (!report.refused.empty()) json["refused"] = report.refused;
    return text_of(json);
}

std::string to_json(Settings const& settings, process::SpawnError const& error, int exit_status) {
    return text_of(
        {{"command", settings.command}, {"end", nullptr}, {"error", error.message()}, {"exit_status", exit_status}});
}

} // namespace mitori::run
