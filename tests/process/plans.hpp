// Plans of the tests: steps of a test's own, then the usual end.
#pragma once

#include <fcntl.h>
#include <functional>
#include <vector>

#include "process/plan.hpp"
#include "process/support.hpp"

namespace mitori::process::testing {

using Steps = std::function<void(PlanBuilder&)>;

/// What stands at the end of most plans: descriptors, environment, exec.
struct Ending {
    std::vector<std::string> questions;
    std::vector<std::string> candidates{MITORI_PROBE};
    int output = -1;  ///< lent as 1; /dev/null without
    int highest = 2;  ///< a number that /dev/null is put at too
    int program = -1; ///< a descriptor to execute
};

inline base::Result<Plan> make_plan(Steps const& steps, Ending const& ending = {}) {
    PlanBuilder plan;
    steps(plan);
    auto const null = plan.open_file("/dev/null", O_RDWR, 0, Stage::fds);
    auto const output = ending.output >= 0 ? plan.lend(ending.output) : null;
    std::vector<PlanBuilder::Placement> placements{{null, 0}, {output, 1}, {null, 2}};
    if (ending.highest > 2) placements.push_back({null, ending.highest});
    plan.place(placements);
    std::vector<std::string> argv{"probe"};
    argv.insert(argv.end(), ending.questions.begin(), ending.questions.end());
    if (ending.program >= 0)
        plan.execute_descriptor(plan.lend(ending.program), argv);
    else
        plan.execute(ending.candidates, argv);
    return std::move(plan).finish();
}

/// Spawns the plan of these steps and returns what its probe answered.
inline Ran run_steps(std::vector<std::string> questions, Steps const& steps) {
    Ran ran;
    auto pipe = base::sys::pipe();
    auto plan = make_plan(steps, {.questions = std::move(questions), .output = pipe->second.get()});
    EXPECT_TRUE(plan) << plan.error().message();
    if (!plan) return ran;
    auto child = spawn(*plan);
    pipe->second.reset();
    EXPECT_TRUE(child) << child.error().message();
    if (!child) return ran;
    ran.pid = child->pid();
    ran.text = read_to_end(pipe->first.get());
    ran.answers = parse_answers(ran.text);
    if (auto exit = child->wait()) ran.exit = *exit;
    return ran;
}

} // namespace mitori::process::testing
