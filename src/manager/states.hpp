// The words for what a unit is doing: systemd's own, systemctl(1) and org.freedesktop.systemd1(5).
#pragma once

#include <cstdint>

#include "base/names.hpp"

namespace mitori::manager {

/// What every unit type's own states come down to.
enum class ActiveState : std::uint8_t { inactive, activating, active, reloading, deactivating, failed, maintenance };

/// The states of a service. What each one waits for stands at the head of service_steps.hpp.
enum class ServiceState : std::uint8_t {
    dead,
    condition,
    start_pre,
    start,
    start_post,
    running,
    exited,
    reload,
    reload_signal,
    reload_notify,
    stop,
    stop_watchdog,
    stop_sigterm,
    stop_sigkill,
    stop_post,
    final_watchdog,
    final_sigterm,
    final_sigkill,
    failed,
    auto_restart,
    cleaning,
};

/// Result= of a service, the first reason why it is not well.
enum class ServiceResult : std::uint8_t {
    success,
    resources,
    protocol,
    timeout,
    exit_code,
    signal,
    core_dump,
    watchdog,
    start_limit_hit,
    oom_kill,
    exec_condition,
};

[[nodiscard]] ActiveState active_state(ServiceState state);

} // namespace mitori::manager

template <>
struct mitori::base::Names<mitori::manager::ActiveState> {
    using State = mitori::manager::ActiveState;
    static constexpr auto table = std::to_array<Name<State>>({
        {State::inactive, "inactive"},
        {State::activating, "activating"},
        {State::active, "active"},
        {State::reloading, "reloading"},
        {State::deactivating, "deactivating"},
        {State::failed, "failed"},
        {State::maintenance, "maintenance"},
    });
};
template <>
struct mitori::base::Names<mitori::manager::ServiceState> {
    using State = mitori::manager::ServiceState;
    static constexpr auto table = std::to_array<Name<State>>({
        {State::dead, "dead"},
        {State::condition, "condition"},
        {State::start_pre, "start-pre"},
        {State::start, "start"},
        {State::start_post, "start-post"},
        {State::running, "running"},
        {State::exited, "exited"},
        {State::reload, "reload"},
        {State::reload_signal, "reload-signal"},
        {State::reload_notify, "reload-notify"},
        {State::stop, "stop"},
        {State::stop_watchdog, "stop-watchdog"},
        {State::stop_sigterm, "stop-sigterm"},
        {State::stop_sigkill, "stop-sigkill"},
        {State::stop_post, "stop-post"},
        {State::final_watchdog, "final-watchdog"},
        {State::final_sigterm, "final-sigterm"},
        {State::final_sigkill, "final-sigkill"},
        {State::failed, "failed"},
        {State::auto_restart, "auto-restart"},
        {State::cleaning, "cleaning"},
    });
};
template <>
struct mitori::base::Names<mitori::manager::ServiceResult> {
    using Result = mitori::manager::ServiceResult;
    static constexpr auto table = std::to_array<Name<Result>>({
        {Result::success, "success"},
        {Result::resources, "resources"},
        {Result::protocol, "protocol"},
        {Result::timeout, "timeout"},
        {Result::exit_code, "exit-code"},
        {Result::signal, "signal"},
        {Result::core_dump, "core-dump"},
        {Result::watchdog, "watchdog"},
        {Result::start_limit_hit, "start-limit-hit"},
        {Result::oom_kill, "oom-kill"},
        {Result::exec_condition, "exec-condition"},
    });
};
