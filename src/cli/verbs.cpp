#include "cli/verbs.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace mitori::cli {

namespace {

constexpr std::size_t many = std::numeric_limits<std::size_t>::max();

/// In the order in which help shows them.
constexpr auto rows = std::to_array<Verb>({
    {"list-units", "[PATTERN…]", 0, many, Words::units, Kin::systemctls, Needs::manager, list_units,
     "List units in memory"},
    {"list-unit-files", "[PATTERN…]", 0, many, Words::units, Kin::systemctls, Needs::manager, list_unit_files,
     "List installed unit files"},
    {"list-jobs", "[PATTERN…]", 0, many, Words::units, Kin::systemctls, Needs::manager, list_jobs, "List jobs"},
    {"status", "[UNIT…|PID…]", 0, many, Words::units, Kin::systemctls, Needs::manager, status,
     "Show the state of units"},
    {"show", "[UNIT…]", 0, many, Words::units, Kin::systemctls, Needs::manager, show,
     "Show properties of units, or of the manager"},
    {"logs", "[OPTION…] [FIELD=VALUE…]", 0, many, Words::units, Kin::ours, Needs::nobody, nullptr,
     "Show entries of the log, as journalctl does"},
    {"why", "UNIT|PID|JOB|last…", 1, many, Words::units, Kin::ours, Needs::nobody, nullptr,
     "Say in words why a process died"},
    {"deaths", "[OPTION…]", 0, many, Words::none, Kin::ours, Needs::nobody, nullptr, "Show the deaths in the ledger"},
    {"cat", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, cat, "Show files and drop-ins of units"},
    {"tree", "[OPTION…] [PID…|UNIT…]", 0, many, Words::units, Kin::ours, Needs::manager, tree,
     "Show units and their processes, or all processes, as a tree"},
    {"sessions", "[OPTION…] [SID…|PID…|TERMINAL…]", 0, many, Words::none, Kin::ours, Needs::nobody, nullptr,
     "Show sessions, their process groups and terminals"},
    {"ps", "[OPTION…]", 0, many, Words::none, Kin::ours, Needs::nobody, nullptr,
     "Show processes, as ps does, and more"},
    {"top", "[OPTION…]", 0, many, Words::none, Kin::ours, Needs::nobody, nullptr,
     "Watch units, containers and processes as they run"},
    {"inspect", "[OPTION…] PID…", 1, many, Words::none, Kin::ours, Needs::nobody, nullptr,
     "Show everything that the kernel tells of a process"},
    {"plan", "UNIT…", 1, many, Words::units, Kin::ours, Needs::manager, plan,
     "Show what the child of the next start will do"},
    {"verify", "FILE…", 1, many, Words::files, Kin::ours, Needs::nobody, verify, "Check unit files"},
    {"is-active", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, is_active,
     "Ask whether units are active"},
    {"is-failed", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, is_failed,
     "Ask whether units have failed"},
    {"is-system-running", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, is_system_running,
     "Ask whether everything is up"},
    {"start", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, start, "Start units"},
    {"stop", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, stop, "Stop units"},
    {"reload", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, reload, "Reload units"},
    {"restart", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, restart, "Start or restart units"},
    {"try-restart", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, try_restart,
     "Restart units that are active"},
    {"reload-or-restart", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, reload_or_restart,
     "Reload units where they can, else start or restart them"},
    {"try-reload-or-restart", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, try_reload_or_restart,
     "The same, for units that are active"},
    {"kill", "UNIT…", 1, many, Words::units, Kin::systemctls, Needs::manager, kill,
     "Send a signal to processes of units"},
    {"reset-failed", "[UNIT…]", 0, many, Words::units, Kin::systemctls, Needs::manager, reset_failed,
     "Forget that all, or these, units have failed"},
    {"cancel", "JOB…", 1, many, Words::jobs, Kin::systemctls, Needs::manager, cancel, "Cancel jobs"},
    {"daemon-reload", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, daemon_reload,
     "Read all unit files again"},
    {"show-environment", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, show_environment,
     "Show what services inherit"},
    {"set-environment", "NAME=VALUE…", 1, many, Words::none, Kin::systemctls, Needs::manager, set_environment,
     "Set variables that services inherit"},
    {"unset-environment", "NAME…", 1, many, Words::none, Kin::systemctls, Needs::manager, unset_environment,
     "Take back variables that were set"},
    {"import-environment", "NAME…", 1, many, Words::none, Kin::systemctls, Needs::manager, import_environment,
     "Set variables as they are here"},
    {"exit", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, exit, "Stop every unit and end the manager"},
    {"poweroff", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, poweroff,
     "Stop every unit and power the machine off"},
    {"reboot", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, reboot,
     "Stop every unit and reboot the machine"},
    {"halt", "", 0, 0, Words::none, Kin::systemctls, Needs::manager, halt, "Stop every unit and halt the machine"},
    {"shutdown", "", 0, 0, Words::none, Kin::ours, Needs::manager, exit, "The same"},
    {"up", "[PATH]", 0, many, Words::files, Kin::ours, Needs::nobody, nullptr,
     "Run a Procfile or unit files in the foreground"},
    {"run", "COMMAND…", 1, many, Words::files, Kin::ours, Needs::nobody, nullptr,
     "Run one command, and leave nothing of it behind"},
    {"daemonize", "COMMAND…", 1, many, Words::files, Kin::ours, Needs::nobody, nullptr,
     "Start a daemon, and return when it is ready"},
    {"manager", "[OPTION…]", 0, many, Words::none, Kin::ours, Needs::nobody, nullptr, "Run the manager itself"},
    {"completion", "bash", 1, 1, Words::shells, Kin::ours, Needs::nobody, completion, "Print a shell's completion"},
    {"version", "", 0, 0, Words::none, Kin::ours, Needs::nobody, version, "Show the version"},
    {"help", "", 0, 0, Words::none, Kin::ours, Needs::nobody, help, "Show this help"},
});

} // namespace

std::span<Verb const> verbs() { return rows; }

Verb const* find_verb(std::string_view name) {
    auto const* const found = std::ranges::find(rows, name, &Verb::name);
    return found == rows.end() ? nullptr : &*found;
}

} // namespace mitori::cli
