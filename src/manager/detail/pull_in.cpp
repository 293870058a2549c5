#include <deque>
#include <fmt/format.h>
#include <span>

#include "manager/detail/building.hpp"
#include "manager/run_types.hpp"

namespace mitori::manager {

using unit::Relation;

namespace {

/// One row of what a job asks of the units at the other end of a relation.
struct Pull {
    Relation relation;
    JobType type;
    Need need = Need::must;
    Cause cause = Cause::pull;
};

constexpr Pull start_pulls[] = {
    {Relation::requires_, JobType::start},
    {Relation::binds_to, JobType::start},
    {Relation::wants, JobType::start, Need::may},
    {Relation::upholds, JobType::start, Need::may},
    {Relation::requisite, JobType::verify_active},
    {Relation::conflicts, JobType::stop, Need::must, Cause::conflict},
    {Relation::conflicted_by, JobType::stop, Need::may},
};
constexpr Pull stop_pulls[] = {
    {Relation::required_by, JobType::stop},        {Relation::requisite_of, JobType::stop},
    {Relation::bound_by, JobType::stop},           {Relation::consists_of, JobType::stop},
    {Relation::propagates_stop_to, JobType::stop},
};
constexpr Pull restart_pulls[] = {
    {Relation::required_by, JobType::try_restart},
    {Relation::requisite_of, JobType::try_restart},
    {Relation::bound_by, JobType::try_restart},
    {Relation::consists_of, JobType::try_restart},
};
constexpr Pull reload_pulls[] = {
    {Relation::propagates_reload_to, JobType::try_reload, Need::may},
};

/// A pull that may fail and waits until everything that must work has been followed.
struct Wish {
    At asker;
    UnitRef unit;
    JobType type;
};

class PullIn {
public:
    explicit PullIn(Building& building) : b_(building) {}

    Built run(JobType type) {
        if (auto checked = check_unit(b_, b_.request.unit, type); !checked) return checked;
        open_.push_back(b_.jobs.add(b_.request.unit, type).job);
        if (auto followed = follow(); !followed) return followed;
        fulfil_wishes();
        if (b_.request.mode == Mode::isolate) stop_the_others();
        return {};
    }

private:
    /// Follows what must work. Before the first wish a refusal refuses the request; later it is only noted.
    Built follow() {
        while (!open_.empty()) {
            At const at = open_.front();
            open_.pop_front();
            SetJob const job = b_.jobs[at];
            if (ignores_requirements() || job.type == JobType::nop) continue;
            if (job.type == JobType::start || job.type == JobType::restart)
                if (auto done = pull(at, job.unit, start_pulls); !done) return done;
            std::span<Pull const> rest;
            if (job.type == JobType::stop) rest = stop_pulls;
            if (job.type == JobType::restart) rest = restart_pulls;
            if (job.type == JobType::reload) rest = reload_pulls;
            if (auto done = pull(at, job.unit, rest); !done) return done;
        }
        return {};
    }

    Built pull(At asker, UnitRef unit, std::span<Pull const> rows) {
        for (Pull const& row : rows)
            for (Edge const& edge : b_.graph.edges(unit, row.relation)) {
                JobType const type = collapse_for(edge.other, row.type);
                if (type == JobType::nop || (type == JobType::start && is_missed(unit, edge.other))) continue;
                if (row.need == Need::may) {
                    wishes_.push_back({asker, edge.other, type});
                    continue;
                }
                auto added = ask(asker, edge.other, type, row);
                if (added || added.error().why == Refused::job_type_not_applicable) continue;
                if (!wishing_) return added;
                b_.notes.push_back(fmt::format("{} goes on without {}: {}", b_.show(unit, b_.jobs[asker].type),
                                               b_.name(edge.other), added.error().text));
            }
        return {};
    }

    Built ask(At asker, UnitRef unit, JobType type, Pull const& row) {
        if (auto checked = check_unit(b_, unit, type); !checked) return checked;
        auto const [at, is_new] = b_.jobs.add(unit, type);
        b_.jobs.link(asker, at, row.need, row.cause);
        if (is_new) open_.push_back(at);
        return {};
    }

    /// What is of a type that is not run holds nobody up: it is named, here and in the asker's status.
    bool is_missed(UnitRef asker, UnitRef unit) {
        auto const& other = b_.graph.unit(unit);
        if (!goes_without(other)) return false;
        b_.notes.push_back(fmt::format("{}: {}", other.id, say_without(b_.graph.unit(asker), other)));
        return true;
    }

    void fulfil_wishes() {
        wishing_ = true;
        while (!wishes_.empty()) {
            Wish const wish = wishes_.front();
            wishes_.pop_front();
            if (auto added = ask(wish.asker, wish.unit, wish.type, {.relation = {}, .type = {}, .need = Need::may});
                !added)
                note_wish(wish, added.error());
            (void)follow(); // cannot refuse any more
        }
    }

    /// What is merely not there, masked, or of another type is wished for in vain every day, and silently.
    void note_wish(Wish const& wish, TransactionError const& error) {
        if (error.why == Refused::no_such_unit || error.why == Refused::unit_masked ||
            error.why == Refused::job_type_not_applicable)
            return;
        b_.notes.push_back(fmt::format("{} is left out: {}", b_.show(wish.unit, wish.type), error.text));
    }

    void stop_the_others() {
        for (std::size_t i = 0; i < b_.graph.size(); ++i) {
            auto const unit = static_cast<UnitRef>(i);
            if (!b_.graph.live(unit) || b_.graph.unit(unit).info.ignore_on_isolate) continue;
            if (b_.jobs.first_of(unit) != nowhere) continue;
            auto const& facts = b_.facts.of(unit);
            if (inactive_or_failed(facts.active) && facts.queued == JobType::nop) continue;
            Wish const stop{At{0}, unit, JobType::stop};
            if (auto added = ask(stop.asker, unit, stop.type, {.relation = {}, .type = {}}); !added)
                note_wish(stop, added.error());
            (void)follow();
        }
        fulfil_wishes();
    }

    JobType collapse_for(UnitRef unit, JobType type) {
        bool const depends = type == JobType::try_restart || type == JobType::try_reload;
        return depends ? collapse(type, b_.facts.of(unit).active) : type;
    }

    [[nodiscard]] bool ignores_requirements() const {
        return b_.request.mode == Mode::ignore_dependencies || b_.request.mode == Mode::ignore_requirements;
    }

    Building& b_;
    std::deque<At> open_;
    std::deque<Wish> wishes_;
    bool wishing_ = false;
};

} // namespace

Built pull_in(Building& building, JobType type) { return PullIn(building).run(type); }

} // namespace mitori::manager
