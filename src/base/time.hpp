// Time spans and stamps as systemd.time(7) writes them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mitori::base {

using Usec = std::chrono::microseconds;

/// "infinity": no limit. Arithmetic on it must be guarded by the caller; `plus` below does.
inline constexpr Usec infinity = Usec::max();

/// One moment on both clocks: monotonic to reckon with, real to show to people. Zero means "never".
struct Stamp {
    Usec realtime{0};
    Usec monotonic{0};
    [[nodiscard]] bool set() const { return monotonic.count() != 0; }
    friend bool operator==(Stamp const&, Stamp const&) = default;
};

[[nodiscard]] constexpr Usec plus(Usec a, Usec b) {
    return (a == infinity || b == infinity || a > infinity - b) ? infinity : a + b;
}

/// Reads "5min 20s", "2", "1.5h", "infinity". A bare number counts in `unit`. systemd.time(7).
[[nodiscard]] Result<Usec> parse_span(std::string_view text, Usec unit = std::chrono::seconds(1));

/// Reads a moment in real time: "2026-11-22 10:00", "Sun 2026-11-22", "10:00:30.5", "yesterday", "-1h", "10min ago",
/// "@1700000000"; in local time unless it ends in "UTC". `now` is what words and spans are counted from.
/// systemd.time(7). Names of time zones other than the local ones and UTC are not understood.
[[nodiscard]] Result<Usec> parse_timestamp(std::string_view text, Usec now);

/// "1min 30s", "500ms", "infinity", "0": exact, largest units first, as systemctl show prints spans.
[[nodiscard]] std::string show_span(Usec span);

/// "5min ago", "2h 3min ago", as systemctl status prints ages: at most two units.
[[nodiscard]] std::string show_age(Usec age);

/// "Sun 2026-11-22 14:18:31 UTC" in local time; "n/a" for zero.
[[nodiscard]] std::string show_timestamp(Usec realtime);

} // namespace mitori::base
