#include "manager/service_steps.hpp"

#include <algorithm>
#include <array>

namespace mitori::manager {
namespace {

using S = ServiceState;
using E = Event;

constexpr std::size_t states = base::Names<S>::table.size();
constexpr std::size_t events = base::Names<E>::table.size();
constexpr std::size_t at(S state) { return static_cast<std::size_t>(state); }
constexpr std::size_t at(E event) { return static_cast<std::size_t>(event); }

constexpr auto rows = std::to_array<Row>({
    // -- at rest
    {S::dead, E::start, S::condition},
    {S::dead, E::refused_start, S::failed},
    {S::dead, E::resumed, S::running},
    {S::dead, E::left_over, S::stop_sigterm},
    {S::failed, E::start, S::condition},
    {S::failed, E::refused_start, S::failed},
    {S::failed, E::reset, S::dead},
    {S::failed, E::stop, S::failed},
    {S::dead, E::stop, S::dead},
    // A restart's own job stops first (at once: nothing runs), then starts. A start alone waits for that restart.
    {S::auto_restart, E::stop, S::dead},
    {S::auto_restart, E::refused_start, S::failed},

    // -- the way up
    {S::condition, E::commands_done, S::start_pre},
    {S::condition, E::condition_unmet, S::stop_sigterm},
    {S::condition, E::commands_failed, S::stop_sigterm},
    {S::condition, E::timeout_stop, S::stop_sigterm},
    {S::condition, E::timeout_abort, S::stop_watchdog},
    {S::condition, E::timeout_kill, S::stop_sigkill},
    {S::condition, E::stop, S::stop_sigterm},

    {S::start_pre, E::commands_done, S::start},
    {S::start_pre, E::commands_failed, S::stop_sigterm},
    {S::start_pre, E::timeout_stop, S::stop_sigterm},
    {S::start_pre, E::timeout_abort, S::stop_watchdog},
    {S::start_pre, E::timeout_kill, S::stop_sigkill},
    {S::start_pre, E::stop, S::stop_sigterm},

    {S::start, E::up, S::start_post},
    {S::start, E::start_failed, S::stop_sigterm},
    {S::start, E::watchdog, S::stop_watchdog},
    {S::start, E::timeout_stop, S::stop_sigterm},
    {S::start, E::timeout_abort, S::stop_watchdog},
    {S::start, E::timeout_kill, S::stop_sigkill},
    {S::start, E::stop, S::stop_sigterm},

    {S::start_post, E::alive, S::running},
    {S::start_post, E::kept, S::exited},
    {S::start_post, E::gone, S::stop},
    {S::start_post, E::unwell, S::stop_sigterm},
    {S::start_post, E::commands_failed, S::stop_sigterm},
    {S::start_post, E::watchdog, S::stop_watchdog},
    {S::start_post, E::timeout_stop, S::stop_sigterm},
    {S::start_post, E::timeout_abort, S::stop_watchdog},
    {S::start_post, E::timeout_kill, S::stop_sigkill},
    {S::start_post, E::stop, S::stop_sigterm},

    // -- up
    {S::running, E::alive, S::running},
    {S::running, E::kept, S::exited},
    {S::running, E::gone, S::stop},
    {S::running, E::unwell, S::stop_sigterm},
    {S::running, E::reload, S::reload},
    {S::running, E::reload_by_signal, S::reload_signal},
    {S::running, E::reloading, S::reload_notify},
    {S::running, E::stopping, S::stop_sigterm},
    {S::running, E::watchdog, S::stop_watchdog},
    {S::running, E::timeout_stop, S::stop}, // RuntimeMaxSec=
    {S::running, E::stop, S::stop},

    {S::exited, E::kept, S::exited},
    {S::exited, E::reload, S::reload},
    {S::exited, E::stop, S::stop},

    // -- reloading: whatever comes of it, the service goes on. A stop does not wait for it: ExecStop= is for a service
    // that does nothing else, so the processes are told at once (systemd's way; a start that is not over yet likewise).
    {S::reload, E::alive, S::running},
    {S::reload, E::kept, S::exited},
    {S::reload, E::gone, S::stop},
    {S::reload, E::unwell, S::stop_sigterm},
    {S::reload, E::reloading, S::reload_notify},
    {S::reload, E::watchdog, S::stop_watchdog},
    {S::reload, E::stopping, S::stop_sigterm},
    {S::reload, E::stop, S::stop_sigterm},
    {S::reload_signal, E::reloading, S::reload_notify},
    {S::reload_signal, E::ready, S::running},
    {S::reload_signal, E::alive, S::running},
    {S::reload_signal, E::kept, S::exited},
    {S::reload_signal, E::gone, S::stop},
    {S::reload_signal, E::unwell, S::stop_sigterm},
    {S::reload_signal, E::stopping, S::stop_sigterm},
    {S::reload_signal, E::watchdog, S::stop_watchdog},
    {S::reload_signal, E::timeout_stop, S::running},
    {S::reload_signal, E::stop, S::stop_sigterm},
    {S::reload_notify, E::ready, S::running},
    {S::reload_notify, E::alive, S::running},
    {S::reload_notify, E::kept, S::exited},
    {S::reload_notify, E::gone, S::stop},
    {S::reload_notify, E::unwell, S::stop_sigterm},
    {S::reload_notify, E::stopping, S::stop_sigterm},
    {S::reload_notify, E::watchdog, S::stop_watchdog},
    {S::reload_notify, E::timeout_stop, S::running},
    {S::reload_notify, E::stop, S::stop_sigterm},

    // -- the way down
    {S::stop, E::commands_done, S::stop_sigterm},
    {S::stop, E::commands_failed, S::stop_sigterm},
    {S::stop, E::watchdog, S::stop_watchdog},
    {S::stop, E::timeout_stop, S::stop_sigterm},
    {S::stop, E::timeout_abort, S::stop_watchdog},
    {S::stop, E::timeout_kill, S::stop_sigkill},
    {S::stop, E::stop, S::stop},

    {S::stop_watchdog, E::quiet, S::stop_post},
    {S::stop_watchdog, E::nobody, S::stop_sigkill},
    {S::stop_watchdog, E::timeout_stop, S::stop_sigkill},
    {S::stop_watchdog, E::timeout_abort, S::stop_sigkill},
    {S::stop_watchdog, E::timeout_kill, S::stop_sigkill},
    {S::stop_watchdog, E::timeout_skip, S::stop_post},
    {S::stop_watchdog, E::stop, S::stop_watchdog},
    {S::stop_sigterm, E::quiet, S::stop_post},
    {S::stop_sigterm, E::nobody, S::stop_sigkill},
    {S::stop_sigterm, E::timeout_stop, S::stop_sigkill},
    {S::stop_sigterm, E::timeout_abort, S::stop_watchdog},
    {S::stop_sigterm, E::timeout_kill, S::stop_sigkill},
    {S::stop_sigterm, E::timeout_skip, S::stop_post},
    {S::stop_sigterm, E::stop, S::stop_sigterm},
    {S::stop_sigkill, E::quiet, S::stop_post},
    {S::stop_sigkill, E::nobody, S::stop_post},
    {S::stop_sigkill, E::timeout_stop, S::stop_post},
    {S::stop_sigkill, E::timeout_abort, S::stop_post},
    {S::stop_sigkill, E::timeout_kill, S::stop_post},
    {S::stop_sigkill, E::timeout_skip, S::stop_post},
    {S::stop_sigkill, E::stop, S::stop_sigkill},

    {S::stop_post, E::commands_done, S::final_sigterm},
    {S::stop_post, E::commands_failed, S::final_sigterm},
    {S::stop_post, E::timeout_stop, S::final_sigterm},
    {S::stop_post, E::timeout_abort, S::final_watchdog},
    {S::stop_post, E::timeout_kill, S::final_sigkill},
    {S::stop_post, E::stop, S::stop_post},

    // -- the last processes. `quiet` has been turned into what the end means: see Event::end_clean.
    {S::final_watchdog, E::nobody, S::final_sigkill},
    {S::final_watchdog, E::timeout_stop, S::final_sigkill},
    {S::final_watchdog, E::timeout_abort, S::final_sigkill},
    {S::final_watchdog, E::timeout_kill, S::final_sigkill},
    {S::final_watchdog, E::end_clean, S::dead},
    {S::final_watchdog, E::end_failed, S::failed},
    {S::final_watchdog, E::end_restart, S::auto_restart},
    {S::final_watchdog, E::stop, S::final_watchdog},
    {S::final_sigterm, E::nobody, S::final_sigkill},
    {S::final_sigterm, E::timeout_stop, S::final_sigkill},
    {S::final_sigterm, E::timeout_abort, S::final_watchdog},
    {S::final_sigterm, E::timeout_kill, S::final_sigkill},
    {S::final_sigterm, E::end_clean, S::dead},
    {S::final_sigterm, E::end_failed, S::failed},
    {S::final_sigterm, E::end_restart, S::auto_restart},
    {S::final_sigterm, E::stop, S::final_sigterm},
    {S::final_sigkill, E::end_clean, S::dead},
    {S::final_sigkill, E::end_failed, S::failed},
    {S::final_sigkill, E::end_restart, S::auto_restart},
    {S::final_sigkill, E::stop, S::final_sigkill},

    // -- memory has run out: systemd.service(5), OOMPolicy=
    {S::condition, E::oom_stop, S::stop_sigterm},
    {S::condition, E::oom_kill, S::final_sigkill},
    {S::start_pre, E::oom_stop, S::stop_sigterm},
    {S::start_pre, E::oom_kill, S::final_sigkill},
    {S::start, E::oom_stop, S::stop_sigterm},
    {S::start, E::oom_kill, S::final_sigkill},
    {S::start_post, E::oom_stop, S::stop_sigterm},
    {S::start_post, E::oom_kill, S::final_sigkill},
    {S::stop, E::oom_stop, S::stop_sigterm},
    {S::stop, E::oom_kill, S::final_sigkill},
    {S::running, E::oom_stop, S::stop},
    {S::running, E::oom_kill, S::stop_sigkill},
    {S::exited, E::oom_stop, S::stop},
    {S::exited, E::oom_kill, S::stop_sigkill},
    {S::reload, E::oom_stop, S::stop_sigterm},
    {S::reload, E::oom_kill, S::stop_sigkill},
    {S::reload_signal, E::oom_stop, S::stop_sigterm},
    {S::reload_signal, E::oom_kill, S::stop_sigkill},
    {S::reload_notify, E::oom_stop, S::stop_sigterm},
    {S::reload_notify, E::oom_kill, S::stop_sigkill},
    {S::stop_watchdog, E::oom_stop, S::stop_sigkill},
    {S::stop_watchdog, E::oom_kill, S::stop_sigkill},
    {S::stop_sigterm, E::oom_stop, S::stop_sigkill},
    {S::stop_sigterm, E::oom_kill, S::stop_sigkill},
    {S::stop_sigkill, E::oom_stop, S::stop_sigkill},
    {S::stop_sigkill, E::oom_kill, S::stop_sigkill},
    {S::stop_post, E::oom_stop, S::final_sigkill},
    {S::stop_post, E::oom_kill, S::final_sigkill},
    {S::final_watchdog, E::oom_stop, S::final_sigkill},
    {S::final_watchdog, E::oom_kill, S::final_sigkill},
    {S::final_sigterm, E::oom_stop, S::final_sigkill},
    {S::final_sigterm, E::oom_kill, S::final_sigkill},
    {S::final_sigkill, E::oom_stop, S::final_sigkill},
    {S::final_sigkill, E::oom_kill, S::final_sigkill},
});

constexpr auto entries = [] {
    std::array<Act, states> acts{};
    acts[at(S::dead)] = acts[at(S::failed)] = Act::rest;
    acts[at(S::condition)] = acts[at(S::start_pre)] = acts[at(S::start_post)] = Act::run_commands;
    acts[at(S::reload)] = acts[at(S::stop)] = acts[at(S::stop_post)] = Act::run_commands;
    acts[at(S::start)] = Act::start_main;
    acts[at(S::running)] = Act::watch;
    acts[at(S::exited)] = Act::linger;
    acts[at(S::reload_signal)] = Act::send_reload;
    acts[at(S::reload_notify)] = Act::wait;
    acts[at(S::stop_watchdog)] = acts[at(S::stop_sigterm)] = acts[at(S::stop_sigkill)] = Act::send_signal;
    acts[at(S::final_watchdog)] = acts[at(S::final_sigterm)] = acts[at(S::final_sigkill)] = Act::send_signal;
    acts[at(S::auto_restart)] = Act::arm_restart;
    return acts;
}();

struct Cell {
    S to{};
    bool named = false;
};

/// The rows as an array to index. A second row for a cell is a compile-time error.
consteval auto spread() {
    std::array<std::array<Cell, events>, states> cells{};
    for (auto const& row : rows) {
        auto& cell = cells[at(row.from)][at(row.on)];
        if (cell.named) throw "two rows for one cell";
        cell = {row.to, true};
    }
    return cells;
}
constexpr auto cells = spread();

consteval bool every_state_reached() {
    for (std::size_t state = 0; state < states; ++state) {
        if (state == at(S::cleaning)) continue;
        if (!std::ranges::any_of(rows, [&](Row const& row) { return at(row.to) == state; })) return false;
    }
    return true;
}
consteval bool every_state_with_processes_can_stop() {
    for (std::size_t state = at(S::condition); state <= at(S::final_sigkill); ++state)
        if (!cells[state][at(E::stop)].named) return false;
    return true;
}
static_assert(every_state_reached());
static_assert(every_state_with_processes_can_stop());

} // namespace

Step step(ServiceState from, Event event) {
    auto const& cell = cells[at(from)][at(event)];
    if (!cell.named) return {from, Act::refuse};
    if (cell.to == from) return {from, Act::stay};
    return {cell.to, entries[at(cell.to)]};
}

std::span<Row const> service_rows() { return rows; }

Act entry_act(ServiceState state) { return entries[at(state)]; }

} // namespace mitori::manager
