#include "manager/detail/job_set.hpp"

namespace mitori::manager {

JobSet::Added JobSet::add(UnitRef unit, JobType type) {
    At last = nowhere;
    for (At at = first_[index(unit)]; at != nowhere; at = jobs_[index(at)].next_of_unit) {
        if (jobs_[index(at)].type == type) return {at, false};
        last = at;
    }
    auto const at = static_cast<At>(jobs_.size());
    jobs_.push_back({.unit = unit, .type = type, .merged = type});
    (last == nowhere ? first_[index(unit)] : jobs_[index(last)].next_of_unit) = at;
    return {at, true};
}

void JobSet::link(At asker, At asked, Need need, Cause cause) {
    auto const number = static_cast<std::uint32_t>(links_.size());
    auto& from = jobs_[index(asker)];
    auto& to = jobs_[index(asked)];
    links_.push_back({asker, asked, need, cause, from.asks, to.asked});
    from.asks = number;
    to.asked = number;
}

bool JobSet::asked_as_conflict(At at) const {
    for (auto l = jobs_[index(at)].asked; l != SetJob::no_link; l = links_[l].next_of_asked)
        if (links_[l].cause == Cause::conflict && !jobs_[index(links_[l].asker)].dropped) return true;
    return false;
}

void JobSet::find_what_matters() {
    std::vector<At> open{At{0}};
    jobs_.front().matters = true;
    while (!open.empty()) {
        At const at = open.back();
        open.pop_back();
        for (auto l = jobs_[index(at)].asks; l != SetJob::no_link; l = links_[l].next_of_asker) {
            auto& asked = jobs_[index(links_[l].asked)];
            if (links_[l].need != Need::must || asked.matters) continue;
            asked.matters = true;
            open.push_back(links_[l].asked);
        }
    }
}

void JobSet::drop_with_dependents(At at) {
    std::vector<At> open{at};
    while (!open.empty()) {
        At const gone = open.back();
        open.pop_back();
        jobs_[index(gone)].dropped = true;
        for (auto l = jobs_[index(gone)].asked; l != SetJob::no_link; l = links_[l].next_of_asked)
            if (links_[l].need == Need::must && !jobs_[index(links_[l].asker)].dropped) open.push_back(links_[l].asker);
    }
}

void JobSet::drop_unasked() {
    std::vector<bool> asked(jobs_.size(), false);
    std::vector<At> open{At{0}};
    asked.front() = true;
    while (!open.empty()) {
        At const at = open.back();
        open.pop_back();
        for (auto l = jobs_[index(at)].asks; l != SetJob::no_link; l = links_[l].next_of_asker) {
            At const to = links_[l].asked;
            if (asked[index(to)] || jobs_[index(to)].dropped) continue;
            asked[index(to)] = true;
            open.push_back(to);
        }
    }
    for (std::size_t i = 0; i < jobs_.size(); ++i)
        if (!asked[i]) jobs_[i].dropped = true;
}

void JobSet::absorb(At at, At other, JobType type) {
    auto& kept = jobs_[index(at)];
    auto& gone = jobs_[index(other)];
    kept.type = kept.merged = type;
    kept.matters = kept.matters || gone.matters;
    // The chains are turned over one link after the other: the absorbed job's links become the kept one's.
    for (auto l = std::exchange(gone.asks, SetJob::no_link); l != SetJob::no_link;) {
        auto const next = links_[l].next_of_asker;
        links_[l].asker = at;
        links_[l].next_of_asker = std::exchange(kept.asks, l);
        l = next;
    }
    for (auto l = std::exchange(gone.asked, SetJob::no_link); l != SetJob::no_link;) {
        auto const next = links_[l].next_of_asked;
        links_[l].asked = at;
        links_[l].next_of_asked = std::exchange(kept.asked, l);
        l = next;
    }
    gone.dropped = true;
}

} // namespace mitori::manager
