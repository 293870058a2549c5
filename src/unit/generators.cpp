#include "unit/generators.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::unit {
namespace {

enum class Found { program, mask, nothing };

Found look_at(std::string const& path) {
    auto const status = base::sys::stat(path);
    if (!status) return Found::nothing;
    if (S_ISCHR(status->st_mode)) return Found::mask; // a link to /dev/null
    if (!S_ISREG(status->st_mode)) return Found::nothing;
    if (status->st_size == 0) return Found::mask;
    return base::sys::access(path, X_OK).value_or(false) ? Found::program : Found::nothing;
}

bool contains(std::vector<std::string> const& all, std::string const& one) {
    return std::ranges::find(all, one) != all.end();
}

} // namespace

std::span<std::string_view const> machine_generators() {
    static constexpr auto names = std::to_array<std::string_view>({
        "systemd-bless-boot-generator",
        "systemd-cryptsetup-generator",
        "systemd-debug-generator",
        "systemd-fstab-generator",
        "systemd-getty-generator",
        "systemd-gpt-auto-generator",
        "systemd-hibernate-resume-generator",
        "systemd-integritysetup-generator",
        "systemd-rc-local-generator",
        "systemd-run-generator",
        "systemd-system-update-generator",
        "systemd-sysv-generator",
        "systemd-veritysetup-generator",
    });
    static_assert(std::ranges::is_sorted(names));
    return names;
}

GeneratorFolders generator_folders(std::string const& runtime_directory) {
    auto const below = [&](std::string_view name) { return runtime_directory + "/" + std::string(name); };
    return {below("generator"), below("generator.early"), below("generator.late")};
}

bool place_generator_folders(SearchPath& path, GeneratorFolders const& folders) {
    std::map<std::string, std::string> const changes{{"/run/systemd/generator", folders.normal},
                                                     {"/run/systemd/generator.early", folders.early},
                                                     {"/run/systemd/generator.late", folders.late}};
    bool any = false;
    for (auto* some : {&path.directories, &path.vendor, &path.machine})
        for (auto& folder : *some)
            if (auto const change = changes.find(folder); change != changes.end()) {
                folder = change->second;
                any = true;
            }
    return any;
}

SearchPath generator_path() {
    std::vector<std::string> const vendor{"/usr/local/lib/systemd/system-generators",
                                          "/usr/lib/systemd/system-generators", "/lib/systemd/system-generators"};
    SearchPath path{.directories = {"/run/systemd/system-generators", "/etc/systemd/system-generators"},
                    .vendor = vendor,
                    .machine = {}};
    path.directories.insert(path.directories.end(), vendor.begin(), vendor.end());
    return path;
}

Generators find_generators(SearchPath const& path) {
    std::map<std::string, std::string> chosen; // name -> path, empty where masked
    Generators found;
    for (auto const& folder : path.directories) {
        auto const names = base::sys::list_directory(folder).value_or(std::vector<std::string>());
        bool const vendor = contains(path.vendor, folder);
        for (auto const& name : names) {
            auto const file = folder + "/" + name;
            auto const is = look_at(file);
            if (is == Found::nothing || chosen.contains(name)) continue;
            bool const of_machine = vendor && std::ranges::binary_search(machine_generators(), name);
            if (of_machine && is == Found::program) found.left_out.push_back(name);
            chosen.emplace(name, is == Found::mask || of_machine ? std::string() : file);
        }
    }
    for (auto const& [name, file] : chosen)
        if (!file.empty()) found.run.push_back(file);
    std::ranges::sort(found.left_out);
    return found;
}

} // namespace mitori::unit
