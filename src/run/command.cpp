#include "run/command.hpp"

#include <algorithm>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "exec/facts.hpp"
#include "unit/dotenv.hpp"

namespace mitori::run {
namespace {

using process::Command;
using process::Stdio;

std::uint64_t mask_of(std::string_view status, std::string_view key) {
    auto const at = status.find(key);
    if (at == status.npos) return 0;
    auto const rest = status.substr(at + key.size());
    return base::parse_integer<std::uint64_t>(base::trim(rest.substr(0, rest.find('\n'))), 16).value_or(0);
}

Stdio stdio_of(StreamFile const& file) {
    switch (file.how) {
    case StreamFile::How::truncate: return Stdio::truncate(file.path);
    case StreamFile::How::append: return Stdio::append(file.path);
    case StreamFile::How::read: break;
    }
    return Stdio::file(file.path);
}

void add_streams(Settings const& settings, Command& command) {
    if (settings.terminal == Terminal::new_pair) {
        command.stdin_from(Stdio::pty()).stdout_to(Stdio::pty()).stderr_to(Stdio::pty());
        return;
    }
    if (settings.in) command.stdin_from(stdio_of(*settings.in));
    if (settings.out) command.stdout_to(stdio_of(*settings.out));
    // One file for both is opened once, so that neither writes over the other.
    bool const same = settings.out && settings.err && settings.out->path == settings.err->path;
    if (settings.err) command.stderr_to(same ? Stdio::same_as_output() : stdio_of(*settings.err));
}

void add_scheduling(unit::Exec const& exec, Command& command) {
    if (exec.nice) command.nice(*exec.nice);
    if (exec.cpu_scheduling_policy)
        command.scheduler({.policy = *exec.cpu_scheduling_policy,
                           .priority = exec.cpu_scheduling_priority.value_or(0),
                           .reset_on_fork = exec.cpu_scheduling_reset_on_fork});
    constexpr int class_shift = 13; // ioprio_set(2)
    constexpr int middle = 4;
    if (exec.io_scheduling_class)
        command.io_priority(static_cast<int>(*exec.io_scheduling_class) << class_shift |
                            exec.io_scheduling_priority.value_or(middle));
    if (!exec.cpu_affinity.cpus.empty()) {
        process::CpuMask mask{};
        for (auto const cpu : exec.cpu_affinity.cpus)
            if (cpu / 64U < mask.size()) mask[cpu / 64U] |= std::uint64_t{1} << (cpu % 64U);
        command.cpu_affinity(mask);
    }
    if (exec.oom_score_adjust) command.oom_score_adjust(*exec.oom_score_adjust);
    for (auto const& limit : exec.limits)
        command.limit(limit);
}

/// What a login as this user would say.
void add_user_variables(exec::Identity const& identity, unit::EnvironmentSetting& environment) {
    if (identity.user.empty()) return;
    unit::merge_environment(environment, {{"USER", identity.user}, {"LOGNAME", identity.user}});
    if (!identity.home.empty()) unit::merge_environment(environment, {{"HOME", identity.home}});
    if (!identity.shell.empty()) unit::merge_environment(environment, {{"SHELL", identity.shell}});
}

std::expected<void, process::SpawnError> add_identity(Settings const& settings, unit::EnvironmentSetting& environment,
                                                      Command& command) {
    auto const& wanted = settings.attributes;
    if (wanted.user.empty() && wanted.group.empty() && wanted.supplementary_groups.empty()) return {};
    auto const identity =
        exec::resolve_identity(wanted, {.uid = ::geteuid(), .pid = ::getpid(), .privileged = ::geteuid() == 0});
    if (!identity) return std::unexpected(identity.error());
    if (!*identity) return {};
    auto const& who = **identity;
    command.groups(who.groups).group(who.gid).user(who.uid);
    if (!wanted.user.empty()) add_user_variables(who, environment);
    return {};
}

void add_signals(InheritedSignals const& signals, Command& command) {
    for (int number = 1; number <= 64; ++number) {
        if (signals.ignored.has({number})) command.ignore({number});
        if (signals.blocked.has({number})) command.block({number});
    }
}

} // namespace

InheritedSignals inherited_signals() {
    auto const status = base::sys::read_file("/proc/self/status").value_or("");
    return {.ignored = {mask_of(status, "\nSigIgn:")}, .blocked = {mask_of(status, "\nSigBlk:")}};
}

std::expected<Command, process::SpawnError> make_command(Settings const& settings, Birth const& birth) {
    Command command(settings.command.front());
    command.args({settings.command.begin() + 1, settings.command.end()});
    auto environment = settings.inherited;
    add_scheduling(settings.attributes, command);
    if (auto added = add_identity(settings, environment, command); !added) return std::unexpected(added.error());
    unit::merge_environment(environment, settings.variables);
    std::erase_if(environment, [&](auto const& entry) {
        return std::ranges::find(settings.unset, entry.name) != settings.unset.end();
    });
    command.clear_env();
    for (auto const& [name, value] : environment)
        command.env(name, value);
    add_streams(settings, command);
    add_signals(birth.signals, command);
    if (!settings.cwd.empty()) command.cwd(settings.cwd);
    if (!settings.root.empty()) command.root(settings.root);
    if (settings.umask) command.umask(*settings.umask);
    if (settings.privileges == Privileges::no_new) command.no_new_privileges();
    if (settings.network == Network::none) command.new_network();
    if (settings.session == Session::new_one)
        command.new_session();
    else if (settings.terminal == Terminal::as_is)
        command.new_group();
    if (birth.terminal) command.foreground(*birth.terminal);
    if (birth.cgroup >= 0) command.cgroup(birth.cgroup);
    for (int const directory : birth.joins)
        command.join_cgroup(directory);
    return command;
}

process::SpawnError with_reason(process::SpawnError error) {
    if (error.stage != process::Stage::network) return error;
    error.error.operation =
        "--net none: no network of its own is to be had here; without CAP_SYS_ADMIN it takes a user "
        "namespace (user_namespaces(7))";
    error.error.subject.clear();
    return error;
}

} // namespace mitori::run
