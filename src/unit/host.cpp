#include <array>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "unit/load.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using Environment = std::map<std::string, std::string>;

std::string variable(Environment const& environment, std::string const& name, std::string fallback = {}) {
    auto const found = environment.find(name);
    return found == environment.end() || found->second.empty() ? fallback : found->second;
}

std::string first_line(std::string const& path) {
    auto const text = base::sys::read_file(path, 4096);
    return text ? std::string(base::trim(std::string_view(*text).substr(0, text->find('\n')))) : std::string();
}

/// NAME=value lines with shell quotes: os-release(5), machine-info(5).
Environment read_variables(std::string const& path) {
    Environment variables;
    auto const text = base::sys::read_file(path, 1U << 16);
    if (!text) return variables;
    for (auto const line : base::split(*text, "\n")) {
        auto const equals = line.find('=');
        if (equals == std::string_view::npos || base::trim(line).starts_with('#')) continue;
        auto const words = split_words(line.substr(equals + 1), {.escapes = Escapes::strip});
        if (!words) continue;
        variables[std::string(base::trim(line.substr(0, equals)))] = words->empty() ? std::string() : words->front();
    }
    return variables;
}

void read_machine(Host& host) {
    utsname kernel{};
    ::uname(&kernel);
    host.host_name = kernel.nodename;
    host.kernel_release = kernel.release;
    host.architecture = architecture_word(kernel.machine);
    host.pretty_host_name = variable(read_variables("/etc/machine-info"), "PRETTY_HOSTNAME");
    host.machine_id = first_line("/etc/machine-id");
    for (char const c : first_line("/proc/sys/kernel/random/boot_id"))
        if (c != '-') host.boot_id += c;
    host.os_release = read_variables("/etc/os-release");
    if (host.os_release.empty()) host.os_release = read_variables("/usr/lib/os-release");
}

/// The manager's own user. A number that has no name stands for itself.
void read_user(Host& host, Environment const& environment) {
    host.uid = ::getuid();
    host.gid = ::getgid();
    auto const* const user = ::getpwuid(host.uid);
    host.user_name = user != nullptr ? user->pw_name : fmt::format("{}", host.uid);
    host.user_home = user != nullptr ? user->pw_dir : "";
    host.user_shell = user != nullptr ? user->pw_shell : "";
    auto const* const group = ::getgrgid(host.gid);
    host.group_name = group != nullptr ? group->gr_name : fmt::format("{}", host.gid);
    if (host.scope == Scope::system && host.uid == 0) {
        host.user_home = "/root";
        return;
    }
    host.user_home = variable(environment, "HOME", host.user_home);
    host.user_shell = variable(environment, "SHELL", host.user_shell.empty() ? "/bin/sh" : host.user_shell);
}

void choose_folders(Host& host, Environment const& environment) {
    host.temporary_directory = "/tmp";
    host.large_temporary_directory = "/var/tmp";
    for (auto const* name : {"TMP", "TEMP", "TMPDIR"}) {
        host.temporary_directory = variable(environment, name, host.temporary_directory);
        host.large_temporary_directory = variable(environment, name, host.large_temporary_directory);
    }
    if (host.scope == Scope::system) {
        host.runtime_directory = "/run";
        host.state_directory = "/var/lib";
        host.cache_directory = "/var/cache";
        host.logs_directory = "/var/log";
        host.configuration_directory = "/etc";
        return;
    }
    auto const& home = host.user_home;
    host.runtime_directory = variable(environment, "XDG_RUNTIME_DIR");
    host.configuration_directory = variable(environment, "XDG_CONFIG_HOME", home + "/.config");
    host.state_directory = host.configuration_directory; // as systemd 252; later ones have ~/.local/state
    host.cache_directory = variable(environment, "XDG_CACHE_HOME", home + "/.cache");
    host.logs_directory = host.configuration_directory + "/log";
}

} // namespace

std::string architecture_word(std::string const& machine) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 22> words{{
        {"x86_64", "x86-64"},
        {"i386", "x86"},
        {"i486", "x86"},
        {"i586", "x86"},
        {"i686", "x86"},
        {"aarch64", "arm64"},
        {"aarch64_be", "arm64-be"},
        {"armv6l", "arm"},
        {"armv7l", "arm"},
        {"armv8l", "arm"},
        {"ppc64le", "ppc64-le"},
        {"ppc64", "ppc64"},
        {"ppcle", "ppc-le"},
        {"ppc", "ppc"},
        {"s390x", "s390x"},
        {"s390", "s390"},
        {"riscv64", "riscv64"},
        {"riscv32", "riscv32"},
        {"loongarch64", "loongarch64"},
        {"mips64", "mips64"},
        {"mips", "mips"},
        {"sparc64", "sparc64"},
    }};
    for (auto const& [kernel, systemd] : words)
        if (kernel == machine) return std::string(systemd);
    return machine;
}

Host read_host(Scope scope, Environment const& environment) {
    Host host{.scope = scope};
    read_machine(host);
    read_user(host, environment);
    choose_folders(host, environment);
    return host;
}

} // namespace mitori::unit
