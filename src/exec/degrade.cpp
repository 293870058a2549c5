#include "exec/degrade.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>

#include "base/text.hpp"
#include "exec/detail/streams.hpp"
#include "exec/directories.hpp"
#include "unit/directive.hpp"

namespace mitori::exec {
namespace {

using unit::Input;
using unit::Output;

struct Circumstances {
    unit::Unit const& unit;
    Place const& place;
    cgroup::Place groups;

    [[nodiscard]] bool may(unsigned capability) const { return ((place.capabilities >> capability) & 1U) != 0; }
    [[nodiscard]] process::Limit limit(int resource) const {
        auto const found = std::ranges::find(place.limits, resource, &process::Limit::resource);
        return found != place.limits.end() ? *found : process::Limit{.resource = resource};
    }
};

/// What is wrong with one directive, if anything.
struct Finding {
    Grade grade;
    std::string text;
};
using Check = std::optional<Finding> (*)(Circumstances const&);

// -- who and where
std::optional<Finding> check_user(Circumstances const& here) {
    auto const& [unit, place, groups] = here;
    auto const& user = unit.exec->user;
    bool const own = user == place.host.user_name || base::parse_integer<uid_t>(user) == place.uid;
    if (place.privileged || user.empty() || own) return std::nullopt;
    return Finding{Grade::refused, fmt::format("only a privileged manager can start processes as {}", user)};
}

std::optional<Finding> check_group(Circumstances const& here) {
    auto const& [unit, place, groups] = here;
    auto const& group = unit.exec->group;
    bool const own = group == place.host.group_name || base::parse_integer<gid_t>(group) == place.host.gid;
    if (place.privileged || group.empty() || own) return std::nullopt;
    return Finding{Grade::refused, fmt::format("only a privileged manager can start processes as group {}", group)};
}

std::optional<Finding> check_root_directory(Circumstances const& here) {
    if (here.unit.exec->root_directory.empty()) return std::nullopt;
    if (!here.may(CAP_SYS_CHROOT))
        return Finding{Grade::refused, "changing the root directory needs a privilege (CAP_SYS_CHROOT)"};
    if (here.unit.notify_access() != unit::NotifyAccess::none)
        return Finding{Grade::degraded, "the notification socket is not mounted below the root directory"};
    return std::nullopt;
}

template <std::size_t kind>
std::optional<Finding> check_directories(Circumstances const& here) {
    auto const& exec = *here.unit.exec;
    if (exec.root_directory.empty() || (exec.*directory_kinds()[kind].setting).entries.empty()) return std::nullopt;
    return Finding{Grade::degraded, "made on the host, not mounted below RootDirectory="};
}

// -- streams
std::optional<Finding> check_input(Circumstances const& here) {
    auto const& exec = *here.unit.exec;
    switch (exec.standard_input.kind) {
    case Input::socket: return Finding{Grade::degraded, "there is no socket activation yet: reads /dev/null"};
    case Input::fd: return Finding{Grade::refused, "there is no socket activation yet"};
    case Input::tty:
        return Finding{Grade::degraded, "does not wait for a terminal that another session holds: fails to start"};
    default: return std::nullopt;
    }
}

std::optional<Finding> check_stream(Circumstances const& here, std::optional<unit::OutputSetting> const& setting) {
    if (!setting) return std::nullopt;
    if (is_log(setting->kind) && here.place.log == Log::none)
        return Finding{Grade::degraded, "no log is kept here: goes where the manager's own output goes"};
    if (setting->kind == Output::kmsg || setting->kind == Output::kmsg_console)
        return Finding{Grade::degraded, "goes to the log, not to the kernel's"};
    if (setting->kind == Output::socket)
        return Finding{Grade::degraded, "there is no socket activation yet: as inherit"};
    if (setting->kind == Output::fd) return Finding{Grade::refused, "there is no socket activation yet"};
    return std::nullopt;
}

std::optional<Finding> check_output(Circumstances const& here) {
    return check_stream(here, here.unit.exec->standard_output);
}

/// What goes to the log with the output is named with the output.
std::optional<Finding> check_error(Circumstances const& here) {
    auto const& exec = *here.unit.exec;
    if (exec.standard_error && exec.standard_output && is_log(exec.standard_error->kind) &&
        is_log(exec.standard_output->kind))
        return std::nullopt;
    return check_stream(here, exec.standard_error);
}

// -- how it shares the machine
std::optional<Finding> check_nice(Circumstances const& here) {
    auto const& wish = here.unit.exec->nice;
    if (!wish || *wish >= here.place.nice || here.may(CAP_SYS_NICE)) return std::nullopt;
    auto const limit = std::min<rlim_t>(here.limit(RLIMIT_NICE).soft, 40);
    int const nearest = std::min(20 - static_cast<int>(limit), here.place.nice);
    if (*wish >= nearest) return std::nullopt;
    return Finding{Grade::degraded, fmt::format("{} needs a privilege (CAP_SYS_NICE): {} is taken", *wish, nearest)};
}

std::optional<Finding> check_oom_score(Circumstances const& here) {
    auto const& wish = here.unit.exec->oom_score_adjust;
    if (!wish || *wish >= here.place.oom_score_adjust || here.may(CAP_SYS_RESOURCE)) return std::nullopt;
    return Finding{Grade::degraded, fmt::format("{} needs a privilege (CAP_SYS_RESOURCE): stays {}", *wish,
                                                here.place.oom_score_adjust)};
}

std::optional<Finding> check_scheduling(Circumstances const& here) {
    auto const& exec = *here.unit.exec;
    int const policy = exec.cpu_scheduling_policy.value_or(SCHED_OTHER);
    if ((policy != SCHED_FIFO && policy != SCHED_RR) || here.may(CAP_SYS_NICE)) return std::nullopt;
    auto const priority = static_cast<rlim_t>(std::max(exec.cpu_scheduling_priority.value_or(0), 1));
    if (here.limit(RLIMIT_RTPRIO).soft >= priority) return std::nullopt;
    return Finding{Grade::refused, "real-time scheduling needs a privilege (CAP_SYS_NICE)"};
}

std::optional<Finding> check_io_class(Circumstances const& here) {
    bool const real_time = here.unit.exec->io_scheduling_class == unit::IoClass::realtime;
    if (!real_time || here.may(CAP_SYS_NICE) || here.may(CAP_SYS_ADMIN)) return std::nullopt;
    return Finding{Grade::refused, "real-time I/O needs a privilege (CAP_SYS_NICE)"};
}

std::optional<Finding> check_affinity(Circumstances const& here) {
    if (!here.unit.exec->cpu_affinity.from_numa) return std::nullopt;
    return Finding{Grade::degraded, "the CPUs of NUMAMask= are not known yet: every CPU may be used"};
}

std::optional<Finding> check_kill_mode(Circumstances const& here) {
    auto const mode = here.unit.kill.mode;
    bool const whole_group = mode == unit::KillMode::control_group || mode == unit::KillMode::mixed;
    if (here.groups != cgroup::Place::none || here.unit.type != unit::Type::service || !whole_group)
        return std::nullopt;
    return Finding{Grade::degraded,
                   "no control group here: the unit's processes are known by parent, session and $INVOCATION_ID"};
}

// No message bus is watched: the name that such a service takes on it cannot say that it is ready.
std::optional<Finding> check_type(Circumstances const& here) {
    if (here.unit.type != unit::Type::service || here.unit.service_type() != unit::ServiceType::dbus)
        return std::nullopt;
    return Finding{Grade::degraded,
                   "no message bus is watched: dbus counts as up when its process has been started, like simple"};
}

// -- what it may use together
std::optional<Finding> bounded(Circumstances const& here, bool asked, bool in_v1) {
    if (!asked) return std::nullopt;
    if (here.groups == cgroup::Place::none) return Finding{Grade::degraded, "no control group here: not limited"};
    if (here.groups == cgroup::Place::hybrid && !in_v1)
        return Finding{Grade::degraded, "cgroup v1, which has the controllers here, has no such limit: not limited"};
    return std::nullopt;
}

template <auto Member>
std::optional<Finding> check_v2_only(Circumstances const& here) {
    return bounded(here, (*here.unit.resources).*Member != unit::Resources{}.*Member, false);
}
template <auto Member>
std::optional<Finding> check_bound(Circumstances const& here) {
    return bounded(here, (*here.unit.resources).*Member != unit::Resources{}.*Member, true);
}

struct Row {
    std::string_view directive;
    Check check;
};
constexpr auto rows = std::to_array<Row>({
    {"Type", check_type},
    {"User", check_user},
    {"Group", check_group},
    {"RootDirectory", check_root_directory},
    {"RuntimeDirectory", check_directories<0>},
    {"StateDirectory", check_directories<1>},
    {"CacheDirectory", check_directories<2>},
    {"LogsDirectory", check_directories<3>},
    {"ConfigurationDirectory", check_directories<4>},
    {"StandardInput", check_input},
    {"StandardOutput", check_output},
    {"StandardError", check_error},
    {"Nice", check_nice},
    {"OOMScoreAdjust", check_oom_score},
    {"CPUSchedulingPolicy", check_scheduling},
    {"IOSchedulingClass", check_io_class},
    {"CPUAffinity", check_affinity},
    {"KillMode", check_kill_mode},
    {"MemoryMin", check_v2_only<&unit::Resources::memory_min>},
    {"MemoryLow", check_v2_only<&unit::Resources::memory_low>},
    {"MemoryHigh", check_v2_only<&unit::Resources::memory_high>},
    {"MemoryMax", check_bound<&unit::Resources::memory_max>},
    {"MemorySwapMax", check_v2_only<&unit::Resources::memory_swap_max>},
    {"TasksMax", check_bound<&unit::Resources::tasks_max>},
    {"CPUQuota", check_bound<&unit::Resources::cpu_quota>},
    {"CPUWeight", check_bound<&unit::Resources::cpu_weight>},
});

/// The directive of each resource, by its number.
constexpr auto limit_directives = std::to_array<std::string_view>({
    "LimitCPU",
    "LimitFSIZE",
    "LimitDATA",
    "LimitSTACK",
    "LimitCORE",
    "LimitRSS",
    "LimitNPROC",
    "LimitNOFILE",
    "LimitMEMLOCK",
    "LimitAS",
    "LimitLOCKS",
    "LimitSIGPENDING",
    "LimitMSGQUEUE",
    "LimitNICE",
    "LimitRTPRIO",
    "LimitRTTIME",
});
static_assert(limit_directives.size() == RLIM_NLIMITS && RLIMIT_CPU == 0 && RLIMIT_NOFILE == 7 && RLIMIT_RTTIME == 15);

std::string show_limit(rlim_t value) { return value == RLIM_INFINITY ? "infinity" : std::to_string(value); }

std::optional<Finding> check_limit(Circumstances const& here, process::Limit const& wish) {
    rlim_t const highest = here.limit(wish.resource).hard;
    if (here.may(CAP_SYS_RESOURCE) || wish.hard <= highest) return std::nullopt;
    return Finding{Grade::degraded,
                   fmt::format("{} needs a privilege (CAP_SYS_RESOURCE): {}, the hard limit here, is taken",
                               show_limit(wish.hard), show_limit(highest))};
}

// -- what is not honoured yet
/// Whether the last word of a file on a directive asks for anything: not when it is the default said aloud.
bool asks(std::string_view name, std::string_view text) {
    if (text.empty()) return name == "CapabilityBoundingSet"; // elsewhere the empty text takes back what was asked
    static constexpr auto on_by_default = std::to_array<std::string_view>({"MemoryAccounting", "TasksAccounting"});
    bool const by_default = std::ranges::find(on_by_default, name) != on_by_default.end();
    return base::parse_boolean(text) != by_default;
}

/// The last that the unit's files say of a directive that is not honoured, if it asks for anything.
std::optional<std::string_view> asked(unit::Unit const& unit, std::string_view name) {
    auto const of_name = [name](unit::Kept const& kept) { return unit::directives()[kept.row].name == name; };
    auto const last = std::ranges::find_if(unit.kept.rbegin(), unit.kept.rend(), of_name);
    if (last == unit.kept.rend() || !asks(name, last->text)) return std::nullopt;
    return last->text;
}

Finding judge_kept(unit::Unit const& unit, std::string_view name) {
    if (name == "RootImage") return {Grade::refused, "images cannot be mounted yet, and the program would run outside"};
    if (name != "DynamicUser") return {Grade::not_honoured, "read and shown, without effect"};
    if (unit.exec->user.empty())
        return {Grade::refused, "users cannot be made yet, and the program would run as the manager"};
    return {Grade::degraded, fmt::format("users cannot be made yet: {} must be one of the host's", unit.exec->user)};
}

/// Findings by their place in the table, so that they can be told in its order.
class Report {
public:
    void add(std::string_view name, Finding finding) {
        auto const* row = unit::find_directive(unit::Section::service, name);
        auto const at = row != nullptr ? row - unit::directives().data() : 0;
        entries_.push_back({at, {finding.grade, std::string(name) + "=", std::move(finding.text)}});
    }
    void add(std::uint16_t row, Finding finding) {
        auto name = std::string(unit::directives()[row].name);
        entries_.push_back({row, {finding.grade, std::move(name) + "=", std::move(finding.text)}});
    }
    std::vector<Shortfall> take() {
        std::ranges::stable_sort(entries_, {}, &Entry::at);
        std::vector<Shortfall> shortfalls;
        shortfalls.reserve(entries_.size());
        for (auto& entry : entries_)
            shortfalls.push_back(std::move(entry.shortfall));
        return shortfalls;
    }

private:
    struct Entry {
        std::ptrdiff_t at;
        Shortfall shortfall;
    };
    std::vector<Entry> entries_;
};

void report_kept(Report& report, unit::Unit const& unit) {
    std::vector<std::uint16_t> reported;
    for (auto const& kept : unit.kept) {
        if (std::ranges::find(reported, kept.row) != reported.end()) continue;
        reported.push_back(kept.row);
        auto const name = unit::directives()[kept.row].name;
        if (asked(unit, name)) report.add(kept.row, judge_kept(unit, name));
    }
}

} // namespace

std::vector<Shortfall> shortfalls(unit::Unit const& unit, Place const& place, cgroup::Place groups) {
    Circumstances const here{unit, place, groups};
    Report report;
    for (auto const& row : rows)
        if (auto finding = row.check(here)) report.add(row.directive, std::move(*finding));
    for (auto const& limit : unit.exec->limits)
        if (auto finding = check_limit(here, limit))
            report.add(limit_directives[static_cast<std::size_t>(limit.resource)], std::move(*finding));
    report_kept(report, unit);
    return report.take();
}

base::Result<void> check_safe(unit::Unit const& unit, Facts const& facts) {
    bool const has_user = facts.identity && !facts.identity->user.empty();
    for (std::string_view const name : {"DynamicUser", "RootImage"}) {
        if (!asked(unit, name) || (name == "DynamicUser" && has_user)) continue;
        return base::make_error(ENOTSUP, std::string(name) + "=", judge_kept(unit, name).text);
    }
    return {};
}

} // namespace mitori::exec
