// A unit and a place for the tests of this folder: small, complete, the same on every machine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "exec/plan.hpp"
#include "process/plan.hpp"
#include "unit/unit.hpp"

namespace mitori::test {

inline constexpr std::string_view sample_invocation = "0123456789abcdef0123456789abcdef";

inline unit::Host system_host() {
    unit::Host host;
    host.runtime_directory = "/run";
    host.state_directory = "/var/lib";
    host.cache_directory = "/var/cache";
    host.logs_directory = "/var/log";
    host.configuration_directory = "/etc";
    host.user_name = "root";
    host.group_name = "root";
    host.user_home = "/root";
    return host;
}

/// A privileged manager of the system.
inline exec::Place system_place() {
    exec::Place place;
    place.pid = 1;
    place.host = system_host();
    place.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"};
    place.notify_socket = "/run/mitori/notify";
    return place;
}

/// An ordinary user's manager, without any privilege.
inline exec::Place user_place() {
    exec::Place place;
    place.scope = unit::Scope::user;
    place.uid = 1000;
    place.pid = 4711;
    place.privileged = false;
    place.capabilities = 0;
    place.limits = {{RLIMIT_NOFILE, 1024, 20000}, {RLIMIT_NICE, 0, 0}, {RLIMIT_RTPRIO, 0, 0}};
    place.host.scope = unit::Scope::user;
    place.host.runtime_directory = "/run/user/1000";
    place.host.state_directory = "/home/ann/.config";
    place.host.cache_directory = "/home/ann/.cache";
    place.host.logs_directory = "/home/ann/.config/log";
    place.host.configuration_directory = "/home/ann/.config";
    place.host.user_name = "ann";
    place.host.group_name = "users";
    place.host.user_home = "/home/ann";
    place.host.uid = 1000;
    place.host.gid = 100;
    place.environment = {"PATH=/home/ann/bin:/usr/bin:/bin", "HOME=/home/ann", "XDG_RUNTIME_DIR=/run/user/1000"};
    return place;
}

inline exec::Identity redis_identity() {
    return {.uid = 106, .gid = 113, .groups = {113}, .user = "redis", .home = "/var/lib/redis"};
}

inline unit::ExecCommand command(std::vector<std::string> argv) { return {.path = argv.front(), .argv = argv}; }

/// A service with nothing set but one command, which the caller gives to make_plan.
inline unit::Unit service() {
    unit::Unit unit;
    unit.id = "sample.service";
    unit.load_state = unit::LoadState::loaded;
    return unit;
}

/// The plan's text, a line a step; a line with the error where no plan can be made.
inline std::vector<std::string> plan_lines(unit::Unit const& unit, unit::ExecCommand const& command,
                                           exec::Purpose purpose, exec::Facts const& facts, exec::Place const& place) {
    auto const plan = exec::make_plan(unit, command, purpose, facts, place);
    if (!plan) return {"error: " + plan.error().message()};
    auto const text = process::show(*plan);
    std::vector<std::string> lines;
    for (auto const line : base::split(text, "\n"))
        lines.emplace_back(line);
    return lines;
}

inline std::vector<std::string> plan_lines(unit::Unit const& unit, exec::Facts const& facts = {},
                                           exec::Place const& place = system_place()) {
    return plan_lines(unit, command({"/bin/true"}), exec::Purpose::start, facts, place);
}

} // namespace mitori::test
