#include <array>
#include <fmt/format.h>

#include "manager/describe.hpp"
#include "manager/detail/describe_parts.hpp"
#include "manager/run_types.hpp"
#include "unit/directive.hpp"
#include "unit/presets.hpp"
#include "unit/unit_names.hpp"

namespace mitori::manager {
namespace {

using status::List;
using status::ObjectPath;
using status::Properties;
using status::Struct;
using status::Value;

std::uint64_t usec(base::Usec span) {
    return span == base::infinity ? UINT64_MAX : static_cast<std::uint64_t>(span.count());
}

Value words(std::vector<std::string> const& texts) {
    List list{"s", {}};
    for (auto const& text : texts)
        list.items.emplace_back(text);
    return list;
}

void add_stamp(Properties& into, std::string const& name, base::Stamp const& stamp) {
    into.add("Unit", name, usec(stamp.realtime));
    into.add("Unit", name + "Monotonic", usec(stamp.monotonic));
}

Value job_of(Manager& manager, UnitRef unit) {
    auto const* const job = manager.jobs().of(unit);
    if (job == nullptr) return Struct{{std::uint32_t{0}, ObjectPath{"/"}}};
    auto const id = static_cast<std::uint32_t>(job->id);
    return Struct{{id, ObjectPath{fmt::format("/org/freedesktop/systemd1/job/{}", id)}}};
}

std::string preset_of(unit::Unit const& unit, unit::Host const& host) {
    if (unit.fragment.empty()) return "";
    auto const presets = unit::Presets::read(unit::preset_folders(host));
    return std::string(base::word(presets.decide(unit.fragment.substr(unit.fragment.rfind('/') + 1))));
}

/// The D-Bus error name that goes with a load state.
std::string load_error_name(unit::Unit const& unit) {
    switch (unit.load_state) {
    case unit::LoadState::not_found: return "org.freedesktop.systemd1.NoSuchUnit";
    case unit::LoadState::bad_setting: return "org.freedesktop.systemd1.BadUnitSetting";
    case unit::LoadState::masked: return "org.freedesktop.systemd1.UnitMasked";
    case unit::LoadState::error: return "org.freedesktop.systemd1.LoadFailed";
    default: return "";
    }
}

void describe_identity(Manager& manager, UnitRef ref, Properties& into) {
    auto const& unit = manager.graph().unit(ref);
    auto names = unit.names;
    names.insert(names.begin(), unit.id);
    into.add("Unit", "Id", unit.id);
    into.add("Unit", "Names", words(names));
    into.add("Unit", "Following", "");
    into.add("Unit", "Description", unit.info.description.empty() ? unit.id : unit.info.description);
    into.add("Unit", "LoadState", std::string(base::word(unit.load_state)));
    into.add("Unit", "LoadError", Struct{{load_error_name(unit), unit.load_error}});
    into.add("Unit", "FragmentPath", unit.fragment);
    into.add("Unit", "DropInPaths", words(unit.drop_ins));
    auto const& loader = manager.around().loader;
    into.add("Unit", "UnitFileState", unit.fragment.empty() ? "" : manager.around().loader.file_state(unit.id));
    into.add("Unit", "UnitFilePreset", preset_of(unit, loader.host()));
    into.add("Unit", "NeedDaemonReload", !unit.fragment.empty() && loader.changed_on_disk(unit));
    into.add("Unit", "Transient", false);
    into.add("Unit", "Perpetual", unit.type == unit::Type::slice && unit.built_in);
}

void describe_state(Manager& manager, UnitRef ref, Properties& into) {
    auto const& unit = manager.graph().unit(ref);
    auto const& live = manager.live(ref);
    into.add("Unit", "ActiveState", std::string(base::word(live.active)));
    into.add("Unit", "FreezerState", "running");
    into.add("Unit", "SubState", std::string(manager.sub_state(ref)));
    add_stamp(into, "StateChangeTimestamp", live.changed);
    add_stamp(into, "InactiveExitTimestamp", live.left_inactive);
    add_stamp(into, "ActiveEnterTimestamp", live.became_active);
    add_stamp(into, "ActiveExitTimestamp", live.left_active);
    add_stamp(into, "InactiveEnterTimestamp", live.became_inactive);
    bool const loaded = unit.load_state == unit::LoadState::loaded;
    into.add("Unit", "CanStart", loaded && !unit.info.refuse_manual_start);
    into.add("Unit", "CanStop", loaded && !unit.info.refuse_manual_stop);
    into.add("Unit", "CanReload",
             loaded && (!unit.service.exec_reload.empty() || unit.service.type == unit::ServiceType::notify_reload));
    into.add("Unit", "CanIsolate", loaded && unit.info.allow_isolate);
    into.add("Unit", "Job", job_of(manager, ref));
    into.add("Unit", "ConditionResult", live.conditions_met);
    into.add("Unit", "AssertResult", live.asserts_met);
    add_stamp(into, "ConditionTimestamp", live.conditions_tested);
}

/// The property of each relation, org.freedesktop.systemd1(5).
struct RelationName {
    unit::Relation relation;
    std::string_view property;
};
constexpr auto relation_names = std::to_array<RelationName>({
    {unit::Relation::requires_, "Requires"},
    {unit::Relation::requisite, "Requisite"},
    {unit::Relation::wants, "Wants"},
    {unit::Relation::binds_to, "BindsTo"},
    {unit::Relation::part_of, "PartOf"},
    {unit::Relation::upholds, "Upholds"},
    {unit::Relation::required_by, "RequiredBy"},
    {unit::Relation::requisite_of, "RequisiteOf"},
    {unit::Relation::wanted_by, "WantedBy"},
    {unit::Relation::bound_by, "BoundBy"},
    {unit::Relation::upheld_by, "UpheldBy"},
    {unit::Relation::consists_of, "ConsistsOf"},
    {unit::Relation::conflicts, "Conflicts"},
    {unit::Relation::conflicted_by, "ConflictedBy"},
    {unit::Relation::before, "Before"},
    {unit::Relation::after, "After"},
    {unit::Relation::on_failure, "OnFailure"},
    {unit::Relation::on_failure_of, "OnFailureOf"},
    {unit::Relation::on_success, "OnSuccess"},
    {unit::Relation::on_success_of, "OnSuccessOf"},
    {unit::Relation::propagates_reload_to, "PropagatesReloadTo"},
    {unit::Relation::reload_propagated_from, "ReloadPropagatedFrom"},
    {unit::Relation::propagates_stop_to, "PropagatesStopTo"},
    {unit::Relation::stop_propagated_from, "StopPropagatedFrom"},
    {unit::Relation::joins_namespace_of, "JoinsNamespaceOf"},
});

// Both ends: what the file says and what others say of it, as the graph has joined them.
void describe_relations(Manager& manager, UnitRef ref, Properties& into) {
    for (auto const& [relation, property] : relation_names) {
        List list{"s", {}};
        for (auto const& other : manager.graph().related(ref, relation))
            list.items.emplace_back(manager.graph().name(other));
        into.add("Unit", property, std::move(list));
    }
    // Sockets, timers and paths are not run yet: nothing triggers. `systemctl stop` asks by name all the same.
    into.add("Unit", "Triggers", List{"s", {}});
    into.add("Unit", "TriggeredBy", List{"s", {}});
}

// Ours: what is asked for and not given, never silent (DESIGN section 3).
void describe_shortfalls(Manager& manager, UnitRef ref, Properties& into) {
    List not_honoured{"s", {}};
    List degraded{"s", {}};
    for (auto const& missing : missing_units(manager.graph(), ref))
        degraded.items.emplace_back(missing.directive + " " + missing.text);
    for (auto const& shortfall : manager.shortfalls(ref)) {
        if (shortfall.grade == exec::Grade::not_honoured)
            not_honoured.items.emplace_back(shortfall.directive);
        else
            degraded.items.emplace_back(shortfall.directive + " " + shortfall.text);
    }
    List warnings{"s", {}};
    for (auto const& found : manager.graph().unit(ref).diagnostics)
        if (found.severity != unit::Severity::notice) warnings.items.emplace_back(found.message());
    into.add("Unit", "LoadWarnings", std::move(warnings));
    into.add("Unit", "NotHonoured", std::move(not_honoured));
    into.add("Unit", "Degraded", std::move(degraded));
}

} // namespace

status::UnitRow describe_row(Manager& manager, UnitRef ref) {
    auto const& unit = manager.graph().unit(ref);
    auto const& live = manager.live(ref);
    status::UnitRow row{.name = unit.id,
                        .description = unit.info.description.empty() ? unit.id : unit.info.description,
                        .load_state = std::string(base::word(unit.load_state)),
                        .active_state = std::string(base::word(live.active)),
                        .sub_state = std::string(manager.sub_state(ref))};
    if (auto const* const job = manager.jobs().of(ref)) {
        row.job_id = static_cast<std::uint32_t>(job->id);
        row.job_type = base::word(job->type);
    }
    return row;
}

status::JobRow describe_job(Manager& manager, Job const& job) {
    return {static_cast<std::uint32_t>(job.id), manager.graph().name(job.unit), std::string(base::word(job.type)),
            std::string(base::word(job.state))};
}

status::Properties describe_unit(Manager& manager, UnitRef ref) {
    Properties all;
    auto const& unit = manager.graph().unit(ref);
    if (unit.type == unit::Type::service) detail::describe_service_life(manager, ref, all);
    if (unit.type == unit::Type::service || unit.type == unit::Type::slice) detail::describe_use(manager, ref, all);
    describe_identity(manager, ref, all);
    describe_state(manager, ref, all);
    describe_relations(manager, ref, all);
    describe_shortfalls(manager, ref, all);
    detail::describe_settings(manager, ref, all);
    return all;
}

} // namespace mitori::manager
