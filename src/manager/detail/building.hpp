// What the steps of building a transaction share, and the steps. transaction.hpp says what each does.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "manager/detail/job_set.hpp"
#include "manager/transaction.hpp"

namespace mitori::manager {

/// Facts are asked for once a unit and only where they are needed.
class KnownFacts {
public:
    KnownFacts(FactsOf const& ask, std::size_t units) : ask_(ask), facts_(units), asked_(units, false) {}

    UnitFacts const& of(UnitRef unit) {
        if (!asked_[index(unit)]) {
            facts_[index(unit)] = ask_(unit);
            asked_[index(unit)] = true;
        }
        return facts_[index(unit)];
    }

private:
    FactsOf const& ask_;
    std::vector<UnitFacts> facts_;
    std::vector<bool> asked_;
};

struct Building {
    Graph const& graph;
    Request request;
    KnownFacts facts;
    JobSet jobs;
    std::vector<std::string> notes;

    [[nodiscard]] SetJob const& anchor() const { return jobs[At{0}]; }
    [[nodiscard]] std::string const& name(UnitRef unit) const { return graph.name(unit); }
    /// "nginx.service/start"
    [[nodiscard]] std::string show(UnitRef unit, JobType type) const;
};

using Built = std::expected<void, TransactionError>;

[[nodiscard]] std::unexpected<TransactionError> refuse(Refused why, std::string text);

/// Whether the unit can have such a job at all: it is loaded, and its type knows the job.
[[nodiscard]] Built check_unit(Building& building, UnitRef unit, JobType type);
/// Step 1. The anchor is the first job of the set.
[[nodiscard]] Built pull_in(Building& building, JobType type);
/// Step 4. Leaves the set free of circles.
[[nodiscard]] Built break_cycles(Building& building);
/// Dropping what nobody asks for; with isolate everything stays that the request has listed.
void drop_unasked(Building& building);

} // namespace mitori::manager
