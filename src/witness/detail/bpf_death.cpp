#include "witness/detail/bpf_death.hpp"

#include <algorithm>
#include <cstring>
#include <sys/wait.h>
#include <vector>

#include "base/text.hpp"
#include "witness/detail/bpf_record.h"
#include "witness/detail/ending.hpp"
#include "witness/witness.hpp"

namespace mitori::witness::detail {
namespace {

using status::Death;
using status::Source;

std::string word(char const (&text)[witness_comm_size]) { // NOLINT(modernize-avoid-c-arrays): the kernel's
    return {text, ::strnlen(text, sizeof text)};
}

status::ProcessIdentity identity(witness_person const& person, BpfFacts const& facts) {
    // The kernel's own rounding (nsec_to_clock_t), so that it is the number of /proc/pid/stat.
    return {.pid = static_cast<pid_t>(person.pid), .start_ticks = person.start / (1'000'000'000 / facts.ticks)};
}

/// "/a/b" of "b\0a\0".
std::string path_of(std::string_view names) {
    std::string path;
    while (!names.empty()) {
        names.remove_suffix(1); // its NUL
        auto const begin = names.rfind('\0') + 1;
        path.append("/").append(names.substr(begin));
        names = names.substr(0, begin);
    }
    return path.empty() ? "/" : path;
}

/// Arguments joined by spaces; the kernel's side takes no more than the first of it.
std::string line_of(std::string_view arguments) {
    bool const cut = arguments.size() >= witness_word_size && arguments.back() != '\0';
    while (!arguments.empty() && arguments.back() == '\0')
        arguments.remove_suffix(1);
    std::string line(arguments);
    std::ranges::replace(line, '\0', ' ');
    return base::printable(line) + (cut ? "…" : "");
}

base::Usec micro(std::uint64_t nanoseconds) { return base::Usec(nanoseconds / 1000); }

/// As the kernel itself does for wait4 (cputime_adjust): the exact time, divided as the ticks were.
void tell_times(witness_death const& record, Death& death) {
    auto const ticks = record.user_time + record.system_time;
    auto const system =
        ticks == 0 || record.system_time == 0 ? 0
        : record.user_time == 0
            ? record.run_time
            : static_cast<std::uint64_t>(static_cast<unsigned __int128>(record.run_time) * record.system_time / ticks);
    death.cpu_user = micro(record.run_time - system);
    death.cpu_system = micro(system);
}

void tell_usage(witness_death const& record, BpfFacts const& facts, Death& death) {
    tell_times(record, death);
    death.peak_memory = record.peak_pages * facts.page_size;
    if ((record.flags & witness_counts_io) != 0) {
        death.read_bytes = record.read_bytes;
        death.written_bytes = record.written_bytes;
    }
    death.minor_faults = record.minor_faults;
    death.major_faults = record.major_faults;
}

std::optional<Sending> sending_of(witness_signal const& signal) {
    if (signal.origin == witness_not_seen) return std::nullopt;
    auto const has = [&](witness_signal_flag flag) { return (signal.flags & flag) != 0; };
    return Sending{.origin = signal.origin == witness_by_call  ? Origin::call
                             : signal.origin == witness_noinfo ? Origin::in_the_name
                                                               : Origin::kernel,
                   .code = signal.code,
                   .to_itself = has(witness_to_itself),
                   .sender_exits = has(witness_sender_exits),
                   .sender_is_init = has(witness_sender_is_init),
                   .has_terminal = has(witness_has_terminal),
                   .is_parents_end = has(witness_is_parents_end)};
}

std::optional<std::uint64_t> limit_of(std::uint64_t limit) {
    return limit == ~std::uint64_t{0} ? std::nullopt : std::optional(limit);
}

Facts facts_of(witness_death const& record, BpfFacts const& outside, Death& death) {
    Facts facts{
        .kind = death.kind,
        .status = death.status,
        .sending = sending_of(record.signal),
        .unseen = "who sent the signal: it was sent before mitori looked, or by a path of the kernel that tells nobody",
        .seccomp = static_cast<Seccomp>(std::min(record.seccomp_mode, 3U)),
        .oom_victim = (record.flags & witness_is_oom_victim) != 0,
        .cpu = micro(record.run_time),
        .cpu_limit = limit_of(record.cpu_limit),
        .cpu_limit_hard = limit_of(record.cpu_limit_hard),
        .file_limit = limit_of(record.file_limit)};
    if (facts.oom_victim && outside.oom) facts.oom = outside.oom(static_cast<pid_t>(record.global_pid));
    if (facts.oom) death.sources = death.sources | Source::kernel_log;
    return facts;
}

void tell_sender(witness_signal const& signal, BpfFacts const& facts, Death& death) {
    death.sender = identity(signal.sender, facts);
    death.sender_command = word(signal.sender.comm);
    death.sender_user = signal.sender.uid;
    death.sender_parent = word(signal.sender_parent);
    if (death.sender.pid == 0)
        add_unknown(death, "the sender's pid: it is of a pid namespace that cannot be seen from here");
}

void tell_who(witness_death const& record, BpfFacts const& facts, Death& death) {
    death.who = identity(record.who, facts);
    death.pidfd_inode = record.pidfd_inode;
    death.boot = facts.boot;
    death.parent = identity(record.parent, facts);
    death.parent_command = word(record.parent.comm);
    death.group = static_cast<pid_t>(record.group);
    death.session = static_cast<pid_t>(record.session);
    death.comm = word(record.who.comm);
    death.user = record.who.uid;
    auto const ago = [&](std::uint64_t boottime) {
        return micro(facts.now_boottime - std::min(boottime, facts.now_boottime));
    };
    death.started = facts.now.realtime - ago(record.who.start);
    death.ended = {.realtime = facts.now.realtime - ago(record.boottime), .monotonic = micro(record.monotonic)};
}

/// The words behind the record; false where it is shorter than it says.
bool tell_words(witness_death const& record, std::span<std::byte const> rest, Death& death) {
    std::string_view const text(reinterpret_cast<char const*>(rest.data()), rest.size()); // NOLINT: bytes of text
    std::size_t const executable = record.group_names;
    std::size_t const line = executable + record.executable_names;
    if (text.size() < line + record.command_line) return false;
    death.cgroup = path_of(text.substr(0, executable));
    death.unit = unit_of(death.cgroup);
    if (record.executable_names != 0) death.executable = path_of(text.substr(executable, record.executable_names));
    death.command_line = line_of(text.substr(line, record.command_line));
    if ((record.flags & witness_has_memory) == 0)
        add_unknown(death, "program and command line: before Linux 6.16 they are gone when the end is told");
    return true;
}

} // namespace

std::optional<Death> read_bpf_death(std::span<std::byte const> bytes, BpfFacts const& facts) {
    witness_death record{};
    if (bytes.size() < sizeof record) return std::nullopt;
    std::memcpy(&record, bytes.data(), sizeof record);
    Death death{.sources = status::Sources{} | Source::bpf};
    tell_who(record, facts, death);
    if (!tell_words(record, bytes.subspan(sizeof record), death)) return std::nullopt;
    tell_ending(record.exit_code, death);
    tell_usage(record, facts, death);
    auto judgement = judge(facts_of(record, facts, death));
    auto const sender = judgement.sender;
    apply_judgement(std::move(judgement), death);
    if (sender == Sender::told) tell_sender(record.signal, facts, death);
    return death;
}

} // namespace mitori::witness::detail
