// What the end of a service means: success or which failure, and whether it is started again. Pure policy.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "manager/states.hpp"
#include "process/exit.hpp"
#include "unit/settings/service.hpp"

namespace mitori::manager {

/// systemd.service(5), SuccessExitStatus=: a daemon may also end by SIGHUP, SIGINT, SIGTERM or SIGPIPE; a command may
/// not.
enum class Kindness : std::uint8_t { daemon, command };
[[nodiscard]] ServiceResult judge(process::Exit const& exit, Kindness kindness, unit::ExitStatusSet const& success);

/// Whether the result so far is kept: the first failure is the one that people want to know.
[[nodiscard]] constexpr ServiceResult first_failure(ServiceResult so_far, ServiceResult now) {
    return so_far == ServiceResult::success ? now : so_far;
}

enum class Verdict : std::uint8_t { stay_down, start_again };

/// Restart= and its two exit status sets, systemd.service(5) "Exit causes and the effect of the Restart= settings".
/// `main` is the main process's end, if there was one. `asked`: the end was asked for by a stop job.
enum class Asked : std::uint8_t { no, yes };
[[nodiscard]] Verdict decide_restart(unit::Service const& settings, ServiceResult result,
                                     std::optional<process::Exit> const& main, Asked asked);

/// StartLimitIntervalSec= and StartLimitBurst=: a fixed window that begins with the first start, as systemd counts.
/// A zero interval or burst means no limit.
class StartLimit {
public:
    /// Counts a start at `now`; false when it must not happen.
    [[nodiscard]] bool allow(base::Usec now, base::Usec interval, std::uint32_t burst);
    void reset() { *this = {}; }

private:
    base::Usec begin_{0};
    std::uint32_t count_ = 0;
};

} // namespace mitori::manager
