// What stands in a child's environment, in systemd's order of precedence: systemd.exec(5), "ENVIRONMENT VARIABLES IN
// SPAWNED PROCESSES".
#include <fmt/format.h>

#include "base/text.hpp"
#include "exec/detail/streams.hpp"
#include "exec/detail/variables.hpp"
#include "exec/directories.hpp"
#include "exec/plan.hpp"

namespace mitori::exec {
namespace {

void set_if_known(Variables& variables, std::string_view name, std::string const& value) {
    if (!value.empty()) variables.set(name, value);
}

/// What the manager knows of the service's life.
void add_service(Variables& variables, unit::Unit const& unit, Purpose purpose, Facts const& facts,
                 Place const& place) {
    if (facts.notify) set_if_known(variables, "NOTIFY_SOCKET", place.notify_socket);
    if (facts.main_pid) variables.set("MAINPID", std::to_string(*facts.main_pid));
    if (place.scope == unit::Scope::user) variables.set("MANAGERPID", std::to_string(place.pid));
    set_if_known(variables, "PIDFILE", unit.service.pid_file);
    if (purpose == Purpose::stop || purpose == Purpose::stop_post) variables.set(facts.result_environment);
    if (purpose == Purpose::condition || purpose == Purpose::start_pre || purpose == Purpose::start)
        variables.set(facts.monitor_environment);
}

void add_watchdog(Variables& variables, Purpose purpose, Facts const& facts) {
    if (purpose != Purpose::start || facts.watchdog.count() <= 0 || facts.watchdog == base::infinity) return;
    variables.set_pid("WATCHDOG_PID");
    variables.set("WATCHDOG_USEC", std::to_string(facts.watchdog.count()));
}

void add_user(Variables& variables, unit::Unit const& unit, Facts const& facts, Place const& place) {
    Identity const nobody;
    Identity const& user = facts.identity ? *facts.identity : nobody;
    // WorkingDirectory=~ needs a home, and what it finds is told.
    bool const borrow_home = unit.exec->working_directory.home && user.home.empty();
    set_if_known(variables, "HOME", borrow_home ? place.host.user_home : user.home);
    set_if_known(variables, "LOGNAME", user.user);
    set_if_known(variables, "USER", user.user);
    set_if_known(variables, "SHELL", user.shell);
}

/// The type that a terminal is taken for when nobody says: the kernel's own consoles, or the least of all others.
std::string terminal_type(std::string const& path, Place const& place) {
    if (path == "/dev/console" && place.pid == 1)
        if (auto const own = find_variable(place.own_environment, "TERM")) return std::string(*own);
    std::string_view name = path;
    if (!name.starts_with("/dev/tty")) return "vt220";
    name.remove_prefix(std::string_view("/dev/tty").size());
    return base::parse_integer<unsigned>(name) ? "linux" : "vt220";
}

void add_directories(Variables& variables, unit::Unit const& unit, Place const& place) {
    for (auto const& kind : directory_kinds())
        set_if_known(variables, kind.variable, base::join(directory_paths(unit, kind, place), ":"));
}

void pass(Variables& variables, unit::Unit const& unit, Place const& place) {
    for (auto const& name : unit.exec->pass_environment)
        if (auto const value = find_variable(place.own_environment, name)) variables.set(name, std::string(*value));
}

} // namespace

Variables collect_variables(unit::Unit const& unit, Purpose purpose, Facts const& facts, Place const& place) {
    Variables variables;
    variables.set_entries(place.environment);
    add_service(variables, unit, purpose, facts, place);
    add_watchdog(variables, purpose, facts);
    add_user(variables, unit, facts, place);
    set_if_known(variables, "INVOCATION_ID", facts.invocation_id);
    if (facts.log) set_if_known(variables, "JOURNAL_STREAM", facts.log->name);
    if (uses_terminal(unit.exec)) variables.set("TERM", terminal_type(terminal_path(unit.exec), place));
    add_directories(variables, unit, place);
    variables.set_pid("SYSTEMD_EXEC_PID");
    pass(variables, unit, place);
    variables.set(unit.exec->environment);
    variables.set(facts.file_environment);
    for (auto const& pattern : unit.exec->unset_environment)
        variables.unset(pattern);
    return variables;
}

std::vector<std::string> make_environment(unit::Unit const& unit, Purpose purpose, Facts const& facts,
                                          Place const& place) {
    return collect_variables(unit, purpose, facts, place).entries();
}

} // namespace mitori::exec
