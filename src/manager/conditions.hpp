#pragma once

#include <string>
#include <vector>

#include "unit/settings/unit.hpp"

namespace mitori::manager {

/// Where conditions look: tests point it at folders of their own.
struct World {
    std::string root; ///< prefix of /proc, /sys, /etc and of the paths in conditions; empty: the real one
    bool user_manager = false;
};

struct ConditionResult {
    unit::Condition condition;
    bool met = false;
    bool known = true; ///< false: cannot be told here; counts as systemd counts it, and is named
};

/// Tests each condition, systemd.unit(5) "CONDITIONS AND ASSERTS". Reads only.
[[nodiscard]] std::vector<ConditionResult> test_conditions(std::vector<unit::Condition> const& conditions,
                                                           World const& world);
/// All plain ones met, and at least one of those with "|" if there are any.
[[nodiscard]] bool conditions_met(std::vector<ConditionResult> const& results);
/// "ConditionPathExists=!/etc/foo"
[[nodiscard]] std::string show(unit::Condition const& condition);

} // namespace mitori::manager
