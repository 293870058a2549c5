// Limits as they are written into plain files that stand for groups, v2 and v1.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>

#include "base/sys.hpp"
#include "cgroup/limits.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::cgroup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class LimitedGroup : public testing::Test {
protected:
    void write(std::string const& name, std::string const& text = "") {
        std::filesystem::create_directories(std::filesystem::path(dir / name).parent_path());
        std::ofstream(dir / name) << text;
    }
    std::string read(std::string const& name) { return base::sys::read_file(dir / name).value_or("none"); }
    /// A v1 hierarchy in which we are in /ours, with the files that the kernel would make in a new group `x`.
    void v1(std::string const& controller, std::vector<std::string> const& files) {
        std::ofstream(dir / "proc/self/mountinfo", std::ios::app)
            << "40 30 0:37 / " << (dir / controller) << " rw - cgroup none rw," << controller << "\n";
        std::ofstream(dir / "proc/self/cgroup", std::ios::app) << "3:" << controller << ":/ours\n";
        for (auto const& file : files)
            write(controller + "/ours/x/" + file);
    }
    Limited apply(Limits const& limits) {
        base::Fd const group = base::sys::open(dir / "v2", O_RDONLY | O_DIRECTORY).value();
        return Limited::apply(limits, group.get(), "x", dir / "proc");
    }

    LimitedGroup() {
        std::filesystem::create_directories(dir / "v2");
        write("proc/self/mountinfo");
        write("proc/self/cgroup");
    }
    test::TemporaryDirectory dir;
};

TEST_F(LimitedGroup, of_v2_is_limited_by_its_own_files) {
    for (auto const* file : {"memory.min", "memory.low", "memory.high", "memory.max", "memory.swap.max",
                             "memory.oom.group", "cpu.max", "cpu.weight", "pids.max"})
        write(std::string("v2/") + file);
    auto const limited = apply({.memory = 1000,
                                .memory_high = 900,
                                .memory_low = 100,
                                .memory_min = 10,
                                .swap = 0,
                                .millicpus = 1500,
                                .cpu_weight = 50,
                                .tasks = 9,
                                .end_together = true});
    EXPECT_THAT(limited.refused(), IsEmpty());
    EXPECT_THAT(limited.joins(), IsEmpty());
    EXPECT_EQ(read("v2/memory.min"), "10");
    EXPECT_EQ(read("v2/memory.low"), "100");
    EXPECT_EQ(read("v2/memory.high"), "900");
    EXPECT_EQ(read("v2/memory.max"), "1000");
    EXPECT_EQ(read("v2/memory.swap.max"), "0");
    EXPECT_EQ(read("v2/memory.oom.group"), "1");
    EXPECT_EQ(read("v2/cpu.max"), "150000 100000");
    EXPECT_EQ(read("v2/cpu.weight"), "50");
    EXPECT_EQ(read("v2/pids.max"), "9");
}

TEST_F(LimitedGroup, may_have_its_limits_lifted) {
    for (auto const* file : {"v2/memory.max", "v2/cpu.max"})
        write(file);
    auto const limited = apply({.memory = unlimited, .millicpus = unlimited});
    EXPECT_EQ(read("v2/memory.max"), "max");
    EXPECT_EQ(read("v2/cpu.max"), "max 100000");
}

TEST_F(LimitedGroup, gives_a_small_share_of_the_cpu_in_no_less_than_a_millisecond) {
    write("v2/cpu.max");
    auto const limited = apply({.millicpus = 10, .cpu_period = 1000});
    EXPECT_EQ(read("v2/cpu.max"), "1000 1000");
}

TEST_F(LimitedGroup, has_groups_in_v1_where_v2_has_no_controllers) {
    v1("memory", {"memory.limit_in_bytes", "memory.oom_control"});
    v1("cpu", {"cpu.cfs_period_us", "cpu.cfs_quota_us", "cpu.shares"});
    write("memory/ours/x/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n");
    auto const limited = apply({.memory = 1000, .millicpus = 500, .cpu_period = 50'000, .cpu_weight = 200});
    EXPECT_THAT(limited.refused(), IsEmpty());
    EXPECT_THAT(limited.joins(), SizeIs(2)) << "one for each controller, not for each limit";
    EXPECT_EQ(read("memory/ours/x/memory.limit_in_bytes"), "1000");
    EXPECT_EQ(read("cpu/ours/x/cpu.cfs_period_us"), "50000");
    EXPECT_EQ(read("cpu/ours/x/cpu.cfs_quota_us"), "25000");
    EXPECT_EQ(read("cpu/ours/x/cpu.shares"), "2048");
    EXPECT_EQ(limited.oom_kills(), 3U);
}

TEST_F(LimitedGroup, says_what_v1_does_not_have) {
    v1("memory", {"memory.limit_in_bytes"});
    auto const limited = apply({.memory = 1000, .memory_high = 900});
    EXPECT_THAT(limited.refused(), ElementsAre(HasSubstr("memory.high: no control group here that limits it: ")));
    EXPECT_EQ(read("memory/ours/x/memory.limit_in_bytes"), "1000");
}

TEST_F(LimitedGroup, says_what_no_hierarchy_has) {
    auto const limited = apply({.tasks = 5});
    EXPECT_THAT(limited.refused(), ElementsAre(HasSubstr("pids: no control group here that limits it: ")));
    EXPECT_EQ(limited.oom_kills(), std::nullopt);
}

} // namespace
} // namespace mitori::cgroup
