// Several folders followed as one log: a walk for each, since libsystemd watches one folder at a time, and of what they
// have the earliest first. What comes into one later than it should is shown when it comes.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "local/detail/log_walk.hpp"

namespace mitori::local::detail {

class LogFollowers final : public control::LogCursor {
public:
    /// The walks follow, each with the query's number of lines.
    [[nodiscard]] static base::Result<std::unique_ptr<LogFollowers>> begin(std::vector<std::unique_ptr<LogWalk>> walks,
                                                                           control::LogQuery const& query);

    base::Result<std::optional<status::LogEntry>> next() override;
    base::Result<void> wait(base::Usec most) override;

private:
    struct Follower {
        std::unique_ptr<LogWalk> walk;
        std::optional<status::LogEntry> first; ///< not shown yet
    };
    LogFollowers() = default;
    base::Result<std::optional<status::LogEntry>> earliest();
    base::Result<void> gather_last(std::uint64_t lines);

    std::vector<Follower> followers_;
    std::deque<status::LogEntry> gathered_; ///< the last of all folders together
};

} // namespace mitori::local::detail
