// The manager's book of ends: of each process that it has waited for it tells who it was, whose doing the end was as
// far as the manager knows, and of a main process, later, what followed.
//
// Told of each unit, in this order: what was asked of it; that a life begins; the programs it runs; the signals it is
// sent; the ends; the next start, or the rest it came to. What is not told is not known, and nothing is guessed.
//
// A unit of which nothing was asked and that was sent nothing costs nothing here.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "cgroup/groups.hpp"
#include "manager/deaths.hpp"
#include "manager/service.hpp"
#include "procfs/snapshot.hpp"
#include "status/requester.hpp"

namespace mitori::manager {

class Burials {
public:
    using Tell = std::function<void(status::Death const&)>;
    explicit Burials(procfs::Procfs& procfs) : procfs_(procfs) {}
    /// From now on somebody listens. Before that nothing is looked up.
    void tell_to(Tell tell) { tell_ = std::move(tell); }
    [[nodiscard]] bool heard() const { return tell_ != nullptr; }

    /// Who asks for what comes now; pid 0: nobody from outside.
    void on_behalf_of(pid_t pid, uid_t user);
    /// With what /proc tells of it.
    [[nodiscard]] status::Requester requester();

    void asked(UnitRef unit, Wish asked) { stories_[unit].asked = std::move(asked); }
    void begins(UnitRef unit);
    /// A program of the unit runs. What its settings do not tell is read now: while it lives it can be had.
    void runs(UnitRef unit, Service const& service, process::SpawnId spawn);
    /// The service is about to be given other settings: what runs by the old ones is noted down.
    void settings_change(UnitRef unit, Service const& service);
    /// The manager signals processes of the unit, for the service's reasons or for what was asked.
    void sent(UnitRef unit, Service const* service, base::Signal signal);
    /// The same, but a client asked for just this signal.
    void sent_for_client(UnitRef unit, base::Signal signal);

    /// Just before an end is told: what was to be seen of it.
    void dying(status::Death remains) { remains_ = std::move(remains); }
    /// Who has ended, as far as the manager knows.
    struct Buried {
        std::optional<UnitRef> unit;
        std::string name; ///< of the unit
        Service const* service = nullptr;
        std::optional<Role> role;
        std::optional<cgroup::Groups::OomLimit> oom{}; ///< memory ran out just now, and this can only be a victim
    };
    /// `whose` is asked for one of no role, with its remains.
    void bury(pid_t pid, process::Exit const& exit, std::function<Buried(status::Death const&)> const& whose);

    void started(UnitRef unit, Service const& service, pid_t pid, base::Stamp now);
    void rests(UnitRef unit, Service const& service);

private:
    struct Program {
        std::string executable;
        std::string command_line;
    };
    struct Story {
        Wish asked;
        std::vector<Sending> sent;
        std::map<pid_t, Program> programs;         ///< of those that run, where the settings do not tell it
        std::unique_ptr<status::Death> unfollowed; ///< of the main process; what follows is still to come
    };
    void note(UnitRef unit, base::Signal signal, Sending sending);
    void describe(Buried const& buried, status::Death& death);
    void follow(UnitRef unit, std::string followed, pid_t next, base::Stamp now);

    procfs::Procfs& procfs_;
    Tell tell_;
    status::Requester requester_;
    status::Death remains_;
    std::unordered_map<UnitRef, Story> stories_;
};

} // namespace mitori::manager
