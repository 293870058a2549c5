// What a manager knows of units and nobody else does: their states, how often they were restarted, and, where control
// groups do not tell, which processes are theirs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <unordered_map>
#include <vector>

#include "control/control.hpp"

namespace mitori::top {

/// Where a manager is found. Its connection is kept, and made again when it was lost.
class ManagerPlace {
public:
    virtual ~ManagerPlace() = default;
    /// Nothing where no manager answers.
    [[nodiscard]] virtual control::Query* query() = 0;
    /// The connection is of no use any more.
    virtual void drop() = 0;
};

struct KnownUnit {
    std::string active_state;
    std::string sub_state;
    std::optional<std::uint64_t> restarts;
    std::vector<pid_t> pids;
};

class Units {
public:
    explicit Units(ManagerPlace* place) : place_(place) {}

    /// Asks again. Of services that have changed since, more is asked than of the others.
    void refresh();
    [[nodiscard]] bool has_manager() const { return has_manager_; }
    [[nodiscard]] std::map<std::string, KnownUnit> const& all() const { return units_; }
    /// The unit of a process; "" where the manager knows none.
    [[nodiscard]] std::string unit_of(pid_t pid) const;

private:
    enum class Answered : std::uint8_t { yes, no };
    [[nodiscard]] Answered ask(control::Query& query);
    void ask_for_processes(control::Query& query, std::string const& name, KnownUnit& unit);

    ManagerPlace* place_; ///< borrowed; may be none
    bool has_manager_ = false;
    int rest_ = 0; ///< looks to come without asking, after nobody has answered
    std::map<std::string, KnownUnit> units_;
    std::unordered_map<pid_t, std::string> by_pid_;
};

} // namespace mitori::top
