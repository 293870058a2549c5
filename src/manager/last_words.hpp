// The streams of live units, and the ends that wait for their last words (output.hpp).
//
// Invariant: what a unit is told of ends comes in the order in which it happened, and no end before everything that the
// dead process wrote has been taken. While an end is being drained, what follows it for the same unit waits behind it:
// further ends, "the last process has gone", notifications. Two kinds of events do not wait:
//   - the spawner's reports. They speak of another process than the one whose end waits: a role holds one process at a
//     time, and the next command of a role is launched only when the unit has been told of the end of the last one.
//     The spawner's socket and SIGCHLD have no order between them anyway.
//   - jobs and time-outs. They ask for something new, and the unit still holds the dead process, as it does between
//     any death and the loop's next turn: a signal to it finds nobody, forget() takes its end back.
// When a unit comes to rest all that waits is dropped: nothing of an old life is told to the next one.
//
// Where there is nothing to drain an end is told at once, from inside ended().
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <unordered_map>
#include <vector>

#include "manager/graph.hpp"
#include "manager/output.hpp"
#include "process/spawner.hpp"

namespace mitori::manager {

class LastWords {
public:
    /// Without an Output no unit has a stream, and nothing ever waits.
    explicit LastWords(Output* output) : output_(output) {}

    /// How long a stream is of interest: to the end of its process, or as long as the unit lives (the daemon that a
    /// forking service leaves behind goes on writing there).
    enum class Span : std::uint8_t { process, life };
    struct Bound {
        StreamId stream;
        process::SpawnId spawn;
        uid_t uid;
        Span span;
    };
    /// The stream was lent to this start.
    void bind(UnitRef unit, Bound const& bound);
    void started(UnitRef unit, process::SpawnId spawn, pid_t pid);
    /// No child came to be, or its first steps have failed (then its end follows).
    void failed(UnitRef unit, process::SpawnId spawn);

    /// A process of the unit has ended: `tell` is called when its words have been taken. One without a stream of its
    /// own (a daemon) may have written to any of the unit's.
    void ended(UnitRef unit, pid_t pid, std::function<void()> tell);
    /// `tell` is called when every end before it has been told.
    void follow(UnitRef unit, std::function<void()> tell);
    /// Its end is not told any more. Whether it waited.
    bool forget(UnitRef unit, pid_t pid);
    /// The unit's life is over.
    void rest(UnitRef unit);

private:
    struct Stream {
        Bound bound;
        pid_t pid = 0; ///< 0: not started yet
    };
    struct Waiting {
        std::uint64_t number;
        pid_t pid; ///< 0: not an end
        std::size_t drains = 0;
        std::function<void()> tell; ///< empty: forgotten
    };
    struct Queue {
        std::vector<Stream> streams;
        std::list<Waiting> waiting; ///< allocates nothing while nothing waits: every live unit has one
        bool telling = false;
    };
    [[nodiscard]] std::vector<StreamId> sources(Queue const& queue, pid_t pid) const;
    void taken(UnitRef unit, std::uint64_t number);
    void tell(UnitRef unit);
    void close(Queue& queue, pid_t pid);

    Output* output_;
    std::unordered_map<UnitRef, Queue> queues_;
    std::uint64_t last_number_ = 0;
    /// Answers of the Output that come after our end find it gone.
    std::shared_ptr<LastWords*> self_ = std::make_shared<LastWords*>(this);
};

} // namespace mitori::manager
