// Signal numbers and names, signal(7).
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mitori::base {

/// A signal number that is valid on this machine (1..64). 0 stands for "none".
struct Signal {
    int number = 0;
    friend auto operator<=>(Signal const&, Signal const&) = default;
};

/// "SIGTERM", "TERM", "15", "RTMIN+3", "SIGRTMAX-1".
[[nodiscard]] std::optional<Signal> parse_signal(std::string_view text);
/// "TERM", "RTMIN+3": without the prefix, as systemd's status lines print it (signal=TERM).
[[nodiscard]] std::string signal_name(Signal signal);

/// A set of signals as one word, bit n-1 for signal n: the kernel's own sigset_t on every architecture of Linux.
struct SignalSet {
    std::uint64_t bits = 0;
    [[nodiscard]] bool has(Signal signal) const {
        return signal.number > 0 && ((bits >> (signal.number - 1)) & 1U) != 0;
    }
    void add(Signal signal) { bits |= std::uint64_t{1} << (signal.number - 1); }
    friend bool operator==(SignalSet const&, SignalSet const&) = default;
};

} // namespace mitori::base
