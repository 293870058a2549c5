#include "manager/last_words.hpp"

#include <algorithm>

namespace mitori::manager {
namespace {

/// Sets back what was set, whatever is thrown in between.
class Until {
public:
    explicit Until(std::function<void()> end) : end_(std::move(end)) {}
    Until(Until const&) = delete;
    Until& operator=(Until const&) = delete;
    ~Until() { end_(); }

private:
    std::function<void()> end_;
};

} // namespace

void LastWords::bind(UnitRef unit, Bound const& bound) { queues_[unit].streams.push_back({bound}); }

void LastWords::started(UnitRef unit, process::SpawnId spawn, pid_t pid) {
    auto& queue = queues_[unit];
    queue.unreported.push_back({spawn, pid});
    for (auto& stream : queue.streams) {
        if (stream.bound.spawn != spawn) continue;
        stream.pid = pid;
        output_->started(stream.bound.stream, pid, stream.bound.uid);
    }
}

void LastWords::reported(UnitRef unit, process::SpawnId spawn) {
    auto const found = queues_.find(unit);
    if (found == queues_.end()) return;
    auto& queue = found->second;
    std::erase_if(queue.streams, [&](Stream const& stream) {
        bool const unborn = stream.bound.spawn == spawn && stream.pid == 0;
        if (unborn) output_->close(stream.bound.stream);
        return unborn;
    });
    std::erase_if(queue.unreported, [&](Unreported const& start) { return start.spawn == spawn; });
    auto const waiting = std::ranges::find(queue.waiting, spawn, &Waiting::report);
    if (waiting != queue.waiting.end()) return come(unit, *waiting);
    tell(unit); // nothing; but the queue may go
}

std::vector<StreamId> LastWords::sources(Queue const& queue, pid_t pid) const {
    std::vector<StreamId> all;
    for (auto const& stream : queue.streams) {
        if (stream.pid == pid) return {stream.bound.stream};
        if (stream.pid != 0) all.push_back(stream.bound.stream);
    }
    return all;
}

void LastWords::ended(UnitRef unit, pid_t pid, std::function<void()> tell_end) {
    auto& queue = queues_[unit];
    auto const number = ++last_number_;
    auto const streams = sources(queue, pid);
    auto const start = std::ranges::find(queue.unreported, pid, &Unreported::pid);
    bool const reported = start == queue.unreported.end();
    queue.waiting.push_back({.number = number,
                             .pid = pid,
                             .report = reported ? std::nullopt : std::optional(start->spawn),
                             .things = streams.size() + (reported ? 0 : 1),
                             .tell = std::move(tell_end)});
    if (streams.empty()) return tell(unit);
    for (auto const stream : streams)
        output_->drain(stream, [self = std::weak_ptr(self_), unit, number] {
            if (auto const alive = self.lock()) (*alive)->taken(unit, number);
        });
}

void LastWords::follow(UnitRef unit, std::function<void()> tell_next) {
    queues_[unit].waiting.push_back({.number = ++last_number_, .pid = 0, .tell = std::move(tell_next)});
    tell(unit);
}

void LastWords::taken(UnitRef unit, std::uint64_t number) {
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return;
    auto const waiting = std::ranges::find(queue->second.waiting, number, &Waiting::number);
    if (waiting != queue->second.waiting.end()) come(unit, *waiting);
}

/// One of the things that an end waits for.
void LastWords::come(UnitRef unit, Waiting& waiting) {
    if (--waiting.things > 0) return;
    close(queues_[unit], waiting.pid);
    tell(unit);
}

void LastWords::close(Queue& queue, pid_t pid) {
    std::erase_if(queue.streams, [&](Stream const& stream) {
        bool const over = stream.pid == pid && stream.bound.span == Span::process;
        if (over) output_->close(stream.bound.stream);
        return over;
    });
}

// What is told may do anything to this unit's queue but tell from it: that is left to the outermost call.
void LastWords::tell(UnitRef unit) {
    if (std::exchange(queues_[unit].telling, true)) return;
    Until const told([this, unit] {
        auto const queue = queues_.find(unit);
        queue->second.telling = false;
        if (queue->second.waiting.empty() && queue->second.streams.empty() && queue->second.unreported.empty())
            queues_.erase(queue);
    });
    while (true) {
        auto& waiting = queues_[unit].waiting;
        if (waiting.empty() || waiting.front().things > 0) return;
        auto const next = std::move(waiting.front().tell);
        waiting.pop_front();
        if (next) next();
    }
}

bool LastWords::forget(UnitRef unit, pid_t pid) {
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return false;
    bool found = false;
    for (auto& waiting : queue->second.waiting) {
        if (waiting.pid != pid || !waiting.tell) continue;
        waiting.tell = nullptr;
        found = true;
    }
    return found;
}

void LastWords::rest(UnitRef unit) {
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return;
    for (auto const& stream : queue->second.streams)
        output_->close(stream.bound.stream);
    queue->second.streams.clear();
    queue->second.unreported.clear();
    queue->second.waiting.clear();
    if (!queue->second.telling) queues_.erase(queue);
}

} // namespace mitori::manager
