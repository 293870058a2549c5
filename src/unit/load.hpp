// From a name to a Unit: search path, aliases, templates, drop-ins, .wants/.requires folders, masks, built-in units.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "unit/unit.hpp"

namespace mitori::unit {

namespace detail {
class FolderCache; ///< detail/folder_cache.hpp
}

enum class Scope { system, user };

/// Where unit files are looked for, most important first; systemd.unit(5) "UNIT FILE LOAD PATH".
struct SearchPath {
    std::vector<std::string> directories;
    /// The directories that belong to the vendor (/usr/lib, /lib, /usr/local/lib): built-in targets win over these.
    std::vector<std::string> vendor;
    /// The standard directories of the system, /etc included: what they hang on sysinit.target and its kin is the boot
    /// of a machine, which is not ours to do.
    std::vector<std::string> machine;
};
/// The standard path of the scope, or $SYSTEMD_UNIT_PATH (a trailing ":" appends the standard one). `environment` is
/// looked up for XDG_* and HOME.
[[nodiscard]] SearchPath search_path(Scope scope, std::map<std::string, std::string> const& environment);

/// What specifiers (%n, %i, %t …) of systemd.unit(5) stand for in this manager.
struct Host {
    Scope scope = Scope::system;
    std::string runtime_directory;                 ///< %t: /run or $XDG_RUNTIME_DIR
    std::string state_directory;                   ///< %S
    std::string cache_directory;                   ///< %C
    std::string logs_directory;                    ///< %L
    std::string configuration_directory;           ///< %E
    std::string temporary_directory;               ///< %T
    std::string large_temporary_directory;         ///< %V
    std::string host_name;                         ///< %H, and %l up to the first dot
    std::string pretty_host_name;                  ///< %q; empty: as %l
    std::string machine_id;                        ///< %m
    std::string boot_id;                           ///< %b
    std::string kernel_release;                    ///< %v
    std::string architecture;                      ///< %a, systemd's word
    std::map<std::string, std::string> os_release; ///< %o %w %B %W %A %M
    std::string user_name;                         ///< %u
    std::string user_home;                         ///< %h
    std::string user_shell;                        ///< %s
    std::string group_name;                        ///< %g
    uid_t uid = 0;                                 ///< %U
    gid_t gid = 0;                                 ///< %G
};
/// systemd's word for uname(2)'s machine ("x86_64" -> "x86-64"), ConditionArchitecture= of systemd.unit(5). One that is
/// not known stands for itself.
[[nodiscard]] std::string architecture_word(std::string const& machine);
[[nodiscard]] Host read_host(Scope scope, std::map<std::string, std::string> const& environment);

/// Reads units from disk. Holds none but those put in: each load reads afresh. Not thread-safe.
class Loader {
public:
    Loader(SearchPath path, Host host);

    /// Never fails: what is wrong stands in load_state, load_error and diagnostics. A name that is an alias gives the
    /// unit under its primary id with the alias among its names.
    [[nodiscard]] UnitPtr load(std::string_view name);
    /// One file by path, for `verify` and folders given to `up`; drop-ins beside it are read too.
    [[nodiscard]] UnitPtr load_file(std::string const& path);
    /// Text as if it were the fragment of `name` (tests, generated units).
    [[nodiscard]] UnitPtr load_text(std::string_view name, std::string_view text);

    /// Holds a unit that another front end has made (a Procfile): load() of its name answers with it, before any file,
    /// and reads drop-ins and .wants folders that are not the machine's own. A second one of the name takes its place.
    void put(Unit unit);

    struct File {
        std::string path;
        std::string name;
    };
    /// Every unit file on the path, the first of each name.
    [[nodiscard]] std::vector<File> list_files() const;
    /// enabled, enabled-runtime, linked, alias, masked, masked-runtime, static, indirect, disabled, generated,
    /// transient, bad: systemctl(1) is-enabled.
    [[nodiscard]] std::string file_state(std::string_view name);
    /// Whether any file of the unit is newer than what was read.
    [[nodiscard]] bool changed_on_disk(Unit const& unit) const;
    /// Forget what was remembered about folders (daemon-reload).
    void refresh();

    [[nodiscard]] SearchPath const& path() const { return path_; }
    [[nodiscard]] Host const& host() const { return host_; }

private:
    SearchPath path_;
    Host host_;
    std::map<std::string, Unit, std::less<>> made_; ///< by id
    std::shared_ptr<detail::FolderCache> cache_;
};

/// The dependencies that systemd adds unasked: DefaultDependencies=, slices.
/// Applied by Loader::load; here for tests. systemd.service(5), systemd.target(5).
/// A target's order after what it pulls in depends on the other unit too: manager::Graph adds it.
void add_default_dependencies(Unit& unit, Scope scope);

} // namespace mitori::unit
