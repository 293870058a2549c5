// What holds for every transaction, looked for in random graphs. A failure names its seed.
#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "manager/unit_table.hpp"

namespace mitori::manager {
namespace {

using test::Place;
using test::Queue;
using unit::Relation;

constexpr unsigned seeds = 500;

std::string unit_name(std::size_t number) { return fmt::format("u{}.service", number); }

class Dice {
public:
    explicit Dice(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }

private:
    std::mt19937 engine_;
};

std::string random_units(Dice& dice, std::size_t units) {
    constexpr std::string_view relations[] = {"Requires", "Wants",     "Wants",  "Wants", "BindsTo", "Requisite",
                                              "PartOf",   "Conflicts", "Before", "After", "After"};
    std::string text;
    for (std::size_t i = 0; i < units; ++i) {
        text += unit_name(i);
        for (auto n = dice.below(5); n > 0; --n)
            text += fmt::format(" {}={}", relations[dice.below(std::size(relations))], unit_name(dice.below(units)));
        text += "\n";
    }
    return text;
}

void random_states(Dice& dice, Place& place, std::size_t units) {
    constexpr ActiveState states[] = {ActiveState::inactive, ActiveState::inactive, ActiveState::active,
                                      ActiveState::failed, ActiveState::activating};
    for (std::size_t i = 0; i < units; ++i)
        place.facts_of(unit_name(i)).active = states[dice.below(std::size(states))];
}

JobType random_type(Dice& dice) {
    constexpr JobType types[] = {JobType::start, JobType::start, JobType::stop, JobType::restart, JobType::try_restart};
    return types[dice.below(std::size(types))];
}

Mode random_mode(Dice& dice) {
    constexpr Mode modes[] = {Mode::replace, Mode::replace, Mode::fail, Mode::flush, Mode::ignore_requirements};
    return modes[dice.below(std::size(modes))];
}

bool stops(JobType type) { return type == JobType::stop || type == JobType::restart; }
bool starts(JobType type) { return type != JobType::stop && type != JobType::nop; }

/// Whether the jobs whose `part` it is can be put in a row: takes away what nothing precedes until nothing is left.
bool can_be_ordered(Graph const& graph, std::set<UnitRef> left) {
    auto const first = [&](UnitRef unit) {
        auto const before = graph.related(unit, Relation::after);
        return std::ranges::none_of(before, [&](UnitRef other) { return left.contains(other); });
    };
    while (!left.empty()) {
        auto const next = std::ranges::find_if(left, first);
        if (next == left.end()) return false;
        left.erase(next);
    }
    return true;
}

void expect_sound(Place& place, Transaction const& transaction, UnitRef anchor) {
    std::map<UnitRef, JobType> jobs;
    std::set<UnitRef> starting;
    std::set<UnitRef> stopping;
    for (auto const& job : transaction.jobs) {
        EXPECT_TRUE(jobs.emplace(job.unit, job.type).second) << "twice: " << place.graph.name(job.unit);
        if (starts(job.type)) starting.insert(job.unit);
        if (stops(job.type)) stopping.insert(job.unit);
    }
    ASSERT_FALSE(transaction.jobs.empty());
    EXPECT_EQ(transaction.jobs.front().unit, anchor);
    EXPECT_TRUE(transaction.jobs.front().matters);
    EXPECT_TRUE(can_be_ordered(place.graph, starting));
    EXPECT_TRUE(can_be_ordered(place.graph, stopping));
}

/// A start that is kept has what it requires, and what it excludes is not started with it.
void expect_complete(Place& place, Transaction const& transaction) {
    std::map<UnitRef, JobType> jobs;
    for (auto const& job : transaction.jobs)
        jobs[job.unit] = job.type;
    for (auto const& [unit, type] : jobs) {
        if (type != JobType::start && type != JobType::restart) continue;
        for (auto const relation : {Relation::requires_, Relation::binds_to})
            for (UnitRef const other : place.graph.related(unit, relation)) {
                bool const up = place.facts[index(other)].active == ActiveState::active;
                bool const has = jobs.contains(other) ? starts(jobs[other]) : up;
                EXPECT_TRUE(has) << place.graph.name(unit) << " requires " << place.graph.name(other);
            }
        for (UnitRef const other : place.graph.related(unit, Relation::conflicts))
            EXPECT_FALSE(jobs.contains(other) && starts(jobs[other]))
                << place.graph.name(unit) << " excludes " << place.graph.name(other);
    }
}

TEST(EveryTransaction, has_no_unit_twice_no_circle_and_all_that_is_required) {
    unsigned planned_some = 0;
    for (unsigned seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Dice dice(seed);
        auto const units = 2 + dice.below(14);
        Place place(random_units(dice, units));
        random_states(dice, place, units);
        auto const type = random_type(dice);
        auto const unit = unit_name(dice.below(units));
        auto const planned = place.plan(type, unit);
        if (!planned) continue;
        ++planned_some;
        expect_sound(place, *planned, place.ref(unit));
        expect_complete(place, *planned);
        if (HasFailure()) break;
    }
    EXPECT_GT(planned_some, seeds / 2); // the dice must not be so bad that all is refused
}

TEST(EveryTransaction, is_the_same_each_time) {
    for (unsigned seed = 0; seed < seeds; ++seed) {
        Dice dice(seed);
        auto const text = random_units(dice, 12);
        auto const plan = [&] {
            Place place(text);
            Dice again(seed + seeds);
            random_states(again, place, 12);
            auto const planned = place.plan(random_type(again), unit_name(again.below(12)), random_mode(again));
            if (!planned) return planned.error().text + fmt::format("{}", fmt::join(planned.error().notes, "\n"));
            std::string all = fmt::format("{}", fmt::join(planned->notes, "\n"));
            for (auto const& job : planned->jobs)
                all += fmt::format(" {}/{}", place.graph.name(job.unit), base::word(job.merged));
            return all;
        };
        ASSERT_EQ(plan(), plan()) << "seed " << seed;
    }
}

/// Follows what runs and what has run: a pair that is ordered must never run the wrong way round.
class Witness {
public:
    explicit Witness(Queue& queue) : queue_(queue) {}

    void check(Job const& job) const {
        if (job.type == JobType::nop) return;
        for (UnitRef const other : queue_.place.graph.related(job.unit, Relation::after)) {
            auto const* before = queue_.jobs.of(other);
            if (before == nullptr || before->id == job.id) continue;
            // The other is Before= this one. This one may only run now if it stops (then the other has to wait).
            EXPECT_TRUE(stops(job.type)) << name(job.unit) << " runs while " << name(other) << " is queued";
        }
        for (UnitRef const other : queue_.place.graph.related(job.unit, Relation::before)) {
            auto const* after = queue_.jobs.of(other);
            if (after == nullptr || after->id == job.id) continue;
            EXPECT_FALSE(stops(after->type)) << name(job.unit) << " runs while " << name(other) << " has to stop";
        }
    }

private:
    [[nodiscard]] std::string const& name(UnitRef unit) const { return queue_.place.graph.name(unit); }
    Queue& queue_;
};

/// Ends one running job, mostly well.
void end_one(Dice& dice, Queue& queue, std::vector<JobId>& running) {
    auto const at = running.begin() + static_cast<std::ptrdiff_t>(dice.below(running.size()));
    JobId const id = *at;
    running.erase(at);
    Job const* job = queue.jobs.find(id);
    if (job == nullptr || job->state != JobState::running) return;
    auto& active = queue.place.facts[index(job->unit)].active;
    if (dice.below(10) == 0) {
        (void)queue.jobs.finish(id, JobResult::failed, active = ActiveState::failed);
        return;
    }
    active = stops(job->type) ? ActiveState::inactive : ActiveState::active;
    if (job->type == JobType::restart)
        queue.jobs.turn_into_start(id);
    else
        (void)queue.jobs.finish(id, JobResult::done, active);
}

void run_some(Dice& dice, Queue& queue, std::vector<JobId>& running, std::size_t steps) {
    for (std::size_t i = 0; i < steps; ++i) {
        for (Job const& job : queue.jobs.ready()) {
            Witness(queue).check(job);
            running.push_back(job.id);
        }
        if (running.empty()) return;
        end_one(dice, queue, running);
    }
}

TEST(EveryQueue, runs_empty_whatever_is_asked_of_it_and_keeps_the_order) {
    for (unsigned seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE(fmt::format("seed {}", seed));
        Dice dice(seed);
        auto const units = 3 + dice.below(10);
        Queue queue(random_units(dice, units));
        random_states(dice, queue.place, units);
        std::vector<JobId> running;
        for (int i = 0; i < 6; ++i) {
            queue.request(random_type(dice), unit_name(dice.below(units)), random_mode(dice));
            run_some(dice, queue, running, dice.below(8));
        }
        run_some(dice, queue, running, 10'000);
        EXPECT_TRUE(queue.jobs.empty()) << queue.jobs.all().size() << " jobs wait for ever";
        if (HasFailure()) break;
    }
}

} // namespace
} // namespace mitori::manager
