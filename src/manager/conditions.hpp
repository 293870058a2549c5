#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "unit/settings/unit.hpp"

namespace mitori::manager {

/// What conditions ask of the manager's own process and of the kernel, beside what files tell.
struct Self {
    std::string machine; ///< uname -m
    std::string kernel;  ///< uname -r
    std::string host_name;
    std::string hypervisor; ///< what CPUID says of it ("KVMKVMKVM"); empty: none
    uid_t uid = 0;
    uid_t effective_uid = 0;
    std::vector<gid_t> groups; ///< real, effective and supplementary
    unsigned cpus = 1;         ///< in the affinity mask
    std::uint64_t memory = 0;  ///< bytes of the machine
    std::map<std::string, std::string> environment;
};
[[nodiscard]] Self read_self();

/// Where conditions look: tests point it at folders and at a self of their own.
struct World {
    std::string root; ///< prefix of /proc, /sys, /etc and of the paths in conditions; empty: the real one
    bool user_manager = false;
    std::optional<Self> self; ///< empty: read_self() when a condition is tested
};

struct ConditionResult {
    unit::Condition condition;
    bool met = false;
    bool known = true; ///< false: cannot be told (the parameter makes no sense, the kernel does not say); not met then
};

/// Tests each condition, systemd.unit(5) "CONDITIONS AND ASSERTS". Reads only.
[[nodiscard]] std::vector<ConditionResult> test_conditions(std::vector<unit::Condition> const& conditions,
                                                           World const& world);
/// All plain ones met, and at least one of those with "|" if there are any.
[[nodiscard]] bool conditions_met(std::vector<ConditionResult> const& results);
/// The innermost kind of virtualization and its name, in systemd-detect-virt(1)'s words: "container:docker", "vm:kvm";
/// empty on bare metal.
[[nodiscard]] std::string virtualization(World const& world);
/// "ConditionPathExists=!/etc/foo"; of an assert too: the condition does not know where it stands.
[[nodiscard]] std::string show(unit::Condition const& condition);

} // namespace mitori::manager
