// How a child shares the machine: systemd.exec(5), "SCHEDULING".
#include <algorithm>
#include <sched.h>

#include "exec/detail/steps.hpp"

namespace mitori::exec {
namespace {

bool is_real_time(int policy) { return policy == SCHED_FIFO || policy == SCHED_RR; }

/// Nothing was asked for: nothing is set. A policy without a priority takes the least that it allows.
std::optional<process::Scheduling> scheduling_of(unit::Exec const& exec) {
    if (!exec.cpu_scheduling_policy && !exec.cpu_scheduling_priority && !exec.cpu_scheduling_reset_on_fork)
        return std::nullopt;
    int const policy = exec.cpu_scheduling_policy.value_or(SCHED_OTHER);
    int const asked = exec.cpu_scheduling_priority.value_or(0);
    return process::Scheduling{.policy = policy,
                               .priority = is_real_time(policy) ? std::clamp(asked, 1, 99) : 0,
                               .reset_on_fork = exec.cpu_scheduling_reset_on_fork};
}

/// ioprio_set(2): the class above the level. What is left open is the kernel's own default: best effort, level 4.
std::optional<int> io_priority_of(unit::Exec const& exec) {
    static constexpr int class_shift = 13;
    static constexpr int default_level = 4;
    if (!exec.io_scheduling_class && !exec.io_scheduling_priority) return std::nullopt;
    auto const io_class = exec.io_scheduling_class.value_or(unit::IoClass::best_effort);
    int const level = exec.io_scheduling_priority.value_or(default_level);
    switch (io_class) {
    case unit::IoClass::none: return (2 << class_shift) | default_level;
    case unit::IoClass::realtime: return (1 << class_shift) | level;
    case unit::IoClass::best_effort: return (2 << class_shift) | level;
    case unit::IoClass::idle: return 3 << class_shift;
    }
    return std::nullopt;
}

base::Result<process::CpuMask> mask_of(std::vector<std::uint16_t> const& cpus) {
    static constexpr unsigned word_bits = 64;
    process::CpuMask mask{};
    for (auto const cpu : cpus) {
        if (cpu >= mask.size() * word_bits) return base::make_error(EINVAL, "CPUAffinity=", std::to_string(cpu));
        mask[cpu / word_bits] |= std::uint64_t{1} << (cpu % word_bits);
    }
    return mask;
}

} // namespace

base::Result<void> add_scheduling(process::PlanBuilder& builder, unit::Exec const& exec) {
    using process::Denied;
    // Denied to containers and users as a rule, and the service runs as well without: systemd goes on, so do we.
    if (exec.oom_score_adjust) builder.oom_score_adjust(*exec.oom_score_adjust, Denied::is_ignored);
    if (exec.nice) builder.nice(*exec.nice, Denied::takes_nearest);
    if (auto const scheduling = scheduling_of(exec)) builder.scheduler(*scheduling);
    if (!exec.cpu_affinity.cpus.empty()) builder.cpu_affinity(TRY(mask_of(exec.cpu_affinity.cpus)));
    if (auto const priority = io_priority_of(exec)) builder.io_priority(*priority);
    return {};
}

} // namespace mitori::exec
