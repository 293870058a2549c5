#include "unit/load.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "unit/detail/folder_cache.hpp"
#include "unit/detail/making.hpp"
#include "unit/name.hpp"
#include "unit/source.hpp"

namespace mitori::unit {

Loader::Loader(SearchPath path, Host host)
    : path_(std::move(path)),
      host_(std::move(host)),
      cache_(std::make_shared<detail::FolderCache>(path_, host_.scope)) {}

void Loader::refresh() { cache_ = std::make_shared<detail::FolderCache>(path_, host_.scope); }

namespace {

/// A unit that cannot be read at all, with systemd's sentence for it.
UnitPtr failed(std::string_view name, LoadState state, std::string reason) {
    Unit unit;
    unit.id = name;
    unit.info.description = name;
    if (auto const parts = parse_name(name)) unit.type = parts->type;
    unit.load_state = state;
    unit.load_error = std::move(reason);
    return std::make_shared<Unit const>(std::move(unit));
}

std::vector<std::string> without(std::vector<std::string> all, std::vector<std::string> const& some) {
    std::erase_if(all, [&](auto const& one) { return std::ranges::find(some, one) != some.end(); });
    return all;
}

/// Where the drop-ins and .wants folders of a unit are looked for: docs/adr/0009-built-in-targets.md.
std::vector<std::string> folders_of(SearchPath const& path, bool built_in, std::string_view name) {
    if (!built_in) return path.directories;
    return without(path.directories, detail::is_early_boot(name) ? path.machine : path.vendor);
}

} // namespace

UnitPtr Loader::load(std::string_view name) {
    if (!parse_name(name)) return failed(name, LoadState::error, fmt::format("Unit name {} is not valid.", name));
    if (is_template(name))
        return failed(name, LoadState::error, fmt::format("Unit name {} is missing the instance name.", name));
    if (auto const made = made_.find(name); made != made_.end()) {
        detail::Making making(made->second, host_);
        return std::move(making).finish(*cache_, without(path_.directories, path_.machine));
    }
    auto const found = cache_->resolve(name);
    if (!found.problem.empty())
        return failed(name, LoadState::error, fmt::format("Unit {} failed to load: {}.", name, found.problem));
    detail::Making making(found.id, cache_->aliases_of(found.id), host_);
    bool const built_in = found.file != nullptr && found.file->kind == detail::UnitFile::Kind::built_in;
    auto const folders = folders_of(path_, built_in, found.id);
    if (found.file == nullptr)
        making.read_nothing();
    else if (found.file->kind == detail::UnitFile::Kind::mask)
        making.mask(found.file->source());
    else if (built_in)
        making.read_built_in(unit_file_text(*found.file->built_in));
    else
        making.read_fragment(found.file->source());
    return std::move(making).finish(*cache_, folders);
}

void Loader::put(Unit unit) {
    auto id = unit.id;
    made_.insert_or_assign(std::move(id), std::move(unit));
}

UnitPtr Loader::load_file(std::string const& path) {
    std::error_code ignored;
    auto const absolute = std::filesystem::absolute(path, ignored).lexically_normal();
    auto name = absolute.filename().string();
    if (!parse_name(name)) return failed(name, LoadState::error, fmt::format("Unit name {} is not valid.", name));
    // A template is looked at with an instance that stands for all, as `systemd-analyze verify` does.
    if (is_template(name)) name = instantiate(name, "i");
    detail::Making making(name, {}, host_);
    making.read_fragment(absolute.string());
    auto folders = path_.directories;
    auto const beside = absolute.parent_path().string();
    if (std::ranges::find(folders, beside) == folders.end()) folders.insert(folders.begin(), beside);
    return std::move(making).finish(*cache_, folders);
}

UnitPtr Loader::load_text(std::string_view name, std::string_view text) {
    if (!parse_name(name)) return failed(name, LoadState::error, fmt::format("Unit name {} is not valid.", name));
    detail::Making making(std::string(name), {}, host_);
    making.read_text(text);
    return std::move(making).finish(*cache_, path_.directories);
}

std::vector<Loader::File> Loader::list_files() const {
    std::vector<File> files;
    for (auto const& [name, file] : cache_->files())
        if (file.folder != nullptr) files.push_back({file.path(), name});
    return files;
}

bool Loader::changed_on_disk(Unit const& unit) const {
    if (unit.load_state == LoadState::not_found || unit.load_state == LoadState::masked) {
        detail::FolderCache now(path_, host_.scope);
        auto const* file = now.resolve(unit.id).file;
        if (file == nullptr || unit.load_state == LoadState::not_found)
            return (file == nullptr) != (unit.load_state == LoadState::not_found);
        if (file->kind == detail::UnitFile::Kind::mask) return false;
        auto const status = base::sys::stat(file->source());
        return !status || status->st_size != 0; // an empty file masks too
    }
    auto names = unit.names;
    names.insert(names.begin(), unit.id);
    auto const folders = folders_of(path_, unit.built_in, unit.id);
    detail::FolderCache now(path_, host_.scope, detail::Listing::only_asked);
    return detail::differs_from_disk(unit, detail::drop_in_files(now, names, folders));
}

} // namespace mitori::unit
