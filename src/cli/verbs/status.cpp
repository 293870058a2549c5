#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/status_log.hpp"
#include "cli/detail/status_report.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"
#include "status/json.hpp"

namespace mitori::cli {
using detail::code;
using detail::ExitStatus;
using status::Properties;

namespace {

/// The short name of a process; empty when it has just gone, or lives where we cannot see it.
std::string command_of(std::uint64_t pid) {
    if (pid == 0) return {};
    auto const text = base::sys::read_file(fmt::format("/proc/{}/comm", pid));
    return text ? std::string(base::trim(*text)) : std::string();
}

std::vector<detail::RelatedUnit> related(Context& context, std::vector<std::string> const& names) {
    std::vector<detail::RelatedUnit> units;
    for (auto const& name : names) {
        auto const properties = context.faces.query.unit_properties(name);
        units.push_back({name, properties ? properties->get("ActiveState").text() : "inactive"});
    }
    return units;
}

detail::StatusFacts gather(Context& context, std::string const& unit, Properties properties) {
    detail::StatusFacts facts;
    if (properties.get("ActiveState").text() != "inactive" || !properties.get("ControlGroup").text().empty())
        if (auto processes = context.faces.query.unit_processes(unit)) facts.processes = std::move(*processes);
    facts.triggered_by = related(context, properties.get("TriggeredBy").words());
    facts.triggers = related(context, properties.get("Triggers").words());
    facts.main_command = command_of(properties.get("MainPID").number());
    facts.control_command = command_of(properties.get("ControlPID").number());
    facts.now = base::sys::now_realtime();
    facts.properties = std::move(properties);
    return facts;
}

int status_of_state(std::string const& active) {
    bool const runs = active == "active" || active == "reloading";
    return code(runs ? ExitStatus::success : ExitStatus::not_running);
}

void print_json(Context& context, detail::StatusFacts const& facts) {
    nlohmann::json json;
    json["properties"] = facts.properties;
    json["processes"] = facts.processes;
    detail::print_json(context, json);
}

void warn_if_changed(Context& context, Properties const& properties) {
    if (!properties.get("NeedDaemonReload").flag()) return;
    fmt::print(context.err,
               "Warning: The unit file, source configuration file or drop-ins of {} changed on disk. Run '{} "
               "daemon-reload' to reload units.\n",
               base::printable(properties.get("Id").text()), context.program);
}

/// What stands before a report: another one sets it off by an empty line. And what is said below the last one: whether
/// lines of a log were cut, and which services have failed.
struct Before {
    bool report = false;
    bool cut = false;
    std::vector<std::string> failed;
};

int show_unit(Context& context, std::string const& unit, Before& before) {
    auto properties = context.faces.query.unit_properties(unit);
    if (!properties) return detail::complain(context, "get properties", properties.error());
    auto const active = properties->get("ActiveState").text();
    if (properties->get("LoadState").text() == "not-found" && active == "inactive") {
        fmt::print(context.err, "Unit {} could not be found.\n", base::printable(unit));
        return code(ExitStatus::no_such_unit);
    }
    warn_if_changed(context, *properties);
    auto const name = properties->get("Id").text();
    if (active == "failed" && name.ends_with(".service")) before.failed.push_back(name);
    auto const facts = gather(context, unit, std::move(*properties));
    if (context.options.format == Format::json) {
        print_json(context, facts);
    } else {
        fmt::print(context.out, "{}{}", before.report ? "\n" : "", detail::status_report(facts, context.screen));
        if (detail::show_status_log(context, facts.properties) == detail::Cuts::some) before.cut = true;
    }
    before.report = true;
    return status_of_state(active);
}

void give_hints(Context& context, Before const& before) {
    if (context.options.quiet || context.options.format == Format::json) return;
    if (before.cut) fmt::print(context.out, "Hint: Some lines were ellipsized, use -l to show in full.\n");
    // systemctl's output is systemctl's.
    if (!before.failed.empty() && context.program == "mitori")
        fmt::print(context.out, "\nWhich death it was, and whose doing: mitori why {}\n",
                   base::printable(base::join(before.failed, " ")));
}

/// The units that are meant: names, patterns, and the units of processes.
control::Answer<std::vector<std::string>> meant(Context& context, Arguments const& typed) {
    std::vector<std::string> units;
    for (auto const& word : typed) {
        if (auto const pid = base::parse_integer<std::uint32_t>(word)) {
            units.push_back(TRY(context.faces.query.unit_of_pid(*pid)));
            continue;
        }
        for (auto& name : TRY(detail::expand(context, {word})))
            units.push_back(std::move(name));
    }
    return units;
}

/// Without a name: a head about the manager.
int show_manager(Context& context) {
    auto const properties = context.faces.query.manager_properties();
    if (!properties) return detail::complain(context, "get properties", properties.error());
    if (detail::wants_json(context)) {
        detail::print_json(context, {{"properties", *properties}});
        return 0;
    }
    auto const number = [&](std::string_view name) { return properties->get(name).number(); };
    auto const state = properties->get("SystemState").text();
    auto const style = state == "running" ? detail::Style::good : detail::Style::bad;
    fmt::print(context.out, "{} {}\n", detail::styled(context.screen, style, "●"),
               base::printable(properties->get("Version").text()));
    fmt::print(context.out, "    State: {}\n", detail::styled(context.screen, style, base::printable(state)));
    fmt::print(context.out, "    Units: {} loaded\n", number("NNames"));
    fmt::print(context.out, "     Jobs: {} queued\n", number("NJobs"));
    fmt::print(context.out, "   Failed: {} units\n", number("NFailedUnits"));
    auto const since = base::Usec(static_cast<std::int64_t>(number("UserspaceTimestamp")));
    if (since.count() != 0)
        fmt::print(context.out, "    Since: {}; {}\n", base::show_timestamp(since),
                   base::show_age(base::sys::now_realtime() - since));
    return 0;
}

} // namespace

int status(Context& context, Arguments const& typed) {
    if (typed.empty()) return show_manager(context);
    auto const units = meant(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    int result = 0;
    Before before;
    for (auto const& unit : *units) {
        int const one = show_unit(context, unit, before);
        if (result == 0) result = one;
    }
    give_hints(context, before);
    return result;
}

} // namespace mitori::cli
