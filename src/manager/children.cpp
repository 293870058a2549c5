#include "manager/children.hpp"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>
#include <unordered_map>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "manager/remains.hpp"
#include "process/reap.hpp"
#include "procfs/snapshot.hpp"

namespace mitori::manager {
namespace {

template <class... F>
struct Overloaded : F... {
    using F::operator()...;
};

bool is_our_child(pid_t pid) {
    auto procfs = procfs::Procfs::open();
    if (!procfs) return false;
    auto const process = procfs->process(pid);
    return process && process->parent == ::getpid();
}

class Spawned final : public Children {
public:
    Spawned(loop::Loop& loop, Owner owner, process::Spawner spawner)
        : loop_(loop),
          owner_(std::move(owner)),
          spawner_(std::move(spawner)) {}
    base::Result<void> watch();

    process::SpawnId submit(UnitRef unit, process::Plan plan, std::vector<base::Fd> lent) override;
    bool congested() const override { return spawner_.pending(); }
    bool expecting() const override { return spawner_.expecting(); }
    Held hold(UnitRef unit, Role role, process::Child child) override;
    void forget(pid_t pid) override { held_.erase(pid); }
    bool signal(process::Child const& child, base::Signal signal) override { return child.signal(signal).has_value(); }
    std::optional<UnitRef> unit_of(pid_t pid) const override;

private:
    base::Result<void> watch_spawner();
    void exchange();
    void reap();
    void take(pid_t pid, int pidfd);

    struct Known {
        UnitRef unit;
        Role role;
        int pidfd; ///< the holder's
    };
    loop::Loop& loop_;
    Owner owner_;
    process::Spawner spawner_;
    std::uint64_t generation_ = 0;
    bool watching_writes_ = false;
    loop::WatchPtr spawner_watch_;
    loop::WatchPtr sigchld_watch_;
    std::unordered_map<std::uint64_t, UnitRef> in_flight_; ///< by spawn id, until executed or failed
    bool reap_again_ = false;
    pid_t fresh_ = 0; ///< the child that is being reported right now: ours for certain
    std::unordered_map<pid_t, Known> held_;
    std::vector<base::Fd> lent_;
};

base::Result<void> Spawned::watch() {
    sigchld_watch_ = TRY(loop_.on_signal(base::Signal{SIGCHLD}, [this] { reap(); }));
    return watch_spawner();
}

// The socket changes with a new helper, and writing is only watched while something waits to be sent.
base::Result<void> Spawned::watch_spawner() {
    bool const writes = spawner_.pending();
    if (spawner_watch_ && generation_ == spawner_.generation() && writes == watching_writes_) return {};
    generation_ = spawner_.generation();
    watching_writes_ = writes;
    spawner_watch_.reset();
    auto const interest = writes ? loop::Interest::read_and_write : loop::Interest::read;
    spawner_watch_ =
        TRY(loop_.on_ready(spawner_.socket(), interest, loop::Urgency::spawner, [this](loop::Ready) { exchange(); }));
    return {};
}

process::SpawnId Spawned::submit(UnitRef unit, process::Plan plan, std::vector<base::Fd> lent) {
    auto const id = spawner_.submit(std::move(plan));
    in_flight_.emplace(static_cast<std::uint64_t>(id), unit);
    if (spawner_.pending())
        for (auto& fd : lent)
            lent_.push_back(std::move(fd));
    else
        lent_.clear();
    if (auto watched = watch_spawner(); !watched)
        base::log(base::Priority::err, "cannot watch the spawner: {}", watched.error().message());
    return id;
}

void Spawned::exchange() {
    auto events = spawner_.exchange();
    if (!events)
        return base::log(base::Priority::err, "the spawner cannot be started again: {}", events.error().message());
    if (!spawner_.pending()) lent_.clear();
    if (auto watched = watch_spawner(); !watched)
        base::log(base::Priority::err, "cannot watch the spawner: {}", watched.error().message());
    auto const unit_of_id = [this](process::SpawnId id) {
        auto const found = in_flight_.find(static_cast<std::uint64_t>(id));
        return found == in_flight_.end() ? std::nullopt : std::optional(found->second);
    };
    for (auto& event : *events) {
        std::visit(Overloaded{
                       [&](process::Started& started) {
                           fresh_ = started.child.pid();
                           if (auto unit = unit_of_id(started.id))
                               owner_.started(*unit, started.id, std::move(started.child));
                           fresh_ = 0;
                       },
                       [&](process::Executed& executed) {
                           auto const unit = unit_of_id(executed.id);
                           in_flight_.erase(static_cast<std::uint64_t>(executed.id));
                           if (unit) owner_.executed(*unit, executed.id);
                       },
                       [&](process::Failed& failed) {
                           auto const unit = unit_of_id(failed.id);
                           in_flight_.erase(static_cast<std::uint64_t>(failed.id));
                           if (unit) owner_.failed(*unit, failed);
                       },
                   },
                   event);
    }
    owner_.reported();
    if (std::exchange(reap_again_, false)) reap();
    if (!spawner_.pending()) owner_.drained();
}

Held Spawned::hold(UnitRef unit, Role role, process::Child child) {
    auto const pid = child.pid();
    held_.insert_or_assign(pid, Known{unit, role, child.pidfd()});
    Held held{std::move(child), nullptr};
    if (pid == fresh_ || is_our_child(pid)) return held;
    auto watch = loop_.on_ready(held.child.pidfd(), loop::Interest::read, loop::Urgency::exit,
                                [this, pid, fd = held.child.pidfd()](loop::Ready) { take(pid, fd); });
    if (watch)
        held.watch = std::move(*watch);
    else
        base::log(base::Priority::err, "cannot watch pid {}: {}", pid, watch.error().message());
    return held;
}

std::optional<UnitRef> Spawned::unit_of(pid_t pid) const {
    auto const found = held_.find(pid);
    return found == held_.end() ? std::nullopt : std::optional(found->second.unit);
}

void Spawned::reap() {
    bool orphans = false;
    while (true) {
        auto const ended = base::sys::peek_any_child();
        if (!ended || ended->si_pid == 0) break;
        auto const pid = ended->si_pid;
        if (pid == spawner_.helper().pid()) {
            exchange(); // restarts it, and takes its end
            // Whatever happened there, a helper that stays dead must not be peeked at for ever.
            if (pid == spawner_.helper().pid()) static_cast<void>(base::sys::wait_pid(pid, WEXITED | WNOHANG));
            continue;
        }
        // A child may end before the spawner has told of it: then it is no orphan, and its turn comes after that word.
        if (!held_.contains(pid) && spawner_.expecting()) {
            reap_again_ = true;
            break;
        }
        if (auto const known = held_.find(pid); known != held_.end()) {
            take(pid, known->second.pidfd);
            continue;
        }
        orphans = true;
        owner_.dying(read_remains(pid));
        auto const exit = process::reap(pid);
        if (!exit) break;
        owner_.orphan_ended(pid, *exit);
    }
    if (orphans) owner_.orphan_reaped();
}

void Spawned::take(pid_t pid, int pidfd) {
    auto const known = held_.find(pid);
    if (known == held_.end()) return;
    // A last look, for nothing is left of it once it is reaped. Of a process that is not our child it may be too late.
    auto remains = read_remains(pid);
    auto exit = process::take_exit(pidfd);
    if (!exit && exit.error().number == EAGAIN) return;
    if (exit) owner_.dying(std::move(remains));
    if (!exit) {
        // Not our child: it has ended, but its status is its parent's to know.
        exit = process::Exit{.at = loop_.now()};
        base::log(base::Priority::notice, "pid {} has ended; it was not our child, so its status is unknown", pid);
    }
    auto const [unit, role, fd] = known->second;
    held_.erase(known);
    owner_.exited(unit, role, pid, *exit);
}

} // namespace

base::Result<std::unique_ptr<Children>> open_children(loop::Loop& loop, Children::Owner owner) {
    auto spawned = std::make_unique<Spawned>(loop, std::move(owner), TRY(process::Spawner::start()));
    TRY(spawned->watch());
    return spawned;
}

} // namespace mitori::manager
