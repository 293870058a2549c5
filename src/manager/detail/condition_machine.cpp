#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "manager/detail/condition_comparison.hpp"
#include "manager/detail/condition_tests.hpp"
#include "manager/detail/cpuid.hpp"
#include "unit/load.hpp"
#include "unit/words.hpp"

namespace mitori::manager {

namespace {

/// capabilities(7), by number.
constexpr auto capabilities = std::to_array<std::string_view>({
    "cap_chown",
    "cap_dac_override",
    "cap_dac_read_search",
    "cap_fowner",
    "cap_fsetid",
    "cap_kill",
    "cap_setgid",
    "cap_setuid",
    "cap_setpcap",
    "cap_linux_immutable",
    "cap_net_bind_service",
    "cap_net_broadcast",
    "cap_net_admin",
    "cap_net_raw",
    "cap_ipc_lock",
    "cap_ipc_owner",
    "cap_sys_module",
    "cap_sys_rawio",
    "cap_sys_chroot",
    "cap_sys_ptrace",
    "cap_sys_pacct",
    "cap_sys_admin",
    "cap_sys_boot",
    "cap_sys_nice",
    "cap_sys_resource",
    "cap_sys_time",
    "cap_sys_tty_config",
    "cap_mknod",
    "cap_lease",
    "cap_audit_write",
    "cap_audit_control",
    "cap_setfcap",
    "cap_mac_override",
    "cap_mac_admin",
    "cap_syslog",
    "cap_wake_alarm",
    "cap_block_suspend",
    "cap_audit_read",
    "cap_perfmon",
    "cap_bpf",
    "cap_checkpoint_restore",
});

std::optional<unsigned> capability_of(std::string const& name) {
    if (auto const number = base::parse_integer<unsigned>(name)) return *number < 64 ? number : std::nullopt;
    auto const same = [&](std::string_view known) { return base::equal_ignoring_case(known, name); };
    auto const found = std::ranges::find_if(capabilities, same);
    if (found == capabilities.end()) return std::nullopt;
    return static_cast<unsigned>(found - capabilities.begin());
}

/// "kind(inner)" -> inner.
std::optional<std::string_view> argument_of(std::string_view text, std::string_view kind) {
    if (!text.starts_with(kind) || !text.substr(kind.size()).starts_with('(') || !text.ends_with(')'))
        return std::nullopt;
    return text.substr(kind.size() + 1, text.size() - kind.size() - 2);
}

Held has_smbios_field(std::string_view comparison, Scene& scene) {
    auto const end = comparison.find_first_of(" !<=>$");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    auto const field = comparison.substr(0, end);
    auto rest = base::trim(comparison.substr(end));
    auto const op = take_operator(rest);
    if (!op || rest.empty() || field.find('/') != std::string_view::npos) return std::nullopt;
    auto const value = unit::split_words(rest);
    if (!value || value->size() != 1) return std::nullopt;
    std::string const file = fmt::format("/sys/class/dmi/id/{}", field);
    return scene.exists(file) && compare_texts(scene.line(file), *op, value->front());
}

bool device_tree_is_compatible(std::string_view with, Scene& scene) {
    return std::ranges::count(scene.pieces("/proc/device-tree/compatible", std::string_view("\0", 1)), with) != 0;
}

/// The memory that we may use: the machine's, or less where a control group around us says so.
std::uint64_t usable_memory(Scene& scene) {
    std::uint64_t memory = scene.self().memory;
    for (auto const* limit : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"})
        if (auto const bytes = base::parse_integer<std::uint64_t>(scene.line(limit))) memory = std::min(memory, *bytes);
    return memory;
}

bool has_unified_groups(Scene& scene) { return scene.exists("/sys/fs/cgroup/cgroup.controllers"); }

// -- pressure

/// "12.34" as hundredths.
std::optional<std::uint64_t> parse_hundredths(std::string_view text) {
    auto const point = text.find('.');
    auto const whole = base::parse_integer<std::uint64_t>(text.substr(0, point));
    if (!whole || *whole > 1'000'000) return std::nullopt;
    if (point == std::string_view::npos) return *whole * 100;
    std::string fraction(text.substr(point + 1));
    if (fraction.empty() || fraction.size() > 2) return std::nullopt;
    fraction.resize(2, '0');
    auto const hundredths = base::parse_integer<std::uint64_t>(fraction);
    return hundredths ? std::optional(*whole * 100 + *hundredths) : std::nullopt;
}

struct Threshold {
    std::string slice;
    std::uint64_t hundredths = 0; ///< of a per cent
    std::string_view average = "avg300=";
};

/// "[SLICE:]PERCENT%[/SPAN]"
std::optional<Threshold> parse_threshold(std::string_view text) {
    Threshold threshold;
    if (auto const colon = text.find(':'); colon != std::string_view::npos) {
        threshold.slice = text.substr(0, colon);
        text = base::trim(text.substr(colon + 1));
        if (!threshold.slice.ends_with(".slice")) threshold.slice += ".slice";
    }
    if (auto const slash = text.find('/'); slash != std::string_view::npos) {
        auto const span = base::parse_span(text.substr(slash + 1));
        if (!span) return std::nullopt;
        if (*span == std::chrono::seconds(10))
            threshold.average = "avg10=";
        else if (*span == std::chrono::minutes(1))
            threshold.average = "avg60=";
        else if (*span != std::chrono::minutes(5))
            return std::nullopt;
        text = base::trim(text.substr(0, slash));
    }
    if (!text.ends_with('%')) return std::nullopt;
    auto const hundredths = parse_hundredths(text.substr(0, text.size() - 1));
    if (!hundredths || *hundredths > 100'00) return std::nullopt;
    threshold.hundredths = *hundredths;
    return threshold;
}

/// "a-b.slice" lies in "a.slice": systemd.slice(5).
std::string group_of_slice(std::string_view slice) {
    if (slice == "-.slice") return {};
    std::string path;
    for (auto dash = slice.find('-'); dash != std::string_view::npos; dash = slice.find('-', dash + 1))
        path += fmt::format("/{}.slice", slice.substr(0, dash));
    return fmt::format("{}/{}", path, slice);
}

std::optional<std::uint64_t> read_average(std::string const& text, std::string_view average) {
    for (auto const kind : {"full ", "some "})
        for (auto const line : base::split(text, "\n"))
            if (line.starts_with(kind))
                for (auto const word : base::split(line))
                    if (word.starts_with(average)) return parse_hundredths(word.substr(average.size()));
    return std::nullopt;
}

/// Where the kernel does not measure there is nothing to hold a start up for.
Held pressure_below(std::string const& parameter, std::string_view what, Scene& scene) {
    auto const threshold = parse_threshold(parameter);
    if (!threshold) return std::nullopt;
    std::string file = fmt::format("/proc/pressure/{}", what);
    if (!scene.exists(file)) return true;
    if (!threshold->slice.empty()) {
        if (!has_unified_groups(scene)) return true;
        file = fmt::format("/sys/fs/cgroup{}/{}.pressure", group_of_slice(threshold->slice), what);
        if (!scene.exists(file)) return true;
    }
    auto const current = read_average(scene.text(file), threshold->average);
    return current ? Held(*current <= threshold->hundredths) : std::nullopt;
}

// -- controllers

/// Those that systemd 252 knows by name and passes on to units.
constexpr auto known_controllers = std::to_array<std::string_view>(
    {"cpu", "cpuacct", "cpuset", "io", "blkio", "memory", "devices", "pids", "bpf-firewall", "bpf-devices",
     "bpf-foreign", "bpf-socket-bind", "bpf-restrict-network-interfaces"});

bool has_controller(std::string_view name, Scene& scene) {
    if (!has_unified_groups(scene)) return scene.exists(fmt::format("/sys/fs/cgroup/{}", name));
    // Processor time is counted without a controller there.
    if (name == "cpuacct") return true;
    return std::ranges::count(scene.pieces("/sys/fs/cgroup/cgroup.controllers", base::whitespace), name) != 0;
}

// -- power

Held mains_online(Scene& scene) {
    auto const supplies = base::sys::list_directory(scene.at("/sys/class/power_supply"));
    if (!supplies) return true;
    bool any_offline = false;
    for (auto const& supply : *supplies) {
        std::string const folder = "/sys/class/power_supply/" + supply;
        if (scene.line(folder + "/type") != "Mains") continue;
        if (scene.line(folder + "/online") == "1") return true;
        any_offline = true;
    }
    return !any_offline;
}

} // namespace

Held is_architecture(std::string const& parameter, Scene& scene) {
    std::string const here = unit::architecture_word(scene.self().machine);
    // We run as what we were compiled for; only the kernel may say otherwise, by personality(2).
    return parameter == here || (parameter == "native" && here == unit::architecture_word(read_self().machine));
}

Held has_firmware(std::string const& parameter, Scene& scene) {
    if (parameter == "uefi") return scene.exists("/sys/firmware/efi");
    if (parameter == "device-tree") return scene.exists("/sys/firmware/devicetree");
    if (auto const with = argument_of(parameter, "device-tree-compatible"))
        return device_tree_is_compatible(*with, scene);
    if (auto const comparison = argument_of(parameter, "smbios-field")) return has_smbios_field(*comparison, scene);
    return false;
}

Held kernel_has_option(std::string const& parameter, Scene& scene) {
    bool const whole = parameter.find('=') != std::string::npos;
    return std::ranges::any_of(scene.command_line(), [&](std::string const& word) {
        return word == parameter || (!whole && word.starts_with(parameter + "="));
    });
}

/// Expressions, all of which have to hold. The first may have a space between operator and version.
Held is_kernel_version(std::string const& parameter, Scene& scene) {
    auto const words = unit::split_words(parameter);
    if (!words || words->empty()) return std::nullopt;
    for (std::size_t i = 0; i < words->size(); ++i) {
        std::string_view version = (*words)[i];
        auto const op = take_operator(version);
        if (op && version.empty() && i == 0 && words->size() > 1) version = (*words)[++i];
        if (version.empty()) return std::nullopt;
        if (!compare_texts(scene.self().kernel, op.value_or(Operator::matches), version)) return false;
    }
    return true;
}

Held has_security(std::string const& parameter, Scene& scene) {
    if (parameter == "selinux") return scene.exists("/sys/fs/selinux/enforce");
    if (parameter == "apparmor") return scene.line("/sys/module/apparmor/parameters/enabled") == "Y";
    if (parameter == "tomoyo") return scene.exists("/sys/kernel/security/tomoyo/version");
    if (parameter == "ima") return scene.exists("/sys/kernel/security/ima/");
    if (parameter == "smack") return scene.exists("/sys/fs/smackfs/");
    // Kernels without system call auditing give no session to a process.
    if (parameter == "audit") return scene.exists("/proc/self/sessionid");
    if (parameter == "uefi-secureboot") {
        // Four bytes of attributes, then the value: UEFI specification, SecureBoot.
        auto const value = scene.text("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
        return value.size() > 4 && value[4] == '\1';
    }
    if (parameter == "tpm2") {
        auto const managers = base::sys::list_directory(scene.at("/sys/class/tpmrm"));
        return (managers && !managers->empty()) ||
               (scene.exists("/sys/firmware/efi") && scene.exists("/sys/firmware/acpi/tables/TPM2"));
    }
    return false;
}

Held has_capability(std::string const& parameter, Scene& scene) {
    auto const number = capability_of(parameter);
    if (!number) return std::nullopt;
    for (auto const& line : scene.pieces("/proc/self/status"))
        if (line.starts_with("CapBnd:")) {
            auto const bounding = base::parse_integer<std::uint64_t>(base::trim(std::string_view(line).substr(7)), 16);
            return bounding ? Held(((*bounding >> *number) & 1U) != 0) : std::nullopt;
        }
    return std::nullopt;
}

Held on_ac_power(std::string const& parameter, Scene& scene) {
    auto const wanted = base::parse_boolean(parameter);
    return wanted ? Held(*wanted == *mains_online(scene)) : std::nullopt;
}

Held has_memory(std::string const& parameter, Scene& scene) {
    std::string_view rest = parameter;
    auto const op = take_operator(rest).value_or(Operator::greater_or_equal);
    auto const bytes = base::parse_size(rest);
    return bytes ? compare_numbers(usable_memory(scene), op, *bytes) : std::nullopt;
}

Held has_cpus(std::string const& parameter, Scene& scene) {
    std::string_view rest = parameter;
    auto const op = take_operator(rest).value_or(Operator::greater_or_equal);
    auto const count = base::parse_integer<unsigned>(rest);
    return count ? compare_numbers(scene.self().cpus, op, *count) : std::nullopt;
}

Held has_cpu_feature(std::string const& parameter, Scene& /*scene*/) { return cpu_has(parameter); }

Held has_controllers(std::string const& parameter, Scene& scene) {
    if (parameter == "v2") return has_unified_groups(scene);
    if (parameter == "v1") return !has_unified_groups(scene);
    auto const names = base::split(parameter);
    return std::ranges::all_of(names, [&](std::string_view name) {
        return std::ranges::find(known_controllers, name) == known_controllers.end() || has_controller(name, scene);
    });
}

Held memory_pressure_below(std::string const& parameter, Scene& scene) {
    return pressure_below(parameter, "memory", scene);
}
Held cpu_pressure_below(std::string const& parameter, Scene& scene) { return pressure_below(parameter, "cpu", scene); }
Held io_pressure_below(std::string const& parameter, Scene& scene) { return pressure_below(parameter, "io", scene); }

} // namespace mitori::manager
