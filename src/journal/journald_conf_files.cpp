// Where journald.conf and its drop-ins lie.
#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "base/sys.hpp"
#include "journal/journald_conf.hpp"

namespace mitori::journal {
namespace {

/// The most important first: of files of one name, the first one counts.
constexpr std::array<std::string_view, 5> folders{
    "/etc/systemd/journald.conf.d",     "/run/systemd/journald.conf.d", "/usr/local/lib/systemd/journald.conf.d",
    "/usr/lib/systemd/journald.conf.d", "/lib/systemd/journald.conf.d",
};

/// The paths of the drop-ins in the order of their names.
std::vector<std::string> find_drop_ins(std::string const& root, std::vector<ConfNote>& notes) {
    std::map<std::string, std::string> by_name;
    for (auto const folder : folders) {
        auto const path = root + std::string(folder);
        auto const names = base::sys::list_directory(path);
        if (!names && names.error().number != ENOENT && names.error().number != ENOTDIR)
            notes.push_back({path, 0, names.error().message()});
        if (!names) continue;
        for (auto const& name : *names)
            if (name.ends_with(".conf") && !name.starts_with('.')) by_name.try_emplace(name, path + "/" + name);
    }
    std::vector<std::string> paths;
    for (auto& [name, path] : by_name)
        paths.push_back(std::move(path));
    return paths;
}

} // namespace

ConfResult read_journald_conf(std::string const& root) {
    std::vector<ConfNote> notes;
    auto paths = find_drop_ins(root, notes);
    auto const main_file = root + "/etc/systemd/journald.conf";
    paths.insert(paths.begin(), main_file);
    std::vector<ConfText> texts;
    for (auto const& path : paths) {
        auto text = base::sys::read_file(path);
        if (text)
            texts.push_back({path, std::move(*text)});
        else if (path != main_file || text.error().number != ENOENT)
            notes.push_back({path, 0, text.error().message()});
    }
    auto result = parse_journald_conf(texts);
    result.notes.insert(result.notes.begin(), notes.begin(), notes.end());
    return result;
}

} // namespace mitori::journal
