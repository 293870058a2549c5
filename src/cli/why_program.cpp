// `mitori why`: the last death of whom it is asked about, in words.
#include <algorithm>
#include <fmt/ostream.h>
#include <iostream>
#include <nlohmann/json.hpp>
#include <pwd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/deaths_program.hpp"
#include "cli/detail/death_options.hpp"
#include "cli/detail/death_place.hpp"
#include "cli/detail/death_words.hpp"
#include "cli/detail/unit_names.hpp"
#include "status/death_json.hpp"
#include "status/json.hpp"

namespace mitori::cli {
namespace {

using detail::DeathOptions;
using detail::DeathStory;
using status::Death;
using status::DeathFilter;

constexpr int failure = 1;
constexpr base::Usec recently = std::chrono::minutes(10);
/// What a process said last may reach the log after its end.
constexpr base::Usec late = std::chrono::seconds(1);
constexpr std::uint64_t lines_shown = 5;
/// Of so many last deaths of a unit the main process's is looked for.
constexpr std::uint64_t looked_through = 100;

std::string user_name(uid_t uid) {
    auto const* const entry = ::getpwuid(uid);
    return entry != nullptr ? std::string(entry->pw_name) : std::to_string(uid);
}

base::Result<std::vector<Death>> last_ones(control::Deaths& deaths, DeathFilter filter, std::uint64_t count) {
    std::vector<Death> found;
    filter.limit = count;
    TRY(deaths.for_each(filter, [&](Death const& death) {
        found.push_back(death);
        return true;
    }));
    return found;
}

/// Of a unit that of its main process is meant, but where a process of it has failed since (ExecStartPre=, say).
std::optional<Death> choose(std::vector<Death> const& deaths) {
    if (deaths.empty()) return std::nullopt;
    auto const main = std::ranges::find(deaths.rbegin(), deaths.rend(), "main", &Death::role);
    auto const failed = std::ranges::find_if(deaths.rbegin(), deaths.rend(), [](Death const& death) {
        return !death.role.empty() && (death.kind != status::DeathKind::exited || death.status != 0);
    });
    if (main == deaths.rend()) return failed != deaths.rend() ? *failed : deaths.back();
    return failed < main ? *failed : *main;
}

base::Result<std::optional<Death>> find(control::Deaths& deaths, std::string const& word) {
    if (word == "last") return choose(TRY(last_ones(deaths, {}, 1)));
    if (auto const pid = base::parse_integer<pid_t>(word)) return choose(TRY(last_ones(deaths, {.pid = *pid}, 1)));
    return choose(TRY(last_ones(deaths, {.unit = detail::unit_name(word)}, looked_through)));
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

/// Its own lines, or where it has none those of its unit's life.
std::vector<std::string> last_lines(control::Logs& logs, Death const& death) {
    std::vector<std::string> lines;
    control::LogQuery query;
    query.lines = lines_shown;
    query.until = death.ended.realtime + late;
    if (death.started.count() != 0) query.since = death.started;
    query.matches = {fmt::format("_PID={}", death.who.pid)};
    if (!death.boot.empty()) query.matches.push_back("_BOOT_ID=" + death.boot);
    if (!death.invocation.empty()) query.invocation = death.invocation;
    auto const cursor = logs.open(query);
    if (!cursor) return lines;
    for (auto entry = (*cursor)->next(); entry && *entry; entry = (*cursor)->next())
        lines.emplace_back((*entry)->field("MESSAGE"));
    return lines;
}

nlohmann::json json_of(DeathStory const& story, std::string const& words) {
    nlohmann::json json = story.death;
    json["recent"] = story.recent;
    json["last_lines"] = story.last_lines;
    json["words"] = words;
    return json;
}

class Why {
public:
    Why(DeathsCall const& call, DeathOptions const& options, control::Deaths& deaths, control::Logs* logs)
        : call_(call),
          options_(options),
          deaths_(deaths),
          logs_(logs) {}

    int run() {
        int status = 0;
        for (auto const& word : options_.words) {
            auto const told = tell(word);
            if (told && *told) continue;
            status = failure;
            if (!told)
                fmt::print(call_.err, "mitori why: {}\n", base::printable(told.error().message()));
            else
                fmt::print(call_.err, "mitori why: the ledger knows of no death of {}\n", base::printable(word));
        }
        if (options_.format == DeathOptions::Format::json)
            call_.out << status::show(json_, status::Layout::indented) << '\n';
        return status;
    }

private:
    base::Result<bool> tell(std::string const& word) {
        auto const death = TRY(find(deaths_, word));
        if (!death) return false;
        DeathStory const story{.death = *death,
                               .recent = TRY(count_recent(deaths_, *death)),
                               .last_lines =
                                   logs_ != nullptr ? last_lines(*logs_, *death) : std::vector<std::string>{}};
        auto const words = detail::tell(story, {.now = base::sys::now_realtime(), .user_name = user_name});
        if (options_.format == DeathOptions::Format::json)
            json_.push_back(json_of(story, words));
        else
            call_.out << words;
        return true;
    }

    DeathsCall const& call_;
    DeathOptions const& options_;
    control::Deaths& deaths_;
    control::Logs* logs_;
    nlohmann::json json_ = nlohmann::json::array();
};

} // namespace

int run_why(DeathsCall const& call, DeathsMaker const& make, LogsMaker const& logs) {
    auto options = detail::parse_death_options(detail::DeathProgram::why, call.words, base::sys::now_realtime());
    bool const help = options && options->action == DeathOptions::Action::help;
    if (options && options->words.empty() && !help) options = std::unexpected("of whom? UNIT, PID or last");
    if (options && options->format == DeathOptions::Format::csv) options = std::unexpected("-o is table or json here");
    if (!options) {
        fmt::print(call.err, "mitori why: {}\n", base::printable(options.error()));
        return failure;
    }
    if (help) {
        call.out << detail::death_help(detail::DeathProgram::why);
        return 0;
    }
    auto const place = detail::runtime_directory_of(*options);
    auto const deaths = make(place, options->ledger);
    if (!deaths) {
        fmt::print(call.err, "mitori why: {}\n", detail::no_ledger(deaths.error()));
        return failure;
    }
    auto const log = logs ? logs(place) : nullptr;
    return Why(call, *options, **deaths, log.get()).run();
}

} // namespace mitori::cli
