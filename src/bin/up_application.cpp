#include "bin/up_application.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "bin/program_path.hpp"
#include "exec/inherited.hpp"
#include "unit/dotenv.hpp"
#include "unit/name.hpp"

namespace mitori::bin {
namespace {

namespace files = std::filesystem;
using Problem = std::unexpected<std::string>;

std::string absolute(std::string const& path) { return files::absolute(path).lexically_normal().string(); }

/// "Procfile", "Procfile.dev", "test.procfile".
bool is_procfile_name(std::string const& path) {
    auto const name = files::path(path).filename().string();
    return name.starts_with("Procfile") || name.ends_with(".procfile") || name.ends_with(".Procfile");
}

std::string without_slash(std::string folder) {
    if (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    return folder;
}

/// What makes a start impossible, a line each; what does not is appended to `remarks`.
std::string sort_findings(std::vector<unit::Diagnostic> const& findings, std::vector<std::string>& remarks) {
    std::string wrong;
    for (auto const& finding : findings) {
        if (finding.severity == unit::Severity::error)
            wrong += (wrong.empty() ? "" : "\n") + finding.message();
        else
            remarks.push_back(finding.message());
    }
    return wrong;
}

mode_t own_umask() {
    constexpr std::string_view name = "\nUmask:";
    auto const status = base::sys::read_file("/proc/self/status");
    auto const at = status ? status->find(name) : std::string::npos;
    if (at == std::string::npos) return 0022;
    auto const line = std::string_view(*status).substr(at + name.size());
    return base::parse_integer<mode_t>(base::trim(line.substr(0, line.find('\n'))), 8).value_or(0022);
}

unit::EnvironmentSetting own_environment() {
    unit::EnvironmentSetting all;
    for (auto const& entry : exec::inheritable_environment())
        if (auto const equals = entry.find('='); equals != std::string::npos)
            all.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
    return all;
}

class Finder {
public:
    explicit Finder(UpArguments const& arguments) : arguments_(arguments) {}

    std::expected<UpApplication, std::string> find() {
        if (auto found = find_procfile(); !found) return Problem(found.error());
        for (auto const& word : arguments_.words)
            if (auto sorted = sort(word); !sorted) return Problem(sorted.error());
        for (auto const& word : arguments_.formation)
            formation_.push_back(word);
        bool const wanted = explicit_ || !formation_.empty() || !paths_named_;
        if (wanted)
            if (auto used = use_procfile(); !used) return Problem(used.error());
        std::ranges::sort(found_.unit_files);
        auto const repeated = std::ranges::unique(found_.unit_files);
        found_.unit_files.erase(repeated.begin(), repeated.end());
        if (auto clash = check_names(); !clash) return Problem(clash.error());
        return std::move(found_);
    }

private:
    using Done = std::expected<void, std::string>;

    /// The one that is named, or else the one that lies here.
    Done find_procfile() {
        if (arguments_.procfile) explicit_ = arguments_.procfile;
        for (auto const& word : arguments_.words) {
            auto const named = procfile_of(word);
            if (!named) continue;
            if (explicit_) return Problem(fmt::format("{} and {}: only one Procfile at a time", *explicit_, *named));
            explicit_ = named;
        }
        path_ = explicit_.value_or(arguments_.root ? without_slash(*arguments_.root) + "/Procfile" : "Procfile");
        auto const text = base::sys::read_file(path_);
        if (text)
            procfile_ = unit::parse_procfile(*text, path_);
        else
            why_none_ = text.error().message();
        return {};
    }

    /// The Procfile that a word names: itself, or one in a folder that has no unit files.
    static std::optional<std::string> procfile_of(std::string const& word) {
        auto const info = base::sys::stat(word);
        if (!info) return std::nullopt;
        if (!S_ISDIR(info->st_mode)) return is_procfile_name(word) ? std::optional(word) : std::nullopt;
        auto const inside = without_slash(word) + "/Procfile";
        return units_in(word).empty() && base::sys::stat(inside) ? std::optional(inside) : std::nullopt;
    }

    static std::vector<std::string> units_in(std::string const& folder) {
        auto names = base::sys::list_directory(folder).value_or(std::vector<std::string>());
        std::erase_if(names, [](auto const& name) { return !unit::parse_name(name) || unit::is_template(name); });
        return names;
    }

    Done sort(std::string const& word) {
        bool const is_process = procfile_ && procfile_->find(word) != nullptr;
        auto const info = base::sys::stat(word);
        if (is_process || (!info && word.find_first_of("=,") != std::string::npos)) {
            formation_.push_back(word);
            return {};
        }
        if (!info) {
            auto const type = procfile_ ? unit::parse_formation({word}, *procfile_) : unit::Formation();
            return Problem(fmt::format("{}{}", info.error().message(), type ? "" : "; " + type.error()));
        }
        paths_named_ = true;
        if (explicit_ && procfile_of(word) == explicit_) return {};
        return S_ISDIR(info->st_mode) ? add_folder(word) : add_file(word);
    }

    Done add_folder(std::string const& folder) {
        if (auto const names = base::sys::list_directory(folder); !names) return Problem(names.error().message());
        auto names = units_in(folder);
        if (names.empty()) return Problem(fmt::format("{}: no unit file in it, and no Procfile", folder));
        found_.folders.push_back(absolute(folder));
        std::ranges::move(names, std::back_inserter(found_.unit_files));
        return {};
    }

    Done add_file(std::string const& file) {
        files::path const path = absolute(file);
        if (!unit::parse_name(path.filename().string()))
            return Problem(fmt::format("{}: not a unit file by its name (NAME.service, NAME.target …); a Procfile of "
                                       "another name is given with --procfile",
                                       file));
        found_.folders.push_back(path.parent_path());
        found_.unit_files.push_back(path.filename());
        return {};
    }

    Done use_procfile() {
        if (!procfile_) {
            if (explicit_ || !formation_.empty()) return Problem(why_none_);
            return Problem(
                fmt::format("{}; a line such as \"web: ./serve --port $PORT\" makes one. For unit files name "
                            "them or their folder: mitori up examples/",
                            why_none_));
        }
        if (auto wrong = sort_findings(procfile_->diagnostics, found_.remarks); !wrong.empty()) return Problem(wrong);
        auto const formation = unit::parse_formation(formation_, *procfile_);
        if (!formation) return Problem(formation.error());
        auto place = find_place();
        if (!place) return Problem(place.error());
        warn_of_ports(*formation, place->port);
        auto named = *procfile_;
        named.path = absolute(path_);
        found_.processes = unit::make_units(named, *formation, *place);
        found_.has_procfile = true;
        return {};
    }

    std::expected<unit::ProcfilePlace, std::string> find_place() {
        unit::ProcfilePlace place{.root = arguments_.root ? absolute(*arguments_.root)
                                                          : files::path(absolute(path_)).parent_path().string(),
                                  .environment = own_environment(),
                                  .timeout = arguments_.timeout,
                                  .umask = own_umask()};
        place.root = without_slash(place.root);
        auto const info = base::sys::stat(place.root);
        if (!info) return Problem(info.error().message());
        if (!S_ISDIR(info->st_mode)) return Problem(fmt::format("{}: not a folder", place.root));
        if (auto added = add_env_files(place); !added) return Problem(added.error());
        auto const port = find_port(place.environment);
        if (!port) return Problem(port.error());
        place.port = *port;
        auto const* const path = unit::find_value(place.environment, "PATH");
        place.find_program = [root = place.root, path = path != nullptr ? *path : ""](std::string_view word) {
            return program_path(word, path, root);
        };
        return place;
    }

    Done add_env_files(unit::ProcfilePlace& place) {
        auto env_files = arguments_.env_files;
        auto const beside = place.root + "/.env";
        if (env_files.empty() && base::sys::stat(beside)) env_files.push_back(beside);
        for (auto const& file : env_files) {
            auto const text = base::sys::read_file(file);
            if (!text) return Problem(text.error().message());
            auto const read = unit::parse_dotenv(*text, file);
            if (auto wrong = sort_findings(read.diagnostics, found_.remarks); !wrong.empty()) return Problem(wrong);
            unit::merge_environment(place.environment, read.entries);
        }
        return {};
    }

    std::expected<std::uint32_t, std::string> find_port(unit::EnvironmentSetting const& environment) {
        if (arguments_.port) return *arguments_.port;
        auto const* const text = unit::find_value(environment, "PORT");
        if (text == nullptr || text->empty()) return 5000;
        auto const port = base::parse_integer<std::uint32_t>(*text);
        if (!port || *port == 0 || *port > last_port)
            return Problem(fmt::format("PORT={}: not a port (1 to 65535)", base::printable(*text)));
        return *port;
    }

    void warn_of_ports(unit::Formation const& formation, std::uint32_t port) {
        for (std::size_t i = 0; i < formation.size(); ++i)
            if (formation[i] > 0 && port + i * 100 + formation[i] - 1 > last_port)
                found_.remarks.push_back(
                    fmt::format("process type {} gets a PORT above 65535", procfile_->types[i].name));
    }

    Done check_names() {
        for (auto const& process : found_.processes)
            if (std::ranges::binary_search(found_.unit_files, process.id))
                return Problem(fmt::format("{} is a unit file and a process of {}", process.id, path_));
        return {};
    }

    static constexpr std::uint32_t last_port = 65535;
    UpArguments const& arguments_;
    UpApplication found_;
    std::optional<std::string> explicit_; ///< the Procfile that was named
    std::string path_;                    ///< of the one at hand
    std::optional<unit::Procfile> procfile_;
    std::string why_none_;
    std::vector<std::string> formation_;
    bool paths_named_ = false;
};

} // namespace

std::vector<std::string> UpApplication::names() const {
    auto all = unit_files;
    for (auto const& process : processes)
        all.push_back(process.id);
    return all;
}

std::expected<UpApplication, std::string> find_application(UpArguments const& arguments) {
    return Finder(arguments).find();
}

} // namespace mitori::bin
