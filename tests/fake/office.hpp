// A whole manager over unit files of a test's own, with processes, groups and time that are tables.
//
//     Office office;
//     office.file("a.service", "[Service]\nExecStart=/bin/a\n");
//     office.start("a.service");
//     EXPECT_EQ(office.ends(), "a.service/start/done");
//     office.exit("/bin/a", 1);
//     EXPECT_EQ(office.active("a.service"), "failed");
//
// A process lives until the test ends it, or a signal does that is not SIGCONT; programs of /stubborn/ only listen to
// SIGKILL, and those of /quick/ end at once with the status that their name is ("/quick/1"), from 200 on as a failed
// step.
#pragma once

#include <filesystem>
#include <fstream>

#include "fake/fake_children.hpp"
#include "fake/fake_groups.hpp"
#include "fake/fake_loop.hpp"
#include "fake/fake_output.hpp"
#include "manager/manager.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::test {

class Office {
public:
    enum class Log { none, kept };
    explicit Office(Log log = Log::none) {
        std::filesystem::create_directories(units_);
        groups.signalled = [this](pid_t pid, base::Signal signal) { signal_reaches(pid, signal); };
        auto made = manager::Manager::make(
            options(), {.loop = loop,
                        .groups = groups,
                        .loader = loader,
                        .procfs = procfs,
                        .output = log == Log::kept ? &output : nullptr,
                        .make_children = [this](loop::Loop&, manager::Children::Owner owner) {
                            auto mine = std::make_unique<FakeChildren>(*this, std::move(owner));
                            children = mine.get();
                            return base::Result<std::unique_ptr<manager::Children>>(std::move(mine));
                        }});
        if (!made) throw std::runtime_error(made.error().message());
        manager = std::move(*made);
        listening_ = manager->listen({.job_done = [this](manager::Job const& job, manager::JobResult result) {
            if (manager->graph().unit(job.unit).type == unit::Type::slice) return;
            note(ends_, manager->graph().name(job.unit) + "/" + std::string(base::word(job.type)) + "/" +
                            std::string(base::word(result)));
        }});
    }

    // -- what the test does
    void file(std::string const& name, std::string_view text) {
        std::filesystem::create_directories(std::filesystem::path(units_ + "/" + name).parent_path());
        std::ofstream(units_ + "/" + name) << text;
    }
    manager::UnitRef ref(std::string const& name) { return manager->graph().add(name); }
    /// The job's id; 0 when it was refused.
    std::uint32_t job(manager::JobType type, std::string const& name, manager::Mode mode = manager::Mode::replace) {
        auto const queued = manager->enqueue({ref(name), type, mode, manager::Asker::client});
        loop.settle();
        return queued ? static_cast<std::uint32_t>(*queued) : 0;
    }
    std::uint32_t start(std::string const& name) { return job(manager::JobType::start, name); }
    std::uint32_t stop(std::string const& name) { return job(manager::JobType::stop, name); }
    void exit(std::string const& program, int status = 0) {
        children->end(pid_of(program), {.kind = process::ExitKind::exited, .status = status, .at = loop.now()});
        loop.settle();
    }
    void die(std::string const& program, int signal) {
        children->end(pid_of(program), {.kind = process::ExitKind::killed, .status = signal, .at = loop.now()});
        loop.settle();
    }
    /// The spawner takes plans again.
    void drain() {
        congested = false;
        children->drain();
        loop.settle();
    }
    void advance(base::Usec time) { loop.advance(time); }

    // -- what the test looks at
    [[nodiscard]] std::string active(std::string const& name) {
        return std::string(base::word(manager->live(ref(name)).active));
    }
    [[nodiscard]] std::string sub(std::string const& name) { return std::string(manager->sub_state(ref(name))); }
    /// "unit/type/result" of each job that has ended since the last call, in order; but those of slices.
    [[nodiscard]] std::string ends() { return std::exchange(ends_, {}); }
    /// What was started since the last call, in order.
    [[nodiscard]] std::string starts() { return std::exchange(starts_, {}); }
    /// "TERM>/bin/a" of each signal since the last call, but SIGCONT.
    [[nodiscard]] std::string signals() { return std::exchange(signals_, {}); }
    [[nodiscard]] pid_t pid_of(std::string const& program) const {
        for (auto const& [pid, process] : processes)
            if (process.program == program) return pid;
        throw std::invalid_argument(program + " does not run");
    }
    [[nodiscard]] std::string const& plan_of(std::string const& program) const { return plans.at(program); }

    TemporaryDirectory directory;
    FakeLoop loop;
    FakeGroups groups{loop};
    procfs::Procfs procfs = *procfs::Procfs::open();
    std::string units_ = directory / "units";
    unit::Loader loader{{.directories = {units_}, .vendor = {}}, host()};
    std::map<pid_t, FakeProcess> processes;
    std::map<std::string, std::string> plans; ///< the last of each program
    bool congested = false;                   ///< the spawner has more plans than it takes
    bool ends_first = false;                  ///< those of /quick/ end before the spawner says how they started
    FakeOutput output;
    FakeChildren* children = nullptr;
    std::unique_ptr<manager::Manager> manager;

    pid_t next_pid = 5'000'000; // above every pid_max: no real process is meant
    bool holds_starts = false;  ///< children run, and the spawner has not told yet

private:
    friend class FakeChildren;
    [[nodiscard]] unit::Host host() const {
        unit::Host host;
        host.runtime_directory = directory / "run";
        return host;
    }
    [[nodiscard]] manager::Options options() const {
        exec::Place place;
        place.host = host();
        place.environment = {"PATH=/usr/bin:/bin"};
        return {.runtime_directory = directory / "manager", .place = std::move(place)};
    }
    static void note(std::string& into, std::string const& text) { into += (into.empty() ? "" : " ") + text; }
    void later(std::function<void()> work) { pending_.push_back(std::move(*loop.defer(std::move(work)))); }
    bool signal_reaches(pid_t pid, base::Signal signal) {
        auto const found = processes.find(pid);
        if (found == processes.end()) return false;
        if (signal.number == SIGCONT) return true;
        note(signals_, base::signal_name(signal) + ">" + found->second.program);
        bool const listens = signal.number == SIGKILL || !found->second.program.starts_with("/stubborn/");
        if (listens)
            later([this, pid, signal] {
                children->end(pid, {.kind = process::ExitKind::killed, .status = signal.number, .at = loop.now()});
            });
        return true;
    }
    std::string ends_, starts_, signals_;
    std::vector<loop::WatchPtr> pending_;
    std::shared_ptr<void> listening_;
};

inline process::SpawnId FakeChildren::submit(manager::UnitRef unit, process::Plan plan, std::vector<base::Fd>) {
    process::SpawnId const id{++spawns_};
    auto start = [this, unit, id, program = std::string(plan.program()), text = process::show(plan)] {
        begin(unit, id, program, text);
    };
    if (office_.holds_starts)
        held_.push_back(std::move(start));
    else
        office_.later(std::move(start));
    return id;
}

inline void FakeChildren::release() {
    for (auto& start : std::exchange(held_, {}))
        start();
    owner_.reported();
    office_.loop.settle();
}

inline void FakeChildren::begin(manager::UnitRef unit, process::SpawnId id, std::string program, std::string plan) {
    auto const pid = office_.next_pid++;
    Office::note(office_.starts_, program);
    office_.plans[program] = plan;
    office_.processes[pid] = {unit, std::nullopt, program, std::move(plan)};
    office_.groups.enter(office_.manager->live(unit).group, pid);
    owner_.started(unit, id, process::Child(pid, base::Fd()));
    if (!program.starts_with("/quick/")) return owner_.executed(unit, id);
    int const status = std::stoi(program.substr(7));
    auto const finish = [&] {
        end(pid, {.kind = process::ExitKind::exited, .status = status, .at = office_.loop.now()});
    };
    if (office_.ends_first) finish();
    if (status < 200)
        owner_.executed(unit, id);
    else
        owner_.failed(unit, {id, static_cast<process::Stage>(status), ENOENT, program});
    if (!office_.ends_first) finish();
}

inline manager::Held FakeChildren::hold(manager::UnitRef unit, manager::Role role, process::Child child) {
    auto& process = office_.processes[child.pid()];
    process.unit = unit;
    process.role = role;
    return {std::move(child), nullptr};
}

inline bool FakeChildren::congested() const { return office_.congested; }

inline void FakeChildren::forget(pid_t pid) {
    if (auto const found = office_.processes.find(pid); found != office_.processes.end()) found->second.role.reset();
}

inline bool FakeChildren::signal(process::Child const& child, base::Signal signal) {
    return office_.signal_reaches(child.pid(), signal);
}

inline std::optional<manager::UnitRef> FakeChildren::unit_of(pid_t pid) const {
    auto const found = office_.processes.find(pid);
    return found == office_.processes.end() || !found->second.role ? std::nullopt : std::optional(found->second.unit);
}

inline void FakeChildren::end(pid_t pid, process::Exit exit) {
    auto const process = office_.processes.extract(pid);
    if (!process) return;
    office_.groups.leave(pid);
    status::Death remains;
    remains.who = {pid, 1};
    remains.comm = process.mapped().program;
    owner_.dying(std::move(remains));
    if (process.mapped().role)
        owner_.exited(process.mapped().unit, *process.mapped().role, pid, exit);
    else
        owner_.orphan_reaped();
}

/// "NAME.service" that runs /bin/NAME; `unit` are lines of [Unit], `service` of [Service].
inline void add(Office& office, std::string const& name, std::string const& unit = "",
                std::string const& service = "") {
    office.file(name + ".service",
                "[Unit]\nDefaultDependencies=no\n" + unit + "\n[Service]\n" +
                    (service.find("ExecStart=") == std::string::npos ? "ExecStart=/bin/" + name : "") + "\n" + service +
                    "\n");
}

} // namespace mitori::test
