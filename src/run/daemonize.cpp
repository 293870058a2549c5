#include "run/daemonize.hpp"

#include <cerrno>
#include <iostream>

namespace mitori::run {

int status_of(process::SpawnError const& error) {
    constexpr int own_failure = 125;
    constexpr int not_executable = 126;
    constexpr int not_found = 127;
    if (error.stage != process::Stage::exec) return own_failure;
    return error.error.number == ENOENT ? not_found : not_executable;
}

int daemonize(Settings const& settings, InheritedSignals const& inherited) {
    auto const fail = [](process::SpawnError const& error) {
        bool const late = error.stage == process::Stage::none && error.error.number == ETIMEDOUT;
        std::cerr << "mitori daemonize: " << with_reason(error).message()
                  << (late ? "; it was not ready and has been ended" : "") << "\n";
        return status_of(error);
    };
    auto command = make_command(settings, {.signals = inherited, .cgroup = -1, .joins = {}, .terminal = {}});
    if (!command) return fail(command.error());
    process::DaemonOptions options{.ready = settings.daemon.ready,
                                   .ready_number = settings.daemon.ready_number,
                                   .pid_file = settings.daemon.pid_file};
    if (settings.timeout) options.timeout = *settings.timeout;
    auto const daemon = process::start_daemon(*std::move(command), options);
    if (!daemon) return fail(daemon.error());
    std::cout << daemon->pid << "\n";
    return 0;
}

} // namespace mitori::run
