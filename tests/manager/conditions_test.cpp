#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/conditions.hpp"
#include "manager/detail/condition_comparison.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::manager {
namespace {

using namespace std::string_literals;
using unit::ConditionKind;

/// A small tree that stands for the machine, and a self beside it.
class Conditions : public testing::Test {
protected:
    Conditions() { world.root = folder.path(), world.self = Self{}; }

    void file(std::string const& path, std::string const& text = "") {
        make_parents(path);
        std::ofstream(world.root + path) << text;
    }
    void directory(std::string const& path) { make_parents(path + "/."); }
    void link(std::string const& path, std::string const& target) {
        make_parents(path);
        ASSERT_EQ(::symlink(target.c_str(), (world.root + path).c_str()), 0);
    }
    bool met(ConditionKind kind, std::string const& parameter) { return test(kind, parameter).met; }
    bool known(ConditionKind kind, std::string const& parameter) { return test(kind, parameter).known; }
    ConditionResult test(ConditionKind kind, std::string const& parameter) {
        return test_conditions({{.kind = kind, .parameter = parameter}}, world).front();
    }

    test::TemporaryDirectory folder;
    World world;

private:
    void make_parents(std::string const& path) {
        ASSERT_TRUE(base::sys::make_directories(world.root + path.substr(0, path.rfind('/'))));
    }
};

// -- lists of conditions

std::vector<ConditionResult> results(std::initializer_list<std::pair<bool, bool>> trigger_and_met) {
    std::vector<ConditionResult> results;
    for (auto const& [trigger, met] : trigger_and_met)
        results.push_back({{.kind = ConditionKind::path_exists, .trigger = trigger, .parameter = "/"}, met, true});
    return results;
}

TEST(ConditionsMet, all_plain_ones_and_one_of_the_triggers) {
    EXPECT_TRUE(conditions_met({}));
    EXPECT_TRUE(conditions_met(results({{false, true}, {false, true}})));
    EXPECT_FALSE(conditions_met(results({{false, true}, {false, false}})));
    EXPECT_TRUE(conditions_met(results({{true, false}, {true, true}})));
    EXPECT_FALSE(conditions_met(results({{true, false}, {false, true}})));
    EXPECT_FALSE(conditions_met(results({{true, true}, {false, false}})));
}

TEST(ShowCondition, is_the_line_of_the_file) {
    EXPECT_EQ(show({.kind = ConditionKind::path_exists, .negate = true, .parameter = "/etc/foo"}),
              "ConditionPathExists=!/etc/foo");
    EXPECT_EQ(show({.kind = ConditionKind::cpus, .trigger = true, .negate = true, .parameter = ">2"}),
              "ConditionCPUs=|!>2");
}

TEST_F(Conditions, negation_turns_what_is_known_and_leaves_what_is_not) {
    auto const negated = [&](ConditionKind kind, std::string const& parameter) {
        return test_conditions({{.kind = kind, .negate = true, .parameter = parameter}}, world).front();
    };
    EXPECT_TRUE(negated(ConditionKind::path_exists, "/nope").met);
    EXPECT_FALSE(negated(ConditionKind::capability, "CAP_NONSENSE").met);
    EXPECT_FALSE(negated(ConditionKind::capability, "CAP_NONSENSE").known);
}

TEST_F(Conditions, every_kind_answers_in_an_empty_world) {
    for (int kind = 0; kind <= static_cast<int>(ConditionKind::io_pressure); ++kind)
        for (auto const parameter : {"", "x", "/x", "yes", "1", "=", ">", "%"})
            EXPECT_FALSE(show(test(static_cast<ConditionKind>(kind), parameter).condition).empty());
}

// -- paths

TEST_F(Conditions, paths_are_looked_up_below_the_root_and_links_are_followed) {
    file("/a/file", "text");
    link("/a/link", "file");
    link("/a/broken", "nowhere");
    EXPECT_TRUE(met(ConditionKind::path_exists, "/a/file"));
    EXPECT_TRUE(met(ConditionKind::path_exists, "/a/link"));
    EXPECT_FALSE(met(ConditionKind::path_exists, "/a/broken"));
    EXPECT_TRUE(met(ConditionKind::path_is_symbolic_link, "/a/broken"));
    EXPECT_FALSE(met(ConditionKind::path_is_symbolic_link, "/a/file"));
    EXPECT_TRUE(met(ConditionKind::path_is_directory, "/a"));
    EXPECT_FALSE(met(ConditionKind::path_is_directory, "/a/file"));
    EXPECT_TRUE(met(ConditionKind::path_exists_glob, "/a/f*"));
    EXPECT_TRUE(met(ConditionKind::path_exists_glob, "/{b,a}/file"));
    EXPECT_FALSE(met(ConditionKind::path_exists_glob, "/a/z*"));
}

TEST_F(Conditions, files_are_empty_full_or_executable) {
    file("/empty");
    file("/full", "text");
    EXPECT_FALSE(met(ConditionKind::file_not_empty, "/empty"));
    EXPECT_TRUE(met(ConditionKind::file_not_empty, "/full"));
    EXPECT_FALSE(met(ConditionKind::file_not_empty, "/"));
    EXPECT_FALSE(met(ConditionKind::file_is_executable, "/full"));
    ASSERT_EQ(::chmod((world.root + "/full").c_str(), 0755), 0);
    EXPECT_TRUE(met(ConditionKind::file_is_executable, "/full"));
    EXPECT_FALSE(met(ConditionKind::file_is_executable, "/"));
}

TEST_F(Conditions, hidden_files_and_backups_do_not_fill_a_directory) {
    directory("/d");
    file("/d/.hidden");
    file("/d/old~");
    EXPECT_FALSE(met(ConditionKind::directory_not_empty, "/d"));
    file("/d/seen");
    EXPECT_TRUE(met(ConditionKind::directory_not_empty, "/d"));
    EXPECT_FALSE(met(ConditionKind::directory_not_empty, "/d/seen"));
    EXPECT_FALSE(met(ConditionKind::directory_not_empty, "/nope"));
}

TEST_F(Conditions, mount_points_and_writable_systems_are_known_from_the_kernel) {
    directory("/d");
    EXPECT_FALSE(met(ConditionKind::path_is_mount_point, "/d"));
    EXPECT_TRUE(met(ConditionKind::path_is_read_write, "/d"));
    EXPECT_FALSE(met(ConditionKind::path_is_read_write, "/nope"));
    world.root = "";
    EXPECT_TRUE(met(ConditionKind::path_is_mount_point, "/proc"));
}

TEST_F(Conditions, a_path_is_encrypted_when_its_device_or_all_it_is_made_of_is) {
    directory("/data");
    auto const device = base::sys::stat(world.root + "/data").value().st_dev;
    auto const block = "/sys/dev/block/" + std::to_string(major(device)) + ":" + std::to_string(minor(device));
    EXPECT_FALSE(met(ConditionKind::path_is_encrypted, "/data"));
    file(block + "/slaves/dm-0/dm/uuid", "CRYPT-LUKS2-abc\n");
    EXPECT_TRUE(met(ConditionKind::path_is_encrypted, "/data"));
    file(block + "/slaves/sda/size", "1");
    EXPECT_FALSE(met(ConditionKind::path_is_encrypted, "/data"));
}

TEST_F(Conditions, an_update_is_needed_when_usr_is_newer_than_the_stamp) {
    directory("/usr");
    directory("/etc");
    EXPECT_TRUE(met(ConditionKind::needs_update, "/etc"));
    file("/etc/.updated");
    auto const set = [&](std::string const& path, time_t seconds) {
        timespec const times[] = {{seconds, 5}, {seconds, 5}};
        ASSERT_EQ(::utimensat(AT_FDCWD, (world.root + path).c_str(), times, 0), 0);
    };
    set("/etc/.updated", 1000);
    set("/usr", 1000);
    EXPECT_FALSE(met(ConditionKind::needs_update, "/etc"));
    set("/usr", 1001);
    EXPECT_TRUE(met(ConditionKind::needs_update, "/etc"));
    file("/proc/cmdline", "quiet systemd.condition-needs-update=no");
    EXPECT_FALSE(met(ConditionKind::needs_update, "/etc"));
}

// -- the machine

TEST_F(Conditions, architecture_is_systemds_word_for_unames) {
    world.self->machine = "aarch64";
    EXPECT_TRUE(met(ConditionKind::architecture, "arm64"));
    EXPECT_FALSE(met(ConditionKind::architecture, "x86-64"));
    world.self->machine = read_self().machine;
    EXPECT_TRUE(met(ConditionKind::architecture, "native"));
}

TEST_F(Conditions, firmware_by_what_sysfs_shows) {
    EXPECT_FALSE(met(ConditionKind::firmware, "uefi"));
    directory("/sys/firmware/efi");
    EXPECT_TRUE(met(ConditionKind::firmware, "uefi"));
    file("/sys/class/dmi/id/bios_version", "2.10\n");
    EXPECT_TRUE(met(ConditionKind::firmware, "smbios-field(bios_version >= 2.9)"));
    EXPECT_FALSE(met(ConditionKind::firmware, "smbios-field(bios_version = 2.9)"));
    EXPECT_FALSE(met(ConditionKind::firmware, "smbios-field(board_name = x)"));
    file("/proc/device-tree/compatible", "raspberrypi,4\0brcm,bcm2711\0"s);
    EXPECT_TRUE(met(ConditionKind::firmware, "device-tree-compatible(brcm,bcm2711)"));
    EXPECT_FALSE(met(ConditionKind::firmware, "device-tree-compatible(brcm)"));
}

TEST_F(Conditions, kernel_command_line_knows_words_and_assignments) {
    file("/proc/cmdline", "quiet root=/dev/sda1 debug=\n");
    EXPECT_TRUE(met(ConditionKind::kernel_command_line, "quiet"));
    EXPECT_TRUE(met(ConditionKind::kernel_command_line, "root"));
    EXPECT_TRUE(met(ConditionKind::kernel_command_line, "root=/dev/sda1"));
    EXPECT_FALSE(met(ConditionKind::kernel_command_line, "root=/dev/sda"));
    EXPECT_FALSE(met(ConditionKind::kernel_command_line, "qui"));
    // In a container what PID 1 was given counts instead.
    file("/run/systemd/container", "docker\n");
    file("/proc/1/cmdline", "/sbin/init\0rescue\0"s);
    EXPECT_FALSE(met(ConditionKind::kernel_command_line, "quiet"));
    EXPECT_TRUE(met(ConditionKind::kernel_command_line, "rescue"));
}

TEST_F(Conditions, kernel_version_compares_as_version_text_or_pattern) {
    world.self->kernel = "6.1.0-18-amd64";
    for (auto const yes :
         {">= 6.1", ">=6.1", ">5.10 <7", "6.1*", "$=6.*", "!$=5.*", "=6.1.0-18-amd64", "!=6.1", "<>6.1"})
        EXPECT_TRUE(met(ConditionKind::kernel_version, yes)) << yes;
    for (auto const no : {"< 6.1", "6.1", "=6.1", ">5.10 <6", "5*"})
        EXPECT_FALSE(met(ConditionKind::kernel_version, no)) << no;
    EXPECT_FALSE(known(ConditionKind::kernel_version, ">"));
}

TEST_F(Conditions, virtualization_names_the_container_before_the_machine) {
    EXPECT_TRUE(met(ConditionKind::virtualization, "no"));
    world.self->hypervisor = "KVMKVMKVM";
    EXPECT_TRUE(met(ConditionKind::virtualization, "kvm"));
    EXPECT_TRUE(met(ConditionKind::virtualization, "vm"));
    EXPECT_TRUE(met(ConditionKind::virtualization, "yes"));
    EXPECT_FALSE(met(ConditionKind::virtualization, "container"));
    file("/run/systemd/container", "podman\n");
    EXPECT_TRUE(met(ConditionKind::virtualization, "podman"));
    EXPECT_TRUE(met(ConditionKind::virtualization, "container"));
    EXPECT_FALSE(met(ConditionKind::virtualization, "vm"));
    EXPECT_FALSE(met(ConditionKind::virtualization, "kvm"));
}

TEST_F(Conditions, each_container_shows_itself_in_its_way) {
    struct Case {
        std::string path;
        std::string text;
        std::string word;
    };
    for (auto const& [path, text, word] : {
             Case{"/.dockerenv", "", "docker"},
             Case{"/run/.containerenv", "", "podman"},
             Case{"/proc/1/environ", "A=b\0container=lxc\0"s, "lxc"},
             Case{"/run/host/container-manager", "systemd-nspawn\n", "systemd-nspawn"},
             Case{"/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n", "wsl"},
             Case{"/proc/vz/x", "", "openvz"},
             Case{"/run/systemd/container", "mine\n", "container-other"},
         }) {
        test::TemporaryDirectory other;
        world.root = other.path();
        file(path, text);
        EXPECT_TRUE(met(ConditionKind::virtualization, word)) << path;
        EXPECT_TRUE(met(ConditionKind::virtualization, "container")) << path;
    }
}

TEST_F(Conditions, each_machine_shows_itself_in_its_way) {
    struct Case {
        std::string hypervisor;
        std::string path;
        std::string text;
        std::string word;
    };
    for (auto const& [hypervisor, path, text, word] : {
             Case{"KVMKVMKVM", "/sys/class/dmi/id/sys_vendor", "Amazon EC2\n", "amazon"},
             Case{"", "/sys/class/dmi/id/sys_vendor", "QEMU\n", "qemu"},
             Case{"KVMKVMKVM", "/sys/class/dmi/id/product_name", "VirtualBox\n", "oracle"},
             Case{"Microsoft Hv", "/x", "", "microsoft"},
             Case{"", "/proc/cpuinfo", "vendor_id : User Mode Linux\n", "uml"},
             Case{"", "/sys/hypervisor/type", "xen\n", "xen"},
             Case{"", "/proc/device-tree/hypervisor/compatible", "linux,kvm\0"s, "kvm"},
             Case{"SomethingNew", "/x", "", "vm-other"},
         }) {
        test::TemporaryDirectory other;
        world.root = other.path();
        world.self->hypervisor = hypervisor;
        file(path, text);
        EXPECT_TRUE(met(ConditionKind::virtualization, word)) << word;
    }
    world.root = folder.path();
    world.self->hypervisor = "XenVMMXenVMM";
    file("/proc/xen/capabilities", "control_d\n");
    EXPECT_TRUE(met(ConditionKind::virtualization, "no")) << "the first domain is no guest";
}

TEST_F(Conditions, private_users_are_those_of_another_user_namespace) {
    file("/proc/self/uid_map", "         0          0 4294967295\n");
    EXPECT_FALSE(met(ConditionKind::virtualization, "private-users"));
    file("/proc/self/uid_map", "0 1000 1\n");
    EXPECT_TRUE(met(ConditionKind::virtualization, "private-users"));
}

TEST_F(Conditions, capability_is_one_of_the_bounding_set) {
    file("/proc/self/status", "Name:\tx\nCapBnd:\t00000000a80425fb\n");
    EXPECT_TRUE(met(ConditionKind::capability, "CAP_KILL"));
    EXPECT_TRUE(met(ConditionKind::capability, "cap_mknod"));
    EXPECT_FALSE(met(ConditionKind::capability, "CAP_SYS_ADMIN"));
    EXPECT_FALSE(known(ConditionKind::capability, "CAP_NONSENSE"));
}

TEST_F(Conditions, numbers_of_cpus_and_bytes_are_compared) {
    world.self->cpus = 4;
    world.self->memory = 8ULL << 30U;
    for (auto const yes : {"4", "3", ">=4", ">3", "=4", "==4", "!=3", "<>3", "<5", "<= 4"})
        EXPECT_TRUE(met(ConditionKind::cpus, yes)) << yes;
    for (auto const no : {"5", "<4", "!=4", "$=4", "x"})
        EXPECT_FALSE(met(ConditionKind::cpus, no)) << no;
    EXPECT_TRUE(met(ConditionKind::memory, ">= 8G"));
    file("/sys/fs/cgroup/memory.max", "1073741824\n");
    EXPECT_FALSE(met(ConditionKind::memory, "2G"));
    EXPECT_TRUE(met(ConditionKind::memory, "1G"));
    EXPECT_FALSE(known(ConditionKind::memory, "much"));
}

TEST_F(Conditions, power_is_mains_unless_every_known_mains_is_out) {
    EXPECT_TRUE(met(ConditionKind::ac_power, "true"));
    file("/sys/class/power_supply/BAT0/type", "Battery\n");
    EXPECT_TRUE(met(ConditionKind::ac_power, "true"));
    file("/sys/class/power_supply/AC/type", "Mains\n");
    file("/sys/class/power_supply/AC/online", "0\n");
    EXPECT_TRUE(met(ConditionKind::ac_power, "false"));
    file("/sys/class/power_supply/AC/online", "1\n");
    EXPECT_TRUE(met(ConditionKind::ac_power, "true"));
}

TEST_F(Conditions, controllers_by_what_the_tree_offers) {
    EXPECT_TRUE(met(ConditionKind::control_group_controller, "v1"));
    directory("/sys/fs/cgroup/memory");
    EXPECT_TRUE(met(ConditionKind::control_group_controller, "memory"));
    EXPECT_FALSE(met(ConditionKind::control_group_controller, "memory pids"));
    file("/sys/fs/cgroup/cgroup.controllers", "cpu io pids\n");
    EXPECT_TRUE(met(ConditionKind::control_group_controller, "v2"));
    EXPECT_TRUE(met(ConditionKind::control_group_controller, "cpu pids"));
    EXPECT_FALSE(met(ConditionKind::control_group_controller, "cpu memory"));
    EXPECT_TRUE(met(ConditionKind::control_group_controller, "nonsense"));
}

TEST_F(Conditions, pressure_is_held_against_the_average_of_the_span) {
    EXPECT_TRUE(met(ConditionKind::memory_pressure, "1%")) << "a kernel that does not measure holds nothing up";
    file("/proc/pressure/memory", "some avg10=50.00 avg60=40.00 avg300=30.00 total=1\n"
                                  "full avg10=12.50 avg60=10.00 avg300=5.00 total=1\n");
    EXPECT_TRUE(met(ConditionKind::memory_pressure, "5%"));
    EXPECT_FALSE(met(ConditionKind::memory_pressure, "4.99%"));
    EXPECT_FALSE(met(ConditionKind::memory_pressure, "12.49%/10sec"));
    EXPECT_TRUE(met(ConditionKind::memory_pressure, "10%/1min"));
    file("/proc/pressure/cpu", "some avg10=7.00 avg60=0.00 avg300=0.00 total=1\n");
    EXPECT_FALSE(met(ConditionKind::cpu_pressure, "6%/10s"));
    for (auto const bad : {"10", "101%", "10%/2min", "x%"})
        EXPECT_FALSE(known(ConditionKind::memory_pressure, bad)) << bad;
    file("/sys/fs/cgroup/cgroup.controllers", "memory\n");
    file("/sys/fs/cgroup/a.slice/a-b.slice/memory.pressure", "full avg10=0.00 avg60=0.00 avg300=80.00 total=1\n");
    EXPECT_FALSE(met(ConditionKind::memory_pressure, "a-b.slice:79%"));
    EXPECT_TRUE(met(ConditionKind::memory_pressure, "a-b.slice:80%"));
}

TEST_F(Conditions, security_by_what_the_kernel_shows) {
    for (auto const word : {"selinux", "apparmor", "tomoyo", "ima", "smack", "audit", "uefi-secureboot", "tpm2", "x"})
        EXPECT_FALSE(met(ConditionKind::security, word)) << word;
    file("/sys/module/apparmor/parameters/enabled", "Y\n");
    EXPECT_TRUE(met(ConditionKind::security, "apparmor"));
    file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", "\6\0\0\0\1"s);
    EXPECT_TRUE(met(ConditionKind::security, "uefi-secureboot"));
    directory("/sys/class/tpmrm/tpmrm0");
    EXPECT_TRUE(met(ConditionKind::security, "tpm2"));
}

// -- the system

TEST_F(Conditions, host_is_a_pattern_of_the_name_or_a_machine_id) {
    world.self->host_name = "Web-3";
    EXPECT_TRUE(met(ConditionKind::host, "web-?"));
    EXPECT_FALSE(met(ConditionKind::host, "web"));
    file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n");
    EXPECT_TRUE(met(ConditionKind::host, "0123456789ABCDEF0123456789abcdef"));
    EXPECT_FALSE(met(ConditionKind::host, "1123456789abcdef0123456789abcdef"));
}

TEST_F(Conditions, environment_is_the_managers) {
    world.self->environment = {{"A", "b"}, {"EMPTY", ""}};
    EXPECT_TRUE(met(ConditionKind::environment, "A"));
    EXPECT_TRUE(met(ConditionKind::environment, "A=b"));
    EXPECT_TRUE(met(ConditionKind::environment, "EMPTY="));
    EXPECT_FALSE(met(ConditionKind::environment, "A=c"));
    EXPECT_FALSE(met(ConditionKind::environment, "B"));
}

TEST_F(Conditions, os_release_fields_are_compared_and_all_have_to_hold) {
    file("/usr/lib/os-release", "ID=debian\nVERSION_ID=\"12\"\nNAME='Debian GNU/Linux'\n");
    for (auto const yes : {"ID=debian", "ID$=deb*", "VERSION_ID>=11 VERSION_ID<13", "VERSION_ID==12", "NOPE!=x",
                           "\"NAME=Debian GNU/Linux\""})
        EXPECT_TRUE(met(ConditionKind::os_release, yes)) << yes;
    for (auto const no : {"ID=fedora", "VERSION_ID>=11 VERSION_ID<12", "NOPE=x"})
        EXPECT_FALSE(met(ConditionKind::os_release, no)) << no;
    for (auto const bad : {"ID", "=x", "ID="})
        EXPECT_FALSE(known(ConditionKind::os_release, bad)) << bad;
    file("/etc/os-release", "ID=fedora\n");
    EXPECT_TRUE(met(ConditionKind::os_release, "ID=fedora"));
}

TEST_F(Conditions, user_and_group_are_the_managers) {
    world.self->uid = world.self->effective_uid = 1234;
    world.self->groups = {1234, 27};
    EXPECT_TRUE(met(ConditionKind::user, "1234"));
    EXPECT_FALSE(met(ConditionKind::user, "root"));
    EXPECT_FALSE(met(ConditionKind::user, "@system"));
    EXPECT_TRUE(met(ConditionKind::group, "27"));
    EXPECT_FALSE(met(ConditionKind::group, "root"));
    world.self->effective_uid = 0;
    EXPECT_TRUE(met(ConditionKind::user, "root"));
    EXPECT_TRUE(met(ConditionKind::user, "@system"));
}

TEST_F(Conditions, credentials_lie_in_the_folders_that_the_environment_names) {
    world.self->environment = {{"CREDENTIALS_DIRECTORY", "/run/creds"}};
    file("/run/creds/token", "x");
    EXPECT_TRUE(met(ConditionKind::credential, "token"));
    EXPECT_FALSE(met(ConditionKind::credential, "other"));
    EXPECT_FALSE(met(ConditionKind::credential, "../creds/token"));
}

TEST_F(Conditions, first_boot_is_a_mark_or_the_kernels_command_line) {
    EXPECT_TRUE(met(ConditionKind::first_boot, "no"));
    file("/run/systemd/first-boot");
    EXPECT_TRUE(met(ConditionKind::first_boot, "yes"));
    file("/proc/cmdline", "systemd.condition-first-boot=0");
    EXPECT_TRUE(met(ConditionKind::first_boot, "no"));
    EXPECT_FALSE(known(ConditionKind::first_boot, "perhaps"));
}

// -- versions

TEST(Version, is_ordered_as_the_uapi_groups_examples) {
    constexpr std::string_view rising[] = {"1~rc1", "1", "1-1", "1.1~x", "1.1", "1.2", "1.10", "1.10a", "1.10b", "2"};
    for (std::size_t i = 0; i < std::size(rising); ++i)
        for (std::size_t k = 0; k < std::size(rising); ++k) {
            int const order = compare_versions(rising[i], rising[k]);
            EXPECT_EQ(order < 0, i < k) << rising[i] << " " << rising[k];
            EXPECT_EQ(order == 0, i == k) << rising[i] << " " << rising[k];
        }
    EXPECT_EQ(compare_versions("01", "1"), 0);
    EXPECT_EQ(compare_versions("1_", "1"), 0);
    EXPECT_LT(compare_versions("1", "1^post"), 0);
    EXPECT_LT(compare_versions("1^post", "1.1"), 0);
}

} // namespace
} // namespace mitori::manager
