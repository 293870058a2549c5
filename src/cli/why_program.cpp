// `mitori why`: the last death of whom it is asked about, in words; of a job, what became of it and which death made it
// fail.
#include <fmt/ostream.h>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/deaths_program.hpp"
#include "cli/detail/death_options.hpp"
#include "cli/detail/death_place.hpp"
#include "cli/detail/death_search.hpp"
#include "cli/detail/death_words.hpp"
#include "cli/detail/job_search.hpp"
#include "cli/detail/unit_names.hpp"
#include "status/death_json.hpp"
#include "status/json.hpp"

namespace mitori::cli {
namespace {

using detail::DeathOptions;
using detail::DeathStory;
using detail::JobName;
using detail::JobStory;
using status::Death;

constexpr int failure = 1;

nlohmann::json json_of(DeathStory const& story) {
    nlohmann::json json = story.death;
    json["recent"] = story.recent;
    json["last_lines"] = story.last_lines;
    return json;
}

nlohmann::json json_of(JobStory const& job) {
    nlohmann::json json = {{"id", job.id}, {"unit", job.unit}, {"type", job.type}};
    if (!job.queued.empty()) json["state"] = job.queued;
    if (!job.result.empty()) json["result"] = job.result;
    if (job.began.count() != 0) json["began"] = job.began.count();
    if (job.ended.count() != 0) json["ended"] = job.ended.count();
    return json;
}

/// One answer: sentences, and the same as JSON.
struct Told {
    std::string words;
    nlohmann::json json;
};

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
            auto told = tell(word);
            if (told && *told) {
                show(**std::move(told));
                continue;
            }
            status = failure;
            if (!told)
                fmt::print(call_.err, "mitori why: {}\n", base::printable(told.error().message()));
            else
                fmt::print(call_.err, "mitori why: {}\n", nothing_known(word));
        }
        if (is_json()) call_.out << status::show(json_, status::Layout::indented) << '\n';
        return status;
    }

private:
    using Answer = base::Result<std::optional<Told>>;

    Answer tell(std::string const& word) {
        if (auto const job = detail::parse_job_name(word)) return tell_job(*job);
        if (word == "last") {
            auto const last = TRY(detail::last_deaths(deaths_, {}, 1));
            return tell_death(last.empty() ? std::nullopt : std::optional(last.front()));
        }
        auto const number = base::parse_integer<std::uint32_t>(word);
        if (!number) {
            auto const of_unit = TRY(detail::last_of_unit(deaths_, detail::unit_name(word)));
            return tell_death(of_unit);
        }
        auto const death = TRY(detail::last_of_pid(deaths_, static_cast<pid_t>(*number)));
        if (death) return tell_death(death);
        return tell_job({.id = *number, .unit = {}, .type = {}});
    }

    Answer tell_death(std::optional<Death> const& death) {
        if (!death) return std::nullopt;
        auto const story = TRY(detail::story_of(deaths_, logs_, *death));
        return Told{detail::tell(story, teller_), json_of(story)};
    }

    /// The job, the one that it was given up for, and the death that made it fail.
    Answer tell_job(JobName const& name) {
        if (!manager_ && call_.manager) manager_ = call_.manager(options_.runtime_dir);
        auto const job = detail::find_job({manager_ ? &manager_->faces().query : nullptr, logs_}, name);
        if (!job) return std::nullopt;
        Told told{detail::tell(*job, teller_) + "\n", nlohmann::json::object()};
        auto cause = *job;
        bool const by_another = job->result == "dependency" && logs_ != nullptr;
        if (auto const culprit = by_another ? detail::find_culprit(*logs_, *job) : std::nullopt) {
            cause = *culprit;
            told.words += detail::tell(cause, teller_) + "\n";
            told.json["culprit"] = json_of(cause);
        }
        auto const death = TRY(detail::death_of_job(deaths_, cause));
        if (auto of_death = TRY(tell_death(death))) {
            told.words += of_death->words;
            told.json.update(of_death->json);
        } else if (cause.result != "done" && !cause.last_words.empty()) {
            told.words += fmt::format("The ledger has no death that explains it. The manager said: {}\n",
                                      base::printable(cause.last_words));
        }
        told.json["job"] = json_of(*job);
        return told;
    }

    void show(Told told) {
        if (!is_json()) {
            call_.out << told.words;
            return;
        }
        told.json["words"] = std::move(told.words);
        json_.push_back(std::move(told.json));
    }

    [[nodiscard]] std::string nothing_known(std::string const& word) const {
        auto const shown = base::printable(word);
        bool const job = detail::parse_job_name(word).has_value();
        if (job || base::parse_integer<std::uint32_t>(word)) {
            auto const where = logs_ != nullptr ? "the log does not tell of one" : "there is no log that could tell";
            return fmt::format("{}a manager forgets a job when it is done, and {} of that {}",
                               job ? "" : fmt::format("the ledger knows of no death of a process {}; of jobs, ", shown),
                               where, job ? fmt::format("name: {}", shown) : "number");
        }
        return fmt::format("the ledger knows of no death of {}", shown);
    }

    [[nodiscard]] bool is_json() const { return options_.format == DeathOptions::Format::json; }

    DeathsCall const& call_;
    DeathOptions const& options_;
    control::Deaths& deaths_;
    control::Logs* logs_;
    detail::Teller teller_{.now = base::sys::now_realtime(), .user_name = detail::name_of_user};
    std::unique_ptr<Connection> manager_;
    nlohmann::json json_ = nlohmann::json::array();
};

} // namespace

int run_why(DeathsCall const& call, DeathsMaker const& make, LogsMaker const& logs) {
    auto options = detail::parse_death_options(detail::DeathProgram::why, call.words, base::sys::now_realtime());
    bool const help = options && options->action == DeathOptions::Action::help;
    if (options && options->words.empty() && !help)
        options = std::unexpected("of whom? UNIT, PID, job/ID, UNIT/start or last");
    if (options && options->format == DeathOptions::Format::csv) options = std::unexpected("-o is table or json here");
    if (!options) {
        fmt::print(call.err, "mitori why: {}\nTry 'mitori why --help'.\n", base::printable(options.error()));
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
