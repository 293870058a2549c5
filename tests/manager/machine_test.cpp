// What a machine's init takes down at the end; tests/vm does it in earnest.
#include <gmock/gmock.h>

#include "manager/machine.hpp"

namespace mitori::manager {
namespace {

using testing::ElementsAre;

TEST(Machine, is_not_ours_here) { EXPECT_FALSE(is_machines_init()) << "a test is never process 1 of a machine"; }

TEST(Machine, unmounts_the_last_first_and_leaves_the_root_and_what_the_kernel_makes_up) {
    EXPECT_THAT(mounts_to_end("1 1 0:2 / / rw - rootfs rootfs rw\n"
                              "20 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
                              "21 20 0:19 / /proc rw - proc proc rw\n"
                              "22 20 0:20 / /sys/fs/cgroup rw shared:2 master:3 - cgroup2 cgroup2 rw\n"
                              "23 20 0:21 / /run rw - tmpfs tmpfs rw\n"
                              "24 20 8:2 / /srv rw - ext4 /dev/sda2 rw\n"
                              "25 24 8:3 / /srv/my\\040data rw - xfs /dev/sda3 rw\n"),
                ElementsAre("/srv/my data", "/srv", "/run"));
}

TEST(Machine, unmounts_what_is_mounted_over_each_other_once_each) {
    EXPECT_THAT(mounts_to_end("30 1 8:2 / /srv rw - ext4 /dev/a rw\n31 30 8:3 / /srv rw - ext4 /dev/b rw\n"),
                ElementsAre("/srv", "/srv"));
}

TEST(Machine, passes_over_lines_that_are_none) {
    EXPECT_THAT(mounts_to_end("\nwhat\n30 1 8:2 / /srv rw ext4 /dev/a rw\n31 1 8:2 / /srv rw -\n"), ElementsAre());
}

TEST(Machine, turns_off_swap_by_path) {
    EXPECT_THAT(swaps_to_end("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                             "/dev/sda3                               partition\t524284\t\t0\t\t-2\n"
                             "/swap\\040file file 1 0 -3\n"),
                ElementsAre("/dev/sda3", "/swap file"));
    EXPECT_THAT(swaps_to_end(""), ElementsAre());
}

} // namespace
} // namespace mitori::manager
