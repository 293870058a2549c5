// What lies in the folders of the search path, listed once and remembered until the loader is refreshed.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "unit/detail/builtin.hpp"
#include "unit/load.hpp"

namespace mitori::unit::detail {

/// What a unit name stands for: the first thing of that name on the search path, or a built-in unit.
struct UnitFile {
    enum class Kind : std::uint8_t {
        file,     ///< a file, or a link out of the search path: `target` is where that leads
        alias,    ///< `target` is another unit's name
        mask,     ///< a link to /dev/null
        built_in, ///< no file
        bad_link, ///< `target` says what is wrong with it
    };
    Kind kind = Kind::file;
    std::string target;
    BuiltIn const* built_in = nullptr;
    std::string const* folder = nullptr; ///< of the search path; nullptr for built-in units and aliases
    std::string_view name;               ///< the cache's key

    /// In its folder; empty for built-in units and aliases.
    [[nodiscard]] std::string path() const { return folder == nullptr ? "" : *folder + "/" + std::string(name); }
    /// What a `file` or `mask` is read from.
    [[nodiscard]] std::string source() const { return target.empty() ? path() : target; }
};

/// Whether a folder of the path is listed whole to know if it holds a drop-in folder: right for many units, wasteful
/// for one.
enum class Listing : std::uint8_t { whole, only_asked };

class FolderCache {
public:
    FolderCache(SearchPath const& path, Scope scope, Listing listing = Listing::whole)
        : path_(path),
          scope_(scope),
          listing_(listing) {}

    /// The names in a folder, sorted; none where it cannot be read.
    std::vector<std::string> const& names(std::string const& folder);
    [[nodiscard]] bool has(std::string const& folder, std::string_view name);

    /// What lies on the path under exactly this name.
    UnitFile const* find(std::string_view name);
    /// All names on the path, sorted, with what they stand for.
    std::map<std::string, UnitFile, std::less<>> const& files();

    struct Found {
        std::string id;                 ///< the primary name, aliases followed and instances kept
        UnitFile const* file = nullptr; ///< nullptr: there is none
        std::string problem;            ///< why the aliases lead nowhere
    };
    Found resolve(std::string_view name);
    /// Every other name of the unit `id`.
    std::vector<std::string> aliases_of(std::string const& id);

    /// The files of `id`'s (and its other names') folders with this ending (".d", ".wants" …), sorted by their own
    /// names; of two with one name the one from the more important folder.
    std::vector<std::string> folder_files(std::vector<std::string> const& unit_names, std::string_view ending,
                                          std::vector<std::string> const& folders);

    /// The same list, shared with a unit read lately that says the same: most services depend on the same few targets.
    Shared<Dependencies> shared(Shared<Dependencies> list);

private:
    void index();
    UnitFile classify(std::string const& folder, std::string const& name);
    std::vector<std::string> direct_aliases(std::string const& id);

    SearchPath const path_;
    Scope scope_;
    Listing listing_;
    bool indexed_ = false;
    std::map<std::string, UnitFile, std::less<>> files_;
    std::multimap<std::string, std::string, std::less<>> alias_names_; ///< from what they stand for
    std::map<std::string, std::vector<std::string>, std::less<>> listings_;
    std::vector<Shared<Dependencies>> lately_; ///< a ring
    std::size_t oldest_ = 0;
};

/// The names whose drop-in folders count for this unit, the most specific one first: "a-b@c.service", "a-b@.service",
/// "a-@c.service" …
[[nodiscard]] std::vector<std::string> names_for_drop_ins(std::string_view unit_name);
/// Why a link called `name` may not stand for `target`; empty where it may. systemd.unit(5) on aliases.
[[nodiscard]] std::string alias_problem(std::string_view name, std::string_view target);

} // namespace mitori::unit::detail
