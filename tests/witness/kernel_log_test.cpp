#include <gtest/gtest.h>
#include <vector>

#include "witness/detail/kernel_log.hpp"

namespace mitori::witness::detail {
namespace {

void take(OomLines& lines, std::vector<std::string_view> const& texts) {
    for (auto const text : texts)
        lines.take(text);
}

std::vector<std::string_view> const group_report{
    "eater invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
    "memory: usage 20480kB, limit 20480kB, failcnt 43",
    "swap: usage 0kB, limit 9007199254740988kB, failcnt 0",
    "Memory cgroup stats for /a/b:",
    "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/"
    "b,task=eater,pid=4711,uid=0",
    "Memory cgroup out of memory: Killed process 4711 (eater) total-vm:102400kB, anon-rss:20000kB"};

TEST(OomLines, name_the_group_whose_limit_it_was_and_its_size) {
    OomLines lines;
    take(lines, group_report);
    auto const oom = lines.victim(4711);
    ASSERT_TRUE(oom);
    EXPECT_EQ(oom->limit, 20480U * 1024);
    EXPECT_EQ(oom->limit_name, "MemoryMax");
    EXPECT_EQ(oom->group, "/a");
    EXPECT_FALSE(lines.victim(4711)) << "told once: the pid is used again";
}

TEST(OomLines, know_memory_with_swap_of_the_old_hierarchy) {
    OomLines lines;
    take(lines,
         {"eater invoked oom-killer: gfp_mask=0x0", "memory: usage 1000kB, limit 4000kB, failcnt 0",
          "memory+swap: usage 2000kB, limit 2000kB, failcnt 9",
          "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),oom_memcg=/v1,task_memcg=/v1,task=eater,pid=5,uid=0"});
    auto const oom = lines.victim(5);
    ASSERT_TRUE(oom);
    EXPECT_EQ(oom->limit, 2000U * 1024);
    EXPECT_EQ(oom->limit_name, "MemoryMax+Swap");
}

TEST(OomLines, know_that_the_machine_itself_was_out_of_memory) {
    OomLines lines;
    take(lines, {"eater invoked oom-killer: gfp_mask=0x0",
                 "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/"
                 "x,task=eater,pid=6,uid=0",
                 "Out of memory: Killed process 6 (eater) total-vm:1kB"});
    auto const oom = lines.victim(6);
    ASSERT_TRUE(oom);
    EXPECT_FALSE(oom->limit);
    EXPECT_EQ(oom->group, "");
}

TEST(OomLines, know_all_of_a_group_that_goes_as_a_whole) {
    OomLines lines;
    take(lines, group_report);
    take(lines, {"Tasks in /a/b are going to be killed due to memory.oom.group set",
                 "Memory cgroup out of memory: Killed process 4711 (eater) total-vm:1kB",
                 "Memory cgroup out of memory: Killed process 4712 (other) total-vm:1kB"});
    EXPECT_EQ(lines.victim(4712)->group, "/a");
    EXPECT_TRUE(lines.victim(4711));
}

// The kernel leaves reports out where there are many, but not the line on the victim.
TEST(OomLines, do_not_give_a_victim_the_limit_of_the_one_before) {
    OomLines lines;
    take(lines, group_report);
    take(lines, {"Memory cgroup out of memory: Killed process 4712 (other) total-vm:1kB",
                 "Tasks in /c are going to be killed due to memory.oom.group set",
                 "Memory cgroup out of memory: Killed process 4713 (other) total-vm:1kB"});
    EXPECT_FALSE(lines.victim(4712));
    EXPECT_FALSE(lines.victim(4713));
    EXPECT_TRUE(lines.victim(4711));
}

} // namespace
} // namespace mitori::witness::detail
