// What `top` can do beside looking: tell of one process or unit, and send signals. An interface; cli answers it with
// what its verbs print and whom `kill` hits, tests with a fake.
#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/signal.hpp"

namespace mitori::top {

/// Whom a signal is for.
struct Whom {
    enum class Kind : std::uint8_t { process, tree, unit, container };
    Kind kind = Kind::process;
    pid_t pid = 0;
    std::uint64_t start_ticks = 0; ///< the process of that number that began then, and no later one
    std::string name;              ///< of a unit or a container
};

/// What came of it: those who got it, and those who are another user's. "PID command" each.
struct Sent {
    std::vector<std::string> hit;
    std::vector<std::string> refused;
};

class Deeds {
public:
    virtual ~Deeds() = default;
    // Lines of text without colours, as wide as they are; an error is a line of it.
    [[nodiscard]] virtual std::string inspect(pid_t pid) = 0;
    /// Of a unit's name, or a number.
    [[nodiscard]] virtual std::string why(std::string const& whom) = 0;
    [[nodiscard]] virtual std::string unit(std::string const& name) = 0;
    [[nodiscard]] virtual std::string logs_of_unit(std::string const& name) = 0;
    [[nodiscard]] virtual std::string logs_of_process(pid_t pid) = 0;
    /// Who would get a signal now: "PID command" each.
    [[nodiscard]] virtual std::vector<std::string> targets(Whom const& whom) = 0;
    [[nodiscard]] virtual Sent send(Whom const& whom, base::Signal signal) = 0;
};

} // namespace mitori::top
