// What a service asks of its surroundings, answered by a table: processes are numbers that live until the test ends
// them or a signal does, and everything that happens is told as a line.
//
//     Life life("Type=notify\nExecStart=/bin/d");
//     life.service.start();
//     life.host.started(); // the spawner says that the child is there
//     life.say("READY=1");
//     EXPECT_EQ(life.state(), "running");
//     EXPECT_EQ(life.told(), "start-post; running");
//
// Signals are told as "TERM>100" (one process) and "TERM>*" (everybody else of the group). Who is in `mortal` ends by
// the signals that would end it; nobody does unless the test says so, for then it can look at what is between.
#pragma once

#include <algorithm>
#include <csignal>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "fake/fake_loop.hpp"
#include "manager/service.hpp"
#include "manager/service_host.hpp"

namespace mitori::test {

class FakeHost final : public manager::ServiceHost {
public:
    using UnitRef = manager::UnitRef;
    using Role = manager::Role;

    explicit FakeHost(FakeLoop& loop) : loop_(loop) {}
    void serve(manager::Service& service) { service_ = &service; }

    // -- what the test does
    /// The oldest order that waits has a child now; its pid.
    pid_t started() {
        auto const pid = next_pid_++;
        last_spawn = orders.front().id;
        orders.pop_front();
        group.insert(pid);
        ours.insert(pid);
        service_->on_started(last_spawn, process::Child(pid, base::Fd()));
        return pid;
    }
    /// … and its program runs.
    pid_t executed() {
        auto const pid = started();
        service_->on_executed(last_spawn);
        return pid;
    }
    /// No child came to be.
    void unstarted(int number) {
        last_spawn = orders.front().id;
        orders.pop_front();
        service_->on_spawn_failed(last_spawn, process::Stage::spawn, {number, "clone", {}});
    }
    void exit(pid_t pid, int status = 0) { end(pid, {.kind = process::ExitKind::exited, .status = status}); }
    void die(pid_t pid, int signal) { end(pid, {.kind = process::ExitKind::killed, .status = signal}); }
    void dump(pid_t pid, int signal) { end(pid, {.kind = process::ExitKind::dumped, .status = signal}); }
    /// A process of the unit that the service did not start itself.
    pid_t joins() {
        group.insert(next_pid_);
        return next_pid_++;
    }
    void path_changes() {
        if (path_handler_) path_handler_();
    }
    [[nodiscard]] std::string take_told() { return std::exchange(told, {}); }
    void tell(std::string const& line) { told += (told.empty() ? "" : "; ") + line; }

    // -- what the test looks at, and may set
    struct Waiting {
        std::string path;
        exec::Purpose purpose;
        exec::Facts facts;
        process::SpawnId id;
    };
    std::deque<Waiting> orders;
    process::SpawnId last_spawn{}; ///< that the spawner has told of
    std::optional<exec::Facts> last_facts;
    std::set<pid_t> group;  ///< alive, of the unit
    std::set<pid_t> ours;   ///< … whose parent is the manager
    std::set<pid_t> mortal; ///< end by TERM, ABRT and KILL at once
    bool all_mortal = false;
    std::map<pid_t, Role> held;
    std::optional<process::SpawnError> refusal; ///< of the next spawn
    RestartDue due = RestartDue::queued;
    int restarts_due = 0;
    std::string told;
    std::vector<std::string> log;
    std::vector<Again> cleaned;
    Defaults settings;

    // -- the host's face
    base::Stamp now() const override { return loop_.now(); }
    std::expected<process::SpawnId, process::SpawnError> spawn(UnitRef, manager::SpawnOrder order) override {
        tell("spawn " + order.command.path);
        last_facts = order.facts;
        if (refusal) return std::unexpected(*std::exchange(refusal, std::nullopt));
        orders.push_back({order.command.path, order.purpose, order.facts, process::SpawnId{++spawns_}});
        return orders.back().id;
    }
    manager::Held hold(UnitRef, Role role, process::Child child) override {
        held[child.pid()] = role;
        return {std::move(child), nullptr};
    }
    void forget(UnitRef, pid_t pid) override { held.erase(pid); }
    std::optional<process::Child> adopt(UnitRef, pid_t pid, std::string& why) override {
        if (group.contains(pid)) return process::Child(pid, base::Fd());
        why = "it is not of the unit";
        return std::nullopt;
    }
    std::vector<pid_t> processes(UnitRef) override { return {group.begin(), group.end()}; }
    bool populated(UnitRef) override { return !group.empty(); }
    std::optional<pid_t> only_child(std::vector<pid_t> const& pids) override {
        std::vector<pid_t> children;
        std::ranges::copy_if(pids, std::back_inserter(children), [&](pid_t pid) { return ours.contains(pid); });
        return children.size() == 1 ? std::optional(children.front()) : std::nullopt;
    }
    bool signal(UnitRef, process::Child const& child, base::Signal signal) override {
        tell(base::signal_name(signal) + ">" + std::to_string(child.pid()));
        if (!group.contains(child.pid())) return false;
        if (ends(child.pid(), signal)) end_soon(child.pid(), signal);
        return true;
    }
    bool signal_all(UnitRef, base::Signal signal, std::vector<pid_t> const& spare) override {
        std::vector<pid_t> whom;
        for (auto const pid : group)
            if (std::ranges::find(spare, pid) == spare.end()) whom.push_back(pid);
        if (whom.empty()) return false;
        tell(base::signal_name(signal) + ">*");
        for (auto const pid : whom)
            if (ends(pid, signal)) end_soon(pid, signal);
        return true;
    }
    void watch_empty(UnitRef) override {
        watching_empty_ = true;
        look_for_empty();
    }
    loop::WatchPtr timer(base::Usec monotonic, std::function<void()> handler) override {
        return std::move(*loop_.at(monotonic, base::Usec(0), std::move(handler)));
    }
    loop::WatchPtr watch_path(std::string const&, std::function<void()> handler) override {
        path_handler_ = std::move(handler);
        return std::make_unique<PathEnd>(*this);
    }
    loop::WatchPtr when_idle(std::function<void()> handler) override {
        return timer(now().monotonic + std::chrono::seconds(5), std::move(handler));
    }
    void clean_up(UnitRef, Again again) override { cleaned.push_back(again); }
    std::string new_invocation(UnitRef) override { return std::string(31, '0') + std::to_string(++invocations_); }
    void begins(UnitRef) override {}
    void state_changed(UnitRef, manager::ServiceState, manager::ServiceState to) override {
        tell(std::string(base::word(to)));
    }
    void details_changed(UnitRef) override {}
    RestartDue restart_due(UnitRef) override {
        ++restarts_due;
        return due;
    }
    using manager::ServiceHost::say;
    void say(UnitRef, manager::Message message) override { log.push_back(std::move(message.text)); }
    Defaults const& defaults() const override { return settings; }

private:
    struct PathEnd final : loop::Watch {
        explicit PathEnd(FakeHost& host) : host_(host) {}
        ~PathEnd() override { host_.path_handler_ = nullptr; }
        FakeHost& host_;
    };

    [[nodiscard]] bool ends(pid_t pid, base::Signal signal) const {
        bool const deadly = signal.number == SIGTERM || signal.number == SIGKILL || signal.number == SIGABRT;
        return deadly && (all_mortal || mortal.contains(pid));
    }
    /// By the loop, as real ends come: never from inside the call that sent the signal.
    void end_soon(pid_t pid, base::Signal signal) {
        ending_.push_back(std::move(*loop_.defer([this, pid, signal] {
            if (group.contains(pid)) die(pid, signal.number);
        })));
    }
    void end(pid_t pid, process::Exit exit) {
        exit.at = now();
        group.erase(pid);
        ours.erase(pid);
        auto const role = held.extract(pid);
        if (role) service_->on_exit(role.mapped(), exit);
        look_for_empty();
    }
    void look_for_empty() {
        if (!watching_empty_ || !group.empty()) return;
        watching_empty_ = false;
        ending_.push_back(std::move(*loop_.defer([this] { service_->on_empty(); })));
    }

    FakeLoop& loop_;
    manager::Service* service_ = nullptr;
    pid_t next_pid_ = 100;
    std::uint64_t spawns_ = 0;
    int invocations_ = 0;
    bool watching_empty_ = false;
    std::function<void()> path_handler_;
    std::vector<loop::WatchPtr> ending_;
};

/// A service of a few lines of text with its host and its clock.
class Life {
public:
    explicit Life(std::string_view settings) : service(manager::UnitRef{}, load(settings), host) {
        host.serve(service);
    }
    static unit::UnitPtr load(std::string_view settings) {
        unit::Loader loader({}, {});
        auto unit = loader.load_text("d.service", "[Service]\n" + std::string(settings) + "\n");
        if (unit->load_state != unit::LoadState::loaded) throw std::invalid_argument(unit->load_error);
        return unit;
    }

    [[nodiscard]] std::string state() const { return std::string(base::word(service.state())); }
    [[nodiscard]] std::string result() const { return std::string(base::word(service.result())); }
    /// Everything that was told since the last call, with what was due by the loop.
    [[nodiscard]] std::string told() {
        loop.settle();
        return host.take_told();
    }
    void say(std::string_view datagram, pid_t sender = 100) {
        service.on_notify(manager::parse_notify(datagram), sender);
    }
    /// What a manager does when RestartSec= is over.
    void restart_by_itself() {
        service.stop(manager::Service::For::restart);
        service.start();
    }
    void stop() { service.stop(manager::Service::For::good); }

    FakeLoop loop;
    FakeHost host{loop};
    manager::Service service;
};

} // namespace mitori::test
