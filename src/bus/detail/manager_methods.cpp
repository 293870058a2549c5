// org.freedesktop.systemd1.Manager, as far as our verbs and systemctl's need it, and org.mitori.Manager1.
#include <array>

#include "bus/detail/methods.hpp"

namespace mitori::bus::detail {
using control::JobVerb;
using status::List;
using status::Struct;
using status::Value;

namespace {

template <JobVerb verb>
Reply enqueue_named(Call const& call) {
    return enqueue(call, verb, call.text(0), call.text(1));
}

Reply get_unit(Call const& call) {
    return Values{path_value(unit_path(TRY(allowed(call.faces.query.loaded_unit(call.text(0))))))};
}

Reply load_unit(Call const& call) {
    auto const properties = TRY(allowed(call.faces.query.unit_properties(call.text(0))));
    auto const id = properties.get("Id").text();
    return Values{path_value(unit_path(id.empty() ? call.text(0) : id))};
}

Reply get_unit_by_pid(Call const& call) {
    auto const pid = static_cast<std::uint32_t>(call.arguments[0].number());
    return Values{path_value(unit_path(TRY(allowed(call.faces.query.unit_of_pid(pid)))))};
}

Reply kill_unit(Call const& call) { return kill(call, call.text(0), call.text(1), call.arguments[2].integer()); }

Reply reset_failed_unit(Call const& call) { return done(call.faces.command.reset_failed(call.text(0))); }
Reply reset_failed(Call const& call) { return done(call.faces.command.reset_failed("")); }

Value row_value(status::UnitRow const& row) {
    return Struct{{row.name, row.description, row.load_state, row.active_state, row.sub_state, row.following,
                   path_value(row.path.empty() ? unit_path(row.name) : row.path), row.job_id, row.job_type,
                   path_value(row.job_path.empty() ? job_path(row.job_id) : row.job_path)}};
}

Reply list_rows(Call const& call, control::UnitFilter const& filter) {
    List list{.element = "(ssssssouso)", .items = {}};
    for (auto const& row : TRY(allowed(call.faces.query.list_units(filter))))
        list.items.push_back(row_value(row));
    return Values{std::move(list)};
}

Reply list_units(Call const& call) { return list_rows(call, {}); }
Reply list_units_filtered(Call const& call) { return list_rows(call, {.states = call.arguments[0].words()}); }
Reply list_units_by_patterns(Call const& call) {
    return list_rows(call, {.states = call.arguments[0].words(), .patterns = call.arguments[1].words()});
}

/// Each name is loaded, so that one without a file is in the answer as not-found. A name that cannot be one is left
/// out.
Reply list_units_by_names(Call const& call) {
    List list{.element = "(ssssssouso)", .items = {}};
    for (auto const& name : call.arguments[0].words()) {
        auto const properties = call.faces.query.unit_properties(name);
        if (!properties) continue;
        auto const text = [&](std::string_view property) { return properties->get(property).text(); };
        auto const& job = properties->get("Job").items();
        list.items.push_back(row_value({.name = text("Id"),
                                        .description = text("Description"),
                                        .load_state = text("LoadState"),
                                        .active_state = text("ActiveState"),
                                        .sub_state = text("SubState"),
                                        .following = text("Following"),
                                        .job_id = job.empty() ? 0 : static_cast<std::uint32_t>(job[0].number())}));
    }
    return Values{std::move(list)};
}

Reply list_files(Call const& call, control::UnitFilter const& filter) {
    List list{.element = "(ss)", .items = {}};
    for (auto const& row : TRY(allowed(call.faces.query.list_unit_files(filter))))
        list.items.emplace_back(Struct{{row.path, row.state}});
    return Values{std::move(list)};
}

Reply list_unit_files(Call const& call) { return list_files(call, {}); }
Reply list_unit_files_by_patterns(Call const& call) {
    return list_files(call, {.states = call.arguments[0].words(), .patterns = call.arguments[1].words()});
}

Reply get_unit_file_state(Call const& call) {
    return Values{TRY(allowed(call.faces.query.unit_file_state(call.text(0))))};
}

Reply list_jobs(Call const& call) {
    List list{.element = "(usssoo)", .items = {}};
    for (auto const& row : TRY(allowed(call.faces.query.list_jobs())))
        list.items.emplace_back(Struct{
            {row.id, row.unit, row.type, row.state, path_value(job_path(row.id)), path_value(unit_path(row.unit))}});
    return Values{std::move(list)};
}

Reply get_job(Call const& call) {
    auto const id = static_cast<std::uint32_t>(call.arguments[0].number());
    for (auto const& row : TRY(allowed(call.faces.query.list_jobs())))
        if (row.id == id) return Values{path_value(job_path(id))};
    return std::unexpected(to_fault({control::Reason::no_such_job, "Job " + std::to_string(id) + " does not exist."}));
}

Reply cancel_job(Call const& call) {
    return done(call.faces.command.cancel_job(static_cast<std::uint32_t>(call.arguments[0].number())));
}

Reply get_unit_processes(Call const& call) { return list_processes(call, call.text(0)); }

Reply reload(Call const& call) { return done(call.faces.command.reload_units()); }
template <status::Ending ending>
Reply shut_down(Call const& call) {
    return done(call.faces.command.shut_down(ending));
}

Reply set_environment(Call const& call) {
    return done(call.faces.command.change_environment({}, call.arguments[0].words()));
}
Reply unset_environment(Call const& call) {
    return done(call.faces.command.change_environment(call.arguments[0].words(), {}));
}
Reply unset_and_set_environment(Call const& call) {
    return done(call.faces.command.change_environment(call.arguments[0].words(), call.arguments[1].words()));
}

/// Every connection is told everything; asking for it is fine.
Reply subscribe(Call const&) { return Values{}; }

Reply plan(Call const& call) { return Values{TRY(allowed(call.faces.query.plan(call.text(0))))}; }

/// ListUnitFilesByPatterns with what presets say of each file, which systemd's own answer has no place for.
Reply list_unit_files_with_presets(Call const& call) {
    List list{.element = "(sss)", .items = {}};
    control::UnitFilter const filter{.states = call.arguments[0].words(), .patterns = call.arguments[1].words()};
    for (auto const& row : TRY(allowed(call.faces.query.list_unit_files(filter))))
        list.items.emplace_back(Struct{{row.path, row.state, row.preset}});
    return Values{std::move(list)};
}

constexpr std::string_view manager = manager_interface;
constexpr std::string_view own = own_interface;
constexpr auto rows = std::to_array<Method>({
    {On::manager, manager, "StartUnit", "ss", "o", enqueue_named<JobVerb::start>},
    {On::manager, manager, "StopUnit", "ss", "o", enqueue_named<JobVerb::stop>},
    {On::manager, manager, "ReloadUnit", "ss", "o", enqueue_named<JobVerb::reload>},
    {On::manager, manager, "RestartUnit", "ss", "o", enqueue_named<JobVerb::restart>},
    {On::manager, manager, "TryRestartUnit", "ss", "o", enqueue_named<JobVerb::try_restart>},
    {On::manager, manager, "ReloadOrRestartUnit", "ss", "o", enqueue_named<JobVerb::reload_or_restart>},
    {On::manager, manager, "ReloadOrTryRestartUnit", "ss", "o", enqueue_named<JobVerb::reload_or_try_restart>},
    {On::manager, manager, "GetUnit", "s", "o", get_unit},
    {On::manager, manager, "GetUnitByPID", "u", "o", get_unit_by_pid},
    {On::manager, manager, "LoadUnit", "s", "o", load_unit},
    {On::manager, manager, "KillUnit", "ssi", "", kill_unit},
    {On::manager, manager, "ResetFailedUnit", "s", "", reset_failed_unit},
    {On::manager, manager, "ResetFailed", "", "", reset_failed},
    {On::manager, manager, "ListUnits", "", "a(ssssssouso)", list_units},
    {On::manager, manager, "ListUnitsFiltered", "as", "a(ssssssouso)", list_units_filtered},
    {On::manager, manager, "ListUnitsByPatterns", "asas", "a(ssssssouso)", list_units_by_patterns},
    {On::manager, manager, "ListUnitsByNames", "as", "a(ssssssouso)", list_units_by_names},
    {On::manager, manager, "ListUnitFiles", "", "a(ss)", list_unit_files},
    {On::manager, manager, "ListUnitFilesByPatterns", "asas", "a(ss)", list_unit_files_by_patterns},
    {On::manager, manager, "GetUnitFileState", "s", "s", get_unit_file_state},
    {On::manager, manager, "ListJobs", "", "a(usssoo)", list_jobs},
    {On::manager, manager, "GetJob", "u", "o", get_job},
    {On::manager, manager, "CancelJob", "u", "", cancel_job},
    {On::manager, manager, "GetUnitProcesses", "s", "a(sus)", get_unit_processes},
    {On::manager, manager, "Subscribe", "", "", subscribe},
    {On::manager, manager, "Unsubscribe", "", "", subscribe},
    {On::manager, manager, "Reload", "", "", reload, Answered::when_reloaded},
    {On::manager, manager, "SetEnvironment", "as", "", set_environment},
    {On::manager, manager, "UnsetEnvironment", "as", "", unset_environment},
    {On::manager, manager, "UnsetAndSetEnvironment", "asas", "", unset_and_set_environment},
    {On::manager, manager, ending_method(status::Ending::exit), "", "", shut_down<status::Ending::exit>},
    {On::manager, manager, ending_method(status::Ending::poweroff), "", "", shut_down<status::Ending::poweroff>},
    {On::manager, manager, ending_method(status::Ending::reboot), "", "", shut_down<status::Ending::reboot>},
    {On::manager, manager, ending_method(status::Ending::halt), "", "", shut_down<status::Ending::halt>},
    {On::manager, own, "Plan", "s", "s", plan},
    {On::manager, own, "ListUnitFiles", "asas", "a(sss)", list_unit_files_with_presets},
});

} // namespace

std::span<Method const> manager_methods() { return rows; }

} // namespace mitori::bus::detail
