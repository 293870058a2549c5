// Whether a unit file is enabled, in the words of systemctl(1) under is-enabled.
#include <algorithm>
#include <array>

#include "base/sys.hpp"
#include "unit/detail/folder_cache.hpp"
#include "unit/load.hpp"
#include "unit/name.hpp"

namespace mitori::unit {
namespace {

using detail::FolderCache;
using detail::UnitFile;

std::string folder_of(std::string_view path) { return std::string(path.substr(0, path.rfind('/'))); }

bool is_runtime(Host const& host, std::string_view folder) {
    auto const below = [&](std::string_view root) {
        auto const rest = folder.substr(std::min(root.size(), folder.size()));
        return !root.empty() && folder.starts_with(root) && (rest.empty() || rest.starts_with('/'));
    };
    return below("/run") || below(host.runtime_directory);
}

bool is_links_folder(std::string_view name) {
    static constexpr std::array<std::string_view, 3> endings{".wants", ".requires", ".upholds"};
    return std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

/// Whether a link in this folder of the search path pulls the unit in, or gives it another name.
bool is_enabled_in(FolderCache& cache, std::string const& folder, std::string_view name) {
    for (auto const& entry : cache.names(folder))
        if (is_links_folder(entry) && cache.has(folder + "/" + entry, name)) return true;
    return std::ranges::any_of(cache.files(), [&](auto const& item) {
        auto const& file = item.second;
        return file.kind == UnitFile::Kind::alias && file.target == name && folder_of(file.path()) == folder;
    });
}

/// Where links of the administrator enable the unit; empty where none does.
std::string enabled_state(FolderCache& cache, SearchPath const& path, Host const& host, std::string_view name) {
    bool at_run_time = false;
    for (auto const& folder : path.directories) {
        bool const vendor = std::ranges::find(path.vendor, folder) != path.vendor.end();
        if (vendor || folder.find("/generator") != std::string::npos || !is_enabled_in(cache, folder, name)) continue;
        if (!is_runtime(host, folder)) return "enabled";
        at_run_time = true;
    }
    return at_run_time ? "enabled-runtime" : "";
}

/// The state that follows from where the file lies and what kind of thing it is; empty where that does not decide.
std::string state_of_place(UnitFile const& file, Host const& host) {
    auto const folder = folder_of(file.path());
    if (file.kind == UnitFile::Kind::alias) return "alias";
    if (file.kind == UnitFile::Kind::bad_link) return "bad";
    if (file.kind == UnitFile::Kind::mask) return is_runtime(host, folder) ? "masked-runtime" : "masked";
    if (folder.ends_with("/transient")) return "transient";
    if (folder.find("/generator") != std::string::npos) return "generated";
    return {};
}

std::string state_of_install(Install const& install) {
    if (!install.wanted_by.empty() || !install.required_by.empty() || !install.upheld_by.empty() ||
        !install.alias.empty())
        return "disabled";
    return install.also.empty() ? "static" : "indirect";
}

} // namespace

std::string Loader::file_state(std::string_view name) {
    auto const* file = cache_->find(name);
    if (file == nullptr) file = cache_->find(template_of(name));
    if (file == nullptr) return {};
    if (auto state = state_of_place(*file, host_); !state.empty()) return state;
    if (auto state = enabled_state(*cache_, path_, host_, name); !state.empty()) return state;

    // A template is enabled through its default instance.
    bool const built_in = file->kind == UnitFile::Kind::built_in;
    auto const unit =
        built_in ? load(is_template(name) ? instantiate(name, "i") : std::string(name)) : load_file(file->source());
    if (unit->load_state == LoadState::masked) return is_runtime(host_, file->path()) ? "masked-runtime" : "masked";
    if (unit->load_state != LoadState::loaded && unit->load_state != LoadState::bad_setting) return "bad";
    auto const& instance = unit->install->default_instance;
    if (is_template(name) && !instance.empty())
        if (auto state = enabled_state(*cache_, path_, host_, instantiate(name, instance)); !state.empty())
            return state;
    bool const linked = !built_in && !file->target.empty() &&
                        std::ranges::find(path_.directories, folder_of(file->target)) == path_.directories.end();
    if (linked) return is_runtime(host_, file->path()) ? "linked-runtime" : "linked";
    return state_of_install(unit->install);
}

} // namespace mitori::unit
