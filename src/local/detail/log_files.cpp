#include "local/detail/log_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <unistd.h>

#include "base/sys.hpp"
#include "journal/reader.hpp"

namespace mitori::local {

namespace {

/// Where the recorder goes when the lasting folder cannot be written. Of a manager with a runtime folder of its own all
/// is in there.
std::vector<std::string> with_passing(std::string lasting, std::string const& runtime_directory,
                                      std::string const& usual) {
    if (runtime_directory != usual) return {std::move(lasting)};
    return {std::move(lasting), runtime_directory + "/journal.files"};
}

} // namespace

LogPlaces standard_places(std::string runtime_directory) {
    LogPlaces places{.runtime_directory = std::move(runtime_directory), .folders = {}, .besides = {}};
    std::string const system = "/run/mitori";
    if (::geteuid() == 0) {
        places.folders.push_back(with_passing("/var/log/mitori/journal", places.runtime_directory, system));
        // journald writes below /run until /var is there, and moves on: both are one log.
        if (auto const machine = journal::this_machine())
            places.folders.push_back({"/var/log/journal/" + *machine, "/run/log/journal/" + *machine});
        return places;
    }
    char const* const state = std::getenv("XDG_STATE_HOME");
    char const* const home = std::getenv("HOME");
    char const* const run = std::getenv("XDG_RUNTIME_DIR");
    auto const usual = run == nullptr ? std::string() : std::string(run) + "/mitori";
    auto const& given = places.runtime_directory;
    if (state != nullptr && *state == '/')
        places.folders.push_back(with_passing(std::string(state) + "/mitori/journal", given, usual));
    else if (home != nullptr && *home == '/')
        places.folders.push_back(with_passing(std::string(home) + "/.local/state/mitori/journal", given, usual));
    if (given == usual) places.besides.push_back(system + "/journal");
    return places;
}

namespace detail {
namespace {

using base::Result;

bool holds_files(std::string const& folder) {
    auto const files = journal::list_files(folder);
    // What we may not look into counts: better to say that than to look elsewhere.
    return files ? !files->empty() : files.error().number == EACCES;
}

Result<LogFiles> named_files(std::vector<std::string> const& patterns) {
    std::vector<std::string> paths;
    for (auto const& pattern : patterns)
        for (auto& path : journal::match_files(pattern))
            if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    for (auto const& path : paths)
        static_cast<void>(TRY(base::sys::stat(path)));
    auto heads = journal::read_heads(paths);
    if (!heads.unreadable.empty()) return std::unexpected(std::move(heads.unreadable.front()));
    return LogFiles{.folders = {}, .newest_first = std::move(heads.heads)};
}

} // namespace

namespace {

/// Those of one log that hold files, and the one that is written to in any case.
std::vector<std::string> together_with(std::string const& folder, LogPlaces const& places) {
    std::vector<std::string> found{folder};
    for (auto const& together : places.folders)
        if (std::ranges::find(together, folder) != together.end())
            std::ranges::copy_if(together, std::back_inserter(found),
                                 [&](std::string const& other) { return other != folder && holds_files(other); });
    return found;
}

std::vector<std::string> own_folders(LogPlaces const& places) {
    if (!places.runtime_directory.empty()) {
        auto const link = places.runtime_directory + "/journal";
        if (auto const target = base::sys::read_link(link))
            return together_with(target->starts_with('/') ? *target : link, places);
        if (holds_files(link)) return {link};
    }
    for (auto const& together : places.folders) {
        std::vector<std::string> found;
        std::ranges::copy_if(together, std::back_inserter(found), holds_files);
        if (!found.empty()) return found;
    }
    return {};
}

/// Of another system: mitori's, and journald's for whatever machine it was.
std::vector<std::string> folders_below(std::string root) {
    std::vector<std::string> found;
    while (root.ends_with('/'))
        root.pop_back();
    for (auto const* folder : {"/var/log/mitori/journal", "/var/log/journal", "/run/log/journal"})
        if (holds_files(root + folder)) found.push_back(root + folder);
    return found;
}

bool may_read(std::string const& folder) {
    auto const files = journal::list_files(folder);
    return files && !journal::read_heads(*files).heads.empty();
}

} // namespace

std::vector<std::string> find_folders(LogPlaces const& places, control::LogQuery const& query) {
    if (query.folder) return {*query.folder};
    if (query.root) return folders_below(*query.root);
    using Whose = control::LogQuery::Whose;
    bool const only_system = query.whose == Whose::system && !places.besides.empty();
    auto found = only_system ? std::vector<std::string>() : own_folders(places);
    if (query.whose != Whose::user) std::ranges::copy_if(places.besides, std::back_inserter(found), may_read);
    return found;
}

Result<LogFiles> find_files(LogPlaces const& places, control::LogQuery const& query) {
    if (!query.files.empty()) return named_files(query.files);
    LogFiles found{.folders = find_folders(places, query), .newest_first = {}};
    std::vector<std::string> paths;
    for (auto const& folder : found.folders)
        std::ranges::move(TRY(journal::list_files(folder)), std::back_inserter(paths));
    auto heads = journal::read_heads(paths);
    auto const forbidden = std::ranges::find(heads.unreadable, EACCES, &base::Error::number);
    if (heads.heads.empty() && forbidden != heads.unreadable.end()) return std::unexpected(*forbidden);
    if (heads.heads.empty()) {
        auto const last = places.folders.empty() ? std::string("-") : places.folders.back().front();
        return base::make_error(ENOENT, "find journal files", found.folders.empty() ? last : found.folders.front());
    }
    found.newest_first = std::move(heads.heads);
    return found;
}

std::vector<std::string> paths_of(std::vector<journal::FileHead> const& heads) {
    std::vector<std::string> paths;
    for (auto const& head : heads)
        paths.push_back(head.path);
    return paths;
}

} // namespace detail
} // namespace mitori::local
