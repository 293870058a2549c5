// LogRateLimitIntervalSec= and LogRateLimitBurst=: how many messages a unit may log in an interval. Pure: the time
// comes in as a parameter, and the state is plain bytes without pointers that may lie in a mapped file, so that a
// replay after a crash decides the same.
//
// As with journald: an interval begins with its first message; emerg to crit, err, warning, notice and info, and debug
// are counted apart; the burst grows with the free disk space (16 MiB: twice, 256 MiB: three times, … 1 TiB: six
// times); the first message after the interval says how many were suppressed in it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/time.hpp"

namespace mitori::journal {

struct RateRules {
    base::Usec interval = std::chrono::seconds(30); ///< zero: no limit
    std::uint32_t burst = 10000;                    ///< zero: no limit
};

/// One per unit. All zero: nothing was logged yet.
struct RateState {
    struct Pool {
        std::int64_t begin = 0; ///< monotonic µs of the interval's first message
        std::uint64_t passed = 0;
        std::uint64_t suppressed = 0;
    };
    std::array<Pool, 5> pools;
};
static_assert(std::is_trivially_copyable_v<RateState>);

struct RateVerdict {
    bool pass = true;
    /// How many were suppressed before this one that have not been told yet: to be said before it.
    std::uint64_t suppressed = 0;
};

/// `now` is monotonic and later than zero; `free_space`: how many bytes the journal may still grow by
/// (journald's figure: what its limits leave, not what the disk has).
[[nodiscard]] RateVerdict decide_rate(RateState& state, RateRules const& rules, std::uint8_t level, base::Usec now,
                                      std::uint64_t free_space);
/// All that were suppressed and not told yet, and none after this: for the end of a unit, or of its interval without a
/// further message (journald says nothing then).
[[nodiscard]] std::uint64_t take_suppressed(RateState& state);
/// When the last interval in which something was suppressed is over: the time to call take_suppressed(). Zero: nothing
/// is to be told.
[[nodiscard]] base::Usec suppressed_until(RateState const& state, RateRules const& rules);

/// Of two copies of a unit's state, what each pool knows last.
void merge(RateState& into, RateState const& other);

[[nodiscard]] std::uint64_t scaled_burst(std::uint32_t burst, std::uint64_t free_space);

/// "Suppressed 12 messages from web.service", journald's sentence.
[[nodiscard]] std::string suppressed_text(std::uint64_t count, std::string_view unit);
/// The id of that message, for MESSAGE_ID=; the count goes into N_DROPPED= as well.
inline constexpr std::string_view suppressed_message_id = "a596d6fe7bfa4994828e72309e95d61e";

} // namespace mitori::journal
