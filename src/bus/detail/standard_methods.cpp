// org.freedesktop.DBus.Properties and .Introspectable over whatever properties the faces give. Peer is sd-bus's own.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "bus/detail/methods.hpp"

namespace mitori::bus::detail {
using status::List;
using status::Struct;

namespace {

std::string full_name(status::Property const& property) { return std::string(interface_prefix) + property.interface; }

Outcome<status::Properties> job_properties(control::Faces const& faces, std::uint32_t id) {
    for (auto const& row : TRY(allowed(faces.query.list_jobs()))) {
        if (row.id != id) continue;
        status::Properties properties;
        properties.add("Job", "Id", row.id);
        properties.add("Job", "Unit", Struct{{row.unit, path_value(unit_path(row.unit))}});
        properties.add("Job", "JobType", row.type);
        properties.add("Job", "State", row.state);
        return properties;
    }
    return fault(SD_BUS_ERROR_UNKNOWN_OBJECT, fmt::format("There is no job {}.", id));
}

Reply get(Call const& call) {
    auto const interface = call.text(0);
    auto const name = call.text(1);
    auto const properties = TRY(properties_of(call.faces, call.object));
    for (auto const& property : properties.all())
        if (property.name == name && (interface.empty() || full_name(property) == interface))
            return Values{property.value};
    return fault(SD_BUS_ERROR_UNKNOWN_PROPERTY, fmt::format("Unknown interface {} or property {}.", interface, name));
}

Reply get_all(Call const& call) {
    auto const interface = call.text(0);
    auto const properties = TRY(properties_of(call.faces, call.object));
    List list{.element = "{sv}", .items = {}};
    for (auto const& property : properties.all())
        if (interface.empty() || full_name(property) == interface)
            list.items.emplace_back(Struct{{property.name, property.value}});
    if (list.items.empty() && !interface.empty())
        return fault(SD_BUS_ERROR_UNKNOWN_INTERFACE, fmt::format("Unknown interface {}.", interface));
    return Values{std::move(list)};
}

Reply set(Call const& call) {
    return fault(SD_BUS_ERROR_PROPERTY_READ_ONLY, fmt::format("Property {} is read-only.", call.text(1)));
}

Reply introspect_this(Call const& call) { return Values{TRY(introspect(call.faces, call.object))}; }

constexpr std::string_view properties = properties_interface;
constexpr auto rows = std::to_array<Method>({
    {On::every, properties, "Get", "ss", "v", get},
    {On::every, properties, "GetAll", "s", "a{sv}", get_all},
    {On::every, properties, "Set", "ssv", "", set},
    {On::every, "org.freedesktop.DBus.Introspectable", "Introspect", "", "s", introspect_this},
});

} // namespace

std::span<Method const> standard_methods() { return rows; }

Outcome<status::Properties> properties_of(control::Faces const& faces, Object const& object) {
    if (std::holds_alternative<ManagerObject>(object)) return allowed(faces.query.manager_properties());
    if (auto const* unit = std::get_if<UnitObject>(&object)) return allowed(faces.query.unit_properties(unit->name));
    if (auto const* job = std::get_if<JobObject>(&object)) return job_properties(faces, job->id);
    return status::Properties{};
}

} // namespace mitori::bus::detail
