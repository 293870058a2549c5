// The loop over sd-event. Timers and deferred work have queues of their own, each behind one source: sd-event orders
// by urgency only, and of equals the one that became due first shall run first.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <systemd/sd-event.h>
#include <utility>

#include "loop/loop.hpp"

namespace mitori::loop::detail {

struct EventUnref {
    void operator()(sd_event* event) const { ::sd_event_unref(event); }
};
/// Dropping a source first takes it out of the loop: sd-event would otherwise keep it until its dispatch is over.
struct SourceUnref {
    void operator()(sd_event_source* source) const { ::sd_event_source_disable_unref(source); }
};
using EventPtr = std::unique_ptr<sd_event, EventUnref>;
using SourcePtr = std::unique_ptr<sd_event_source, SourceUnref>;

/// A handler whose watch may be dropped while it runs: whoever runs it holds a share.
using Task = std::shared_ptr<std::function<void()>>;

/// Work for when nothing else is due, first come first served, one piece per dispatch.
class Deferred {
public:
    [[nodiscard]] base::Result<void> attach(sd_event* event);
    [[nodiscard]] base::Result<std::uint64_t> add(Task task);
    void remove(std::uint64_t number);

private:
    static int dispatch(sd_event_source* source, void* data) noexcept;
    std::map<std::uint64_t, Task> queue_;
    std::uint64_t next_ = 0;
    SourcePtr source_;
};

/// Timers in the order of their times. The one source sleeps until the first of them may wait no longer, and no less
/// than the first is due.
class Timers {
public:
    struct Key {
        base::Usec due;
        std::uint64_t number = 0;
        friend auto operator<=>(Key const&, Key const&) = default;
    };
    [[nodiscard]] base::Result<void> attach(sd_event* event);
    [[nodiscard]] base::Result<Key> add(base::Usec due, base::Usec slack, Task task);
    void remove(Key key);

private:
    struct Timer {
        base::Usec latest;
        Task task;
    };
    static int dispatch(sd_event_source* source, std::uint64_t due, void* data) noexcept;
    [[nodiscard]] base::Result<void> arm();
    std::map<Key, Timer> timers_;
    std::set<Key> latest_; ///< the same timers by the time after which none may wait
    std::uint64_t next_ = 0;
    SourcePtr source_;
};

class EventLoop final : public Loop {
public:
    explicit EventLoop(EventPtr event) : event_(std::move(event)) {}
    [[nodiscard]] base::Result<void> attach();

    [[nodiscard]] base::Stamp now() const override;
    [[nodiscard]] base::Result<WatchPtr> on_ready(int fd, Interest interest, Urgency urgency,
                                                  std::function<void(Ready)> handler) override;
    [[nodiscard]] base::Result<WatchPtr> on_signal(base::Signal signal, std::function<void()> handler) override;
    [[nodiscard]] base::Result<WatchPtr> at(base::Usec monotonic, base::Usec slack,
                                            std::function<void()> handler) override;
    [[nodiscard]] base::Result<WatchPtr> defer(std::function<void()> handler) override;
    [[nodiscard]] base::Result<int> run() override;
    void stop(int code) override;
    [[nodiscard]] sd_event* native() override { return event_.get(); }

private:
    EventPtr event_;
    Deferred deferred_;
    Timers timers_;
};

/// sd-event's answer as ours: negative is an errno.
[[nodiscard]] base::Result<void> check(int answer, char const* operation);

} // namespace mitori::loop::detail
