#include "manager/remains.hpp"

#include <array>
#include <ctime>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::manager {
namespace {

using status::Death;

// Places in /proc/PID/stat after the name, from 0: proc(5) counts the state as its third field.
enum Field : std::uint8_t {
    parent = 1,
    group = 2,
    session = 3,
    minor = 7,
    major = 9,
    user_time = 11,
    system_time = 12,
    start = 19,
    count
};

base::Usec of_ticks(std::uint64_t ticks) {
    static long const in_a_second = ::sysconf(_SC_CLK_TCK);
    return base::Usec(static_cast<std::int64_t>(ticks * 1'000'000U / static_cast<std::uint64_t>(in_a_second)));
}

/// The name stands in parentheses and may hold any byte, these too: the last one closes it.
void take_stat(std::string_view stat, base::Usec since_boot, base::Usec now, Death& death) {
    auto const open = stat.find('(');
    auto const close = stat.rfind(')');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) return;
    death.who.pid = base::parse_integer<pid_t>(base::trim(stat.substr(0, open))).value_or(0);
    death.comm = stat.substr(open + 1, close - open - 1);
    auto const words = base::split(stat.substr(close + 1));
    if (words.size() < Field::count) return;
    auto const number = [&](Field field) { return base::parse_integer<std::uint64_t>(words[field]).value_or(0); };
    death.parent.pid = static_cast<pid_t>(number(Field::parent));
    death.group = static_cast<pid_t>(number(Field::group));
    death.session = static_cast<pid_t>(number(Field::session));
    death.minor_faults = number(Field::minor);
    death.major_faults = number(Field::major);
    death.cpu_user = of_ticks(number(Field::user_time));
    death.cpu_system = of_ticks(number(Field::system_time));
    death.who.start_ticks = number(Field::start);
    if (auto const lived = since_boot - of_ticks(death.who.start_ticks); lived.count() >= 0)
        death.started = now - lived;
}

/// "Uid:\treal\teffective\t…"
std::optional<uid_t> user_in(std::string_view status) {
    constexpr std::string_view name = "\nUid:";
    auto const at = status.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    auto const words = base::split(status.substr(at + name.size(), 64));
    return words.size() < 2 ? std::nullopt : base::parse_integer<uid_t>(words[1]);
}

/// The path in the unified hierarchy ("0::/path"), or else in systemd's. A process that has ended holds up no removal
/// of its group, which may be gone before it is waited for.
std::string_view group_in(std::string_view cgroup) {
    constexpr std::string_view unified = "0::", systemds = ":name=systemd:", gone = " (deleted)";
    std::string_view found;
    for (auto const line : base::split(cgroup, "\n")) {
        if (line.starts_with(unified)) {
            found = line.substr(unified.size());
            break;
        }
        if (auto const at = line.find(systemds); at != std::string_view::npos)
            found = line.substr(at + systemds.size());
    }
    if (found.ends_with(gone)) found.remove_suffix(gone.size());
    return found;
}

base::Usec boot_clock() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return std::chrono::seconds(time.tv_sec) + base::Usec(time.tv_nsec / 1000);
}

} // namespace

Death parse_remains(Remains const& remains, base::Usec since_boot, base::Usec now) {
    Death death;
    take_stat(remains.stat, since_boot, now, death);
    death.user = user_in(remains.status);
    death.cgroup = group_in(remains.cgroup);
    return death;
}

Death read_remains(pid_t pid) {
    auto const read = [](pid_t of, std::string_view name) {
        return base::sys::read_file(fmt::format("/proc/{}/{}", of, name)).value_or(std::string());
    };
    auto const stat = read(pid, "stat");
    auto const status = read(pid, "status");
    auto const cgroup = read(pid, "cgroup");
    auto death =
        parse_remains({.stat = stat, .status = status, .cgroup = cgroup}, boot_clock(), base::sys::now_realtime());
    death.who.pid = pid;
    Death parent;
    if (death.parent.pid > 0) take_stat(read(death.parent.pid, "stat"), base::Usec(0), base::Usec(0), parent);
    death.parent.start_ticks = parent.who.start_ticks;
    death.parent_command = parent.comm;
    return death;
}

} // namespace mitori::manager
