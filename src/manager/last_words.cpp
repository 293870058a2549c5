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
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return;
    for (auto& stream : queue->second.streams) {
        if (stream.bound.spawn != spawn) continue;
        stream.pid = pid;
        output_->started(stream.bound.stream, pid, stream.bound.uid);
    }
}

void LastWords::failed(UnitRef unit, process::SpawnId spawn) {
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return;
    std::erase_if(queue->second.streams, [&](Stream const& stream) {
        bool const unborn = stream.bound.spawn == spawn && stream.pid == 0;
        if (unborn) output_->close(stream.bound.stream);
        return unborn;
    });
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
    queue.waiting.push_back({number, pid, streams.size(), std::move(tell_end)});
    if (streams.empty()) return tell(unit);
    for (auto const stream : streams)
        output_->drain(stream, [self = std::weak_ptr(self_), unit, number] {
            if (auto const alive = self.lock()) (*alive)->taken(unit, number);
        });
}

void LastWords::follow(UnitRef unit, std::function<void()> tell_next) {
    queues_[unit].waiting.push_back({++last_number_, 0, 0, std::move(tell_next)});
    tell(unit);
}

void LastWords::taken(UnitRef unit, std::uint64_t number) {
    auto const queue = queues_.find(unit);
    if (queue == queues_.end()) return;
    auto const waiting = std::ranges::find(queue->second.waiting, number, &Waiting::number);
    if (waiting == queue->second.waiting.end() || --waiting->drains > 0) return;
    close(queue->second, waiting->pid);
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
        if (queue->second.waiting.empty() && queue->second.streams.empty()) queues_.erase(queue);
    });
    while (true) {
        auto& waiting = queues_[unit].waiting;
        if (waiting.empty() || waiting.front().drains > 0) return;
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
    queue->second.waiting.clear();
    if (!queue->second.telling) queues_.erase(queue);
}

} // namespace mitori::manager
