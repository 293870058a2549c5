#include "cli/detail/ps_fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/ps_ours.hpp"

namespace mitori::cli::detail {
namespace {
using enum Align;
using procfs::effective_id;
using procfs::file_id;
using procfs::Part;
using procfs::real_id;
using procfs::Row;
using procfs::saved_id;

constexpr procfs::Parts status{Part::status};
constexpr procfs::Parts arguments{Part::command_line};

/// A member as it is.
template <auto Member>
double value_of(PsCell const& cell) {
    return static_cast<double>(cell.row.*Member);
}
template <auto Member>
std::string show_value(PsCell const& cell) {
    return fmt::format_int(cell.row.*Member).str();
}
template <auto Member>
constexpr PsField number(std::string_view name, std::string_view header, procfs::Parts parts = {}) {
    return {name, header, right, parts, show_value<Member>, value_of<Member>};
}

/// A number that is reckoned, shown without a fraction.
template <auto Reckon>
double reckoned(PsCell const& cell) {
    return static_cast<double>(Reckon(cell));
}
template <auto Reckon>
std::string show_reckoned(PsCell const& cell) {
    return fmt::format_int(Reckon(cell)).str();
}
template <auto Reckon>
constexpr PsField figure(std::string_view name, std::string_view header, procfs::Parts parts = {}) {
    return {name, header, right, parts, show_reckoned<Reckon>, reckoned<Reckon>};
}

template <std::size_t Which>
constexpr PsField user(std::string_view name, std::string_view header) {
    return {name, header, left, status, [](PsCell const& c) { return c.desk.names().user(c.row.uids[Which]); }};
}
template <std::size_t Which>
constexpr PsField group(std::string_view name, std::string_view header) {
    return {name, header, left, status, [](PsCell const& c) { return c.desk.names().group(c.row.gids[Which]); }};
}
template <std::size_t Which>
std::uint32_t uid_of(PsCell const& cell) {
    return cell.row.uids[Which];
}
template <std::size_t Which>
std::uint32_t gid_of(PsCell const& cell) {
    return cell.row.gids[Which];
}
template <std::size_t Which>
constexpr PsField uid(std::string_view name, std::string_view header) {
    return figure<uid_of<Which>>(name, header, status);
}
template <std::size_t Which>
constexpr PsField gid(std::string_view name, std::string_view header) {
    return figure<gid_of<Which>>(name, header, status);
}
template <auto Member>
constexpr PsField signals(std::string_view name, std::string_view header) {
    return {name, header, right, status, [](PsCell const& c) { return fmt::format("{:016x}", (c.row.*Member).bits); }};
}
constexpr PsField text(std::string_view name, std::string_view header, std::string (*show)(PsCell const&),
                       procfs::Parts parts = {}, Align align = left) {
    return {name, header, align, parts, show};
}
constexpr PsField command(std::string_view name, std::string_view header, std::string (*show)(PsCell const&),
                          procfs::Parts parts = {}) {
    return {name, header, left, parts, show, nullptr, true};
}

// Per mille, as ps(1) reckons: of the time since the start, or since the look before.
double cpu(PsCell const& c) {
    if (auto const* const rates = c.desk.rates(c.row)) return rates->cpu * 1000;
    auto const age = c.desk.machine().age(c.row.start_ticks);
    auto const ticks = static_cast<double>(c.row.cpu_ticks()) / static_cast<double>(c.desk.machine().ticks_per_second);
    return age == 0 ? 0 : std::floor(ticks * 1000 / static_cast<double>(age));
}
std::string show_cpu(PsCell const& c) {
    auto const share = cpu(c);
    return share > 999 ? fmt::format("{:.0f}", std::floor(share / 10)) : fmt::format("{:.1f}", share / 10);
}
std::uint64_t whole_cpu(PsCell const& c) {
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(cpu(c) / 10), 99);
}
std::uint64_t virtual_kib(PsCell const& c) { return c.row.virtual_bytes / 1024; }
std::uint64_t size_in_pages(PsCell const& c) { return c.row.virtual_bytes / c.desk.machine().page_size; }
double memory(PsCell const& c) {
    auto const all = std::max<std::uint64_t>(c.desk.machine().memory_kib, 1);
    return std::min(static_cast<double>(c.row.resident_kib * 1000 / all), 999.0);
}
std::string show_memory(PsCell const& c) { return fmt::format("{:.1f}", memory(c) / 10); }

std::string show_terminal(PsCell const& c) { return c.desk.terminals().name(c.row.terminal); }
std::string show_name(PsCell const& c) { return base::printable(c.row.comm); }
std::string show_command(PsCell const& c) { return command_of(c.row); }
std::string show_state(PsCell const& c) { return process_state(c.row); }
std::string show_letter(PsCell const& c) { return std::string(1, c.row.state); }
// sched(7): a nice value counts in SCHED_OTHER and SCHED_BATCH, a real-time priority not in SCHED_OTHER.
constexpr std::uint32_t other = 0;
constexpr std::uint32_t batch = 3;
std::string show_nice(PsCell const& c) {
    return c.row.policy == other || c.row.policy == batch ? fmt::format_int(c.row.nice).str() : "-";
}
std::string show_real_time(PsCell const& c) {
    return c.row.policy == other ? "-" : fmt::format_int(c.row.real_time).str();
}
std::string show_class(PsCell const& c) {
    // sched(7), in the order of the kernel's numbers; 4 was never given.
    static constexpr auto names = std::to_array<std::string_view>({"TS", "FF", "RR", "B", "ISO", "IDL", "DLN"});
    return std::string(c.row.policy < names.size() ? names[c.row.policy] : "?");
}
std::string show_flags(PsCell const& c) {
    constexpr unsigned shift = 6; // what of PF_* ps(1) shows: forked without exec, used super-user privileges
    return fmt::format_int((c.row.flags >> shift) & 7U).str();
}
std::string show_channel(PsCell const& c) {
    return c.row.wait_channel.empty() ? "-" : base::printable(c.row.wait_channel);
}
std::string show_foreground(PsCell const& c) { return fmt::format_int(c.row.foreground).str(); }
std::string show_executable(PsCell const& c) {
    return c.row.executable.empty() ? "-" : base::printable(c.row.executable);
}
double started(PsCell const& c) { return static_cast<double>(c.row.start_ticks); }
double cpu_time(PsCell const& c) { return static_cast<double>(c.row.cpu_ticks()); }
double lived(PsCell const& c) { return -started(c); }

constexpr auto rows = std::to_array<PsField>({
    number<&Row::pid>("pid", "PID"),
    number<&Row::pid>("tgid", "TGID"),
    number<&Row::parent>("ppid", "PPID"),
    number<&Row::group>("pgid", "PGID"),
    number<&Row::group>("pgrp", "PGRP"),
    number<&Row::session>("sid", "SID"),
    number<&Row::session>("sess", "SESS"),
    number<&Row::session>("session", "SESS"),
    number<&Row::thread>("lwp", "LWP"),
    number<&Row::thread>("tid", "TID"),
    number<&Row::thread>("spid", "SPID"),
    {"tpgid", "TPGID", right, {}, show_foreground, value_of<&Row::foreground>},
    text("tty", "TT", show_terminal),
    text("tt", "TT", show_terminal),
    text("tname", "TTY", show_terminal),
    text("stat", "STAT", show_state),
    text("state", "S", show_letter),
    text("s", "S", show_letter),
    text("f", "F", show_flags, {}, right),
    text("flag", "F", show_flags, {}, right),
    text("flags", "F", show_flags, {}, right),
    user<effective_id>("user", "USER"),
    user<effective_id>("uname", "USER"),
    user<effective_id>("euser", "EUSER"),
    user<effective_id>("uid_hack", "UID"),
    user<real_id>("ruser", "RUSER"),
    user<saved_id>("suser", "SUSER"),
    user<saved_id>("svuser", "SVUSER"),
    user<file_id>("fuser", "FUSER"),
    uid<effective_id>("uid", "UID"),
    uid<effective_id>("euid", "EUID"),
    uid<real_id>("ruid", "RUID"),
    uid<saved_id>("suid", "SUID"),
    uid<saved_id>("svuid", "SVUID"),
    uid<file_id>("fuid", "FUID"),
    group<effective_id>("group", "GROUP"),
    group<effective_id>("egroup", "EGROUP"),
    group<real_id>("rgroup", "RGROUP"),
    group<saved_id>("sgroup", "SGROUP"),
    gid<effective_id>("gid", "GID"),
    gid<effective_id>("egid", "EGID"),
    gid<real_id>("rgid", "RGID"),
    gid<saved_id>("sgid", "SGID"),
    command("comm", "COMMAND", show_name),
    command("ucomm", "COMMAND", show_name),
    command("ucmd", "CMD", show_name),
    command("args", "COMMAND", show_command, arguments),
    command("command", "COMMAND", show_command, arguments),
    command("cmd", "CMD", show_command, arguments),
    text("exe", "EXE", show_executable, {Part::executable}),
    number<&Row::threads>("nlwp", "NLWP"),
    number<&Row::threads>("thcount", "THCNT"),
    {"ni", "NI", right, {}, show_nice, value_of<&Row::nice>},
    {"nice", "NI", right, {}, show_nice, value_of<&Row::nice>},
    figure<+[](PsCell const& c) { return 39 - c.row.priority; }>("pri", "PRI"),
    figure<+[](PsCell const& c) { return 60 + c.row.priority; }>("opri", "PRI"),
    number<&Row::priority>("priority", "PRI"),
    {"rtprio", "RTPRIO", right, {}, show_real_time, value_of<&Row::real_time>},
    text("cls", "CLS", show_class, {}, right),
    text("class", "CLS", show_class, {}, right),
    text("policy", "POL", show_class, {}, right),
    number<&Row::policy>("sched", "SCH"),
    number<&Row::processor>("psr", "PSR"),
    {"%cpu", "%CPU", right, {}, show_cpu, cpu},
    {"pcpu", "%CPU", right, {}, show_cpu, cpu},
    figure<whole_cpu>("c", "C"),
    {"%mem", "%MEM", right, status, show_memory, memory},
    {"pmem", "%MEM", right, status, show_memory, memory},
    figure<virtual_kib>("vsz", "VSZ"),
    figure<virtual_kib>("vsize", "VSZ"),
    number<&Row::resident_kib>("rss", "RSS", status),
    number<&Row::resident_kib>("rssize", "RSS", status),
    number<&Row::resident_kib>("rsz", "RSZ", status),
    figure<size_in_pages>("sz", "SZ"),
    text(
        "addr", "ADDR", [](PsCell const&) { return std::string("-"); }, {}, right),
    {"time", "TIME", right, {}, show_cpu_time, cpu_time},
    {"cputime", "TIME", right, {}, show_cpu_time, cpu_time},
    {"bsdtime", "TIME", right, {}, show_bsd_cpu_time, cpu_time},
    figure<+[](PsCell const& c) { return c.row.cpu_ticks() / c.desk.machine().ticks_per_second; }>("cputimes", "TIME"),
    figure<+[](PsCell const& c) { return c.row.cpu_ticks() / c.desk.machine().ticks_per_second; }>("times", "TIME"),
    {"etime", "ELAPSED", right, {}, show_elapsed, lived},
    figure<+[](PsCell const& c) { return c.desk.machine().age(c.row.start_ticks); }>("etimes", "ELAPSED"),
    {"stime", "STIME", right, {}, show_start, started},
    {"start_time", "START", right, {}, show_start, started},
    {"start", "STARTED", right, {}, show_started, started},
    {"lstart", "STARTED", right, {}, show_long_start, started},
    {"bsdstart", "START", right, {}, show_bsd_start, started},
    text("wchan", "WCHAN", show_channel, {Part::wait_channel}),
    text("wname", "WCHAN", show_channel, {Part::wait_channel}),
    number<&Row::minor_faults>("min_flt", "MINFL"),
    number<&Row::minor_faults>("minflt", "MINFLT"),
    number<&Row::major_faults>("maj_flt", "MAJFL"),
    number<&Row::major_faults>("majflt", "MAJFLT"),
    signals<&Row::shared_pending>("pending", "PENDING"),
    signals<&Row::shared_pending>("sig", "PENDING"),
    signals<&Row::blocked>("blocked", "BLOCKED"),
    signals<&Row::blocked>("sigmask", "BLOCKED"),
    signals<&Row::ignored>("ignored", "IGNORED"),
    signals<&Row::ignored>("sigignore", "IGNORED"),
    signals<&Row::caught>("caught", "CAUGHT"),
    signals<&Row::caught>("sigcatch", "CAUGHT"),
    number<&Row::read_bytes>("rbytes", "RBYTES", {Part::io}),
    number<&Row::written_bytes>("wbytes", "WBYTES", {Part::io}),
    // Ours.
    text("unit", "UNIT", show_unit, {Part::cgroup}),
    text("container", "CONTAINER", show_container, {Part::cgroup}),
    text("cgroup", "CGROUP", show_cgroup, {Part::cgroup}),
    text("leader", "LEADER", show_leader),
    text("reason", "REASON", reason_of, {Part::cgroup, Part::status, Part::environment}),
    text("marks", "MARKS", show_marks, {Part::status}),
    {"mem.max", "MEM.MAX", right, {Part::cgroup}, show_memory_limit, memory_limit},
    {"mem%lim", "%LIM", right, {Part::cgroup}, show_memory_share, memory_share},
    number<&Row::swap_kib>("swap", "SWAP", status),
    number<&Row::locked_kib>("locked", "LOCKED", status),
    number<&Row::tracer>("tracer", "TRACER", status),
});

} // namespace

std::span<PsField const> ps_fields() { return rows; }

PsField const* find_ps_field(std::string_view name) {
    auto const* const found = std::ranges::find(rows, name, &PsField::name);
    return found == rows.end() ? nullptr : &*found;
}

std::string process_state(procfs::Row const& row) {
    std::string codes(1, row.state);
    if (row.nice < 0) codes += '<';
    if (row.nice > 0) codes += 'N';
    if (row.locked_kib > 0) codes += 'L';
    if (row.session == row.pid) codes += 's';
    if (row.threads > 1) codes += 'l';
    if (row.foreground > 0 && row.foreground == row.group) codes += '+';
    return codes;
}

std::string command_of(procfs::Row const& row) {
    if (!row.command_line.empty()) return base::printable(row.command_line);
    auto const name = fmt::format("[{}]", base::printable(row.comm));
    return row.is_zombie() ? name + " <defunct>" : name;
}

} // namespace mitori::cli::detail
