#include "local/local.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

#include "base/text.hpp"
#include "manager/describe.hpp"
#include "unit/name.hpp"
#include "unit/presets.hpp"

namespace mitori::local {
namespace {

using control::Reason;
using manager::UnitRef;

std::unexpected<control::Refusal> refuse(Reason reason, std::string text) {
    return std::unexpected(control::Refusal{reason, std::move(text)});
}

/// A preset would only confuse where nobody enables or disables: so systemctl has it.
bool takes_preset(std::string_view state) {
    return state != "alias" && state != "static" && state != "generated" && state != "transient";
}

bool fits_state(control::UnitFilter const& filter, status::UnitRow const& row) {
    if (filter.states.empty()) return true;
    return std::ranges::any_of(filter.states, [&](std::string const& state) {
        return state == row.load_state || state == row.active_state || state == row.sub_state;
    });
}

bool fits_name(control::UnitFilter const& filter, unit::Unit const& unit) {
    if (filter.patterns.empty()) return true;
    return std::ranges::any_of(filter.patterns, [&](std::string const& pattern) {
        auto const matches = [&](std::string const& name) { return base::glob_match(pattern, name); };
        return matches(unit.id) || std::ranges::any_of(unit.names, matches);
    });
}

class Handle final : public control::Subscription {
public:
    explicit Handle(std::shared_ptr<void> kept) : kept_(std::move(kept)) {}

private:
    std::shared_ptr<void> kept_;
};

} // namespace

control::Answer<UnitRef> Local::valid(std::string const& unit) {
    auto const parts = unit::parse_name(unit);
    if (!parts) return refuse(Reason::invalid_args, fmt::format("Unit name {} is not valid.", unit));
    if (unit::is_template(unit))
        return refuse(Reason::invalid_args, fmt::format("Unit name {} is missing the instance name.", unit));
    return manager_.graph().add(unit);
}

control::Answer<UnitRef> Local::loaded(std::string const& unit) {
    auto const found = manager_.graph().find(unit);
    if (!found) return refuse(Reason::no_such_unit, fmt::format("Unit {} not loaded.", unit));
    return *found;
}

// -- query

control::Answer<std::vector<status::UnitRow>> Local::list_units(control::UnitFilter const& filter) {
    std::vector<status::UnitRow> rows;
    auto& graph = manager_.graph();
    for (std::size_t i = 0; i < graph.size(); ++i) {
        auto const ref = static_cast<UnitRef>(i);
        if (!graph.live(ref) || !fits_name(filter, graph.unit(ref))) continue;
        auto row = manager::describe_row(manager_, ref);
        if (fits_state(filter, row)) rows.push_back(std::move(row));
    }
    std::ranges::sort(rows, {}, &status::UnitRow::name);
    return rows;
}

control::Answer<std::vector<status::UnitFileRow>> Local::list_unit_files(control::UnitFilter const& filter) {
    std::vector<status::UnitFileRow> rows;
    auto& loader = manager_.around().loader;
    auto const presets = unit::Presets::read(unit::preset_folders(loader.host()));
    for (auto const& file : loader.list_files()) {
        bool const fits =
            filter.patterns.empty() || std::ranges::any_of(filter.patterns, [&](std::string const& pattern) {
                return base::glob_match(pattern, file.name);
            });
        if (!fits) continue;
        auto state = loader.file_state(file.name);
        if (!filter.states.empty() && std::ranges::find(filter.states, state) == filter.states.end()) continue;
        std::string preset(takes_preset(state) ? base::word(presets.decide(file.name)) : "");
        rows.push_back({file.path, std::move(state), std::move(preset)});
    }
    return rows;
}

control::Answer<std::vector<status::JobRow>> Local::list_jobs() {
    std::vector<status::JobRow> rows;
    for (auto const& job : manager_.jobs().all())
        rows.push_back(manager::describe_job(manager_, job));
    return rows;
}

control::Answer<status::Properties> Local::unit_properties(std::string const& unit) {
    auto const ref = valid(unit);
    if (!ref) return std::unexpected(ref.error());
    return manager::describe_unit(manager_, *ref);
}

control::Answer<status::Properties> Local::manager_properties() { return manager::describe_manager(manager_); }

control::Answer<std::vector<status::ProcessRow>> Local::unit_processes(std::string const& unit) {
    auto const ref = loaded(unit);
    if (!ref) return std::unexpected(ref.error());
    return manager::describe_processes(manager_, *ref);
}

control::Answer<std::string> Local::loaded_unit(std::string const& unit) {
    auto const ref = loaded(unit);
    if (!ref) return std::unexpected(ref.error());
    return manager_.graph().name(*ref);
}

control::Answer<std::string> Local::unit_of_pid(std::uint32_t pid) {
    auto const ref = manager_.unit_of(static_cast<pid_t>(pid));
    if (!ref) return refuse(Reason::no_unit_for_pid, fmt::format("PID {} does not belong to any loaded unit.", pid));
    return manager_.graph().name(*ref);
}

control::Answer<std::string> Local::unit_file_state(std::string const& unit) {
    auto state = manager_.around().loader.file_state(unit);
    if (state.empty()) return refuse(Reason::no_such_unit, fmt::format("Unit file {} does not exist.", unit));
    return state;
}

control::Answer<std::string> Local::plan(std::string const& unit) {
    auto const ref = valid(unit);
    if (!ref) return std::unexpected(ref.error());
    auto const& settings = manager_.graph().unit(*ref);
    if (settings.load_state == unit::LoadState::not_found)
        return refuse(Reason::no_such_unit, fmt::format("Unit {} not found.", unit));
    auto const plan = manager_.plan(*ref);
    if (!plan) return refuse(Reason::failed, fmt::format("No plan for {}: {}", unit, plan.error().message()));
    return process::show(*plan);
}

// -- command

namespace {

manager::JobType type_of(control::JobVerb verb, bool active) {
    using control::JobVerb;
    using manager::JobType;
    switch (verb) {
    case JobVerb::start: return JobType::start;
    case JobVerb::stop: return JobType::stop;
    case JobVerb::reload: return JobType::reload;
    case JobVerb::restart: return JobType::restart;
    case JobVerb::try_restart: return JobType::try_restart;
    // Decided by whether the unit can reload: the caller knows.
    case JobVerb::reload_or_restart: return active ? JobType::restart : JobType::start;
    case JobVerb::reload_or_try_restart: return JobType::try_restart;
    }
    return JobType::start;
}

manager::Mode mode_of(control::JobMode mode) {
    using control::JobMode;
    using manager::Mode;
    switch (mode) {
    case JobMode::replace: return Mode::replace;
    case JobMode::fail: return Mode::fail;
    case JobMode::replace_irreversibly: return Mode::replace_irreversibly;
    case JobMode::isolate: return Mode::isolate;
    case JobMode::ignore_dependencies: return Mode::ignore_dependencies;
    case JobMode::ignore_requirements: return Mode::ignore_requirements;
    case JobMode::flush: return Mode::flush;
    case JobMode::triggering: return Mode::triggering;
    }
    return Mode::replace;
}

Reason reason_of(manager::Refused why) {
    using manager::Refused;
    switch (why) {
    case Refused::no_such_unit: return Reason::no_such_unit;
    case Refused::load_failed: return Reason::load_failed;
    case Refused::bad_unit_setting: return Reason::bad_unit_setting;
    case Refused::unit_masked: return Reason::unit_masked;
    case Refused::job_type_not_applicable: return Reason::job_type_not_applicable;
    case Refused::only_by_dependency: return Reason::only_by_dependency;
    case Refused::transaction_is_destructive: return Reason::transaction_is_destructive;
    case Refused::transaction_jobs_conflicting: return Reason::transaction_jobs_conflicting;
    case Refused::transaction_order_is_cyclic: return Reason::transaction_order_is_cyclic;
    case Refused::no_isolation: return Reason::failed;
    case Refused::invalid_args: return Reason::invalid_args;
    }
    return Reason::failed;
}

} // namespace

control::Answer<control::JobRef> Local::enqueue(control::JobVerb verb, std::string const& unit, control::JobMode mode) {
    using control::JobVerb;
    auto const ref = valid(unit);
    if (!ref) return std::unexpected(ref.error());
    if (manager_.shutting_down() && verb != JobVerb::stop)
        return refuse(Reason::shutting_down, "The manager is shutting down: nothing is started any more.");
    auto const& settings = manager_.graph().unit(*ref);
    auto const active = manager_.live(*ref).active;
    bool const up = active == manager::ActiveState::active || active == manager::ActiveState::reloading;
    bool const reloads =
        !settings.service.exec_reload.empty() || settings.service_type() == unit::ServiceType::notify_reload;
    auto type = type_of(verb, up);
    if (verb == JobVerb::reload_or_restart && reloads) type = manager::JobType::reload_or_start;
    if (verb == JobVerb::reload_or_try_restart && reloads) type = manager::JobType::try_reload;
    auto const queued = manager_.enqueue({*ref, type, mode_of(mode), manager::Asker::client});
    if (!queued) return refuse(reason_of(queued.error().why), queued.error().text);
    return control::JobRef{static_cast<std::uint32_t>(*queued), manager_.graph().name(*ref)};
}

control::Answer<void> Local::kill(std::string const& unit, control::KillWhom whom, base::Signal signal) {
    using control::KillWhom;
    auto const ref = loaded(unit);
    if (!ref) return std::unexpected(ref.error());
    bool const main = whom == KillWhom::main || whom == KillWhom::main_fail;
    bool const control = whom == KillWhom::control || whom == KillWhom::control_fail;
    auto const target = main      ? manager::Manager::Whom::main
                        : control ? manager::Manager::Whom::control
                                  : manager::Manager::Whom::all;
    auto const sent = manager_.kill(*ref, target, signal);
    if (sent) return {};
    // Only the words that end in -fail make an empty unit an error (systemctl(1), --kill-whom=); naming one process
    // does.
    if (sent.error().number == ESRCH && whom == KillWhom::all) return {};
    return refuse(sent.error().number == ESRCH ? Reason::no_such_process : Reason::failed, sent.error().operation);
}

control::Answer<void> Local::reset_failed(std::string const& unit) {
    if (unit.empty()) {
        for (std::size_t i = 0; i < manager_.graph().size(); ++i)
            if (manager_.graph().live(static_cast<UnitRef>(i))) manager_.reset_failed(static_cast<UnitRef>(i));
        return {};
    }
    auto const ref = loaded(unit);
    if (!ref) return std::unexpected(ref.error());
    manager_.reset_failed(*ref);
    return {};
}

control::Answer<void> Local::reload_units() {
    manager_.daemon_reload();
    return {};
}

control::Answer<void> Local::change_environment(std::vector<std::string> const& unset,
                                                std::vector<std::string> const& set) {
    if (auto changed = manager_.change_environment(unset, set); !changed)
        return refuse(Reason::invalid_args, changed.error().message());
    return {};
}

control::Answer<void> Local::cancel_job(std::uint32_t id) {
    if (!manager_.cancel(static_cast<manager::JobId>(id)))
        return refuse(Reason::no_such_job, fmt::format("Job {} does not exist.", id));
    return {};
}

control::Answer<void> Local::shut_down(status::Ending ending) {
    manager_.shut_down(0, ending);
    return {};
}

// -- watch

std::unique_ptr<control::Subscription> Local::subscribe(control::Listener listener) {
    auto& graph = manager_.graph();
    manager::Listener ours;
    auto const shared = std::make_shared<control::Listener>(std::move(listener));
    ours.job_new = [shared, &graph](manager::Job const& job) {
        if (shared->job_new) shared->job_new({static_cast<std::uint32_t>(job.id), graph.name(job.unit)});
    };
    ours.job_done = [shared, &graph](manager::Job const& job, manager::JobResult result) {
        if (shared->job_removed)
            shared->job_removed(
                {static_cast<std::uint32_t>(job.id), graph.name(job.unit), std::string(base::word(result))});
    };
    ours.unit_changed = [shared, &graph, this](UnitRef unit) {
        if (!shared->unit_changed) return;
        shared->unit_changed({graph.name(unit), std::string(base::word(manager_.live(unit).active)),
                              std::string(manager_.sub_state(unit))});
    };
    ours.reloading = [shared](bool active) {
        if (shared->reloading) shared->reloading({active});
    };
    ours.unit_new = [shared, &graph](UnitRef unit) {
        if (shared->unit_new) shared->unit_new({graph.name(unit)});
    };
    ours.unit_removed = [shared, &graph](UnitRef unit) {
        if (shared->unit_removed) shared->unit_removed({graph.name(unit)});
    };
    return std::make_unique<Handle>(manager_.listen(std::move(ours)));
}

} // namespace mitori::local
