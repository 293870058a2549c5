#include "cli/detail/unit_tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "base/text.hpp"
#include "cli/detail/process_tree.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"
#include "cli/detail/unit_names.hpp"

namespace mitori::cli::detail {

namespace {

struct Slice {
    std::map<std::string, Slice> inner;
    std::vector<TreeUnit const*> units;
};

/// "a-b-c.slice" -> "a.slice", "a-b.slice", "a-b-c.slice": systemd.slice(5). The root has no part.
std::vector<std::string> path_of(std::string_view slice) {
    std::vector<std::string> path;
    if (slice.empty() || slice == "-.slice") return path;
    auto const stem = slice.substr(0, slice.rfind('.'));
    for (std::size_t end = 0; end != stem.npos;) {
        end = stem.find('-', end + 1);
        path.push_back(std::string(stem.substr(0, end)) + ".slice");
    }
    return path;
}

Slice& slice_at(Slice& root, std::string_view name) {
    auto* slice = &root;
    for (auto const& part : path_of(name))
        slice = &slice->inner[part];
    return *slice;
}

class Drawing {
public:
    explicit Drawing(Screen const& screen) : screen_(screen) {}

    void draw(Slice const& slice, std::string const& margin) {
        auto left = slice.inner.size() + slice.units.size();
        for (auto const& [name, inner] : slice.inner) {
            bool const last = --left == 0;
            add(margin + (last ? "└─" : "├─"), base::printable(name));
            draw(inner, margin + (last ? "  " : "│ "));
        }
        for (auto const* unit : slice.units) {
            bool const last = --left == 0;
            draw_unit(*unit, margin + (last ? "└─" : "├─"), margin + (last ? "  " : "│ "));
        }
    }
    void add(std::string const& margin, std::string const& text) {
        auto const used = base::columns(margin);
        auto const room = screen_.width == 0 ? 0 : std::max<std::size_t>(screen_.width, used + 20) - used;
        lines_.push_back(margin + shortened(text, room));
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

private:
    void draw_unit(TreeUnit const& unit, std::string const& margin, std::string const& below) {
        auto const state = unit.sub_state.empty() || unit.sub_state == unit.active_state
                               ? unit.active_state
                               : fmt::format("{} ({})", unit.active_state, unit.sub_state);
        auto const style = style_of_state(unit.active_state);
        // Not cut: it holds escape sequences, and names are short.
        lines_.push_back(fmt::format("{}{} {}  {}", margin, styled(screen_, style, glyph_of_state(unit.active_state)),
                                     base::printable(unit.name), styled(screen_, style, base::printable(state))));
        for (auto& line : process_tree(unit.processes, below, screen_))
            lines_.push_back(std::move(line));
    }

    Screen const& screen_;
    std::vector<std::string> lines_;
};

} // namespace

control::Answer<std::vector<TreeUnit>> tree_units(control::Query& query, std::vector<std::string> const& patterns,
                                                  All all) {
    std::vector<TreeUnit> units;
    for (auto const& row : TRY(query.list_units({.states = {}, .patterns = patterns}))) {
        if (unit_type(row.name) == "slice") continue; // is a branch, not a leaf
        if (all == All::no && row.active_state == "inactive") continue;
        auto const properties = query.unit_properties(row.name);
        if (!properties) continue; // has gone meanwhile
        auto slice = properties->get("Slice").text();
        bool const has_group = !slice.empty() || !properties->get("ControlGroup").text().empty();
        if (all == All::no && !has_group && patterns.empty()) continue;
        TreeUnit unit{row.name, row.active_state, row.sub_state, std::move(slice), {}};
        if (has_group)
            if (auto processes = query.unit_processes(row.name)) unit.processes = std::move(*processes);
        units.push_back(std::move(unit));
    }
    std::ranges::sort(units, {}, &TreeUnit::name);
    return units;
}

std::vector<std::string> unit_tree(std::vector<TreeUnit> const& units, Screen const& screen) {
    Slice root;
    for (auto const& unit : units)
        slice_at(root, unit.slice).units.push_back(&unit);
    Drawing drawing(screen);
    drawing.add("", "-.slice");
    drawing.draw(root, "");
    return drawing.take();
}

} // namespace mitori::cli::detail
