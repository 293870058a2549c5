// The spawner: a helper process that starts the manager's children (docs/adr/0006).
//
// The manager must never wait. A vfork parent stands still for as long as its child mounts, or opens a path on a file
// server that does not answer; and what shares memory with a child is killed with it when memory runs out. So plans
// are sent over a socket to a helper that starts each on a small stack of its own with
// CLONE_VM|CLONE_PARENT|CLONE_PIDFD (no CLONE_VFORK): the child is the manager's child, its pidfd comes back over the
// socket, and the end of its close-on-exec pipe says that the program runs.
//
// Life of a submitted plan, as the manager sees it:
//
//     submit ─► started(child) ─► executed
//        │             └────────► failed(stage, errno)   the child has ended with the stage's exit status; its pidfd
//        │                                               becomes readable as for any other end
//        └───► failed(spawn, errno)                      no child came to be
//
// When the helper dies (it can be killed at any moment) it is started again at once, and every plan in flight is told
// as failed(spawn, EPIPE). A child of such a plan that may be alive is killed here: known ones by pidfd; one whose
// pidfd was still under way is found among our own children as the process that has not yet executed anything.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "process/child.hpp"
#include "process/plan.hpp"

namespace mitori::process {

enum class SpawnId : std::uint64_t {};

struct Started {
    SpawnId id;
    Child child;
};
struct Executed {
    SpawnId id;
};
struct Failed {
    SpawnId id;
    Stage stage;
    int number; ///< errno
};
using SpawnEvent = std::variant<Started, Executed, Failed>;

/// The manager's end. Not thread-safe: it belongs to the loop's thread.
class Spawner {
public:
    /// Starts the helper. It is a child of the caller: its pidfd is `helper()`, for the loop to watch; nobody else may
    /// reap it.
    [[nodiscard]] static base::Result<Spawner> start();
    Spawner(Spawner&&) noexcept;
    Spawner& operator=(Spawner&&) noexcept;
    /// Ends the helper and waits for it. Children live on.
    ~Spawner();

    /// Queues the plan and sends as much as the socket takes. Never blocks. Descriptors are duplicated by the send, so
    /// the plan may be dropped when `pending()` is empty, and is kept by us until then.
    [[nodiscard]] SpawnId submit(Plan plan);

    /// The socket: watch it for reading always, for writing while `pending()`. It changes when the helper was
    /// restarted: `generation()` tells.
    [[nodiscard]] int socket() const;
    [[nodiscard]] bool pending() const;
    [[nodiscard]] std::uint64_t generation() const;
    [[nodiscard]] Child const& helper() const;

    /// Call when the socket is readable, writable or hung up: sends what waits and returns what has come, in order.
    /// Restarts the helper when it has died; an Error only when it cannot be started again.
    [[nodiscard]] base::Result<std::vector<SpawnEvent>> exchange();

private:
    Spawner();
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace mitori::process
