#include "exec/detail/variables.hpp"

#include <algorithm>

namespace mitori::exec {

Variables::Variable& Variables::at(std::string_view name) {
    auto const found = std::ranges::find(variables_, name, &Variable::name);
    if (found != variables_.end()) return *found;
    return variables_.emplace_back(std::string(name));
}

void Variables::set(std::string_view name, std::string value) { at(name).value = std::move(value); }

void Variables::set(std::vector<unit::EnvironmentEntry> const& entries) {
    for (auto const& entry : entries)
        set(entry.name, entry.value);
}

void Variables::set_entries(std::vector<std::string> const& entries) {
    for (std::string_view const entry : entries) {
        auto const equals = entry.find('=');
        if (equals != entry.npos && equals != 0) set(entry.substr(0, equals), std::string(entry.substr(equals + 1)));
    }
}

void Variables::set_pid(std::string_view name) { at(name).value.reset(); }

void Variables::unset(std::string_view pattern) {
    auto const equals = pattern.find('=');
    auto const name = pattern.substr(0, equals);
    std::erase_if(variables_, [&](Variable const& variable) {
        return variable.name == name && (equals == pattern.npos || variable.value == pattern.substr(equals + 1));
    });
}

std::vector<std::string> Variables::entries() const {
    std::vector<std::string> entries;
    entries.reserve(variables_.size());
    for (auto const& [name, value] : variables_)
        if (value) entries.push_back(name + "=" + *value);
    return entries;
}

std::vector<std::string> Variables::pid_variables() const {
    std::vector<std::string> names;
    for (auto const& [name, value] : variables_)
        if (!value) names.push_back(name);
    return names;
}

std::optional<std::string_view> find_variable(std::vector<std::string> const& environment, std::string_view name) {
    for (auto entry = environment.rbegin(); entry != environment.rend(); ++entry)
        if (entry->size() > name.size() && entry->starts_with(name) && (*entry)[name.size()] == '=')
            return std::string_view(*entry).substr(name.size() + 1);
    return std::nullopt;
}

} // namespace mitori::exec
