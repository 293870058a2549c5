#include "bus/detail/methods.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "control/names.hpp"

namespace mitori::bus::detail {

namespace {

bool has(Object const& object, Method const& method) {
    switch (method.on) {
    case On::every: return !std::holds_alternative<NoObject>(object);
    case On::manager: return std::holds_alternative<ManagerObject>(object);
    case On::job: return std::holds_alternative<JobObject>(object);
    case On::unit: break;
    }
    auto const* unit = std::get_if<UnitObject>(&object);
    return unit != nullptr && (method.interface == unit_interface || method.interface == type_interface(unit->name));
}

} // namespace

std::vector<Method const*> methods_of(Object const& object) {
    std::vector<Method const*> found;
    for (auto const table : {manager_methods(), unit_methods(), standard_methods()})
        for (auto const& method : table)
            if (has(object, method)) found.push_back(&method);
    return found;
}

Outcome<Method const*> find_method(Object const& object, std::string_view interface, std::string_view name) {
    auto const methods = methods_of(object);
    if (methods.empty()) return fault(SD_BUS_ERROR_UNKNOWN_OBJECT, "There is no object at this path.");
    auto const in_interface = [&](Method const* method) { return interface.empty() || method->interface == interface; };
    auto const found =
        std::ranges::find_if(methods, [&](auto const* method) { return in_interface(method) && method->name == name; });
    if (found != methods.end()) return *found;
    if (std::ranges::none_of(methods, in_interface))
        return fault(SD_BUS_ERROR_UNKNOWN_INTERFACE, fmt::format("This object has no interface {}.", interface));
    return fault(SD_BUS_ERROR_UNKNOWN_METHOD, fmt::format("Interface {} has no method {} here.", interface, name));
}

Reply done(control::Answer<void> answer) {
    TRY(allowed(std::move(answer)));
    return Values{};
}

Reply enqueue(Call const& call, control::JobVerb verb, std::string const& unit, std::string const& mode) {
    auto const known = base::value_of<control::JobMode>(mode);
    if (!known) return fault(SD_BUS_ERROR_INVALID_ARGS, fmt::format("Job mode {} invalid", mode));
    auto const job = TRY(allowed(call.faces.command.enqueue(verb, unit, *known)));
    return Values{path_value(job_path(job.id))};
}

Reply kill(Call const& call, std::string const& unit, std::string const& whom, std::int64_t signal) {
    auto const known = whom.empty() ? control::KillWhom::all : base::value_of<control::KillWhom>(whom);
    if (!known) return fault(SD_BUS_ERROR_INVALID_ARGS, fmt::format("Invalid who argument '{}'", whom));
    if (signal < 1 || signal > 64) return fault(SD_BUS_ERROR_INVALID_ARGS, "Signal number out of range.");
    return done(call.faces.command.kill(unit, *known, {.number = static_cast<int>(signal)}));
}

Reply list_processes(Call const& call, std::string const& unit) {
    auto const group = TRY(allowed(call.faces.query.unit_properties(unit))).get("ControlGroup").text();
    status::List list{.element = "(sus)", .items = {}};
    for (auto const& row : TRY(allowed(call.faces.query.unit_processes(unit)))) {
        auto const path = row.group.empty() ? group : fmt::format("{}/{}", group, row.group);
        list.items.emplace_back(status::Struct{{path, row.pid, row.command_line}});
    }
    return Values{std::move(list)};
}

std::string type_interface(std::string_view unit) {
    auto const dot = unit.rfind('.');
    if (dot == std::string_view::npos || dot + 1 == unit.size()) return {};
    std::string type(unit.substr(dot + 1));
    if (type[0] >= 'a' && type[0] <= 'z') type[0] = static_cast<char>(type[0] - 'a' + 'A');
    return std::string(interface_prefix) + type;
}

} // namespace mitori::bus::detail
