#include "cli/detail/death_search.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <pwd.h>

namespace mitori::cli::detail {
namespace {

using status::Death;
using status::DeathFilter;

constexpr base::Usec recently = std::chrono::minutes(10);
/// What a process said last may reach the log after its end.
constexpr base::Usec late = std::chrono::seconds(1);
constexpr std::uint64_t lines_shown = 5;
/// Of so many last deaths of a unit the main process's is looked for.
constexpr std::uint64_t looked_through = 100;

std::optional<Death> choose(std::vector<Death> const& deaths) {
    if (deaths.empty()) return std::nullopt;
    auto const main = std::ranges::find(deaths.rbegin(), deaths.rend(), "main", &Death::role);
    auto const failed = std::ranges::find_if(
        deaths.rbegin(), deaths.rend(), [](Death const& death) { return !death.role.empty() && has_failed(death); });
    if (main == deaths.rend()) return failed != deaths.rend() ? *failed : deaths.back();
    return failed < main ? *failed : *main;
}

base::Result<std::uint64_t> count_recent(control::Deaths& deaths, Death const& death) {
    if (death.unit.empty() || death.role != "main") return 1;
    std::uint64_t count = 0;
    TRY(deaths.for_each({.since = death.ended.realtime - recently, .until = death.ended.realtime, .unit = death.unit},
                        [&](Death const& other) {
                            count += other.role == "main" ? 1 : 0;
                            return true;
                        }));
    return count;
}

std::vector<std::string> messages(control::Logs& logs, control::LogQuery const& query) {
    std::vector<std::string> lines;
    auto const cursor = logs.open(query);
    if (!cursor) return lines;
    for (auto entry = (*cursor)->next(); entry && *entry; entry = (*cursor)->next())
        lines.emplace_back((*entry)->field("MESSAGE"));
    return lines;
}

/// Its own lines; of a main process that said none, those of the other processes of its unit's life.
std::vector<std::string> last_lines(control::Logs& logs, Death const& death) {
    control::LogQuery query;
    query.lines = lines_shown;
    query.until = death.ended.realtime + late;
    // Where a manager told it, it is when the manager heard of the start: on a crowded machine a moment after it.
    if (death.started.count() != 0) query.since = death.started - late;
    query.matches = {fmt::format("_PID={}", death.who.pid)};
    if (!death.boot.empty()) query.matches.push_back("_BOOT_ID=" + death.boot);
    if (!death.invocation.empty()) query.invocation = death.invocation;
    auto lines = messages(logs, query);
    if (!lines.empty() || death.role != "main" || death.invocation.empty()) return lines;
    query.invocation.reset(); // with it what the manager said of the unit would be asked for, too
    query.matches = {"_SYSTEMD_INVOCATION_ID=" + death.invocation};
    return messages(logs, query);
}

} // namespace

base::Result<std::vector<Death>> last_deaths(control::Deaths& deaths, DeathFilter filter, std::uint64_t count) {
    std::vector<Death> found;
    filter.limit = count;
    TRY(deaths.for_each(filter, [&](Death const& death) {
        found.push_back(death);
        return true;
    }));
    return found;
}

base::Result<std::optional<Death>> last_of_pid(control::Deaths& deaths, pid_t pid) {
    return choose(TRY(last_deaths(deaths, {.pid = pid}, 1)));
}

base::Result<std::optional<Death>> last_of_unit(control::Deaths& deaths, std::string const& unit) {
    return choose(TRY(last_deaths(deaths, {.unit = unit}, looked_through)));
}

base::Result<DeathStory> story_of(control::Deaths& deaths, control::Logs* logs, Death const& death) {
    return DeathStory{.death = death,
                      .recent = TRY(count_recent(deaths, death)),
                      .last_lines = logs != nullptr ? last_lines(*logs, death) : std::vector<std::string>{}};
}

std::string name_of_user(uid_t uid) {
    auto const* const entry = ::getpwuid(uid);
    return entry != nullptr ? std::string(entry->pw_name) : std::to_string(uid);
}

} // namespace mitori::cli::detail
