// A few units written as text, what they are doing, and transactions shown as text: so that a case is a few lines.
//
//     a.service Requires=b.service,c.service After=b.service
//     missing.service NotFound
//
// A name that is mentioned without a line of its own is a loaded unit without settings. Words without "=": NotFound,
// Masked, BadSetting, Error, AllowIsolate, IgnoreOnIsolate, RefuseManualStart, RefuseManualStop, and Defaults
// (DefaultDependencies=yes, which is off here). Alias=NAME gives a unit a second name.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "manager/jobs.hpp"
#include "manager/transaction.hpp"

namespace mitori::manager::test {

class UnitTable {
public:
    explicit UnitTable(std::string_view text) { replace(text); }
    /// Other files from now on: what the next load sees.
    void replace(std::string_view text);
    [[nodiscard]] unit::UnitPtr load(std::string_view name);
    [[nodiscard]] std::size_t loads() const { return loads_; }

private:
    std::map<std::string, std::shared_ptr<unit::Unit>, std::less<>> units_;
    std::size_t loads_ = 0;
};

/// A graph over a table, with facts that a test may set.
class Place {
public:
    explicit Place(std::string_view units)
        : table(units),
          graph([this](std::string_view name) { return table.load(name); }) {}

    UnitRef ref(std::string_view name) { return graph.add(name); }
    UnitFacts& facts_of(std::string_view name) { return facts[index(ref(name))]; }
    /// "a.service=active b.service=failed"
    void are(std::string_view states);
    /// "a.service/start b.service/stop!": the queued jobs, "!" for irreversible.
    void queued(std::string_view jobs);

    [[nodiscard]] std::expected<Transaction, TransactionError>
    plan(JobType type, std::string_view unit, Mode mode = Mode::replace, Asker asker = Asker::client);
    /// "a.service/start b.service/start? -c.service": the anchor first, the others sorted; "?" marks those that the
    /// request could do without, "-" queued jobs that are canceled. A refusal: "refused: " and its text.
    [[nodiscard]] std::string show_plan(JobType type, std::string_view unit, Mode mode = Mode::replace,
                                        Asker asker = Asker::client);
    [[nodiscard]] std::string show(Transaction const& transaction) const;
    [[nodiscard]] std::string start(std::string_view unit, Mode mode = Mode::replace) {
        return show_plan(JobType::start, unit, mode);
    }
    [[nodiscard]] std::string stop(std::string_view unit, Mode mode = Mode::replace) {
        return show_plan(JobType::stop, unit, mode);
    }

    UnitTable table;
    Graph graph;
    std::map<std::size_t, UnitFacts> facts;
};

/// The queue over a place, with units that do at once and well what their jobs say unless a test ends them itself.
class Queue {
public:
    explicit Queue(std::string_view units) : place(units), jobs(place.graph) {}

    /// Plans and installs; ends that this brought are in `ended`. Returns the anchor's id, or 0 if it was refused.
    JobId request(JobType type, std::string_view unit, Mode mode = Mode::replace);
    /// "a.service/start b.service/start": what became ready.
    [[nodiscard]] std::string ready();
    /// Ends the unit's job: "a.service/done b.service/dependency".
    std::string end(std::string_view unit, JobResult result, ActiveState state = ActiveState::active);
    std::string done(std::string_view unit) { return end(unit, JobResult::done); }
    /// The unit's restart job goes on as a start.
    void stopped(std::string_view unit) { jobs.turn_into_start(jobs.of(place.ref(unit))->id); }
    /// Runs everything to its end, all that is ready at once: "a.service/start, b.service/start c.service/stop".
    std::string run();

    Place place;
    Jobs jobs;
    std::vector<JobEnd> ended;

private:
    [[nodiscard]] std::string show(std::vector<Job> const& some) const;
    void take_facts();
};

} // namespace mitori::manager::test
