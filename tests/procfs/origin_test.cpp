#include <gtest/gtest.h>

#include "procfs/machine.hpp"
#include "procfs/origin.hpp"

namespace mitori::procfs {
namespace {

constexpr std::string_view id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

std::string container(std::string const& path) {
    auto const found = container_of_cgroup(path);
    return found ? found->engine + ":" + found->id : "";
}

TEST(UnitOfCgroup, is_the_innermost_one) {
    EXPECT_EQ(unit_of_cgroup("/system.slice/nginx.service"), "nginx.service");
    EXPECT_EQ(unit_of_cgroup("/system.slice/nginx.service/workers"), "nginx.service");
    EXPECT_EQ(unit_of_cgroup("/user.slice/user-1000.slice/user@1000.service/app.slice/x.service"), "x.service");
    EXPECT_EQ(unit_of_cgroup("/user.slice/user-1000.slice/session-2.scope"), "session-2.scope");
    EXPECT_EQ(unit_of_cgroup("/system.slice/system-getty.slice/getty@tty1.service"), "getty@tty1.service");
    EXPECT_EQ(unit_of_cgroup("/a/_b.service"), "b.service") << "an escaped name";
    EXPECT_EQ(unit_of_cgroup("/system.slice"), "");
    EXPECT_EQ(unit_of_cgroup("/"), "");
    EXPECT_EQ(unit_of_cgroup("/.service"), "");
}

TEST(ContainerOfCgroup, is_known_by_its_engines_names) {
    std::string const all(id);
    EXPECT_EQ(container("/system.slice/docker-" + all + ".scope"), "docker:0123456789ab");
    EXPECT_EQ(container("/docker/" + all), "docker:0123456789ab");
    EXPECT_EQ(container("/machine.slice/libpod-" + all + ".scope/container"), "podman:0123456789ab");
    EXPECT_EQ(container("/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + all + ".scope"),
              "containerd:0123456789ab");
    EXPECT_EQ(container("/kubepods/burstable/pod1/" + all), "kubernetes:0123456789ab");
    EXPECT_EQ(container("/lxc.payload.web"), "lxc:web");
    EXPECT_EQ(container("/default/" + all), "container:0123456789ab");
    EXPECT_EQ(container("/machine.slice/libpod-conmon-" + all + ".scope"), "") << "its keeper is outside";
    EXPECT_EQ(container("/system.slice/docker-notes.service"), "");
    EXPECT_EQ(container("/system.slice/nginx.service"), "");
}

TEST(Terminal, is_named_by_its_number) {
    EXPECT_EQ(terminal_by_number(0x8801), "pts/1");
    EXPECT_EQ(terminal_by_number(0x0401), "tty1");
    EXPECT_EQ(terminal_by_number(0x0441), "ttyS1");
    EXPECT_EQ(terminal_by_number(0x0501), "console");
    EXPECT_EQ(terminal_by_number(0x0103), std::nullopt);
    EXPECT_EQ(Terminals().name(0), "?");
}

TEST(Machine, reckons_when_a_process_began) {
    Machine const machine{.ticks_per_second = 100, .boot_time = 1000, .uptime = 60.5};
    EXPECT_EQ(machine.started(2050), 1020);
    EXPECT_EQ(machine.age(2050), 40U);
    EXPECT_EQ(machine.age(999999), 0U);
}

} // namespace
} // namespace mitori::procfs
