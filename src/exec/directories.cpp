#include "exec/directories.hpp"

#include <algorithm>
#include <filesystem>

#include "exec/detail/steps.hpp"

namespace mitori::exec {
namespace {

std::string below(std::string const& base, std::string const& name) { return base + "/" + name; }

process::ManagedDirectory describe_directory(std::string path, DirectoryKind const& kind, unit::Exec const& exec,
                                             Facts const& facts, Place const& place) {
    using process::ManagedDirectory;
    bool const configuration = kind.stage == process::Stage::configuration_directory;
    bool const owned = facts.identity && place.privileged && place.scope == unit::Scope::system && !configuration;
    ManagedDirectory directory{.path = std::move(path), .mode = (exec.*kind.mode).value};
    directory.uid = owned && !facts.identity->user.empty() ? facts.identity->uid : ManagedDirectory::owner_stays;
    directory.gid = owned ? facts.identity->gid : ManagedDirectory::owner_stays;
    // What a service only reads belongs to whoever put it there.
    if (configuration) directory.existing = ManagedDirectory::Existing::stays;
    return directory;
}

std::string relative_target(std::string const& directory, std::string const& link) {
    namespace fs = std::filesystem;
    return fs::path(directory).lexically_relative(fs::path(link).parent_path()).string();
}

} // namespace

std::array<DirectoryKind, 5> const& directory_kinds() {
    using process::Stage;
    using unit::Exec;
    using unit::Host;
    static constexpr std::array<DirectoryKind, 5> kinds{{
        {"RuntimeDirectory", "RUNTIME_DIRECTORY", &Exec::runtime_directory, &Exec::runtime_directory_mode,
         &Host::runtime_directory, Stage::runtime_directory},
        {"StateDirectory", "STATE_DIRECTORY", &Exec::state_directory, &Exec::state_directory_mode,
         &Host::state_directory, Stage::state_directory},
        {"CacheDirectory", "CACHE_DIRECTORY", &Exec::cache_directory, &Exec::cache_directory_mode,
         &Host::cache_directory, Stage::cache_directory},
        {"LogsDirectory", "LOGS_DIRECTORY", &Exec::logs_directory, &Exec::logs_directory_mode, &Host::logs_directory,
         Stage::logs_directory},
        {"ConfigurationDirectory", "CONFIGURATION_DIRECTORY", &Exec::configuration_directory,
         &Exec::configuration_directory_mode, &Host::configuration_directory, Stage::configuration_directory},
    }};
    return kinds;
}

std::vector<std::string> directory_paths(unit::Unit const& unit, DirectoryKind const& kind, Place const& place) {
    std::vector<std::string> paths;
    for (auto const& entry : ((*unit.exec).*kind.setting).entries) {
        auto path = below(place.host.*kind.base, entry.name);
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    }
    return paths;
}

std::vector<std::string> runtime_paths(unit::Unit const& unit, Place const& place) {
    auto const& kind = directory_kinds().front();
    std::vector<std::string> paths;
    for (auto const& entry : unit.exec->runtime_directory.entries)
        for (auto const& link : entry.links)
            paths.push_back(below(place.host.*kind.base, link));
    std::ranges::move(directory_paths(unit, kind, place), std::back_inserter(paths));
    return paths;
}

void add_directories(process::PlanBuilder& builder, unit::Unit const& unit, Facts const& facts, Place const& place) {
    for (auto const& kind : directory_kinds()) {
        for (auto& path : directory_paths(unit, kind, place))
            builder.managed_directory(describe_directory(std::move(path), kind, unit.exec, facts, place), kind.stage);
        for (auto const& entry : ((*unit.exec).*kind.setting).entries)
            for (auto const& name : entry.links) {
                auto const link = below(place.host.*kind.base, name);
                builder.symbolic_link(relative_target(below(place.host.*kind.base, entry.name), link), link,
                                      kind.stage);
            }
    }
}

} // namespace mitori::exec
