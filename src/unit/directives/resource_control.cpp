// Control groups of units and what they may use: systemd.resource-control(5).
#include "unit/codecs/resources.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

using enum Section;

using Reserved = MemoryAmount<Zero::allowed>;
using Bounded = MemoryAmount<Zero::meaningless>;

// clang-format off: a row is a line
constexpr auto rows = std::to_array<Row>({
    unit_row<&Unit::slice, SliceName>(service, "Slice", "Slice", resource5),

    row<&Unit::resources, &Resources::memory_min, Reserved>(service, "MemoryMin", "MemoryMin", resource5),
    row<&Unit::resources, &Resources::memory_low, Reserved>(service, "MemoryLow", "MemoryLow", resource5),
    row<&Unit::resources, &Resources::memory_high, Bounded>(service, "MemoryHigh", "MemoryHigh", resource5),
    row<&Unit::resources, &Resources::memory_max, Bounded>(service, "MemoryMax", "MemoryMax", resource5),
    row<&Unit::resources, &Resources::memory_swap_max, Reserved>(service, "MemorySwapMax", "MemorySwapMax", resource5),
    row<&Unit::resources, &Resources::tasks_max, TaskAmount>(service, "TasksMax", "TasksMax", resource5),
    row<&Unit::resources, &Resources::cpu_quota, CpuQuota>(service, "CPUQuota", "CPUQuotaPerSecUSec", resource5),
    row<&Unit::resources, &Resources::cpu_quota_period>(service, "CPUQuotaPeriodSec", "CPUQuotaPeriodUSec", resource5),
    row<&Unit::resources, &Resources::cpu_weight, CpuWeight>(service, "CPUWeight", "CPUWeight", resource5),

    not_yet(service, "AllowedCPUs", resource5),
    not_yet(service, "StartupAllowedCPUs", resource5),
    not_yet(service, "AllowedMemoryNodes", resource5),
    not_yet(service, "StartupAllowedMemoryNodes", resource5),
    not_yet(service, "CPUAccounting", resource5),
    not_yet(service, "StartupCPUWeight", resource5),
    not_yet(service, "CPUShares", resource5),
    not_yet(service, "StartupCPUShares", resource5),
    not_yet(service, "MemoryAccounting", resource5),
    not_yet(service, "DefaultMemoryMin", resource5),
    not_yet(service, "DefaultMemoryLow", resource5),
    not_yet(service, "MemoryLimit", resource5),
    not_yet(service, "DeviceAllow", resource5),
    not_yet(service, "DevicePolicy", resource5),
    not_yet(service, "IOAccounting", resource5),
    not_yet(service, "IOWeight", resource5),
    not_yet(service, "StartupIOWeight", resource5),
    not_yet(service, "IODeviceWeight", resource5),
    not_yet(service, "IOReadBandwidthMax", resource5),
    not_yet(service, "IOWriteBandwidthMax", resource5),
    not_yet(service, "IOReadIOPSMax", resource5),
    not_yet(service, "IOWriteIOPSMax", resource5),
    not_yet(service, "IODeviceLatencyTargetSec", resource5),
    not_yet(service, "BlockIOAccounting", resource5),
    not_yet(service, "BlockIOWeight", resource5),
    not_yet(service, "StartupBlockIOWeight", resource5),
    not_yet(service, "BlockIODeviceWeight", resource5),
    not_yet(service, "BlockIOReadBandwidth", resource5),
    not_yet(service, "BlockIOWriteBandwidth", resource5),
    not_yet(service, "TasksAccounting", resource5),
    not_yet(service, "Delegate", resource5),
    not_yet(service, "DisableControllers", resource5),
    not_yet(service, "IPAccounting", resource5),
    not_yet(service, "IPAddressAllow", resource5),
    not_yet(service, "IPAddressDeny", resource5),
    not_yet(service, "IPIngressFilterPath", resource5),
    not_yet(service, "IPEgressFilterPath", resource5),
    not_yet(service, "ManagedOOMSwap", resource5),
    not_yet(service, "ManagedOOMMemoryPressure", resource5),
    not_yet(service, "ManagedOOMMemoryPressureLimit", resource5),
    not_yet(service, "ManagedOOMPreference", resource5),
    not_yet(service, "BPFProgram", resource5),
    not_yet(service, "SocketBindAllow", resource5),
    not_yet(service, "SocketBindDeny", resource5),
    not_yet(service, "RestrictNetworkInterfaces", resource5),
});
// clang-format on
static_assert(members_of(rows, mark<&Unit::resources>()) == fields<Resources>(),
              "each member of Resources needs a row");
constexpr auto table = sorted(rows);

} // namespace

std::span<Directive const> resource_control_directives() { return table; }

} // namespace mitori::unit
