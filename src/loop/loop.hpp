// The event loop, as a face: the real one stands on sd-event (open_loop), the one of tests has its own clock
// (tests/fake/fake_loop.hpp).
//
// One thread, one loop. Of several things that are due, the more urgent runs first; equals run in the order in which
// they became due. The order is part of the manager's correctness:
//
//     notify    readiness and watchdog messages: before the exits of those who sent them
//     spawner   a child is made known before anything is read about it
//     exit      ends of children: last words first, then the death
//     group     a control group became empty: only after the exits of its processes
//     normal    clients
//     timer     timeouts: whatever has happened by now counts before the time-out does
//     idle      deferred work: settle the marks, run jobs, write answers
//
// Handlers may add and drop watches, their own too. What a handler throws is caught in the dispatch, logged, and the
// loop goes on. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"

struct sd_event;

namespace mitori::loop {

enum class Urgency : std::int64_t {
    notify = -50,
    spawner = -40,
    exit = -30,
    group = -20,
    normal = 0,
    timer = 10,
    idle = 20
};

/// What a descriptor is ready for. A hang-up or error counts as both.
struct Ready {
    bool read = false;
    bool write = false;
};
enum class Interest { read, write, read_and_write };

/// Keeps a watch alive; dropping it ends the watch. Never outlives its loop.
class Watch {
public:
    virtual ~Watch() = default;
};
using WatchPtr = std::unique_ptr<Watch>;

class Loop {
public:
    virtual ~Loop() = default;

    [[nodiscard]] virtual base::Stamp now() const = 0;

    /// The descriptor is borrowed and must stay open for as long as the watch lives. A pidfd is read-ready when its
    /// process has ended.
    [[nodiscard]] virtual base::Result<WatchPtr> on_ready(int fd, Interest interest, Urgency urgency,
                                                          std::function<void(Ready)> handler) = 0;
    /// Blocks the signal for the calling thread (the loop's; threads made later inherit that) and delivers it here. It
    /// stays blocked when the watch goes: one that is still pending would otherwise do its default.
    [[nodiscard]] virtual base::Result<WatchPtr> on_signal(base::Signal signal, std::function<void()> handler) = 0;
    /// Once, at a monotonic time or up to `slack` later, so that wake-ups can be shared.
    [[nodiscard]] virtual base::Result<WatchPtr> at(base::Usec monotonic, base::Usec slack,
                                                    std::function<void()> handler) = 0;
    /// Once, when nothing more urgent is due.
    [[nodiscard]] virtual base::Result<WatchPtr> defer(std::function<void()> handler) = 0;

    /// Runs until stop(); returns stop's code.
    [[nodiscard]] virtual base::Result<int> run() = 0;
    virtual void stop(int code) = 0;

    /// What sd_bus_attach_event wants; nullptr in tests.
    [[nodiscard]] virtual ::sd_event* native() { return nullptr; }
};

[[nodiscard]] base::Result<std::unique_ptr<Loop>> open_loop();

} // namespace mitori::loop
