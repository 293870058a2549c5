// Value types that settings of several groups share.
#pragma once

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/names.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"

namespace mitori::unit {

/// One command line of an Exec*= setting, systemd.service(5) "COMMAND LINES". Specifiers are expanded when it is read;
/// variables ($FOO, ${FOO}) when the plan of the child is made.
struct ExecCommand {
    std::string path;              ///< absolute, or a bare name to be searched
    std::vector<std::string> argv; ///< argv[0] is the path unless `@` gave another
    bool ignore_failure = false;   ///< -
    bool no_variables = false;     ///< :
    enum class Privileges : std::uint8_t { unit, full, no_setuid, ambient } privileges = Privileges::unit; ///< + ! !!
    friend bool operator==(ExecCommand const&, ExecCommand const&) = default;
};
using ExecCommands = std::vector<ExecCommand>;

/// SuccessExitStatus= and its kin: exit statuses and signals.
struct ExitStatusSet {
    std::bitset<256> statuses;
    base::SignalSet signals;
    [[nodiscard]] bool empty() const { return statuses.none() && signals.bits == 0; }
    friend bool operator==(ExitStatusSet const&, ExitStatusSet const&) = default;
};

/// A path that may begin with "-": absence is fine.
struct OptionalPath {
    std::string path;
    bool optional = false;
    friend bool operator==(OptionalPath const&, OptionalPath const&) = default;
};

/// An access mode in octal. Its own type so that it is read and shown as one.
struct Mode {
    mode_t value = 0;
    friend bool operator==(Mode const&, Mode const&) = default;
};

} // namespace mitori::unit
