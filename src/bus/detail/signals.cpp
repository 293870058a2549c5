#include "bus/detail/signals.hpp"

namespace mitori::bus::detail {
using status::List;
using status::Struct;

namespace {

Signal manager_signal(std::string name, std::string types, Values values) {
    return {std::string(manager_path), manager_interface, std::move(name), std::move(types), std::move(values)};
}

Signal properties_changed(std::string const& unit, Values changed, Values stale) {
    return {unit_path(unit),
            properties_interface,
            "PropertiesChanged",
            "sa{sv}as",
            {std::string(unit_interface), List{"{sv}", std::move(changed)}, List{"s", std::move(stale)}}};
}

} // namespace

Signal make_signal(control::JobNew const& event) {
    return manager_signal("JobNew", "uos", {event.id, path_value(job_path(event.id)), event.unit});
}

Signal make_signal(control::JobRemoved const& event) {
    return manager_signal("JobRemoved", "uoss", {event.id, path_value(job_path(event.id)), event.unit, event.result});
}

Signal make_signal(control::Reloading const& event) { return manager_signal("Reloading", "b", {event.active}); }

Signal make_signal(control::UnitNew const& event) {
    return manager_signal("UnitNew", "so", {event.unit, path_value(unit_path(event.unit))});
}

Signal make_signal(control::UnitRemoved const& event) {
    return manager_signal("UnitRemoved", "so", {event.unit, path_value(unit_path(event.unit))});
}

Signal make_signal(control::UnitChanged const& event) {
    if (event.active_state.empty()) return properties_changed(event.unit, {}, {"ActiveState", "SubState"});
    return properties_changed(event.unit,
                              {Struct{{"ActiveState", event.active_state}}, Struct{{"SubState", event.sub_state}}}, {});
}

Signal make_job_changed(std::string const& unit, std::uint32_t job) {
    return properties_changed(unit, {Struct{{"Job", Struct{{job, path_value(job_path(job))}}}}}, {});
}

namespace {

/// The values are of the types that the names below promise; anything else is not from a manager we know.
std::string text_at(Values const& values, std::size_t index) {
    return index < values.size() ? values[index].text() : std::string();
}
std::uint32_t id_of(Values const& values) {
    return values.empty() ? 0 : static_cast<std::uint32_t>(values.front().number());
}

void deliver_unit_changed(Signal const& signal, control::Listener const& listener) {
    auto const object = object_at(signal.path);
    auto const* unit = std::get_if<UnitObject>(&object);
    if (unit == nullptr || signal.values.size() < 2) return;
    control::UnitChanged event{.unit = unit->name};
    for (auto const& entry : signal.values[1].items()) {
        auto const& fields = entry.items();
        if (fields.size() != 2) continue;
        if (fields[0].text() == "ActiveState") event.active_state = fields[1].text();
        if (fields[0].text() == "SubState") event.sub_state = fields[1].text();
    }
    listener.unit_changed(event);
}

} // namespace

void deliver(Signal const& signal, control::Listener const& listener) {
    auto const& values = signal.values;
    if (signal.interface == manager_interface) {
        if (signal.name == "JobNew" && listener.job_new) listener.job_new({id_of(values), text_at(values, 2)});
        if (signal.name == "JobRemoved" && listener.job_removed)
            listener.job_removed({id_of(values), text_at(values, 2), text_at(values, 3)});
        if (signal.name == "UnitNew" && listener.unit_new) listener.unit_new({text_at(values, 0)});
        if (signal.name == "UnitRemoved" && listener.unit_removed) listener.unit_removed({text_at(values, 0)});
        if (signal.name == "Reloading" && listener.reloading)
            listener.reloading({!values.empty() && values.front().flag()});
    }
    if (signal.interface == properties_interface && signal.name == "PropertiesChanged" && listener.unit_changed)
        deliver_unit_changed(signal, listener);
}

} // namespace mitori::bus::detail
