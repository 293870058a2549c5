// What a unit may use together, and what happens when memory runs out.
#include <csignal>
#include <fmt/format.h>

#include "exec/resources.hpp"
#include "manager/manager.hpp"

namespace mitori::manager {

// Once in a life, before its first process. A group that survived the last life (a restart, a process that was left
// inside) may have that one's bounds.
void Manager::set_bounds(UnitRef unit) {
    auto& live = at(unit);
    auto const& settings = live.service->unit();
    auto limits = live.bounded ? exec::limits_in_place_of_others(settings) : exec::limits_of(settings);
    // Elsewhere the manager does it, when it is told.
    if (around_.groups.place() != cgroup::Place::unified) limits.end_together = false;
    live.joins.clear();
    if (limits.any()) {
        auto bounds = around_.groups.limit(live.group, limits);
        for (auto const& refused : bounds.refused)
            if (!live.bounded) say(unit, base::Priority::warning, refused);
        live.joins = std::move(bounds.joins);
        live.bounded = true;
    }
    live.counts_oom = around_.groups.watch_oom(live.group).has_value();
    if (!live.counts_oom) return;
    if (!live.oom) live.oom = std::make_unique<OomCount>();
    live.oom->kills = around_.groups.oom_kills(live.group).value_or(0);
}

// Whether somebody has been ended since the last look.
bool Manager::look_for_oom(UnitRef unit) {
    auto& live = at(unit);
    if (!live.counts_oom || !live.service) return false;
    auto& count = *live.oom;
    auto const kills = around_.groups.oom_kills(live.group).value_or(0);
    if (kills <= count.kills) return false;
    auto const victims = kills - std::exchange(count.kills, kills);
    count.seen = now();
    count.victims = victims;
    say(unit, base::Priority::notice,
        victims == 1 ? "A process of this unit has been killed by the OOM killer."
                     : fmt::format("{} processes of this unit have been killed by the OOM killer.", victims));
    return true;
}

// Of an end by SIGKILL: the kernel has counted a victim in this unit just now, and none of them has been told of.
std::optional<cgroup::Groups::OomLimit> Manager::take_oom_victim(UnitRef unit, process::Exit const& exit) {
    constexpr auto just_now = std::chrono::seconds(1);
    auto& live = at(unit);
    bool const killed = exit.kind == process::ExitKind::killed && exit.status == SIGKILL;
    if (!killed || !live.oom || live.oom->victims == 0) return std::nullopt;
    if (now().monotonic - live.oom->seen.monotonic > just_now) return std::nullopt;
    --live.oom->victims;
    return around_.groups.oom_limit(live.group);
}

// In a v1 group the kernel tells before it looks for a victim, which may take it a while.
void Manager::on_oom_event(UnitRef unit, int looks_left) {
    constexpr auto pause = std::chrono::milliseconds(20);
    if (!at(unit).oom) return;
    bool const ran_out = look_for_oom(unit);
    auto& again = at(unit).oom->timer;
    again.reset();
    if (ran_out) return service_at(unit).on_oom();
    if (looks_left == 0) return;
    again = timer(now().monotonic + pause, [this, unit, looks_left] { on_oom_event(unit, looks_left - 1); });
}

} // namespace mitori::manager
