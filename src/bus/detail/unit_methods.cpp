// org.freedesktop.systemd1.Unit, .Service and .Job: methods called on the object that they are about.
#include <array>

#include "bus/detail/methods.hpp"

namespace mitori::bus::detail {
using control::JobVerb;

namespace {

std::string const& unit_of(Call const& call) { return std::get<UnitObject>(call.object).name; }

template <JobVerb verb>
Reply enqueue_this(Call const& call) {
    return enqueue(call, verb, unit_of(call), call.text(0));
}

Reply kill_this(Call const& call) { return kill(call, unit_of(call), call.text(0), call.arguments[1].integer()); }
Reply reset_failed(Call const& call) { return done(call.faces.command.reset_failed(unit_of(call))); }
Reply get_processes(Call const& call) { return list_processes(call, unit_of(call)); }
Reply cancel(Call const& call) { return done(call.faces.command.cancel_job(std::get<JobObject>(call.object).id)); }

constexpr std::string_view unit = unit_interface;
constexpr auto rows = std::to_array<Method>({
    {On::unit, unit, "Start", "s", "o", enqueue_this<JobVerb::start>},
    {On::unit, unit, "Stop", "s", "o", enqueue_this<JobVerb::stop>},
    {On::unit, unit, "Reload", "s", "o", enqueue_this<JobVerb::reload>},
    {On::unit, unit, "Restart", "s", "o", enqueue_this<JobVerb::restart>},
    {On::unit, unit, "TryRestart", "s", "o", enqueue_this<JobVerb::try_restart>},
    {On::unit, unit, "ReloadOrRestart", "s", "o", enqueue_this<JobVerb::reload_or_restart>},
    {On::unit, unit, "ReloadOrTryRestart", "s", "o", enqueue_this<JobVerb::reload_or_try_restart>},
    {On::unit, unit, "Kill", "si", "", kill_this},
    {On::unit, unit, "ResetFailed", "", "", reset_failed},
    {On::unit, "org.freedesktop.systemd1.Service", "GetProcesses", "", "a(sus)", get_processes},
    {On::unit, "org.freedesktop.systemd1.Slice", "GetProcesses", "", "a(sus)", get_processes},
    {On::unit, "org.freedesktop.systemd1.Scope", "GetProcesses", "", "a(sus)", get_processes},
    {On::job, "org.freedesktop.systemd1.Job", "Cancel", "", "", cancel},
});

} // namespace

std::span<Method const> unit_methods() { return rows; }

} // namespace mitori::bus::detail
