// What the processor says of itself. Elsewhere than on x86 it says nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mitori::manager {

/// The signature of the hypervisor ("KVMKVMKVM"); empty where there is none or no CPUID, "unknown" where it has no
/// name.
[[nodiscard]] std::string read_hypervisor();
/// ConditionCPUFeature=: false for a name that is not one of systemd.unit(5)'s.
[[nodiscard]] bool cpu_has(std::string_view feature);

} // namespace mitori::manager
