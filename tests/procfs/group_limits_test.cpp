#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "procfs/group_limits.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::procfs {
namespace {

/// A tree of control groups made of plain files.
class Tree {
public:
    explicit Tree(std::string const& root = "/") {
        std::ofstream(folder_ / "mountinfo") << fmt::format(
            "30 22 0:27 {} {} rw - cgroup2 cgroup2 rw\n31 22 0:28 / {} rw shared:3 - cgroup cgroup rw,memory\n", root,
            folder_ / "v2", folder_ / "v1");
    }
    void write(std::string const& file, std::string const& text) {
        auto const path = folder_ / file;
        std::filesystem::create_directories(std::filesystem::path(path).parent_path());
        std::ofstream(path) << text << '\n';
    }
    GroupLimits limits() { return GroupLimits(folder_ / "mountinfo"); }

private:
    test::TemporaryDirectory folder_;
};

TEST(GroupLimits, count_every_group_on_the_way_up) {
    Tree tree;
    tree.write("v2/a/b/memory.max", "1000");
    tree.write("v2/a/b/memory.current", "100");
    tree.write("v2/a/memory.max", "2000");
    tree.write("v2/a/memory.current", "1500");
    auto limits = tree.limits();
    auto const found = limits.memory("/a/b", "");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->most, 2000U) << "it leaves 500; the nearer one leaves 900";
    EXPECT_EQ(found->used, 1500U);
    EXPECT_EQ(found->group, "/a");
}

TEST(GroupLimits, are_none_where_nothing_limits) {
    Tree tree;
    tree.write("v2/a/memory.max", "max");
    auto limits = tree.limits();
    EXPECT_FALSE(limits.memory("/a", ""));
    EXPECT_FALSE(limits.memory("/not/there", ""));
    EXPECT_FALSE(limits.memory("/../outside", ""));
    EXPECT_FALSE(GroupLimits("/no/such/file").memory("/a", ""));
}

TEST(GroupLimits, know_the_first_version_too) {
    Tree tree;
    tree.write("v1/x/memory.limit_in_bytes", "4096");
    tree.write("v1/x/memory.usage_in_bytes", "1024");
    tree.write("v1/memory.limit_in_bytes", "9223372036854771712");
    auto limits = tree.limits();
    ASSERT_TRUE(limits.memory("/a", "/x"));
    EXPECT_EQ(limits.memory("/a", "/x")->most, 4096U);
    EXPECT_FALSE(limits.memory("/a", "/"));
}

TEST(GroupLimits, are_found_below_a_mounted_part) {
    Tree tree("/docker/x");
    tree.write("v2/y/memory.max", "5");
    EXPECT_TRUE(tree.limits().memory("/docker/x/y", ""));
}

TEST(GroupLimits, are_listed_with_what_each_limits) {
    Tree tree;
    tree.write("v2/a/memory.high", "10");
    tree.write("v2/a/memory.current", "7");
    tree.write("v2/a/pids.max", "20");
    tree.write("v2/a/pids.current", "3");
    tree.write("v2/a/cpu.max", "50000 100000");
    tree.write("v2/cpu.max", "max 100000");
    auto const all = tree.limits().all("4:cpu:/a\n0::/a\n");
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].name + all[1].name + all[2].name, "memory.highpids.maxcpu.max");
    EXPECT_EQ(all[0].used, 7U);
    EXPECT_EQ(all[1].most, 20U);
    EXPECT_EQ(all[2].most, 50000U);
    EXPECT_EQ(all[2].period, 100000U);
    EXPECT_FALSE(tightest(all)) << "memory.high slows down, it does not kill";
}

TEST(GroupLimits, bind_each_kind_by_the_group_that_leaves_least) {
    std::vector<GroupLimit> const limits{{"/a/b", "memory.max", 1000, 100, 0}, {"/a", "memory.max", 2000, 1500, 0},
                                         {"/a/b", "memory.high", 200, 100, 0}, {"/a/b", "pids.max", 20, 19, 0},
                                         {"/a", "pids.max", 30, 5, 0},         {"/a/b", "cpu.max", 50000, 0, 100000},
                                         {"/a", "cpu.max", 10000, 0, 10000}};
    EXPECT_EQ(binding(limits, Bound::memory)->group, "/a");
    EXPECT_EQ(binding(limits, Bound::memory)->left(), 500U);
    EXPECT_EQ(binding(limits, Bound::tasks)->group, "/a/b");
    EXPECT_EQ(binding(limits, Bound::processors)->group, "/a/b");
    EXPECT_EQ(binding({}, Bound::tasks), nullptr);
}

} // namespace
} // namespace mitori::procfs
