#include "manager/transaction.hpp"

#include <fmt/format.h>

#include "manager/detail/building.hpp"

namespace mitori::manager {

namespace {

/// What a person may not ask for directly, though a dependency may.
Built check_client(Graph const& graph, Request const& request, UnitFacts const& facts) {
    auto const& unit = graph.unit(request.unit);
    bool const loaded = unit.load_state == unit::LoadState::loaded || unit.load_state == unit::LoadState::masked;
    if (request.type == JobType::stop && !loaded && facts.active == ActiveState::inactive)
        return refuse(Refused::no_such_unit, fmt::format("Unit {} not loaded.", unit.id));
    JobType const type = request.type == JobType::reload_or_start ? collapse(request.type, facts.active) : request.type;
    bool const restarts = type == JobType::restart || type == JobType::try_restart;
    if (((type == JobType::start || restarts) && unit.info.refuse_manual_start) ||
        ((type == JobType::stop || restarts) && unit.info.refuse_manual_stop))
        return refuse(Refused::only_by_dependency,
                      fmt::format("Operation refused, unit {} may be requested by dependency only (it is configured to "
                                  "refuse manual start/stop).",
                                  unit.id));
    return {};
}

Built check_mode(Graph const& graph, Request const& request) {
    if (request.mode == Mode::isolate && request.type != JobType::start)
        return refuse(Refused::invalid_args, "Isolate is only valid for start.");
    if (request.mode == Mode::isolate && !graph.unit(request.unit).info.allow_isolate)
        return refuse(Refused::no_isolation, "Operation refused, unit may not be isolated.");
    if (request.mode == Mode::triggering && request.type != JobType::stop)
        return refuse(Refused::invalid_args, "--job-mode=triggering is only valid for stop.");
    return {};
}

bool conflicts_with_queued(Building& b, SetJob const& job) {
    JobType const queued = b.facts.of(job.unit).queued;
    return queued != JobType::nop && conflicting(queued, job.type);
}

/// Mode fail: what is not needed gives way to what runs and to what is queued.
void drop_what_disturbs(Building& b) {
    b.jobs.for_each([&](At at) {
        SetJob const& job = b.jobs[at];
        if (job.matters) return;
        auto const active = b.facts.of(job.unit).active;
        bool const stops_running =
            job.type == JobType::stop && (active_or_reloading(active) || active == ActiveState::activating);
        if (stops_running || conflicts_with_queued(b, job)) b.jobs.drop_with_dependents(at);
    });
}

void drop_redundant(Building& b) {
    auto const needless = [&](At at) {
        SetJob const& job = b.jobs[at];
        return at != At{0} && redundant(job.type, b.facts.of(job.unit).active) && !conflicts_with_queued(b, job);
    };
    b.jobs.for_each([&](At at) {
        UnitRef const unit = b.jobs[at].unit;
        // All jobs of the unit or none: one that changes the unit makes the others mean something.
        for (At each = b.jobs.first_of(unit); each != nowhere; each = b.jobs.next_of_unit(each))
            if (!needless(each)) return;
        for (At each = b.jobs.first_of(unit); each != nowhere; each = b.jobs.first_of(unit))
            b.jobs.drop_alone(each);
    });
    drop_unasked(b);
}

struct Contradiction {
    At one;
    At other;
};
/// Two jobs of the unit that exclude each other. Only a stop contradicts anything, so looking at pairs is enough.
std::optional<Contradiction> find_contradiction(JobSet const& jobs, UnitRef unit) {
    for (At a = jobs.first_of(unit); a != nowhere; a = jobs.next_of_unit(a))
        for (At b = jobs.next_of_unit(a); b != nowhere; b = jobs.next_of_unit(b))
            if (conflicting(jobs[a].type, jobs[b].type)) return Contradiction{a, b};
    return std::nullopt;
}

/// Which of two jobs goes: the one the request does not need; of two such, the stop, unless another unit that is to run
/// excludes this one.
At choose_unneeded(JobSet const& jobs, Contradiction pair) {
    auto const [one, other] = pair;
    if (jobs[one].matters && jobs[other].matters) return nowhere;
    if (jobs[one].matters) return other;
    if (jobs[other].matters) return one;
    auto const [stop, start] = jobs[one].type == JobType::stop ? std::pair(one, other) : std::pair(other, one);
    return jobs.asked_as_conflict(stop) ? start : stop;
}

Built settle_contradictions(Building& b, UnitRef unit) {
    while (auto const pair = find_contradiction(b.jobs, unit)) {
        auto const [one, other] = *pair;
        At const victim = choose_unneeded(b.jobs, *pair);
        if (victim == nowhere)
            return refuse(
                Refused::transaction_jobs_conflicting,
                fmt::format("Transaction contains conflicting jobs '{}' and '{}' for {}. Probably contradicting "
                            "requirement dependencies configured.",
                            base::word(b.jobs[one].type), base::word(b.jobs[other].type), b.name(unit)));
        b.notes.push_back(fmt::format("{} is left out: it contradicts {}", b.show(unit, b.jobs[victim].type),
                                      base::word(b.jobs[victim == one ? other : one].type)));
        b.jobs.drop_with_dependents(victim);
        drop_unasked(b);
    }
    return {};
}

Built merge_jobs(Building& b) {
    for (std::size_t i = 0; i < b.jobs.size(); ++i) {
        auto const at = static_cast<At>(i);
        if (b.jobs[at].dropped || b.jobs.next_of_unit(b.jobs.first_of(b.jobs[at].unit)) == nowhere) continue;
        if (auto settled = settle_contradictions(b, b.jobs[at].unit); !settled) return settled;
    }
    b.jobs.for_each([&](At at) {
        auto const active = b.facts.of(b.jobs[at].unit).active;
        for (At other = b.jobs.next_of_unit(at); other != nowhere; other = b.jobs.next_of_unit(at))
            b.jobs.absorb(at, other, collapse(*merge(b.jobs[at].type, b.jobs[other].type), active));
    });
    return {};
}

/// What the queued jobs become with the new ones.
void merge_with_queued(Building& b) {
    b.jobs.for_each([&](At at) {
        SetJob& job = b.jobs[at];
        auto const& facts = b.facts.of(job.unit);
        if (job.type == JobType::nop || facts.queued == JobType::nop) return;
        if (auto const both = merge(facts.queued, job.type)) job.merged = collapse(*both, facts.active);
    });
}

Built check_destruction(Building& b) {
    Built harmless;
    b.jobs.for_each([&](At at) {
        SetJob const& job = b.jobs[at];
        auto const& facts = b.facts.of(job.unit);
        bool const replaceable = b.request.mode != Mode::fail && !facts.queued_irreversible;
        if (!harmless || replaceable || !conflicts_with_queued(b, job)) return;
        harmless =
            refuse(Refused::transaction_is_destructive,
                   fmt::format("Transaction for {} is destructive ({} has '{}' job queued, but '{}' is included in "
                               "transaction).",
                               b.show(b.anchor().unit, b.anchor().type), b.name(job.unit), base::word(facts.queued),
                               base::word(job.type)));
    });
    return harmless;
}

Transaction write_down(Building& b) {
    Transaction transaction;
    b.jobs.for_each([&](At at) {
        SetJob const& job = b.jobs[at];
        if (conflicts_with_queued(b, job)) transaction.cancel.push_back(job.unit);
        transaction.jobs.push_back({.unit = job.unit,
                                    .type = job.type,
                                    .matters = job.matters,
                                    .irreversible = b.request.mode == Mode::replace_irreversibly,
                                    .ignore_order = b.request.mode == Mode::ignore_dependencies,
                                    .merged = job.merged});
    });
    if (b.request.mode == Mode::isolate || b.request.mode == Mode::flush)
        for (std::size_t i = 0; i < b.graph.size(); ++i) {
            auto const unit = static_cast<UnitRef>(i);
            if (b.jobs.first_of(unit) == nowhere && b.facts.of(unit).queued != JobType::nop)
                transaction.cancel.push_back(unit);
        }
    transaction.notes = std::move(b.notes);
    return transaction;
}

Built build(Building& b) {
    if (auto done = pull_in(b, collapse(b.request.type, b.facts.of(b.request.unit).active)); !done) return done;
    b.jobs.find_what_matters();
    if (b.request.mode == Mode::fail) drop_what_disturbs(b);
    drop_redundant(b);
    if (auto done = merge_jobs(b); !done) return done;
    drop_redundant(b);
    merge_with_queued(b);
    if (auto done = break_cycles(b); !done) return done;
    return check_destruction(b);
}

} // namespace

std::string Building::show(UnitRef unit, JobType type) const {
    return fmt::format("{}/{}", name(unit), base::word(type));
}

void drop_unasked(Building& building) {
    if (building.request.mode != Mode::isolate) building.jobs.drop_unasked();
}

std::expected<Transaction, TransactionError> build_transaction(Graph const& graph, FactsOf const& facts,
                                                               Request const& request) {
    Building b{graph, request, KnownFacts(facts, graph.size()), JobSet(graph.size()), {}};
    Built done = check_mode(graph, request);
    if (done && request.asker == Asker::client) done = check_client(graph, request, b.facts.of(request.unit));
    if (done) done = build(b);
    if (done) return write_down(b);
    done.error().notes = std::move(b.notes);
    return std::unexpected(std::move(done).error());
}

} // namespace mitori::manager
