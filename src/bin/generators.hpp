// Runs the generators of packages (unit/generators.hpp) for a manager that stands in for systemd. docs/adr/0013.
//
// They are run by a process of their own, this program once more under another name: it starts them all at once, waits,
// ends those that take too long, and names what went wrong. So the manager waits for one pidfd, in its loop.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "loop/loop.hpp"
#include "process/child.hpp"
#include "unit/generators.hpp"

namespace mitori::bin {

class GeneratorRuns {
public:
    /// `environment`: "K=V", what they are given beside SYSTEMD_SCOPE and its kin.
    GeneratorRuns(unit::GeneratorFolders folders, unit::Host const& host, std::vector<std::string> environment);

    /// Empties the folders, runs all, and returns when the last has ended: for the time before the loop begins.
    void run_and_wait();
    /// The same within the loop: `done` is called from it, or at once where nothing is to be run.
    void run(loop::Loop& loop, std::function<void()> done);

private:
    [[nodiscard]] base::Result<process::Child> begin();
    void end(std::function<void()> const& done);

    unit::GeneratorFolders folders_;
    std::vector<std::string> environment_;
    process::Child child_;
    loop::WatchPtr watch_;
};

inline constexpr std::string_view generators_name = "mitori-generators";
/// What the process of that name does: mitori-generators SECONDS NORMAL EARLY LATE PROGRAM…; 125: wrong words.
[[nodiscard]] int run_generators(std::span<char const* const> words);

} // namespace mitori::bin
