#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "unit/load.hpp"

namespace mitori::unit {
namespace {

using Environment = std::map<std::string, std::string>;

std::string variable(Environment const& environment, std::string const& name) {
    auto const found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
}

/// The named folder of the XDG base directory specification, or its place below the home; empty without either.
std::string xdg_folder(Environment const& environment, std::string const& name, std::string_view below_home) {
    auto folder = variable(environment, name);
    if (folder.starts_with('/')) return folder; // relative ones are to be ignored, says the specification
    auto const home = variable(environment, "HOME");
    return home.empty() ? std::string() : home + std::string(below_home);
}

std::vector<std::string> xdg_folders(Environment const& environment, std::string const& name,
                                     std::string_view standard) {
    auto const given = variable(environment, name);
    std::vector<std::string> folders;
    for (auto const folder : base::split(given.empty() ? standard : std::string_view(given), ":"))
        if (folder.starts_with('/')) folders.emplace_back(folder);
    return folders;
}

class Path {
public:
    void add(std::string const& root, std::string_view below) {
        auto folder = root + std::string(below);
        while (folder.size() > 1 && folder.ends_with('/'))
            folder.pop_back();
        bool const known = std::ranges::find(made_.directories, folder) != made_.directories.end();
        if (!root.empty() && !known) made_.directories.push_back(std::move(folder));
    }
    void add_vendor(std::string const& folder) {
        add(folder, "");
        if (std::ranges::find(made_.vendor, folder) == made_.vendor.end()) made_.vendor.push_back(folder);
    }
    /// From here on folders are the machine's own.
    void mark_machine(std::size_t from) {
        made_.machine.assign(made_.directories.begin() + static_cast<std::ptrdiff_t>(from), made_.directories.end());
    }
    [[nodiscard]] std::size_t size() const { return made_.directories.size(); }
    SearchPath take() { return std::move(made_); }

private:
    SearchPath made_;
};

void add_system(Path& path) {
    auto const begin = path.size();
    for (auto const* folder : {"/etc/systemd/system.control", "/run/systemd/system.control", "/run/systemd/transient",
                               "/run/systemd/generator.early", "/etc/systemd/system", "/etc/systemd/system.attached",
                               "/run/systemd/system", "/run/systemd/system.attached", "/run/systemd/generator"})
        path.add(folder, "");
    for (auto const* folder : {"/usr/local/lib/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"})
        path.add_vendor(folder);
    path.add("/run/systemd/generator.late", "");
    path.mark_machine(begin);
}

void add_user(Path& path, Environment const& environment) {
    auto const config = xdg_folder(environment, "XDG_CONFIG_HOME", "/.config");
    auto const data = xdg_folder(environment, "XDG_DATA_HOME", "/.local/share");
    auto const runtime = variable(environment, "XDG_RUNTIME_DIR");
    path.add(config, "/systemd/user.control");
    for (auto const* below : {"/systemd/user.control", "/systemd/transient", "/systemd/generator.early"})
        path.add(runtime, below);
    path.add(config, "/systemd/user");
    for (auto const& folder : xdg_folders(environment, "XDG_CONFIG_DIRS", "/etc/xdg"))
        path.add(folder, "/systemd/user");
    path.add("/etc/systemd/user", "");
    path.add(runtime, "/systemd/user");
    path.add("/run/systemd/user", "");
    path.add(runtime, "/systemd/generator");
    path.add(data, "/systemd/user");
    for (auto const& folder : xdg_folders(environment, "XDG_DATA_DIRS", "/usr/local/share:/usr/share"))
        path.add_vendor(folder + "/systemd/user");
    for (auto const* folder : {"/usr/local/lib/systemd/user", "/usr/lib/systemd/user"})
        path.add_vendor(folder);
    path.add(runtime, "/systemd/generator.late");
}

} // namespace

SearchPath search_path(Scope scope, Environment const& environment) {
    Path path;
    auto const given = variable(environment, "SYSTEMD_UNIT_PATH");
    for (auto const folder : base::split(given, ":"))
        path.add(std::string(folder), "");
    if (!given.empty() && !given.ends_with(':')) return path.take();
    if (scope == Scope::system)
        add_system(path);
    else
        add_user(path, environment);
    return path.take();
}

} // namespace mitori::unit
