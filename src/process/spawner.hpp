// The spawner: a helper process that starts the manager's children (docs/adr/0006).
//
// The manager must never wait. A vfork parent stands still for as long as its child mounts, or opens a path on a file
// server that does not answer; and what shares memory with a child is killed with it when memory runs out. So plans
// are sent over a socket to a helper that starts each on a small stack of its own with CLONE_VM|CLONE_PARENT (no
// CLONE_VFORK): the child is the manager's child, and the end of its close-on-exec pipe says that the program runs.
//
// The child's first act is to say "started" over the helper's socket, and to close it; the kernel adds its pid. The
// manager opens the pidfd: nobody else may reap this child, so the pid is its own until then. That is why no child can
// be lost when the helper dies at the worst moment: the socket's end comes only when the helper and every child that
// has not spoken yet have closed it.
//
// Life of a submitted plan, as the manager sees it:
//
//     submit ─► started(child) ─► executed
//        │             └────────► failed(stage, errno)   the child has ended with the stage's exit status; its pidfd
//        │                                               becomes readable as for any other end
//        └───► failed(spawn or cgroup, errno)            no child came to be
//
// When the helper dies (it can be killed at any moment) it is started again at once, every plan in flight is told as
// failed(spawn, EPIPE), and the children of those plans that may be alive are killed; they are still their owner's to
// reap. Plans that wait to be sent go to the new helper.
//
// Where CLONE_PARENT is refused (some kernels in user space), which start() finds out, there is no helper: submit()
// then calls spawn() and waits for the exec. `asynchronous()` tells.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
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
    int number;          ///< errno
    std::string subject; ///< what it was about: a path, or the program
};
using SpawnEvent = std::variant<Started, Executed, Failed>;

/// The manager's end. Not thread-safe: it belongs to the loop's thread.
class Spawner {
public:
    /// Starts the helper and waits for its hello. It is a child of the caller: its pidfd is `helper()`, for the loop to
    /// watch; nobody else may reap it. It dies with the calling thread.
    [[nodiscard]] static base::Result<Spawner> start();
    Spawner(Spawner&&) noexcept;
    Spawner& operator=(Spawner&&) noexcept;
    /// Ends the helper and waits for it. Children live on.
    ~Spawner();

    /// Queues the plan and sends as much as the socket takes. Never blocks. Descriptors are duplicated by the send, so
    /// the plan may be dropped when `pending()` is empty, and is kept by us until then.
    [[nodiscard]] SpawnId submit(Plan plan);

    /// The socket: watch it for reading always, for writing while `pending()`. It changes when the helper was
    /// restarted: `generation()` tells. The old one stays open until the next exchange(), so that it can be taken out
    /// of an epoll(7) set first: what is closed too early stays in there as long as a copy is open anywhere, and the
    /// helper, just forked, has one.
    [[nodiscard]] int socket() const;
    [[nodiscard]] bool pending() const;
    [[nodiscard]] std::uint64_t generation() const;
    /// Empty when there is none.
    [[nodiscard]] Child const& helper() const;
    [[nodiscard]] bool asynchronous() const;
    /// True while a plan has been submitted whose child is not known yet. Who reaps orphans (waitid(P_ALL)) must leave
    /// an unknown zombie alone until this is false and exchange() has been called: it may be such a child.
    [[nodiscard]] bool expecting() const;

    /// Call when the socket is readable, writable or hung up: sends what waits and returns what has come, in order.
    /// Restarts the helper when it has died; an Error only when it cannot be started again.
    [[nodiscard]] base::Result<std::vector<SpawnEvent>> exchange();

private:
    Spawner();
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace mitori::process
