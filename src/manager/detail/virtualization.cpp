#include <array>
#include <utility>

#include "base/text.hpp"
#include "manager/detail/condition_tests.hpp"

namespace mitori::manager {

namespace {

using Row = std::pair<std::string_view, std::string_view>;

/// What firmware tables call a machine, by the beginning of the name. The order of systemd-detect-virt(1).
constexpr auto dmi_vendors = std::to_array<Row>({
    {"KVM", "kvm"},
    {"OpenStack", "kvm"},
    {"KubeVirt", "kvm"},
    {"Amazon EC2", "amazon"},
    {"QEMU", "qemu"},
    {"VMware", "vmware"},
    {"VMW", "vmware"},
    {"innotek GmbH", "oracle"},
    {"VirtualBox", "oracle"},
    {"Oracle Corporation", "oracle"},
    {"Xen", "xen"},
    {"Bochs", "bochs"},
    {"Parallels", "parallels"},
    {"BHYVE", "bhyve"},
    {"Hyper-V", "microsoft"},
    {"Apple Virtualization", "apple"},
});
constexpr auto dmi_files = std::to_array<std::string_view>({
    "/sys/class/dmi/id/product_name",
    "/sys/class/dmi/id/sys_vendor",
    "/sys/class/dmi/id/board_vendor",
    "/sys/class/dmi/id/bios_vendor",
    "/sys/class/dmi/id/product_version",
});
constexpr auto hypervisors = std::to_array<Row>({
    {"XenVMMXenVMM", "xen"},
    {"KVMKVMKVM", "kvm"},
    {"Linux KVM Hv", "kvm"},
    {"TCGTCGTCGTCG", "qemu"},
    {"VMwareVMware", "vmware"},
    {"Microsoft Hv", "microsoft"},
    {"bhyve bhyve ", "bhyve"},
    {"QNXQVMBSQG", "qnx"},
    {"ACRNACRNACRN", "acrn"},
    {"SRESRESRESRE", "sre"},
    {"Apple VZ", "apple"},
});
constexpr auto containers = std::to_array<std::string_view>(
    {"lxc", "lxc-libvirt", "systemd-nspawn", "docker", "podman", "rkt", "wsl", "proot", "pouch"});

std::string by_dmi(Scene const& scene) {
    for (auto const file : dmi_files) {
        std::string const name = scene.line(file);
        for (auto const& [begin, word] : dmi_vendors)
            if (name.starts_with(begin)) return std::string(word);
    }
    return "none";
}

std::string by_cpu(Scene const& scene) {
    if (scene.self().hypervisor.empty()) return "none";
    for (auto const& [signature, word] : hypervisors)
        if (scene.self().hypervisor == signature) return std::string(word);
    return "vm-other";
}

std::string by_device_tree(Scene const& scene) {
    std::string const hypervisor = scene.line("/proc/device-tree/hypervisor/compatible");
    if (hypervisor.starts_with("linux,kvm")) return "kvm";
    if (hypervisor.find("xen") != std::string::npos) return "xen";
    if (hypervisor.find("vmware") != std::string::npos) return "vmware";
    if (!hypervisor.empty()) return "vm-other";
    if (scene.exists("/proc/device-tree/ibm,partition-name") && scene.exists("/proc/device-tree/hmc-managed?") &&
        !scene.exists("/proc/device-tree/chosen/qemu,graphic-width"))
        return "powervm";
    if (scene.exists("/proc/device-tree/fw-cfg@")) return "qemu";
    return "none";
}

std::string by_zvm(Scene const& scene) {
    std::string const text = scene.text("/proc/sysinfo");
    auto const at = text.find("VM00 Control Program");
    if (at == std::string::npos) return "none";
    return base::trim(std::string_view(text).substr(text.find(':', at) + 1)).starts_with("z/VM") ? "zvm" : "kvm";
}

/// The first domain of Xen drives the hardware: it is no guest.
bool is_first_xen_domain(Scene const& scene) {
    auto const features = base::parse_integer<std::uint64_t>(scene.line("/sys/hypervisor/properties/features"), 16);
    if (features) return ((*features >> 11U) & 1U) != 0;
    return scene.text("/proc/xen/capabilities").find("control_d") != std::string::npos;
}

std::string unless_first_domain(Scene const& scene, std::string found) {
    return found == "xen" && is_first_xen_domain(scene) ? "none" : found;
}

/// A program that runs under proot(1) is traced by it.
bool traced_by_proot(Scene const& scene) {
    for (auto const& line : scene.pieces("/proc/self/status")) {
        if (!line.starts_with("TracerPid:")) continue;
        std::string const tracer(base::trim(std::string_view(line).substr(line.find(':') + 1)));
        return tracer != "0" && scene.line("/proc/" + tracer + "/comm").starts_with("proot");
    }
    return false;
}

/// container= of PID 1's environment: the name, or nothing.
std::string container_of_first_process(Scene const& scene) {
    for (auto const& variable : scene.pieces("/proc/1/environ", std::string_view("\0", 1)))
        if (variable.starts_with("container=")) return variable.substr(10);
    return {};
}

std::string by_marker_files(Scene const& scene) {
    if (scene.exists("/run/.containerenv")) return "podman";
    if (scene.exists("/.dockerenv")) return "docker";
    return {};
}

/// The name under which a container manager introduces itself.
std::string container_name(Scene const& scene) {
    if (std::string name = scene.line("/run/host/container-manager"); !name.empty()) return name;
    if (std::string name = scene.line("/run/systemd/container"); !name.empty()) return name;
    return container_of_first_process(scene);
}

/// In the first user namespace every id stands for itself.
bool in_user_namespace(Scene const& scene) {
    for (auto const* map : {"/proc/self/uid_map", "/proc/self/gid_map"}) {
        auto const words = scene.pieces(map, base::whitespace);
        if (!words.empty() && words != std::vector<std::string>{"0", "0", "4294967295"}) return true;
    }
    return scene.line("/proc/self/setgroups") == "deny";
}

} // namespace

std::string detect_container(Scene const& scene) {
    // OpenVZ shows /proc/vz inside and outside, /proc/bc outside only.
    if (scene.exists("/proc/vz") && !scene.exists("/proc/bc")) return "openvz";
    std::string const release = scene.line("/proc/sys/kernel/osrelease");
    if (release.find("Microsoft") != std::string::npos || release.find("WSL") != std::string::npos) return "wsl";
    if (traced_by_proot(scene)) return "proot";
    std::string name = container_name(scene);
    // "oci" is what any OCI runtime may say: who it is, marker files tell.
    if (name.empty() || name == "oci") {
        std::string const marked = by_marker_files(scene);
        if (marked.empty()) return name.empty() ? "none" : "container-other";
        return marked;
    }
    for (auto const known : containers)
        if (name == known) return name;
    return "container-other";
}

std::string detect_machine(Scene const& scene) {
    // Some firmware names the product where the processor only shows the hypervisor that it is built on.
    std::string const dmi = by_dmi(scene);
    for (auto const product : {"oracle", "xen", "amazon", "parallels"})
        if (dmi == product) return unless_first_domain(scene, dmi);
    if (scene.text("/proc/cpuinfo").find("User Mode Linux") != std::string::npos) return "uml";
    if (scene.exists("/proc/xen")) return unless_first_domain(scene, "xen");
    std::string const cpu = by_cpu(scene);
    if (cpu != "none" && cpu != "vm-other") return unless_first_domain(scene, cpu);
    if (dmi != "none") return dmi;
    if (std::string const type = scene.line("/sys/hypervisor/type"); !type.empty())
        return type == "xen" ? unless_first_domain(scene, "xen") : "vm-other";
    if (std::string const tree = by_device_tree(scene); tree != "none") return tree;
    if (std::string const zvm = by_zvm(scene); zvm != "none") return zvm;
    return cpu;
}

Held is_virtualization(std::string const& parameter, Scene& scene) {
    if (parameter == "private-users") return in_user_namespace(scene);
    bool const in_container = scene.container() != "none";
    if (parameter == "container") return in_container;
    // The innermost counts: in a container the machine below it is not asked for.
    std::string const& innermost = in_container ? scene.container() : scene.machine();
    if (parameter == "vm") return !in_container && innermost != "none";
    if (auto const wanted = base::parse_boolean(parameter)) return *wanted == (innermost != "none");
    return innermost != "none" && innermost == parameter;
}

} // namespace mitori::manager
