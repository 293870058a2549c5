#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cgroup/detail/hierarchy.hpp"

namespace mitori::cgroup::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Version = Mount::Version;

TEST(Mountinfo, gives_the_cgroup_mounts_only) {
    auto const mounts =
        parse_mountinfo("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                        "34 30 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory\n"
                        "40 30 0:37 /docker/x /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n"
                        "41 30 0:38 / /x rw shared:1 master:2 propagate_from:3 - tmpfs tmpfs rw\n");
    EXPECT_THAT(mounts, ElementsAre(Mount{"/sys/fs/cgroup/memory", "/", "rw,memory", Version::v1},
                                    Mount{"/sys/fs/cgroup/unified", "/docker/x", "rw,nsdelegate", Version::v2}));
}

TEST(Mountinfo, reads_blanks_in_paths) {
    auto const mounts = parse_mountinfo("40 30 0:37 / /a\\040b\\134c\\04 rw - cgroup2 none rw\n");
    ASSERT_EQ(mounts.size(), 1U);
    EXPECT_EQ(mounts[0].point, "/a b\\c\\04");
}

TEST(Mountinfo, passes_over_what_it_cannot_read) {
    EXPECT_THAT(parse_mountinfo(""), IsEmpty());
    EXPECT_THAT(parse_mountinfo("- cgroup2 a b\n1 2 3 4 - cgroup2 a b\n1 2 3 / /p rw - cgroup2 x\n1 2 3 / /p rw\n"),
                IsEmpty());
}

TEST(Membership, is_the_line_of_v2) {
    EXPECT_EQ(parse_membership("4:memory:/a\n1:name=systemd:/b\n0::/user.slice/x.scope\n"), "/user.slice/x.scope");
    EXPECT_EQ(parse_membership("0::/\n"), "/");
    EXPECT_EQ(parse_membership("0::/a b (deleted)\n"), "/a b");
    EXPECT_EQ(parse_membership("4:memory:/a\n"), std::nullopt);
    EXPECT_EQ(parse_membership(""), std::nullopt);
}

TEST(Directory, is_found_below_the_mounts_root) {
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/"}, "/"), "/cg");
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/"}, "/a/b"), "/cg/a/b");
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/docker/x"}, "/docker/x"), "/cg");
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/docker/x"}, "/docker/x/y"), "/cg/y");
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/docker/x"}, "/docker/xy"), std::nullopt);
    EXPECT_EQ(directory_of({.point = "/cg", .root = "/"}, "/../other"), std::nullopt);
}

TEST(Below, goes_by_whole_components) {
    EXPECT_EQ(below("/", "/a"), "a");
    EXPECT_EQ(below("/", "/"), "");
    EXPECT_EQ(below("/a", "/a"), "");
    EXPECT_EQ(below("/a", "/a/b/c"), "b/c");
    EXPECT_EQ(below("/a", "/ab"), std::nullopt);
    EXPECT_EQ(below("/a", "/"), std::nullopt);
}

} // namespace
} // namespace mitori::cgroup::detail
