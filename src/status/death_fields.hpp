// The fields of a death by name: the one list from which its JSON, the ledger's columns and the recorder's messages
// come. The names are a promise to people's scripts (docs/ledger.md): a field may be added, none is renamed.
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include "status/death.hpp"

namespace mitori::status {

/// Calls visit(name, member) for each, in the order in which people are shown them. Works on const and on mutable ones.
/// Times are microseconds: `started` and `ended` since 1970, the others spans.
template <class D, class Visit>
    requires std::same_as<std::remove_const_t<D>, Death>
constexpr void for_each_field(D& death, Visit&& visit) {
    visit("number", death.number);

    visit("pid", death.who.pid);
    visit("start_ticks", death.who.start_ticks);
    visit("pidfd_inode", death.pidfd_inode);
    visit("boot", death.boot);
    visit("parent_pid", death.parent.pid);
    visit("parent_start_ticks", death.parent.start_ticks);
    visit("parent_command", death.parent_command);
    visit("process_group", death.group);
    visit("session", death.session);
    visit("comm", death.comm);
    visit("executable", death.executable);
    visit("command_line", death.command_line);
    visit("uid", death.user);
    visit("cgroup", death.cgroup);
    visit("unit", death.unit);
    visit("invocation", death.invocation);
    visit("role", death.role);

    visit("started", death.started);
    visit("ended", death.ended.realtime);
    visit("ended_monotonic", death.ended.monotonic);

    visit("kind", death.kind);
    visit("status", death.status);

    visit("cause", death.cause);
    visit("sender_pid", death.sender.pid);
    visit("sender_start_ticks", death.sender.start_ticks);
    visit("sender_command", death.sender_command);
    visit("sender_uid", death.sender_user);
    visit("sender_parent", death.sender_parent);
    visit("request", death.request);
    visit("limit_hit", death.limit);
    visit("limit_group", death.limit_group);
    visit("reason", death.reason);
    visit("unknown", death.unknown);

    visit("cpu_user", death.cpu_user);
    visit("cpu_system", death.cpu_system);
    visit("peak_memory", death.peak_memory);
    visit("read_bytes", death.read_bytes);
    visit("written_bytes", death.written_bytes);
    visit("minor_faults", death.minor_faults);
    visit("major_faults", death.major_faults);

    visit("followed", death.followed);
    visit("restarted_as", death.restarted_as);
    visit("restarted_after", death.restarted_after);

    visit("sources", death.sources);
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Whether it ended other than by exit(0).
[[nodiscard]] inline bool failed(Death const& death) { return death.kind != DeathKind::exited || death.status != 0; }
/// Whether `status` is a signal's number.
[[nodiscard]] inline bool by_signal(Death const& death) {
    return death.kind == DeathKind::killed || death.kind == DeathKind::dumped;
}
/// How long it lived, where its start is known.
[[nodiscard]] inline std::optional<base::Usec> lived(Death const& death) {
    if (death.started.count() == 0 || death.ended.realtime < death.started) return std::nullopt;
    return death.ended.realtime - death.started;
}

} // namespace mitori::status
