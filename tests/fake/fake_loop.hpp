// A loop with its own clock: nothing happens but what the test says, and it happens at once, in the order in which the
// real loop would have done it.
//
//     loop.make_readable(pidfd);   // the child has ended
//     loop.settle();               // its handlers have run, deferred work too
//     loop.advance(90s);           // every timer up to then has fired, each at its own time
//
// A descriptor that was made ready is ready for one dispatch; readiness of one that nobody watches yet is kept for who
// comes. What handlers throw is caught and logged as the real loop does.
#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <utility>
#include <vector>

#include "loop/guard.hpp"
#include "loop/loop.hpp"

namespace mitori::test {

class FakeLoop final : public loop::Loop {
public:
    using Usec = base::Usec;
    using Ready = loop::Ready;

    // -- what the test does
    void make_readable(int fd) { make_ready(fd, {.read = true}); }
    void make_writable(int fd) { make_ready(fd, {.write = true}); }
    void hang_up(int fd) { make_ready(fd, {.read = true, .write = true}); }

    /// Descriptors that are real, as poll(2) finds them now.
    void make_ready_as_they_are() {
        std::vector<int> readable;
        for (auto const& [number, entry] : entries_) {
            pollfd look{.fd = entry.fd, .events = POLLIN, .revents = 0};
            if (entry.fd >= 0 && ::poll(&look, 1, 0) == 1 && (look.revents & POLLIN) != 0) readable.push_back(entry.fd);
        }
        std::ranges::for_each(readable, [this](int fd) { make_readable(fd); });
    }

    void raise(base::Signal signal) {
        for (auto& [number, entry] : entries_)
            if (entry.signal == signal) mark_due(entry);
    }

    /// Dispatches what is due, and what becomes due by that, until all is quiet.
    void settle() {
        constexpr int too_long = 100'000;
        for (int count = 0; dispatch_one(); ++count)
            if (count == too_long) throw std::runtime_error("The loop does not come to rest");
    }

    /// Lets the time pass: each timer on the way finds the clock at its own time, and everything settled before it.
    void advance(Usec duration) {
        Usec const end = now_ + duration;
        settle();
        for (auto next = next_timer(); next && *next <= end; next = next_timer()) {
            now_ = std::max(now_, *next);
            mark_timers_due();
            settle();
        }
        now_ = end;
    }

    /// Somebody sets the clock on the wall: no time passes.
    void jump(Usec by) { jumped_ += by; }

    // -- what the test asks
    [[nodiscard]] bool watches(int fd) const {
        return std::ranges::any_of(entries_, [fd](auto const& pair) { return pair.second.fd == fd; });
    }
    [[nodiscard]] bool watches(base::Signal signal) const {
        return std::ranges::any_of(entries_, [signal](auto const& pair) { return pair.second.signal == signal; });
    }
    /// When the next timer fires that is not due yet.
    [[nodiscard]] std::optional<Usec> next_timer() const {
        std::optional<Usec> earliest;
        for (auto const& [number, entry] : entries_)
            if (entry.time && !entry.due_since && (!earliest || *entry.time < *earliest)) earliest = entry.time;
        return earliest == base::infinity ? std::nullopt : earliest;
    }
    [[nodiscard]] std::size_t watch_count() const { return entries_.size(); }
    [[nodiscard]] std::optional<int> stopped() const { return stopped_; }

    // -- the loop's face
    [[nodiscard]] base::Stamp now() const override { return {.realtime = epoch + now_ + jumped_, .monotonic = now_}; }

    [[nodiscard]] base::Result<loop::WatchPtr> on_ready(int fd, loop::Interest interest, loop::Urgency urgency,
                                                        std::function<void(Ready)> handler) override {
        if (fd < 0) return base::make_error(EBADF, "watch descriptor");
        if (watches(fd)) return base::make_error(EEXIST, "watch descriptor");
        auto watch = add({.fd = fd, .interest = interest, .urgency = urgency}, std::move(handler));
        if (auto const kept = kept_ready_.extract(fd)) make_ready(fd, kept.mapped());
        return watch;
    }
    [[nodiscard]] base::Result<loop::WatchPtr> on_signal(base::Signal signal, std::function<void()> handler) override {
        return add({.signal = signal}, ignoring(std::move(handler)));
    }
    [[nodiscard]] base::Result<loop::WatchPtr> at(Usec monotonic, Usec, std::function<void()> handler) override {
        auto watch = add({.time = monotonic, .urgency = loop::Urgency::timer}, ignoring(std::move(handler)));
        mark_timers_due();
        return watch;
    }
    [[nodiscard]] base::Result<loop::WatchPtr> defer(std::function<void()> handler) override {
        auto watch = add({.urgency = loop::Urgency::idle}, ignoring(std::move(handler)));
        mark_due(entries_.rbegin()->second);
        return watch;
    }

    /// Until stop(), with the clock jumping from timer to timer; EDEADLK when nothing is left that could happen.
    [[nodiscard]] base::Result<int> run() override {
        for (;;) {
            settle();
            if (stopped_) return *stopped_;
            auto const next = next_timer();
            if (!next) return base::make_error(EDEADLK, "run fake loop");
            advance(*next - now_);
        }
    }
    void stop(int code) override { stopped_ = code; }

private:
    struct Entry {
        int fd = -1;
        loop::Interest interest = loop::Interest::read;
        base::Signal signal;
        std::optional<Usec> time;
        loop::Urgency urgency = loop::Urgency::normal;
        Ready ready;
        std::optional<std::uint64_t> due_since;
        std::shared_ptr<std::function<void(Ready)>> handler;
    };

    class FakeWatch final : public loop::Watch {
    public:
        FakeWatch(FakeLoop& loop, std::uint64_t number) : loop_(loop), number_(number) {}
        FakeWatch(FakeWatch const&) = delete;
        FakeWatch& operator=(FakeWatch const&) = delete;
        ~FakeWatch() override { loop_.entries_.erase(number_); }

    private:
        FakeLoop& loop_;
        std::uint64_t number_;
    };

    static std::function<void(Ready)> ignoring(std::function<void()> handler) {
        return [handler = std::move(handler)](Ready) { handler(); };
    }

    loop::WatchPtr add(Entry entry, std::function<void(Ready)> handler) {
        entry.handler = std::make_shared<std::function<void(Ready)>>(std::move(handler));
        entries_.emplace(next_number_, std::move(entry));
        return std::make_unique<FakeWatch>(*this, next_number_++);
    }

    void mark_due(Entry& entry) {
        if (!entry.due_since) entry.due_since = next_due_++;
    }

    void make_ready(int fd, Ready ready) {
        for (auto& [number, entry] : entries_) {
            if (entry.fd != fd) continue;
            bool const hung_up = ready.read && ready.write;
            bool const reads = ready.read && (hung_up || entry.interest != loop::Interest::write);
            bool const writes = ready.write && (hung_up || entry.interest != loop::Interest::read);
            entry.ready = {.read = entry.ready.read || reads, .write = entry.ready.write || writes};
            if (reads || writes) mark_due(entry);
            return;
        }
        kept_ready_[fd] = ready;
    }

    void mark_timers_due() {
        std::map<std::pair<Usec, std::uint64_t>, Entry*> due;
        for (auto& [number, entry] : entries_)
            if (entry.time && *entry.time <= now_) due.emplace(std::pair(*entry.time, number), &entry);
        for (auto const& [key, entry] : due)
            mark_due(*entry);
    }

    bool dispatch_one() {
        auto best = entries_.end();
        auto const rank = [](Entry const& entry) { return std::pair(entry.urgency, *entry.due_since); };
        for (auto it = entries_.begin(); it != entries_.end(); ++it)
            if (it->second.due_since && (best == entries_.end() || rank(it->second) < rank(best->second))) best = it;
        if (best == entries_.end()) return false;
        auto const handler = best->second.handler;
        auto const ready = std::exchange(best->second.ready, {});
        best->second.due_since.reset();
        // What happens once keeps its place in the table (its watch removes it) but never becomes due again.
        if (best->second.time) best->second.time = base::infinity;
        loop::run_guarded(*handler, ready);
        return true;
    }

    static constexpr Usec epoch{1'700'000'000'000'000};
    Usec now_{1'000'000};
    Usec jumped_{0};
    std::map<std::uint64_t, Entry> entries_;
    std::map<int, Ready> kept_ready_;
    std::uint64_t next_number_ = 0;
    std::uint64_t next_due_ = 0;
    std::optional<int> stopped_;
};

} // namespace mitori::test
