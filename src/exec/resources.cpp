#include "exec/resources.hpp"

#include <algorithm>

namespace mitori::exec {
namespace {

std::optional<std::uint64_t> bound(std::uint64_t value) {
    return value == unit::no_limit ? std::nullopt : std::optional(value);
}
std::optional<std::uint64_t> protection(std::uint64_t value) {
    return value == 0 ? std::nullopt : std::optional(value);
}
std::optional<std::uint64_t> microseconds(base::Usec span) {
    return span == base::infinity ? std::nullopt : std::optional(static_cast<std::uint64_t>(span.count()));
}

} // namespace

cgroup::Limits limits_of(unit::Unit const& unit) {
    auto const& resources = *unit.resources;
    cgroup::Limits limits;
    limits.memory = bound(resources.memory_max);
    limits.memory_high = bound(resources.memory_high);
    limits.memory_low = protection(resources.memory_low);
    limits.memory_min = protection(resources.memory_min);
    limits.swap = bound(resources.memory_swap_max);
    // Of each second, so thousandths of a CPU are milliseconds.
    if (auto const quota = microseconds(resources.cpu_quota)) limits.millicpus = *quota / 1000;
    // What the kernel takes, sched-bwc.rst.
    if (resources.cpu_quota_period != base::infinity)
        limits.cpu_period = microseconds(
            std::clamp<base::Usec>(resources.cpu_quota_period, std::chrono::milliseconds(1), std::chrono::seconds(1)));
    limits.cpu_weight = resources.cpu_weight;
    limits.tasks = bound(resources.tasks_max);
    limits.end_together = unit.service.oom_policy == unit::OomPolicy::kill;
    return limits;
}

cgroup::Limits limits_in_place_of_others(unit::Unit const& unit) {
    constexpr std::uint64_t kernels_weight = 100;
    auto limits = limits_of(unit);
    for (auto* const limit : {&limits.memory, &limits.memory_high, &limits.swap, &limits.millicpus, &limits.tasks})
        *limit = limit->value_or(cgroup::unlimited);
    for (auto* const limit : {&limits.memory_low, &limits.memory_min})
        *limit = limit->value_or(0);
    limits.cpu_weight = limits.cpu_weight.value_or(kernels_weight);
    return limits;
}

} // namespace mitori::exec
