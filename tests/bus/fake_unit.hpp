// A made-up unit, and what it says of itself.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "control/control.hpp"

namespace mitori::test {

struct FakeUnit {
    std::string name;
    std::string active = "inactive";
    std::string sub = "dead";
    std::string load = "loaded";
    std::string file_state = "disabled";
    /// Added to what every unit has; later ones hide earlier ones of the same name.
    std::vector<status::Property> more;
    std::vector<status::ProcessRow> processes;
};

inline std::string description(FakeUnit const& unit) {
    for (auto const& property : unit.more)
        if (property.name == "Description") return property.value.text();
    return unit.load == "not-found" ? unit.name : "The " + unit.name + " of the tests";
}
inline bool fits(FakeUnit const& unit, control::UnitFilter const& filter) {
    auto const any_state = [&](std::string const& state) {
        return state == unit.load || state == unit.active || state == unit.sub;
    };
    auto const any_pattern = [&](std::string const& pattern) { return base::glob_match(pattern, unit.name); };
    return (filter.states.empty() || std::ranges::any_of(filter.states, any_state)) &&
           (filter.patterns.empty() || std::ranges::any_of(filter.patterns, any_pattern));
}
inline status::Value no_load_error() { return status::Struct{{"", ""}}; }
inline status::Value load_error(std::string const& name) {
    return status::Struct{{"org.freedesktop.systemd1.NoSuchUnit", "Unit " + name + " not found."}};
}
inline status::Properties properties(FakeUnit const& unit) {
    std::string const type = unit.name.ends_with(".service") ? "Service" : "Target";
    bool const found = unit.load != "not-found";
    std::vector<status::Property> all{
        {"Unit", "Id", unit.name},
        {"Unit", "Names", status::List{"s", {unit.name}}},
        {"Unit", "Description", description(unit)},
        {"Unit", "LoadState", unit.load},
        {"Unit", "ActiveState", unit.active},
        {"Unit", "SubState", unit.sub},
        {"Unit", "FragmentPath", found ? "/lib/systemd/system/" + unit.name : ""},
        {"Unit", "DropInPaths", status::List{"s", {}}},
        {"Unit", "UnitFileState", found ? unit.file_state : ""},
        {"Unit", "UnitFilePreset", found && unit.file_state != "static" ? "enabled" : ""},
        {"Unit", "NeedDaemonReload", false},
        {"Unit", "Documentation", status::List{"s", {}}},
        {"Unit", "Job", status::Struct{{std::uint32_t{0}, status::ObjectPath{"/"}}}},
        {"Unit", "LoadError", found ? no_load_error() : load_error(unit.name)},
    };
    if (type == "Service") {
        all.push_back({type, "Type", "simple"});
        all.push_back({type, "MainPID", std::uint32_t{0}});
    }
    for (auto const& property : unit.more) {
        auto const same = std::ranges::find(all, property.name, &status::Property::name);
        if (same == all.end())
            all.push_back(property);
        else
            *same = property;
    }
    status::Properties properties;
    for (auto const& property : all)
        properties.add(property.interface, property.name, property.value);
    return properties;
}

} // namespace mitori::test
