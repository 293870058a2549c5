#include <gtest/gtest.h>

#include "exec/resources.hpp"
#include "sample.hpp"

namespace mitori::exec {
namespace {

using namespace std::chrono_literals;

TEST(LimitsOf, a_unit_that_asks_for_nothing_are_none) { EXPECT_FALSE(limits_of(test::service()).any()); }

TEST(LimitsOf, a_unit_are_what_it_asks_for_and_nothing_else) {
    auto unit = test::service();
    auto& resources = unit.resources.edit();
    resources.memory_max = 512U << 20U;
    resources.memory_low = 4096;
    resources.cpu_quota = 250ms;
    resources.cpu_quota_period = 10ms;
    resources.tasks_max = 7;
    EXPECT_EQ(limits_of(unit),
              (cgroup::Limits{
                  .memory = 512U << 20U, .memory_low = 4096, .millicpus = 250, .cpu_period = 10'000, .tasks = 7}));
}

TEST(LimitsOf, a_unit_whose_processes_are_to_die_together_say_so) {
    auto unit = test::service();
    unit.service.oom_policy = unit::OomPolicy::kill;
    EXPECT_EQ(limits_of(unit), (cgroup::Limits{.end_together = true}));
}

TEST(LimitsInPlaceOfOthers, lift_what_the_unit_leaves_open) {
    auto unit = test::service();
    unit.resources.edit().tasks_max = 7;
    auto const limits = limits_in_place_of_others(unit);
    EXPECT_EQ(limits.tasks, 7U);
    for (auto const& open : {limits.memory, limits.memory_high, limits.swap, limits.millicpus})
        EXPECT_EQ(open, cgroup::unlimited);
    EXPECT_EQ(limits.memory_min, 0U);
    EXPECT_EQ(limits.cpu_weight, 100U);
}

} // namespace
} // namespace mitori::exec
