#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/names.hpp"

namespace mitori::process {

/// The step of a child's start that failed. A value is the exit status that the child ends with when that step fails:
/// systemd's own numbers and words (systemd.exec(5), "Process Exit Codes"), so that `status=203/EXEC` means here what
/// it means everywhere.
enum class Stage : std::uint16_t {
    none = 0,
    spawn = 199, ///< no child came to be: clone, the spawner or its socket failed. Ours; systemd fails before it forks.
    chdir = 200,
    nice = 201,
    fds = 202,
    exec = 203,
    memory = 204,
    limits = 205,
    oom_adjust = 206,
    signal_mask = 207,
    standard_input = 208,
    standard_output = 209,
    chroot = 210,
    ioprio = 211,
    timerslack = 212,
    securebits = 213,
    setscheduler = 214,
    cpuaffinity = 215,
    group = 216,
    user = 217,
    capabilities = 218,
    cgroup = 219,
    setsid = 220,
    standard_error = 222,
    network = 225,
    name_space = 226,
    no_new_privileges = 227,
    seccomp = 228,
    personality = 230,
    runtime_directory = 233,
    chown = 235,
    keyring = 237,
    state_directory = 238,
    cache_directory = 239,
    logs_directory = 240,
    configuration_directory = 241,
};

/// "EXEC" for 203, also for the statuses of LSB and sysexits that systemd names (2 "INVALIDARGUMENT", 69
/// "UNAVAILABLE"); empty where a status has no name.
[[nodiscard]] std::string_view exit_status_name(int status);
/// The status of a name or number as SuccessExitStatus= takes them: "EXEC", "TEMPFAIL", "75"; -1 for none.
[[nodiscard]] int exit_status_from(std::string_view text);

} // namespace mitori::process

template <>
struct mitori::base::Names<mitori::process::Stage> {
    using Stage = mitori::process::Stage;
    static constexpr auto table = std::to_array<Name<Stage>>({
        {Stage::none, "none"},
        {Stage::spawn, "spawn"},
        {Stage::chdir, "chdir"},
        {Stage::nice, "nice"},
        {Stage::fds, "fds"},
        {Stage::exec, "exec"},
        {Stage::memory, "memory"},
        {Stage::limits, "limits"},
        {Stage::oom_adjust, "oom-adjust"},
        {Stage::signal_mask, "signal-mask"},
        {Stage::standard_input, "stdin"},
        {Stage::standard_output, "stdout"},
        {Stage::chroot, "chroot"},
        {Stage::ioprio, "ioprio"},
        {Stage::timerslack, "timerslack"},
        {Stage::securebits, "securebits"},
        {Stage::setscheduler, "setscheduler"},
        {Stage::cpuaffinity, "cpuaffinity"},
        {Stage::group, "group"},
        {Stage::user, "user"},
        {Stage::capabilities, "capabilities"},
        {Stage::cgroup, "cgroup"},
        {Stage::setsid, "setsid"},
        {Stage::standard_error, "stderr"},
        {Stage::network, "network"},
        {Stage::name_space, "namespace"},
        {Stage::no_new_privileges, "no-new-privileges"},
        {Stage::seccomp, "seccomp"},
        {Stage::personality, "personality"},
        {Stage::runtime_directory, "runtime-directory"},
        {Stage::chown, "chown"},
        {Stage::keyring, "keyring"},
        {Stage::state_directory, "state-directory"},
        {Stage::cache_directory, "cache-directory"},
        {Stage::logs_directory, "logs-directory"},
        {Stage::configuration_directory, "configuration-directory"},
    });
};
