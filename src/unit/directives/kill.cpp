// How a unit's processes are ended: systemd.kill(5).
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

using enum Section;

/// RestartKillSignal= where it was not given is KillSignal=.
struct RestartSignal : MayBeUnset<base::Signal> {
    static status::Value show(Unit const& unit, std::optional<base::Signal> const& value) {
        return Codec<base::Signal>::show(value.value_or(unit.kill.signal));
    }
};

// clang-format off: a row is a line
constexpr auto rows = std::to_array<Row>({
    row<&Unit::kill, &Kill::mode>(service, "KillMode", "KillMode", kill5),
    row<&Unit::kill, &Kill::signal>(service, "KillSignal", "KillSignal", kill5),
    row<&Unit::kill, &Kill::restart_signal, RestartSignal>(service, "RestartKillSignal", "RestartKillSignal", kill5),
    row<&Unit::kill, &Kill::final_signal>(service, "FinalKillSignal", "FinalKillSignal", kill5),
    row<&Unit::kill, &Kill::watchdog_signal>(service, "WatchdogSignal", "WatchdogSignal", kill5),
    row<&Unit::kill, &Kill::send_sigkill>(service, "SendSIGKILL", "SendSIGKILL", kill5),
    row<&Unit::kill, &Kill::send_sighup>(service, "SendSIGHUP", "SendSIGHUP", kill5),
});
// clang-format on
static_assert(members_of(rows, mark<&Unit::kill>()) == fields<Kill>(), "each member of Kill needs a row");
constexpr auto table = sorted(rows);

} // namespace

std::span<Directive const> kill_directives() { return table; }

} // namespace mitori::unit
