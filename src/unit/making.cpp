#include "unit/detail/making.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "unit/detail/consistency.hpp"
#include "unit/name.hpp"
#include "unit/parse.hpp"

namespace mitori::unit::detail {
namespace {

/// Why a file could not be read, without the path, which stands before it anyway.
std::string reason(base::Error error) {
    error.subject.clear();
    return error.message();
}

base::Usec modified(struct stat const& status) {
    return std::chrono::duration_cast<base::Usec>(std::chrono::seconds(status.st_mtim.tv_sec) +
                                                  std::chrono::nanoseconds(status.st_mtim.tv_nsec));
}

} // namespace

Making::Making(std::string id, std::vector<std::string> aliases, Host const& host) : host_(host) {
    unit_.id = std::move(id);
    unit_.names = std::move(aliases);
    unit_.type = parse_name(unit_.id).value_or(NameParts{.type = Type::service}).type;
}

void Making::say(Severity severity, std::string const& file, std::string text) {
    unit_.diagnostics.push_back({.severity = severity, .file = file, .text = std::move(text)});
}

void Making::fail(LoadState state, std::string why) {
    unit_.load_state = state;
    unit_.load_error = std::move(why);
}

void Making::mask(std::string const& path) {
    unit_.fragment = path;
    fail(LoadState::masked, fmt::format("Unit {} is masked.", unit_.id));
}

void Making::read_nothing() {
    if (unit_.type == Type::slice)
        unit_.load_state = LoadState::loaded;
    else
        fail(LoadState::not_found, fmt::format("Unit {} not found.", unit_.id));
}

void Making::read_built_in(std::string_view text) {
    unit_.built_in = true;
    read(split_source(fmt::format("built-in {}", unit_.id), text));
}

void Making::read_text(std::string_view text) { read(split_source(unit_.id, text)); }

void Making::read_fragment(std::string const& path) {
    auto const source = read_source(path);
    if (source && source->empty_file) return mask(path);
    unit_.fragment = path;
    if (source) return read(*source);
    auto const& error = source.error();
    say(Severity::error, path, reason(error));
    if (error.number == ENOENT) return fail(LoadState::not_found, fmt::format("Unit {} not found.", unit_.id));
    fail(LoadState::error, fmt::format("Unit {} failed to load: {}: {}.", unit_.id, path, reason(error)));
}

void Making::read(Source const& source) {
    unit_.newest_file = std::max(unit_.newest_file, source.modified);
    unit_.load_state = LoadState::loaded;
    switch (parse(source, unit_, make_specifiers(unit_.id, host_, unit_.fragment))) {
    case Reading::fine: return;
    case Reading::bad_setting:
        return fail(LoadState::bad_setting, fmt::format("Unit {} has a bad unit file setting.", unit_.id));
    case Reading::broken:
        return fail(LoadState::error,
                    fmt::format("Unit {} failed to load: {}.", unit_.id, unit_.diagnostics.back().text));
    }
}

void Making::read_drop_in(std::string const& path) {
    auto const source = read_source(path);
    if (!source) return say(Severity::warning, path, "drop-in is not read: " + reason(source.error()));
    if (source->empty_file) return; // masked
    unit_.drop_ins.push_back(path);
    unit_.newest_file = std::max(unit_.newest_file, source->modified);
    // A broken drop-in costs only itself; but without a setting that makes the unit safe it must not run.
    if (parse(*source, unit_, make_specifiers(unit_.id, host_, unit_.fragment)) == Reading::bad_setting)
        fail(LoadState::bad_setting, fmt::format("Unit {} has a bad unit file setting.", unit_.id));
}

std::vector<std::string> Making::all_names() const {
    auto names = unit_.names;
    names.insert(names.begin(), unit_.id);
    return names;
}

void Making::add_links(FolderCache& cache, std::vector<std::string> const& folders, std::string_view ending,
                       Relation relation) {
    for (auto const& path : cache.folder_files(all_names(), ending, folders)) {
        auto const name = path.substr(path.rfind('/') + 1);
        auto const target = base::sys::read_link(path);
        if (target && *target == "/dev/null") continue; // masked
        if (!parse_name(name)) {
            say(Severity::warning, path, "not the name of a unit, it is ignored");
            continue;
        }
        if (!target) {
            say(Severity::warning, path, "not a symbolic link, it is ignored");
            continue;
        }
        Dependency const dependency{relation, Origin::folder, name};
        auto& all = unit_.info.dependencies.edit();
        bool const known =
            std::ranges::any_of(all, [&](auto const& one) { return one.relation == relation && one.unit == name; });
        if (!known) all.push_back(dependency);
    }
}

/// "After=foo@.service" of an instance means the same instance of foo; of a plain unit, its own name as instance.
void Making::instantiate_templates() {
    auto const own = unit_.instance();
    auto const instance = own.empty() ? parse_name(unit_.id).value_or(NameParts{}).prefix : std::string(own);
    for (auto& dependency : unit_.info.dependencies.edit())
        if (is_template(dependency.unit)) dependency.unit = instantiate(dependency.unit, instance);
}

void Making::drop_self_references() {
    auto const names = all_names();
    auto const itself = [&](Dependency const& one) { return std::ranges::find(names, one.unit) != names.end(); };
    if (std::ranges::any_of(*unit_.info.dependencies, itself))
        say(Severity::notice, unit_.fragment,
            fmt::format("what {} says of its relation to itself is ignored", unit_.id));
    std::erase_if(unit_.info.dependencies.edit(), itself);
}

void Making::check() {
    for (auto& sentence : settings_without_effect(unit_))
        say(Severity::warning, unit_.fragment, std::move(sentence));
    auto wrong = contradiction(unit_);
    if (!wrong) return;
    say(Severity::error, unit_.fragment.empty() ? unit_.id : unit_.fragment, std::move(*wrong));
    fail(LoadState::bad_setting, fmt::format("Unit {} has a bad unit file setting.", unit_.id));
}

UnitPtr Making::finish(FolderCache& cache, std::vector<std::string> const& folders) && {
    if (unit_.load_state == LoadState::loaded || unit_.load_state == LoadState::bad_setting) {
        for (auto const& path : drop_in_files(cache, all_names(), folders))
            read_drop_in(path);
        add_links(cache, folders, ".wants", Relation::wants);
        add_links(cache, folders, ".requires", Relation::requires_);
        add_links(cache, folders, ".upholds", Relation::upholds);
        instantiate_templates();
        drop_self_references();
    }
    if (unit_.load_state == LoadState::loaded) check();
    if (unit_.load_state == LoadState::loaded) add_default_dependencies(unit_, host_.scope);
    if (unit_.info.description.empty()) unit_.info.description = unit_.id;
    // A unit lives long and grows no more.
    unit_.info.dependencies = cache.shared(std::move(unit_.info.dependencies));
    unit_.kept.shrink_to_fit();
    unit_.diagnostics.shrink_to_fit();
    return std::make_shared<Unit const>(std::move(unit_));
}

std::vector<std::string> drop_in_files(FolderCache& cache, std::vector<std::string> const& names,
                                       std::vector<std::string> const& folders) {
    auto files = cache.folder_files(names, ".d", folders);
    std::erase_if(files, [](auto const& path) { return !path.ends_with(".conf"); });
    return files;
}

bool differs_from_disk(Unit const& unit, std::vector<std::string> const& drop_ins_now) {
    auto const differs = [&](std::string const& path) {
        auto const status = base::sys::stat(path);
        return !status || modified(*status) > unit.newest_file;
    };
    if (!unit.fragment.empty() && differs(unit.fragment)) return true;
    if (std::ranges::any_of(unit.drop_ins, differs)) return true;
    return std::ranges::any_of(drop_ins_now, [&](auto const& path) {
        auto const status = base::sys::stat(path);
        bool const masked = status && (!S_ISREG(status->st_mode) || status->st_size == 0);
        return !masked && std::ranges::find(unit.drop_ins, path) == unit.drop_ins.end();
    });
}

} // namespace mitori::unit::detail
