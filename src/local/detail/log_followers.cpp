#include "local/detail/log_followers.hpp"

namespace mitori::local::detail {

using base::Result;
using status::LogEntry;

Result<std::unique_ptr<LogFollowers>> LogFollowers::begin(std::vector<std::unique_ptr<LogWalk>> walks,
                                                          control::LogQuery const& query) {
    std::unique_ptr<LogFollowers> followers(new LogFollowers);
    for (auto& walk : walks)
        followers->followers_.push_back({.walk = std::move(walk), .first = {}});
    if (query.lines) TRY(followers->gather_last(*query.lines));
    return followers;
}

/// Each walk begins with its own last so many: of these the last so many are meant. No more are asked for, lest a
/// flood keep us here.
Result<void> LogFollowers::gather_last(std::uint64_t lines) {
    for (auto left = lines * followers_.size(); left > 0; --left) {
        auto entry = TRY(earliest());
        if (!entry) break;
        gathered_.push_back(std::move(*entry));
        if (gathered_.size() > lines) gathered_.pop_front();
    }
    return {};
}

Result<std::optional<LogEntry>> LogFollowers::earliest() {
    Follower* found = nullptr;
    for (auto& follower : followers_) {
        if (!follower.first) follower.first = TRY(follower.walk->next());
        if (follower.first && (found == nullptr || follower.first->realtime < found->first->realtime))
            found = &follower;
    }
    return found == nullptr ? std::nullopt : std::exchange(found->first, std::nullopt);
}

Result<std::optional<LogEntry>> LogFollowers::next() {
    if (gathered_.empty()) return earliest();
    auto entry = std::move(gathered_.front());
    gathered_.pop_front();
    return std::optional(std::move(entry));
}

Result<void> LogFollowers::wait(base::Usec most) {
    std::vector<journal::Reader*> readers;
    for (auto& follower : followers_)
        readers.push_back(&follower.walk->reader());
    return journal::Reader::wait_for_any(readers, most);
}

} // namespace mitori::local::detail
