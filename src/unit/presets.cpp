#include "unit/presets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fnmatch.h>
#include <map>
#include <optional>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "unit/name.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

std::optional<Preset> preset_from(std::string_view word) {
    if (word == "enable") return Preset::enable;
    if (word == "disable") return Preset::disable;
    if (word == "ignore") return Preset::ignore;
    return std::nullopt;
}

bool matches(std::string const& pattern, std::string_view name) {
    return ::fnmatch(pattern.c_str(), std::string(name).c_str(), FNM_NOESCAPE) == 0;
}

} // namespace

std::vector<std::string> preset_folders(Host const& host) {
    auto const below = [](std::string_view root, std::string_view scope) {
        return fmt::format("{}/systemd/{}-preset", root, scope);
    };
    if (host.scope == Scope::system)
        return {below("/etc", "system"), below("/run", "system"), below("/usr/local/lib", "system"),
                below("/usr/lib", "system")};
    return {below(host.configuration_directory, "user"), below("/etc", "user"), below("/run", "user"),
            below("/usr/local/lib", "user"), below("/usr/lib", "user")};
}

Presets Presets::read(std::vector<std::string> const& folders) {
    std::map<std::string, std::string> chosen; // paths by file name
    for (auto const& folder : folders)
        for (auto const& name : base::sys::list_directory(folder).value_or(std::vector<std::string>()))
            if (name.ends_with(".preset")) chosen.emplace(name, folder + "/" + name);
    Presets presets;
    for (auto const& [name, path] : chosen)
        if (auto const source = read_source(path)) presets.add(*source);
    return presets;
}

void Presets::add(Source const& source) {
    for (auto const& line : source.lines) {
        auto const words = split_words(line.text);
        auto const preset = words && words->size() >= 2 ? preset_from(words->front()) : std::nullopt;
        bool const several = words && words->size() > 2;
        if (!preset || (several && !is_template((*words)[1]))) {
            diagnostics_.push_back(
                {.file = source.path,
                 .line = line.number,
                 .column = 1,
                 .text = fmt::format("{} is no line of a preset file: write enable, disable or ignore, "
                                     "and a unit or a pattern",
                                     base::quote(base::trim(line.text)))});
            continue;
        }
        rules_.push_back({*preset, (*words)[1], {words->begin() + 2, words->end()}});
    }
}

Preset Presets::decide(std::string_view unit) const {
    auto const parts = parse_name(unit);
    bool const instance = parts && parts->instance && !parts->instance->empty();
    auto const speaks = [&](Rule const& rule) {
        if (rule.instances.empty() || !instance) return matches(rule.pattern, unit);
        return matches(rule.pattern, template_of(unit)) &&
               std::ranges::find(rule.instances, *parts->instance) != rule.instances.end();
    };
    auto const rule = std::ranges::find_if(rules_, speaks);
    return rule != rules_.end() ? rule->preset : Preset::enable;
}

} // namespace mitori::unit
