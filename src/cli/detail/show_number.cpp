#include "cli/detail/show_number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/time.hpp"
#include "procfs/capabilities.hpp"

namespace mitori::cli::detail {

namespace {

constexpr std::uint64_t no_value = UINT64_MAX;

std::string show_capabilities(std::uint64_t set) {
    std::string words;
    for (unsigned number = 0; number < 64; ++number)
        if (auto const name = procfs::capability_name(number); ((set >> number) & 1U) != 0 && !name.empty())
            words += fmt::format("{}cap_{}", words.empty() ? "" : " ", name);
    return words;
}

struct Namespace {
    std::uint64_t flag;
    std::string_view name;
};
constexpr auto namespaces = std::to_array<Namespace>({{CLONE_NEWCGROUP, "cgroup"},
                                                      {CLONE_NEWIPC, "ipc"},
                                                      {CLONE_NEWNET, "net"},
                                                      {CLONE_NEWNS, "mnt"},
                                                      {CLONE_NEWPID, "pid"},
                                                      {CLONE_NEWUSER, "user"},
                                                      {CLONE_NEWUTS, "uts"}});

/// The flags are those of the namespaces that are allowed.
std::string show_namespaces(std::uint64_t allowed) {
    std::string words;
    std::uint64_t all = 0;
    for (auto const& row : namespaces) {
        all |= row.flag;
        if ((allowed & row.flag) != 0) words += fmt::format("{}{}", words.empty() ? "" : " ", row.name);
    }
    if ((allowed & all) == all) return "no";
    return (allowed & all) == 0 ? "yes" : words;
}

bool any_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

/// The word for the highest number, by what the property counts.
std::string_view word_for_no_value(std::string_view name) {
    if (name.starts_with("IPIngress") || name.starts_with("IPEgress")) return "[no data]";
    if (any_of(name, {"MemoryAvailable", "MemoryMin", "MemoryLow", "MemoryHigh", "MemoryMax", "MemorySwapMax",
                      "MemoryLimit", "DefaultMemoryMin", "DefaultMemoryLow", "TasksMax"}) ||
        name.starts_with("Limit") || name.starts_with("DefaultLimit") || name == "DefaultTasksMax")
        return "infinity";
    if (any_of(name, {"MemoryCurrent", "TasksCurrent"}) || name.ends_with("NSec") || name.ends_with("Weight") ||
        name.ends_with("CPUShares"))
        return "[not set]";
    return {};
}

} // namespace

std::string show_wide(std::string_view name, std::uint64_t number) {
    bool const is_span = name.find("USec") != std::string_view::npos;
    auto const time =
        number > static_cast<std::uint64_t>(INT64_MAX) ? base::infinity : base::Usec(static_cast<std::int64_t>(number));
    bool const is_time = name.ends_with("Timestamp") || any_of(name, {"LastTriggerUSec", "NextElapseUSecRealtime"});
    if (is_time) return number == 0 || number == no_value ? "" : base::show_timestamp(time);
    if (is_span) return base::show_span(time);
    if (name == "CoredumpFilter") return fmt::format("0x{:x}", number);
    if (name == "RestrictNamespaces") return show_namespaces(number);
    if (name == "CapabilityBoundingSet" || name == "AmbientCapabilities") return show_capabilities(number);
    if (name == "MountFlags") {
        if (number == MS_SHARED) return "shared";
        if (number == MS_SLAVE) return "slave";
        if (number == MS_PRIVATE) return "private";
        if (number == 0) return "";
    }
    auto const word = number == no_value ? word_for_no_value(name) : std::string_view{};
    return word.empty() ? fmt::format("{}", number) : std::string(word);
}

std::string show_narrow(std::string_view name, std::uint32_t number) {
    if (name.find("UMask") != std::string_view::npos || name.find("Mode") != std::string_view::npos)
        return fmt::format("{:04o}", number);
    if (number == UINT32_MAX && (name == "UID" || name == "GID")) return "[not set]";
    return fmt::format("{}", number);
}

} // namespace mitori::cli::detail
