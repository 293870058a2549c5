#include "cli/detail/process_forest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>

#include "base/text.hpp"
#include "cli/detail/ps_ours.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {
namespace {
using procfs::Lineage;
using procfs::Row;

/// One line, or several that look the same, with what is below.
struct Node {
    std::string text;
    std::size_t count = 1;
    bool is_way = false;  ///< to the one that is highlighted
    std::size_t hash = 0; ///< of the text and all below
    std::vector<Node> below;

    [[nodiscard]] bool looks_like(Node const& other) const {
        return hash == other.hash && text == other.text && is_way == other.is_way &&
               below.size() == other.below.size() &&
               std::ranges::equal(below, other.below,
                                  [](auto const& a, auto const& b) { return a.count == b.count && a.looks_like(b); });
    }
};

class Painter {
public:
    explicit Painter(Forest const& forest) : forest_(forest), lineage_(forest.desk.lineage()) {
        if (!forest.look.highlighted) return;
        for (auto row = lineage_.find(*forest.look.highlighted); row != Lineage::npos; row = lineage_.parent(row))
            if (!way_.insert(row).second) break;
    }

    Node node(std::size_t index, std::size_t depth = 0) {
        constexpr std::size_t deepest = 2000; // a chain of that length is no picture any more, and recursion has an end
        Node made{.text = text_of(index), .is_way = way_.contains(index)};
        if (depth < deepest)
            for (auto const child : lineage_.children(index))
                add(made, node(child, depth + 1));
        for (auto& thread : threads_of(index))
            add(made, sealed({.text = std::move(thread)}));
        return sealed(std::move(made));
    }

    /// Only the way down to it: what stands above it.
    Node with_parents(Node below, std::size_t index) {
        std::size_t steps = 0;
        for (auto above = lineage_.parent(index); above != Lineage::npos && steps < 2000;
             above = lineage_.parent(above)) {
            Node parent{.text = text_of(above), .is_way = way_.contains(above)};
            parent.below.push_back(std::move(below));
            below = std::move(parent);
            ++steps;
        }
        return below;
    }

private:
    static Node sealed(Node made) {
        made.hash = std::hash<std::string>()(made.text);
        for (auto const& one : made.below)
            made.hash = made.hash * 31 + one.hash + one.count;
        return made;
    }

    void add(Node& parent, Node child) const {
        auto const twin =
            forest_.look.compact
                ? std::ranges::find_if(parent.below, [&](auto const& one) { return one.looks_like(child); })
                : parent.below.end();
        if (twin != parent.below.end())
            ++twin->count;
        else
            parent.below.push_back(std::move(child));
    }

    std::string text_of(std::size_t index) const {
        auto const& row = forest_.desk.rows()[index];
        auto const& look = forest_.look;
        auto text = base::printable(row.comm);
        if (look.arguments && !row.command_line.empty()) text = base::printable(row.command_line);
        std::vector<std::string> facts;
        if (look.pids) facts.push_back(fmt::format_int(row.pid).str());
        if (look.groups) facts.push_back("group " + fmt::format_int(row.group).str());
        auto const above = lineage_.parent(index);
        Row const* const parent = above == Lineage::npos ? nullptr : &forest_.desk.rows()[above];
        if (look.users && parent != nullptr && parent->uids[procfs::effective_id] != row.uids[procfs::effective_id])
            facts.push_back(forest_.desk.names().user(row.uids[procfs::effective_id]));
        if (!facts.empty()) text += "(" + base::join(facts, ",") + ")";
        add_places(text, row, parent);
        auto const marks = marks_of({row, forest_.desk});
        if (!marks.empty()) text += " [" + base::join(marks, "; ") + "]";
        return text;
    }

    /// The unit and the container, where they begin.
    void add_places(std::string& text, Row const& row, Row const* parent) const {
        bool const same_group = parent != nullptr && parent->cgroup == row.cgroup;
        auto const unit = forest_.desk.membership(row).unit;
        if (!unit.empty() && (parent == nullptr || forest_.desk.membership(*parent).unit != unit))
            text += " " + base::printable(unit);
        auto const container = same_group ? std::nullopt : procfs::container_of_cgroup(row.cgroup);
        if (container && (parent == nullptr || procfs::container_of_cgroup(parent->cgroup) != container))
            text += fmt::format(" {}:{}", container->engine, base::printable(container->id));
        auto const border = forest_.borders.find(row.pid);
        if (border != forest_.borders.end()) text += " <" + border->second + ">";
    }

    std::vector<std::string> threads_of(std::size_t index) const {
        std::vector<std::string> names;
        auto const found = forest_.threads.find(forest_.desk.rows()[index].pid);
        if (found == forest_.threads.end()) return names;
        for (auto const& thread : found->second) {
            if (thread.thread == thread.pid) continue;
            auto const name = base::printable(thread.comm);
            names.push_back(forest_.look.pids ? fmt::format("{{{}}}({})", name, thread.thread)
                                              : fmt::format("{{{}}}", name));
        }
        return names;
    }

    Forest const& forest_;
    Lineage const& lineage_;
    std::unordered_set<std::size_t> way_;
};

void add_lines(std::vector<std::string>& lines, Node const& node, std::string const& margin, std::string const& below,
               Screen const& screen) {
    auto const used = base::columns(margin);
    auto const room = screen.width == 0 ? 0 : std::max<std::size_t>(screen.width, used + 20) - used;
    auto const text = node.count > 1 ? fmt::format("{}*[{}]", node.count, node.text) : node.text;
    lines.push_back(margin + styled(screen, node.is_way ? Style::strong : Style::plain, shortened(text, room)));
    for (std::size_t i = 0; i < node.below.size(); ++i) {
        bool const last = i + 1 == node.below.size();
        add_lines(lines, node.below[i], below + (last ? "└─" : "├─"), below + (last ? "  " : "│ "), screen);
    }
}

} // namespace

procfs::Parts forest_parts(ForestLook const& look) {
    procfs::Parts parts{procfs::Part::cgroup};
    if (look.arguments) parts |= {procfs::Part::command_line};
    if (look.users) parts |= {procfs::Part::status};
    return parts;
}

std::vector<std::string> Forest::draw(std::size_t row, Above above) const {
    Painter painter(*this);
    auto top = painter.node(row);
    if (above == Above::shown) top = painter.with_parents(std::move(top), row);
    std::vector<std::string> lines;
    add_lines(lines, top, "", "", screen);
    return lines;
}

} // namespace mitori::cli::detail
