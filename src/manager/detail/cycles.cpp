#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "manager/detail/building.hpp"

namespace mitori::manager {

namespace {

// All that stops comes before all that starts, so nothing leads back from a start to a stop: a circle lies wholly among
// the stops or wholly among the starts (a restart is in both), and each is looked for by itself along Before=.
enum class Half : std::uint8_t { stops, starts };

class CycleSearch {
public:
    CycleSearch(Building& building, Half half)
        : b_(building),
          half_(half),
          colours_(building.graph.size(), Colour::white) {}

    /// The units of a circle in the order in which they would have to wait for each other, or nothing. Circles of
    /// queued jobs alone are none of this request's making.
    std::optional<std::vector<UnitRef>> find() {
        std::optional<std::vector<UnitRef>> cycle;
        b_.jobs.for_each([&](At at) {
            UnitRef const unit = b_.jobs[at].unit;
            if (!cycle && colours_[index(unit)] == Colour::white && takes_part(unit)) cycle = walk_from(unit);
        });
        return cycle;
    }

private:
    enum class Colour : std::uint8_t { white, grey, black };
    struct Frame {
        UnitRef unit;
        std::span<Edge const> later;
    };

    std::optional<std::vector<UnitRef>> walk_from(UnitRef start) {
        stack_.clear();
        enter(start);
        while (!stack_.empty()) {
            auto& [unit, later] = stack_.back();
            if (later.empty()) {
                colours_[index(unit)] = Colour::black;
                stack_.pop_back();
                continue;
            }
            UnitRef const other = later.front().other;
            later = later.subspan(1);
            if (colours_[index(other)] == Colour::grey) {
                if (auto cycle = back_to(other); has_planned(cycle)) return cycle;
            } else if (colours_[index(other)] == Colour::white && takes_part(other)) {
                enter(other);
            }
        }
        return std::nullopt;
    }

    void enter(UnitRef unit) {
        colours_[index(unit)] = Colour::grey;
        stack_.push_back({unit, b_.graph.edges(unit, unit::Relation::before)});
    }

    [[nodiscard]] std::vector<UnitRef> back_to(UnitRef first) const {
        std::vector<UnitRef> cycle;
        auto at = std::ranges::find(stack_, first, &Frame::unit);
        for (; at != stack_.end(); ++at)
            cycle.push_back(at->unit);
        return cycle;
    }

    [[nodiscard]] bool has_planned(std::vector<UnitRef> const& cycle) const {
        return std::ranges::any_of(cycle, [this](UnitRef unit) { return b_.jobs.first_of(unit) != nowhere; });
    }

    [[nodiscard]] bool takes_part(UnitRef unit) {
        At const planned = b_.jobs.first_of(unit);
        JobType const type = planned != nowhere ? b_.jobs[planned].merged : b_.facts.of(unit).queued;
        return half_ == Half::stops ? stops(type) : starts(type);
    }

    Building& b_;
    Half half_;
    std::vector<Colour> colours_;
    std::vector<Frame> stack_;
};

std::string show(Building const& b, std::vector<UnitRef> const& cycle) {
    std::string text;
    for (UnitRef const unit : cycle) {
        At const at = b.jobs.first_of(unit);
        text += (at == nowhere ? b.name(unit) + " (queued)" : b.show(unit, b.jobs[at].type)) + ", ";
    }
    return text + b.name(cycle.front());
}

/// Of those that the request can do without, the one that was pulled in last.
At choose_victim(Building const& b, std::vector<UnitRef> const& cycle) {
    At victim = nowhere;
    for (UnitRef const unit : cycle) {
        At const at = b.jobs.first_of(unit);
        if (at == nowhere || b.jobs[at].matters) continue;
        if (victim == nowhere || at > victim) victim = at;
    }
    return victim;
}

} // namespace

Built break_cycles(Building& b) {
    if (b.request.mode == Mode::ignore_dependencies) return {};
    for (;;) {
        auto cycle = CycleSearch(b, Half::stops).find();
        if (!cycle) cycle = CycleSearch(b, Half::starts).find();
        if (!cycle) return {};
        At const victim = choose_victim(b, *cycle);
        if (victim == nowhere) {
            b.notes.push_back(fmt::format("Ordering cycle without a job that could be left out: {}", show(b, *cycle)));
            return refuse(Refused::transaction_order_is_cyclic,
                          "Transaction order is cyclic. See system logs for details.");
        }
        b.notes.push_back(fmt::format("Ordering cycle: {}; {} is left out to break it", show(b, *cycle),
                                      b.show(b.jobs[victim].unit, b.jobs[victim].type)));
        b.jobs.drop_with_dependents(victim);
        drop_unasked(b);
    }
}

} // namespace mitori::manager
