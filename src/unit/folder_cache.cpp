#include "unit/detail/folder_cache.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "unit/name.hpp"
#include "unit/unit_names.hpp"

namespace mitori::unit::detail {
namespace {

/// More than anybody chains, fewer than a loop needs to be felt.
constexpr int longest_alias_chain = 32;

std::string base_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string folder_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

/// Where a link leads, as text: nothing is looked up, so that a link to what does not exist (yet) tells its name too.
std::string link_target(std::string const& folder, std::string const& text) {
    auto const joined = std::filesystem::path(folder) / text; // an absolute text replaces the folder
    return joined.lexically_normal().string();
}

bool contains(std::vector<std::string> const& list, std::string_view what) {
    return std::ranges::find(list, what) != list.end();
}

} // namespace

std::string alias_problem(std::string_view name, std::string_view target) {
    auto const from = parse_name(name);
    auto const to = parse_name(target);
    if (!from) return fmt::format("{} is no unit name", name);
    if (!to) return fmt::format("it leads to {}, which is no unit name", target);
    if (from->type != to->type) return fmt::format("it leads to {}, a unit of another type", target);
    if (from->instance.has_value() != to->instance.has_value())
        return fmt::format("it leads to {}: a template and a plain unit are no names of one unit", target);
    bool const both_instances = from->instance && !from->instance->empty() && !to->instance->empty();
    if (both_instances && from->instance != to->instance)
        return fmt::format("it leads to {}, another instance", target);
    if (from->instance && from->instance->empty() && !to->instance->empty())
        return fmt::format("it leads to {}: a template cannot stand for one instance", target);
    return {};
}

std::vector<std::string> names_for_drop_ins(std::string_view unit_name) {
    std::vector<std::string> names;
    auto const parts = parse_name(unit_name);
    if (!parts) return names;
    auto const add = [&](std::string_view prefix) {
        auto const instance = parts->instance.value_or("");
        auto const type = base::word(parts->type);
        if (!instance.empty()) names.push_back(fmt::format("{}@{}.{}", prefix, instance, type));
        names.push_back(fmt::format("{}{}.{}", prefix, parts->instance ? "@" : "", type));
    };
    std::string_view prefix = parts->prefix;
    add(prefix);
    // "a-b-c" has "a-b-" and "a-" above it.
    while (true) {
        if (prefix.ends_with('-')) prefix.remove_suffix(1);
        auto const dash = prefix.rfind('-');
        if (dash == std::string_view::npos) return names;
        prefix = prefix.substr(0, dash + 1);
        add(prefix);
    }
}

std::vector<std::string> const& FolderCache::names(std::string const& folder) {
    auto const known = listings_.find(folder);
    if (known != listings_.end()) return known->second;
    auto listed = base::sys::list_directory(folder).value_or(std::vector<std::string>());
    std::ranges::sort(listed);
    return listings_.emplace(folder, std::move(listed)).first->second;
}

bool FolderCache::has(std::string const& folder, std::string_view name) {
    if (listing_ == Listing::only_asked) return !names(fmt::format("{}/{}", folder, name)).empty();
    return std::ranges::binary_search(names(folder), name);
}

UnitFile FolderCache::classify(std::string const& folder, std::string const& name) {
    auto const text = base::sys::read_link(folder + "/" + name);
    if (!text) return {.folder = &folder};
    auto const target = link_target(folder, *text);
    if (target == "/dev/null") return {.kind = UnitFile::Kind::mask, .target = target, .folder = &folder};
    if (!contains(path_.directories, folder_of(target))) return {.target = target, .folder = &folder};
    auto const other = base_name(target);
    if (other == name) return {.target = target, .folder = &folder};
    if (auto problem = alias_problem(name, other); !problem.empty())
        return {.kind = UnitFile::Kind::bad_link, .target = std::move(problem), .folder = &folder};
    return {.kind = UnitFile::Kind::alias, .target = other, .folder = &folder};
}

void FolderCache::index() {
    indexed_ = true;
    for (auto const& folder : path_.directories) {
        bool const vendor = contains(path_.vendor, folder);
        for (auto const& name : names(folder)) {
            if (!parse_name(name) || files_.contains(name)) continue;
            if (vendor && find_built_in(scope_, name) != nullptr) continue;
            files_.emplace(name, classify(folder, name));
        }
        // What is left are the folders of units, which are asked for again and again; there are many more units.
        std::erase_if(listings_.at(folder), [](auto const& name) { return parse_name(name).has_value(); });
        listings_.at(folder).shrink_to_fit();
    }
    for (auto const& built_in : built_in_units(scope_)) {
        UnitFile file{.kind = UnitFile::Kind::built_in, .built_in = &built_in};
        if (built_in.form == BuiltIn::Form::alias)
            file = {.kind = UnitFile::Kind::alias, .target = std::string(built_in.description)};
        files_.emplace(std::string(built_in.name), std::move(file));
    }
    for (auto& [name, file] : files_) {
        file.name = name;
        if (file.kind == UnitFile::Kind::alias) alias_names_.emplace(file.target, name);
    }
}

std::map<std::string, UnitFile, std::less<>> const& FolderCache::files() {
    if (!indexed_) index();
    return files_;
}

UnitFile const* FolderCache::find(std::string_view name) {
    auto const found = files().find(name);
    return found != files_.end() ? &found->second : nullptr;
}

FolderCache::Found FolderCache::resolve(std::string_view name) {
    Found found{.id = std::string(name)};
    for (int hops = 0; hops < longest_alias_chain; ++hops) {
        auto const parts = parse_name(found.id);
        auto const instance = parts && parts->instance ? *parts->instance : std::string();
        found.file = find(found.id);
        bool const of_template = found.file == nullptr && !instance.empty();
        if (of_template) found.file = find(template_of(found.id));
        if (found.file == nullptr || found.file->kind != UnitFile::Kind::alias) {
            if (found.file != nullptr && found.file->kind == UnitFile::Kind::bad_link)
                found.problem = fmt::format("the link {} is no alias: {}", found.file->path(), found.file->target);
            return found;
        }
        auto const& target = found.file->target;
        auto next = is_template(target) && !instance.empty() ? instantiate(target, instance) : target;
        if (next == found.id) { // "foo@bar.service" is a link to its own template
            found.file = find(template_of(found.id));
            return found;
        }
        found.id = std::move(next);
    }
    return {.id = std::string(name),
            .file = nullptr,
            .problem = fmt::format("the aliases of {} go round in a circle", name)};
}

std::vector<std::string> FolderCache::direct_aliases(std::string const& id) {
    std::vector<std::string> names;
    auto const add = [&](std::string_view of, auto const& change) {
        auto const [first, last] = alias_names_.equal_range(of);
        for (auto it = first; it != last; ++it)
            names.push_back(change(it->second));
    };
    auto const parts = parse_name(id);
    auto const instance = parts && parts->instance ? *parts->instance : std::string();
    add(id, [](std::string const& name) { return name; });
    if (instance.empty()) return names;
    add(template_of(id), [&](std::string const& name) {
        if (is_template(name)) return instantiate(name, instance);
        return name.contains("@" + instance + ".") ? name : std::string();
    });
    return names;
}

std::vector<std::string> FolderCache::aliases_of(std::string const& id) {
    static_cast<void>(files());
    std::vector<std::string> all{id};
    for (std::size_t i = 0; i < all.size(); ++i)
        for (auto& name : direct_aliases(all[i])) // a copy: `all` grows
            if (!name.empty() && !contains(all, name)) all.push_back(std::move(name));
    all.erase(all.begin());
    return all;
}

std::vector<std::string> FolderCache::folder_files(std::vector<std::string> const& unit_names, std::string_view ending,
                                                   std::vector<std::string> const& folders) {
    std::map<std::string, std::string> chosen; // by file name
    auto const take_from = [&](std::string const& folder, std::string const& name) {
        if (!has(folder, name)) return;
        auto const inner = folder + "/" + name;
        for (auto const& file : names(inner))
            chosen.emplace(file, inner + "/" + file);
    };
    for (auto const& unit_name : unit_names) {
        auto const candidates = names_for_drop_ins(unit_name);
        for (auto const& folder : folders)
            for (auto const& candidate : candidates)
                take_from(folder, candidate + std::string(ending));
    }
    // "service.d" holds for all services.
    if (!unit_names.empty()) {
        auto const type = unit_names.front().substr(unit_names.front().rfind('.') + 1);
        for (auto const& folder : folders)
            take_from(folder, type + std::string(ending));
    }
    std::vector<std::string> paths;
    for (auto& [file, path] : chosen)
        paths.push_back(std::move(path));
    return paths;
}

Shared<Dependencies> FolderCache::shared(Shared<Dependencies> list) {
    static constexpr std::size_t remembered = 16;
    auto const same = std::ranges::find_if(lately_, [&](auto const& other) { return *other == *list; });
    if (same != lately_.end()) return *same;
    list.edit().shrink_to_fit();
    if (lately_.size() < remembered) return lately_.emplace_back(std::move(list));
    auto& place = lately_[oldest_++ % remembered];
    place = std::move(list);
    return place;
}

} // namespace mitori::unit::detail
