#include "manager/manager.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "exec/plan.hpp"

namespace mitori::manager {

Manager::Manager(Options options, Surroundings around)
    : options_(std::move(options)),
      around_(around),
      graph_([this](std::string_view name) { return load_unit(name); }),
      jobs_(graph_),
      last_words_(around.output) {
    options_.place.log = around.output != nullptr ? exec::Log::kept : exec::Log::none;
}

Manager::~Manager() = default;

base::Result<std::unique_ptr<Manager>> Manager::make(Options options, Surroundings around) {
    std::unique_ptr<Manager> manager(new Manager(std::move(options), around));
    TRY(manager->begin());
    return manager;
}

base::Result<void> Manager::begin() {
    started_ = now();
    // PID 1 inherits every orphan anyway; everywhere else we ask for those of our own.
    TRY(base::sys::set_child_subreaper());
    TRY(base::sys::make_directories(options_.runtime_directory));
    auto const& groups = around_.groups;
    tracking_ =
        groups.place() == cgroup::Place::none ? track_by_marks(around_.procfs) : track_by_groups(around_.groups);
    if (groups.place() == cgroup::Place::none)
        base::log(base::Priority::notice, "no control groups ({}): processes are tracked by session and INVOCATION_ID",
                  groups.reason());

    notify_ = TRY(NotifySocket::open(
        around_.loop, options_.runtime_directory + "/notify",
        [this](NotifyMessage message, pid_t sender) { on_notification({std::move(message), sender, {}}); }));
    options_.place.notify_socket = notify_->path();
    children_ = TRY(around_.make_children(around_.loop, hear_of_children()));
    if (groups.events() >= 0)
        groups_watch_ =
            TRY(around_.loop.on_ready(groups.events(), loop::Interest::read, loop::Urgency::group, [this](loop::Ready) {
                for (auto const& path : around_.groups.take_oom())
                    if (auto const unit = unit_with_group(path)) on_oom_event(*unit);
                for (auto const& path : around_.groups.take_empty())
                    if (auto const unit = unit_with_group(path)) tell_empty(*unit);
            }));
    return take_leftovers();
}

// -- units

// What is wrong in a file is said when it is read: nobody may ask for the status of a unit that works all the same.
unit::UnitPtr Manager::load_unit(std::string_view name) {
    wake(); // who listens is told of it
    auto loaded = around_.loader.load(name);
    for (auto const& found : loaded->diagnostics) {
        using unit::Severity;
        if (found.severity == Severity::notice) continue;
        base::log(found.severity == Severity::error ? base::Priority::err : base::Priority::warning, "{}",
                  found.message());
    }
    return loaded;
}

Live& Manager::at(UnitRef unit) {
    if (lives_.size() <= index(unit)) lives_.resize(std::max(graph_.size(), index(unit) + 1));
    return lives_[index(unit)];
}

Service& Manager::service_at(UnitRef unit) {
    auto& live = at(unit);
    if (!live.service)
        live.service = std::make_unique<Service>(unit, graph_.unit_ptr(unit), static_cast<ServiceHost&>(*this));
    return *live.service;
}

Live const& Manager::live(UnitRef unit) { return at(unit); }

Service const* Manager::service(UnitRef unit) { return at(unit).service.get(); }

std::string_view Manager::sub_state(UnitRef unit) {
    auto const& live = at(unit);
    if (live.service) return base::word(live.service->state());
    bool const active = live.active == ActiveState::active;
    return active ? "active" : live.active == ActiveState::failed ? "failed" : "dead";
}

// A group is called after its unit (group_path), so that nothing has to be kept for this.
std::optional<UnitRef> Manager::unit_with_group(std::string_view path) {
    auto name = path.substr(path.rfind('/') + 1);
    if (name.starts_with('_')) name.remove_prefix(1);
    auto const unit = graph_.find(name);
    return unit && at(*unit).group == path ? unit : std::nullopt;
}

/// Whose group this is, or lies in.
std::optional<UnitRef> Manager::unit_around(std::string_view path) {
    while (!path.empty()) {
        if (auto const unit = unit_with_group(path)) return unit;
        auto const slash = path.rfind('/');
        path = slash == path.npos ? std::string_view() : path.substr(0, slash);
    }
    return std::nullopt;
}

std::optional<UnitRef> Manager::unit_of(pid_t pid) {
    if (auto known = children_->unit_of(pid)) return known;
    if (around_.groups.place() != cgroup::Place::none) {
        auto const path = around_.groups.path_of(pid);
        return path ? unit_around(*path) : std::nullopt;
    }
    for (std::size_t i = 0; i < lives_.size(); ++i) {
        auto const unit = static_cast<UnitRef>(i);
        if (lives_[i].service && tracking_->owns(marks(unit), pid)) return unit;
    }
    return std::nullopt;
}

std::expected<process::Plan, process::SpawnError> Manager::plan(UnitRef unit) {
    auto const& settings = graph_.unit(unit);
    if (settings.type != unit::Type::service || settings.service.exec_start.empty())
        return std::unexpected(
            process::SpawnError{process::Stage::none, {EINVAL, settings.id + " has no ExecStart= to plan", {}}});
    Service preview(unit, graph_.unit_ptr(unit), *this);
    auto const* const running = service(unit);
    SpawnOrder order{settings.service.exec_start.front(), exec::Purpose::start,
                     (running != nullptr ? *running : preview).facts(exec::Purpose::start)};
    if (order.facts.invocation_id.empty()) order.facts.invocation_id = std::string(32, '0');
    auto identity = exec::resolve_identity(settings.exec, options_.place);
    if (!identity) return std::unexpected(identity.error());
    order.facts.identity = std::move(*identity);
    auto files = exec::read_environment_files(settings.exec);
    if (!files) return std::unexpected(process::SpawnError{process::Stage::spawn, files.error()});
    order.facts.file_environment = std::move(*files);
    auto plan = exec::make_plan(settings, order.command, order.purpose, order.facts, options_.place);
    if (!plan) return std::unexpected(process::SpawnError{process::Stage::spawn, plan.error()});
    return std::move(*plan);
}

std::vector<exec::Shortfall> Manager::shortfalls(UnitRef unit) const {
    return exec::shortfalls(graph_.unit(unit), options_.place, around_.groups.place());
}

// -- commands

std::expected<JobId, TransactionError> Manager::enqueue(Request const& request) {
    // A file that was missing or broken may have come or been mended since.
    auto const load = graph_.unit(request.unit).load_state;
    auto asked = request;
    if (load != unit::LoadState::loaded && load != unit::LoadState::masked) {
        if (load == unit::LoadState::not_found) around_.loader.refresh();
        asked.unit = graph_.retry(request.unit);
    }
    auto const facts = [this](UnitRef unit) {
        auto const* const job = jobs_.of(unit);
        auto const& settings = graph_.unit(unit);
        bool const reloads =
            !settings.service.exec_reload.empty() || settings.service_type() == unit::ServiceType::notify_reload;
        return UnitFacts{.active = at(unit).active,
                         .queued = job != nullptr ? job->type : JobType::nop,
                         .queued_irreversible = job != nullptr && job->irreversible,
                         .can_reload = settings.type == unit::Type::service && reloads};
    };
    auto transaction = build_transaction(graph_, facts, asked);
    if (!transaction) {
        for (auto const& note : transaction.error().notes)
            base::log(base::Priority::notice, "{}", note);
        return std::unexpected(transaction.error());
    }
    for (auto const& note : transaction->notes)
        base::log(base::Priority::notice, "{}", note);
    note_asked(request, *transaction);
    std::vector<JobEnd> replaced;
    auto const id = jobs_.install(*transaction, replaced);
    for (auto const& end : replaced)
        announce_end(end);
    for (auto const& planned : transaction->jobs)
        if (auto const* job = jobs_.of(planned.unit)) announce_new(*job);
    wake();
    return id;
}

bool Manager::cancel(JobId id) {
    if (jobs_.find(id) == nullptr) return false;
    end_job(id, JobResult::canceled);
    return true;
}

base::Result<void> Manager::kill(UnitRef unit, Whom whom, base::Signal signal) {
    auto const* const service = at(unit).service.get();
    auto const nobody = [&](std::string_view what) {
        return base::make_error(ESRCH, fmt::format("{} has no {}", graph_.name(unit), what));
    };
    if (whom == Whom::main || whom == Whom::control) {
        auto const role = whom == Whom::main ? Role::main : Role::control;
        auto const* const child = service != nullptr ? service->held(role) : nullptr;
        if (child == nullptr) return nobody(whom == Whom::main ? "main process" : "control process");
        burials_.sent_for_client(unit, signal);
        if (!children_->signal(*child, signal)) return nobody("process that still runs");
        return {};
    }
    if (service == nullptr || !signal_all(unit, signal, {})) return nobody("processes");
    burials_.sent_for_client(unit, signal);
    return {};
}

void Manager::reset_failed(UnitRef unit) {
    auto& live = at(unit);
    if (live.service)
        live.service->reset_failed();
    else if (live.active == ActiveState::failed)
        set_active(unit, ActiveState::inactive);
}

// -- two-phase settling

void Manager::mark(UnitRef unit) {
    auto& live = at(unit);
    if (live.published) marked_.push_back(unit);
    live.published = false;
    wake();
}

void Manager::wake() {
    if (turn_ || settling_) return;
    if (auto turn = around_.loop.defer([this] {
            turn_.reset();
            settle();
        }))
        turn_ = std::move(*turn);
    else
        base::log(base::Priority::err, "cannot defer: {}", turn.error().message());
}

void Manager::settle() {
    settling_ = true;
    // What follows from a change may change more: until nothing does.
    while (true) {
        run_jobs();
        if (changes_.empty()) break;
        for (auto const& change : std::exchange(changes_, {}))
            follow(change);
    }
    publish();
    settling_ = false;
    check_shut_down();
    if (!marked_.empty() || announced_.second != graph_.generation()) wake();
}

// Nodes come with their first mention and go with a reload: the graph's generation tells when to look.
void Manager::announce_units() {
    auto& [units, generation] = announced_;
    if (generation == graph_.generation()) return;
    generation = graph_.generation();
    units.resize(graph_.size());
    for (std::size_t i = 0; i < units.size(); ++i) {
        auto const unit = static_cast<UnitRef>(i);
        if (units[i] == graph_.live(unit)) continue;
        units[i] = graph_.live(unit);
        auto const member = units[i] ? &Listener::unit_new : &Listener::unit_removed;
        for (std::size_t l = 0; l < listeners_.size(); ++l)
            if (auto const alive = listeners_[l].lock(); alive && (*alive).*member) ((*alive).*member)(unit);
    }
}

void Manager::publish() {
    announce_units();
    for (auto const unit : std::exchange(marked_, {})) {
        at(unit).published = true;
        keep_record(unit);
        for (std::size_t i = 0; i < listeners_.size(); ++i)
            if (auto const alive = listeners_[i].lock(); alive && alive->unit_changed) alive->unit_changed(unit);
    }
    std::erase_if(listeners_, [](auto const& listener) { return listener.expired(); });
}

std::shared_ptr<void> Manager::listen(Listener listener) {
    auto kept = std::make_shared<Listener>(std::move(listener));
    listeners_.push_back(kept);
    if (kept->died)
        burials_.tell_to([this](status::Death const& death) {
            for (std::size_t i = 0; i < listeners_.size(); ++i)
                if (auto const alive = listeners_[i].lock(); alive && alive->died) alive->died(death);
        });
    return kept;
}

} // namespace mitori::manager
