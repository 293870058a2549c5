#include "manager/unit_table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sstream>
#include <stdexcept>

namespace mitori::manager::test {

using unit::LoadState;
using unit::Relation;

namespace {

std::map<std::string, Relation, std::less<>> const relations = {
    {"Requires", Relation::requires_},
    {"Requisite", Relation::requisite},
    {"Wants", Relation::wants},
    {"BindsTo", Relation::binds_to},
    {"PartOf", Relation::part_of},
    {"Upholds", Relation::upholds},
    {"Conflicts", Relation::conflicts},
    {"Before", Relation::before},
    {"After", Relation::after},
    {"OnFailure", Relation::on_failure},
    {"OnSuccess", Relation::on_success},
    {"PropagatesReloadTo", Relation::propagates_reload_to},
    {"ReloadPropagatedFrom", Relation::reload_propagated_from},
    {"PropagatesStopTo", Relation::propagates_stop_to},
    {"StopPropagatedFrom", Relation::stop_propagated_from},
};

std::vector<std::string> words(std::string_view text, char separator = ' ') {
    std::vector<std::string> words;
    std::istringstream stream{std::string(text)};
    for (std::string word; std::getline(stream, word, separator);)
        if (!word.empty()) words.push_back(word);
    return words;
}

std::pair<std::string, std::string> halves(std::string const& text, char separator) {
    auto const at = text.rfind(separator);
    if (at == std::string::npos) throw std::invalid_argument(text);
    return {text.substr(0, at), text.substr(at + 1)};
}

template <class E>
E value(std::string const& word) {
    auto const value = base::value_of<E>(word);
    if (!value) throw std::invalid_argument(word);
    return *value;
}

std::shared_ptr<unit::Unit> make_unit(std::string_view name) {
    auto made = std::make_shared<unit::Unit>();
    made->id = name;
    made->load_state = LoadState::loaded;
    made->info.default_dependencies = false;
    if (name.ends_with(".target")) made->type = unit::Type::target;
    if (name.ends_with(".slice")) made->type = unit::Type::slice;
    if (name.ends_with(".device")) made->type = unit::Type::device;
    if (name.ends_with(".socket")) made->type = unit::Type::socket;
    if (name.ends_with(".timer")) made->type = unit::Type::timer;
    if (name.ends_with(".mount")) made->type = unit::Type::mount;
    return made;
}

void apply_flag(unit::Unit& unit, std::string const& flag) {
    if (flag == "NotFound")
        unit.load_state = LoadState::not_found;
    else if (flag == "Masked")
        unit.load_state = LoadState::masked;
    else if (flag == "BadSetting")
        unit.load_state = LoadState::bad_setting;
    else if (flag == "Error")
        unit.load_state = LoadState::error, unit.load_error = "it cannot be read";
    else if (flag == "AllowIsolate")
        unit.info.allow_isolate = true;
    else if (flag == "IgnoreOnIsolate")
        unit.info.ignore_on_isolate = true;
    else if (flag == "RefuseManualStart")
        unit.info.refuse_manual_start = true;
    else if (flag == "RefuseManualStop")
        unit.info.refuse_manual_stop = true;
    else if (flag == "Defaults")
        unit.info.default_dependencies = true;
    else
        throw std::invalid_argument(flag);
}

void apply(unit::Unit& unit, std::string const& word) {
    if (word.find('=') == std::string::npos) return apply_flag(unit, word);
    auto const [key, others] = halves(word, '=');
    if (key == "Alias") {
        unit.names.push_back(others);
        return;
    }
    for (auto const& other : words(others, ','))
        unit.info.dependencies.edit().push_back({relations.at(key), unit::Origin::file, other});
}

} // namespace

void UnitTable::replace(std::string_view text) {
    units_.clear();
    for (auto const& line : words(text, '\n')) {
        auto const parts = words(line);
        if (parts.empty()) continue;
        auto const unit = make_unit(parts.front());
        std::for_each(parts.begin() + 1, parts.end(), [&](auto const& word) { apply(*unit, word); });
        units_[unit->id] = unit;
        for (auto const& alias : unit->names)
            units_[alias] = unit;
    }
}

unit::UnitPtr UnitTable::load(std::string_view name) {
    ++loads_;
    auto const known = units_.find(name);
    return known == units_.end() ? make_unit(name) : known->second;
}

void Place::are(std::string_view states) {
    for (auto const& word : words(states)) {
        auto const [name, state] = halves(word, '=');
        facts_of(name).active = value<ActiveState>(state);
    }
}

void Place::queued(std::string_view jobs) {
    for (auto const& word : words(jobs)) {
        auto [name, type] = halves(word, '/');
        facts_of(name).queued_irreversible = type.ends_with('!');
        if (type.ends_with('!')) type.pop_back();
        facts_of(name).queued = value<JobType>(type);
    }
}

std::expected<Transaction, TransactionError> Place::plan(JobType type, std::string_view unit, Mode mode, Asker asker) {
    auto const anchor = ref(unit);
    auto const facts_of_unit = [this](UnitRef each) {
        auto const known = facts.find(index(each));
        return known == facts.end() ? UnitFacts{} : known->second;
    };
    return build_transaction(graph, facts_of_unit, {anchor, type, mode, asker});
}

std::string Place::show(Transaction const& transaction) const {
    std::vector<std::string> jobs;
    for (auto const& job : transaction.jobs)
        jobs.push_back(fmt::format("{}/{}{}", graph.name(job.unit), base::word(job.type), job.matters ? "" : "?"));
    std::sort(jobs.begin() + 1, jobs.end());
    for (UnitRef const unit : transaction.cancel)
        jobs.push_back("-" + graph.name(unit));
    return fmt::format("{}", fmt::join(jobs, " "));
}

std::string Place::show_plan(JobType type, std::string_view unit, Mode mode, Asker asker) {
    auto const planned = plan(type, unit, mode, asker);
    return planned ? show(*planned) : "refused: " + planned.error().text;
}

void Queue::take_facts() {
    for (auto& [unit, facts] : place.facts)
        facts.queued = JobType::nop;
    for (Job const& job : jobs.all()) {
        if (job.type == JobType::nop) continue;
        place.facts[index(job.unit)].queued = job.type;
        place.facts[index(job.unit)].queued_irreversible = job.irreversible;
    }
}

JobId Queue::request(JobType type, std::string_view unit, Mode mode) {
    take_facts();
    auto const planned = place.plan(type, unit, mode);
    return planned ? jobs.install(*planned, ended) : JobId{};
}

std::string Queue::show(std::vector<Job> const& some) const {
    std::vector<std::string> shown;
    for (Job const& job : some)
        shown.push_back(fmt::format("{}/{}", place.graph.name(job.unit), base::word(job.type)));
    return fmt::format("{}", fmt::join(shown, " "));
}

std::string Queue::ready() { return show(jobs.ready()); }

std::string Queue::end(std::string_view unit, JobResult result, ActiveState state) {
    auto const* job = jobs.of(place.ref(unit));
    if (job == nullptr) return "no job";
    std::vector<std::string> shown;
    for (JobEnd const& end : jobs.finish(job->id, result, state))
        shown.push_back(fmt::format("{}/{}", place.graph.name(end.job.unit), base::word(end.result)));
    return fmt::format("{}", fmt::join(shown, " "));
}

std::string Queue::run() {
    std::vector<std::string> rounds;
    for (auto round = jobs.ready(); !round.empty(); round = jobs.ready()) {
        rounds.push_back(show(round));
        for (Job const& job : round) {
            auto& active = place.facts[index(job.unit)].active;
            bool const stops = job.type == JobType::stop || job.type == JobType::restart;
            active = stops ? ActiveState::inactive : ActiveState::active;
            if (job.type == JobType::restart)
                jobs.turn_into_start(job.id);
            else
                (void)jobs.finish(job.id, JobResult::done, active);
        }
    }
    return fmt::format("{}", fmt::join(rounds, ", "));
}

} // namespace mitori::manager::test
