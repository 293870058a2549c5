// Starts of processes, and what becomes of them: a plan is gathered and sent to the spawner, and the children tell.
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "exec/directories.hpp"
#include "exec/plan.hpp"
#include "manager/manager.hpp"

namespace mitori::manager {
namespace {

process::SpawnError as_spawn_error(base::Error error) { return {process::Stage::spawn, std::move(error)}; }

std::string file_name(std::string const& path) { return path.substr(path.rfind('/') + 1); }

/// Whose words these are: systemd.exec(5), "LOGGING AND STANDARD INPUT/OUTPUT".
StreamOrder stream_order(unit::Unit const& settings, SpawnOrder const& order, exec::Place const& place) {
    auto const& exec = *settings.exec;
    using Privileges = unit::ExecCommand::Privileges;
    bool const own = !order.facts.identity || order.command.privileges == Privileges::full ||
                     order.command.privileges == Privileges::no_setuid;
    StreamOrder wish{.unit = settings.id,
                     .invocation = order.facts.invocation_id,
                     .identifier =
                         exec.syslog_identifier.empty() ? file_name(order.command.path) : exec.syslog_identifier,
                     .facility = static_cast<std::uint8_t>(exec.syslog_facility),
                     .level = static_cast<std::uint8_t>(exec.syslog_level),
                     .level_prefix = exec.syslog_level_prefix,
                     .extra_fields = exec.log_extra_fields,
                     .rate_interval = exec.log_rate_limit_interval,
                     .rate_burst = exec.log_rate_limit_burst,
                     .console = exec::wants_console(exec),
                     .owner = own ? place.uid : order.facts.identity->uid,
                     .group_owner = own ? place.host.gid : order.facts.identity->gid};
    if (exec.log_level_max) wish.level_max = static_cast<std::uint8_t>(*exec.log_level_max);
    return wish;
}

} // namespace

/// A start that is ready to be sent.
struct Manager::Prepared {
    process::Plan plan;
    std::vector<base::Fd> lent;
    std::optional<StreamId> stream;
    uid_t uid = 0; ///< who will write to it
};

std::expected<process::SpawnId, process::SpawnError> Manager::spawn(UnitRef unit, SpawnOrder order) {
    auto prepared = prepare(unit, order);
    if (!prepared) return std::unexpected(prepared.error());
    auto const id = children_->submit(unit, std::move(prepared->plan), std::move(prepared->lent));
    if (!prepared->stream) return id;
    // The daemon of a forking service goes on writing where its parent wrote.
    bool const parts =
        order.purpose == exec::Purpose::start && at(unit).service->unit().service_type() == unit::ServiceType::forking;
    last_words_.bind(unit, {.stream = *prepared->stream,
                            .spawn = id,
                            .uid = prepared->uid,
                            .span = parts ? LastWords::Span::life : LastWords::Span::process});
    return id;
}

std::expected<Manager::Prepared, process::SpawnError> Manager::prepare(UnitRef unit, SpawnOrder& order) {
    Prepared prepared;
    if (auto gathered = gather(unit, order, prepared); !gathered) return std::unexpected(gathered.error());
    auto const& settings = at(unit).service->unit();
    auto plan = exec::make_plan(settings, order.command, order.purpose, order.facts, options_.place);
    if (plan) {
        prepared.plan = std::move(*plan);
        return prepared;
    }
    if (prepared.stream) around_.output->close(*prepared.stream);
    return std::unexpected(as_spawn_error(plan.error()));
}

// The stream comes last: nothing can go wrong any more that would have to close it.
std::expected<void, process::SpawnError> Manager::gather(UnitRef unit, SpawnOrder& order, Prepared& into) {
    auto const& settings = at(unit).service->unit();
    auto identity = exec::resolve_identity(settings.exec, options_.place);
    if (!identity) return std::unexpected(identity.error());
    order.facts.identity = std::move(*identity);
    if (auto safe = exec::check_safe(settings, order.facts); !safe)
        return std::unexpected(as_spawn_error(safe.error()));
    auto files = exec::read_environment_files(settings.exec);
    if (!files) return std::unexpected(as_spawn_error(files.error()));
    order.facts.file_environment = std::move(*files);

    auto& live = at(unit);
    order.facts.monitor_environment = live.monitor;
    if (around_.groups.place() != cgroup::Place::none) {
        if (auto made = around_.groups.make(live.group); !made) return std::unexpected(as_spawn_error(made.error()));
        if (std::exchange(live.begun, false)) set_bounds(unit);
        order.facts.joins = live.joins;
        auto group = around_.groups.open(live.group);
        if (!group) return std::unexpected(as_spawn_error(group.error()));
        order.facts.cgroup = group->get();
        into.lent.push_back(std::move(*group));
    }
    if (unit::input_kind(*settings.exec) == unit::Input::data) {
        auto data = base::sys::sealed_memfd(settings.id, settings.exec->input_data);
        if (!data) return std::unexpected(as_spawn_error(data.error()));
        order.facts.input_data = data->get();
        into.lent.push_back(std::move(*data));
    }
    if (auto opened = open_stream(unit, order, into); !opened) return std::unexpected(as_spawn_error(opened.error()));
    return {};
}

base::Result<void> Manager::open_stream(UnitRef unit, SpawnOrder& order, Prepared& into) {
    auto const& settings = at(unit).service->unit();
    if (around_.output == nullptr || !exec::wants_log(*settings.exec)) return {};
    bool const grouped = around_.groups.place() != cgroup::Place::none;
    auto wish = stream_order(settings, order, options_.place);
    if (grouped) wish.group = at(unit).group;
    auto stream = TRY(around_.output->open(wish));
    order.facts.log = exec::LogStream{stream.write.get(), stream.name};
    into.lent.push_back(std::move(stream.write));
    into.stream = stream.id;
    into.uid = wish.owner;
    return {};
}

Children::Owner Manager::hear_of_children() {
    return {
        .started =
            [this](UnitRef unit, process::SpawnId id, process::Child child) {
                at(unit).sessions.push_back(child.pid());
                last_words_.started(unit, id, child.pid());
                auto const pid = child.pid();
                service_at(unit).on_started(id, std::move(child));
                burials_.started(unit, service_at(unit), pid, now());
            },
        .executed =
            [this](UnitRef unit, process::SpawnId id) {
                service_at(unit).on_executed(id);
                burials_.runs(unit, service_at(unit), id);
                last_words_.reported(unit, id);
            },
        .failed =
            [this](UnitRef unit, process::Failed const& failed) {
                service_at(unit).on_spawn_failed(failed.id, failed.stage, {failed.number, {}, failed.subject});
                last_words_.reported(unit, failed.id);
            },
        .exited =
            [this](UnitRef unit, Role role, pid_t pid, process::Exit const& exit) {
                bool const ran_out = look_for_oom(unit);
                bury(pid, exit, unit, role);
                if (ran_out) service_at(unit).on_oom();
                last_words_.ended(unit, pid, [this, unit, role, exit] {
                    service_at(unit).on_exit(role, exit);
                    look_for_empty();
                });
            },
        .dying = [this](status::Death remains) { burials_.dying(std::move(remains)); },
        .orphan_ended = [this](pid_t pid, process::Exit const& exit) { bury(pid, exit, std::nullopt, std::nullopt); },
        .reported =
            [this] {
                for (auto& early : std::exchange(early_, {}))
                    on_notification(std::move(early));
            },
        .orphan_reaped = [this] { look_for_empty(); },
        .drained =
            [this] {
                if (!held_back_.empty()) wake();
            },
    };
}

} // namespace mitori::manager
