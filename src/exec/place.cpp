// Who we are, as far as our children depend on it.
#include <algorithm>
#include <array>
#include <linux/capability.h>
#include <string_view>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "exec/detail/variables.hpp"
#include "exec/inherited.hpp"

namespace mitori::exec {
namespace {

/// What speaks of one service's life and must not be handed down to another's: our own manager set it for us.
constexpr auto of_one_service = std::to_array<std::string_view>({
    "CACHE_DIRECTORY",
    "CONFIGURATION_DIRECTORY",
    "CREDENTIALS_DIRECTORY",
    "EXIT_CODE",
    "EXIT_STATUS",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "LISTEN_FDNAMES",
    "LISTEN_FDS",
    "LISTEN_PID",
    "LOGS_DIRECTORY",
    "MAINPID",
    "MANAGERPID",
    "MONITOR_EXIT_CODE",
    "MONITOR_EXIT_STATUS",
    "MONITOR_INVOCATION_ID",
    "MONITOR_SERVICE_RESULT",
    "MONITOR_UNIT",
    "NOTIFY_SOCKET",
    "PIDFILE",
    "REMOTE_ADDR",
    "REMOTE_PORT",
    "RUNTIME_DIRECTORY",
    "SERVICE_RESULT",
    "STATE_DIRECTORY",
    "SYSTEMD_EXEC_PID",
    "TRIGGER_PATH",
    "TRIGGER_UNIT",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
});

std::vector<std::string> whole_environment() {
    std::vector<std::string> environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
        environment.emplace_back(*entry);
    return environment;
}

bool is_locale(std::string_view name) { return name == "LANG" || name == "LANGUAGE" || name.starts_with("LC_"); }

/// The language of the machine: locale.conf(5), Debian's older place for the same, what we were started with, and
/// systemd's own last resort.
void add_locale(Variables& variables, std::vector<std::string> const& own) {
    for (auto const* path : {"/etc/locale.conf", "/etc/default/locale"}) {
        auto const text = base::sys::read_file(path);
        if (!text) continue;
        std::vector<std::string> notes;
        auto entries = parse_environment_file(*text, path, notes);
        std::erase_if(entries, [](auto const& entry) { return !is_locale(entry.name); });
        if (entries.empty()) continue;
        return variables.set(entries);
    }
    variables.set("LANG", std::string(find_variable(own, "LANG").value_or("C.UTF-8")));
}

std::vector<std::string> inherited_environment(unit::Scope scope, std::vector<std::string> const& own) {
    Variables variables;
    if (scope == unit::Scope::system) {
        variables.set("PATH", std::string(default_path));
        add_locale(variables, own);
    } else {
        variables.set("PATH", std::string(default_path));
        variables.set_entries(own);
        for (auto const name : of_one_service)
            variables.unset(name);
    }
    return variables.entries();
}

/// capget(2) by its number: libcap's header is another module's, and this is all we ask.
std::uint64_t effective_capabilities() {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0) return ::geteuid() == 0 ? ~std::uint64_t{0} : 0;
    return data[0].effective | std::uint64_t{data[1].effective} << 32U;
}

std::vector<process::Limit> own_limits() {
    std::vector<process::Limit> limits;
    for (int resource = 0; resource < RLIM_NLIMITS; ++resource) {
        rlimit value{};
        if (::getrlimit(static_cast<__rlimit_resource>(resource), &value) == 0)
            limits.push_back({.resource = resource, .soft = value.rlim_cur, .hard = value.rlim_max});
    }
    return limits;
}

int own_oom_score() {
    auto const text = base::sys::read_file("/proc/self/oom_score_adj");
    return text ? base::parse_integer<int>(base::trim(*text)).value_or(0) : 0;
}

bool has(std::uint64_t capabilities, unsigned capability) { return ((capabilities >> capability) & 1U) != 0; }

} // namespace

std::vector<std::string> inheritable_environment() {
    Variables variables;
    variables.set_entries(whole_environment());
    for (auto const name : of_one_service)
        variables.unset(name);
    return variables.entries();
}

Place read_place(unit::Scope scope, unit::Host host, std::string notify_socket) {
    Place place;
    place.scope = scope;
    place.uid = ::getuid();
    place.pid = ::getpid();
    place.capabilities = effective_capabilities();
    place.privileged = has(place.capabilities, CAP_SETUID) && has(place.capabilities, CAP_SETGID);
    place.limits = own_limits();
    place.nice = ::getpriority(PRIO_PROCESS, 0);
    place.oom_score_adjust = own_oom_score();
    place.host = std::move(host);
    place.own_environment = whole_environment();
    place.environment = inherited_environment(scope, place.own_environment);
    place.notify_socket = std::move(notify_socket);
    return place;
}

} // namespace mitori::exec
