#include "manager/conditions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/detail/condition_tests.hpp"
#include "manager/detail/cpuid.hpp"
#include "unit/words.hpp"

namespace mitori::manager {

using unit::ConditionKind;

namespace {

struct Row {
    ConditionKind kind;
    std::string_view name;
    ConditionTest test;
};

/// In order of the enumerators: the kind is the index.
constexpr auto rows = std::to_array<Row>({
    {ConditionKind::architecture, "Architecture", is_architecture},
    {ConditionKind::firmware, "Firmware", has_firmware},
    {ConditionKind::virtualization, "Virtualization", is_virtualization},
    {ConditionKind::host, "Host", is_host},
    {ConditionKind::kernel_command_line, "KernelCommandLine", kernel_has_option},
    {ConditionKind::kernel_version, "KernelVersion", is_kernel_version},
    {ConditionKind::credential, "Credential", has_credential},
    {ConditionKind::security, "Security", has_security},
    {ConditionKind::capability, "Capability", has_capability},
    {ConditionKind::ac_power, "ACPower", on_ac_power},
    {ConditionKind::memory, "Memory", has_memory},
    {ConditionKind::cpus, "CPUs", has_cpus},
    {ConditionKind::cpu_feature, "CPUFeature", has_cpu_feature},
    {ConditionKind::environment, "Environment", has_variable},
    {ConditionKind::os_release, "OSRelease", is_os_release},
    {ConditionKind::user, "User", is_user},
    {ConditionKind::group, "Group", is_group},
    {ConditionKind::control_group_controller, "ControlGroupController", has_controllers},
    {ConditionKind::needs_update, "NeedsUpdate", needs_update},
    {ConditionKind::first_boot, "FirstBoot", is_first_boot},
    {ConditionKind::path_exists, "PathExists", path_exists},
    {ConditionKind::path_exists_glob, "PathExistsGlob", path_exists_glob},
    {ConditionKind::path_is_directory, "PathIsDirectory", path_is_directory},
    {ConditionKind::path_is_symbolic_link, "PathIsSymbolicLink", path_is_symbolic_link},
    {ConditionKind::path_is_mount_point, "PathIsMountPoint", path_is_mount_point},
    {ConditionKind::path_is_read_write, "PathIsReadWrite", path_is_read_write},
    {ConditionKind::path_is_encrypted, "PathIsEncrypted", path_is_encrypted},
    {ConditionKind::directory_not_empty, "DirectoryNotEmpty", directory_not_empty},
    {ConditionKind::file_not_empty, "FileNotEmpty", file_not_empty},
    {ConditionKind::file_is_executable, "FileIsExecutable", file_is_executable},
    {ConditionKind::memory_pressure, "MemoryPressure", memory_pressure_below},
    {ConditionKind::cpu_pressure, "CPUPressure", cpu_pressure_below},
    {ConditionKind::io_pressure, "IOPressure", io_pressure_below},
});
consteval bool rows_stand_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].kind) != i) return false;
    return rows.size() == static_cast<std::size_t>(ConditionKind::io_pressure) + 1;
}
static_assert(rows_stand_in_order());

Row const& row_of(ConditionKind kind) { return rows[static_cast<std::size_t>(kind)]; }

ConditionResult test_one(unit::Condition const& condition, Scene& scene) {
    Held const held = row_of(condition.kind).test(condition.parameter, scene);
    // What cannot be told is not met, negated or not.
    return {condition, held && *held != condition.negate, held.has_value()};
}

std::vector<gid_t> read_groups() {
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(0, ::getgroups(0, nullptr))));
    int const count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    groups.resize(static_cast<std::size_t>(std::max(0, count)));
    groups.push_back(::getgid());
    groups.push_back(::getegid());
    return groups;
}

unsigned count_cpus() {
    cpu_set_t mask;
    // More CPUs than the set has places for: the number that are online.
    if (::sched_getaffinity(0, sizeof mask, &mask) == 0) return static_cast<unsigned>(CPU_COUNT(&mask));
    return static_cast<unsigned>(std::max(1L, ::sysconf(_SC_NPROCESSORS_ONLN)));
}

} // namespace

Self read_self() {
    utsname names{};
    ::uname(&names);
    Self self{.machine = names.machine,
              .kernel = names.release,
              .host_name = names.nodename,
              .hypervisor = read_hypervisor(),
              .uid = ::getuid(),
              .effective_uid = ::geteuid(),
              .groups = read_groups(),
              .cpus = count_cpus(),
              .memory = static_cast<std::uint64_t>(std::max(0L, ::sysconf(_SC_PHYS_PAGES))) *
                        static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)),
              .environment = {}};
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text = *entry;
        auto const equals = text.find('=');
        if (equals != std::string_view::npos) self.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return self;
}

std::vector<ConditionResult> test_conditions(std::vector<unit::Condition> const& conditions, World const& world) {
    std::vector<ConditionResult> results;
    if (conditions.empty()) return results;
    Scene scene(world);
    for (auto const& condition : conditions)
        results.push_back(test_one(condition, scene));
    return results;
}

bool conditions_met(std::vector<ConditionResult> const& results) {
    bool plain_met = true;
    bool any_trigger = false;
    bool trigger_met = false;
    for (auto const& [condition, met, known] : results) {
        any_trigger = any_trigger || condition.trigger;
        if (condition.trigger)
            trigger_met = trigger_met || met;
        else
            plain_met = plain_met && met;
    }
    return plain_met && (trigger_met || !any_trigger);
}

std::string virtualization(World const& world) {
    Scene scene(world);
    if (scene.container() != "none") return "container:" + scene.container();
    return scene.machine() != "none" ? "vm:" + scene.machine() : std::string();
}

std::string show(unit::Condition const& condition) {
    return fmt::format("Condition{}={}{}{}", row_of(condition.kind).name, condition.trigger ? "|" : "",
                       condition.negate ? "!" : "", condition.parameter);
}

bool Scene::exists(std::string_view path) const {
    auto const found = base::sys::access(at(path), F_OK);
    return found && *found;
}

std::string Scene::text(std::string_view path) const { return base::sys::read_file(at(path), 1U << 20).value_or(""); }

std::string Scene::line(std::string_view path) const {
    std::string const all = text(path);
    return std::string(base::trim(std::string_view(all).substr(0, all.find_first_of(std::string_view("\n\0", 2)))));
}

std::vector<std::string> Scene::pieces(std::string_view path, std::string_view separators) const {
    std::string const all = text(path);
    auto const views = base::split(all, separators);
    return {views.begin(), views.end()};
}

std::optional<std::string> Scene::variable(std::string const& name) const {
    auto const found = self_.environment.find(name);
    return found == self_.environment.end() ? std::nullopt : std::optional(found->second);
}

std::string const& Scene::container() {
    if (!container_) container_ = detect_container(*this);
    return *container_;
}

std::string const& Scene::machine() {
    if (!machine_) machine_ = detect_machine(*this);
    return *machine_;
}

/// In a container the kernel's command line is the host's business; the words that our PID 1 was given count.
std::vector<std::string> Scene::command_line() {
    if (container() != "none") {
        auto words = pieces("/proc/1/cmdline", std::string_view("\0", 1));
        if (!words.empty()) words.erase(words.begin());
        return words;
    }
    return unit::split_words(text("/proc/cmdline")).value_or(std::vector<std::string>{});
}

} // namespace mitori::manager
