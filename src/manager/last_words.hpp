// The streams of live units, and the ends that wait for their last words (output.hpp).
//
// Invariant: what a unit is told of ends comes in the order in which it happened, and no end before everything that the
// dead process wrote has been taken, nor before the spawner has said how its start went: "Failed at step EXEC" comes
// before "status=203/EXEC", though the spawner's socket and SIGCHLD have no order between them. While an end waits,
// what follows it for the same unit waits behind it: further ends, "the last process has gone", notifications. Two
// kinds of events do not wait:
//   - the spawner's reports. One speaks of another process than the one whose end waits, or is what that end waits
//     for. It always comes: the helper reads each child's report pipe to its end, which is there as soon as the child
//     is gone (the child has the only writing end, close-on-exec), and for a helper that dies Spawner::exchange reports
//     all that it had in flight as failed.
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
#include <optional>
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
    /// The unit has been told how the start went: its program runs, a step failed (then its end follows), or no child
    /// came to be.
    void reported(UnitRef unit, process::SpawnId spawn);

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
        pid_t pid;                                ///< 0: not an end
        std::optional<process::SpawnId> report{}; ///< of its start, which is still to come
        std::size_t things = 0;                   ///< that it waits for: drains, and the report
        std::function<void()> tell;               ///< empty: forgotten
    };
    struct Unreported {
        process::SpawnId spawn;
        pid_t pid;
    };
    struct Queue {
        std::vector<Stream> streams;
        std::vector<Unreported> unreported; ///< starts between on_started and their report
        std::list<Waiting> waiting;         ///< allocates nothing while nothing waits: every live unit has one
        bool telling = false;
    };
    [[nodiscard]] std::vector<StreamId> sources(Queue const& queue, pid_t pid) const;
    void taken(UnitRef unit, std::uint64_t number);
    void come(UnitRef unit, Waiting& waiting);
    void tell(UnitRef unit);
    void close(Queue& queue, pid_t pid);

    Output* output_;
    std::unordered_map<UnitRef, Queue> queues_;
    std::uint64_t last_number_ = 0;
    /// Answers of the Output that come after our end find it gone.
    std::shared_ptr<LastWords*> self_ = std::make_shared<LastWords*>(this);
};

} // namespace mitori::manager
