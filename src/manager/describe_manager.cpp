#include <algorithm>
#include <fmt/format.h>

#include "manager/describe.hpp"

namespace mitori::manager {
namespace {

using status::List;
using status::Properties;

struct Counts {
    std::uint32_t names = 0;
    std::uint32_t failed = 0;
};

Counts count(Manager& manager) {
    Counts counts;
    for (std::size_t i = 0; i < manager.graph().size(); ++i) {
        auto const unit = static_cast<UnitRef>(i);
        if (!manager.graph().live(unit)) continue;
        counts.names += 1 + static_cast<std::uint32_t>(manager.graph().unit(unit).names.size());
        counts.failed += manager.live(unit).active == ActiveState::failed ? 1 : 0;
    }
    return counts;
}

/// systemctl(1), is-system-running.
std::string system_state(Manager& manager, Counts const& counts) {
    if (manager.shutting_down()) return "stopping";
    if (!manager.jobs().empty()) return "starting";
    return counts.failed > 0 ? "degraded" : "running";
}

std::uint64_t usec(base::Usec span) {
    return span == base::infinity ? UINT64_MAX : static_cast<std::uint64_t>(span.count());
}

} // namespace

status::Properties describe_manager(Manager& manager) {
    Properties all;
    auto const& place = manager.options().place;
    auto const counts = count(manager);
    auto const add = [&](std::string_view name, status::Value value) { all.add("Manager", name, std::move(value)); };
    add("Version", "252 (mitori " MITORI_VERSION ")");
    add("Features", "");
    add("Architecture", place.host.architecture);
    add("Virtualization", "");
    add("Tainted", "");
    add("UserspaceTimestamp", usec(manager.started().realtime));
    add("UserspaceTimestampMonotonic", usec(manager.started().monotonic));
    add("FinishTimestamp", usec(manager.started().realtime));
    add("FinishTimestampMonotonic", usec(manager.started().monotonic));
    add("NNames", counts.names);
    add("NFailedUnits", counts.failed);
    add("NJobs", static_cast<std::uint32_t>(manager.jobs().all().size()));
    add("NInstalledJobs", static_cast<std::uint32_t>(manager.jobs().all().size()));
    add("NFailedJobs", std::uint32_t{0});
    add("Progress", manager.jobs().empty() ? 1.0 : 0.0);
    List environment{"s", {}};
    for (auto const& entry : place.environment)
        environment.items.emplace_back(entry);
    add("Environment", std::move(environment));
    List path{"s", {}};
    for (auto const& folder : manager.around().loader.path().directories)
        path.items.emplace_back(folder);
    add("UnitPath", std::move(path));
    add("ConfirmSpawn", false);
    add("ShowStatus", false);
    auto const base = manager.around().groups.base();
    add("ControlGroup", base == "/" ? std::string() : base);
    add("ControlGroups", std::string(base::word(manager.around().groups.place())));
    add("SystemState", system_state(manager, counts));
    auto const& defaults = manager.options().defaults;
    add("DefaultTimeoutStartUSec", usec(defaults.timeout_start));
    add("DefaultTimeoutStopUSec", usec(defaults.timeout_stop));
    add("DefaultStartLimitIntervalUSec", usec(defaults.start_limit_interval));
    add("DefaultStartLimitBurst", defaults.start_limit_burst);
    add("ExitCode", std::uint8_t{0});
    return all;
}

} // namespace mitori::manager
