// A unit in the making: main file, drop-ins, folders of links, what it depends on unasked, and whether it all fits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/detail/folder_cache.hpp"
#include "unit/source.hpp"

namespace mitori::unit::detail {

class Making {
public:
    /// `host` outlives this.
    Making(std::string id, std::vector<std::string> aliases, Host const& host);

    /// Goes on with one whose main part has been made already.
    Making(Unit unit, Host const& host) : unit_(std::move(unit)), host_(host) {}

    // One of these comes first, else.
    void read_fragment(std::string const& path);
    void read_built_in(std::string_view text);
    void read_text(std::string_view text);
    void mask(std::string const& path);
    void read_nothing(); ///< slices need no file, all others are not-found

    /// Reads drop-ins and .wants folders from `folders` and settles the rest.
    [[nodiscard]] UnitPtr finish(FolderCache& cache, std::vector<std::string> const& folders) &&;

private:
    void read(Source const& source);
    void read_drop_in(std::string const& path);
    void add_links(FolderCache& cache, std::vector<std::string> const& folders, std::string_view ending,
                   Relation relation);
    void instantiate_templates();
    void drop_self_references();
    void check();
    void fail(LoadState state, std::string reason);
    void say(Severity severity, std::string const& file, std::string text);
    [[nodiscard]] std::vector<std::string> all_names() const;

    Unit unit_;
    Host const& host_;
};

/// The drop-ins that count, in the order in which they are read; masked ones among them.
[[nodiscard]] std::vector<std::string> drop_in_files(FolderCache& cache, std::vector<std::string> const& names,
                                                     std::vector<std::string> const& folders);
/// Whether the main file or one of the drop-ins that count now is younger than what was read, gone, or was not read.
[[nodiscard]] bool differs_from_disk(Unit const& unit, std::vector<std::string> const& drop_ins_now);

} // namespace mitori::unit::detail
