// The loop's own queues: deferred work and timers.
#include <algorithm>

#include "loop/detail/event_loop.hpp"
#include "loop/guard.hpp"

namespace mitori::loop::detail {
namespace {

std::uint64_t usec_of(base::Usec time) {
    // sd-event's "never"; and no time lies before the clock's beginning.
    if (time == base::infinity) return UINT64_MAX;
    return static_cast<std::uint64_t>(std::max(time, base::Usec(0)).count());
}

} // namespace

base::Result<void> Deferred::attach(sd_event* event) {
    sd_event_source* source = nullptr;
    TRY(check(::sd_event_add_defer(event, &source, dispatch, this), "open queue of deferred work"));
    source_.reset(source);
    TRY(check(::sd_event_source_set_priority(source, static_cast<std::int64_t>(Urgency::idle)), "set urgency"));
    return check(::sd_event_source_set_enabled(source, SD_EVENT_OFF), "disarm");
}

base::Result<std::uint64_t> Deferred::add(Task task) {
    TRY(check(::sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT), "defer"));
    queue_.emplace(next_, std::move(task));
    return next_++;
}

void Deferred::remove(std::uint64_t number) { queue_.erase(number); }

int Deferred::dispatch(sd_event_source* source, void* data) noexcept {
    auto& self = *static_cast<Deferred*>(data);
    if (self.queue_.empty()) return 0;
    // Taken out before it runs: a piece of work runs once, and its watch may go while it does.
    Task const task = std::move(self.queue_.begin()->second);
    self.queue_.erase(self.queue_.begin());
    run_guarded(*task);
    if (self.queue_.empty()) return 0;
    return ::sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

base::Result<void> Timers::attach(sd_event* event) {
    sd_event_source* source = nullptr;
    TRY(check(::sd_event_add_time(event, &source, CLOCK_MONOTONIC, UINT64_MAX, 1, dispatch, this), "open timers"));
    source_.reset(source);
    TRY(check(::sd_event_source_set_priority(source, static_cast<std::int64_t>(Urgency::timer)), "set urgency"));
    return check(::sd_event_source_set_enabled(source, SD_EVENT_OFF), "disarm");
}

base::Result<Timers::Key> Timers::add(base::Usec due, base::Usec slack, Task task) {
    Key const key{.due = due, .number = next_++};
    base::Usec const latest = base::plus(due, slack);
    timers_.emplace(key, Timer{.latest = latest, .task = std::move(task)});
    latest_.insert({.due = latest, .number = key.number});
    if (auto armed = arm(); !armed) {
        remove(key);
        return std::unexpected(armed.error());
    }
    return key;
}

void Timers::remove(Key key) {
    auto const found = timers_.find(key);
    if (found == timers_.end()) return;
    latest_.erase({.due = found->second.latest, .number = key.number});
    timers_.erase(found);
    // Else a timer that is no more would still wake the machine. Where this fails, that is all that happens.
    static_cast<void>(arm());
}

base::Result<void> Timers::arm() {
    if (timers_.empty()) return check(::sd_event_source_set_enabled(source_.get(), SD_EVENT_OFF), "disarm");
    base::Usec const due = timers_.begin()->first.due;
    base::Usec const latest = latest_.begin()->due;
    // 0 would mean sd-event's default of a quarter of a second.
    std::uint64_t const slack = std::max<std::uint64_t>(usec_of(latest) - usec_of(due), 1);
    TRY(check(::sd_event_source_set_time(source_.get(), usec_of(due)), "arm timer"));
    TRY(check(::sd_event_source_set_time_accuracy(source_.get(), slack), "arm timer"));
    return check(::sd_event_source_set_enabled(source_.get(), SD_EVENT_ONESHOT), "arm timer");
}

int Timers::dispatch(sd_event_source* source, std::uint64_t, void* data) noexcept {
    auto& self = *static_cast<Timers*>(data);
    std::uint64_t now = 0;
    int const answer = ::sd_event_now(::sd_event_source_get_event(source), CLOCK_MONOTONIC, &now);
    if (answer < 0) return answer;
    auto const first = self.timers_.begin();
    if (first != self.timers_.end() && usec_of(first->first.due) <= now) {
        Task const task = std::move(first->second.task);
        self.remove(first->first);
        run_guarded(*task);
    }
    auto const armed = self.arm();
    return armed ? 0 : -armed.error().number;
}

} // namespace mitori::loop::detail
