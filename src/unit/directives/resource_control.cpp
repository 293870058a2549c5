// Control groups of units: systemd.resource-control(5). Limits by cgroup are read and shown by name, not honoured yet.
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

using enum Section;

constexpr auto rows = std::to_array<Row>({
    unit_row<&Unit::slice, SliceName>(service, "Slice", "Slice", resource5),
    not_yet(service, "AllowedCPUs", resource5),
    not_yet(service, "StartupAllowedCPUs", resource5),
    not_yet(service, "AllowedMemoryNodes", resource5),
    not_yet(service, "StartupAllowedMemoryNodes", resource5),
    not_yet(service, "CPUAccounting", resource5),
    not_yet(service, "CPUWeight", resource5),
    not_yet(service, "StartupCPUWeight", resource5),
    not_yet(service, "CPUShares", resource5),
    not_yet(service, "StartupCPUShares", resource5),
    not_yet(service, "CPUQuota", resource5),
    not_yet(service, "CPUQuotaPeriodSec", resource5),
    not_yet(service, "MemoryAccounting", resource5),
    not_yet(service, "MemoryMin", resource5),
    not_yet(service, "DefaultMemoryMin", resource5),
    not_yet(service, "DefaultMemoryLow", resource5),
    not_yet(service, "MemoryLow", resource5),
    not_yet(service, "MemoryHigh", resource5),
    not_yet(service, "MemoryMax", resource5),
    not_yet(service, "MemorySwapMax", resource5),
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
    not_yet(service, "TasksMax", resource5),
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
constexpr auto table = sorted(rows);

} // namespace

std::span<Directive const> resource_control_directives() { return table; }

} // namespace mitori::unit
