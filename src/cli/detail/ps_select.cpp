#include "cli/detail/ps_select.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/text.hpp"
#include "cli/detail/unit_names.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {
namespace {
using procfs::Part;
using procfs::Row;

template <class T, class U>
bool has(std::vector<T> const& list, U const& value) {
    return std::ranges::find(list, value) != list.end();
}

/// The kernel keeps 15 bytes of a name: a longer one on the list means it as well.
bool has_name(std::vector<std::string> const& names, std::string_view comm) {
    constexpr std::size_t kept = 15;
    return std::ranges::any_of(names,
                               [comm](auto const& name) { return std::string_view(name).substr(0, kept) == comm; });
}

bool is_listed(PsSelection const& s, Row const& row) {
    return has(s.pids, row.pid) || has(s.parents, row.parent) || has(s.sessions, row.session) ||
           has(s.real_users, row.uids[procfs::real_id]) || has(s.effective_users, row.uids[procfs::effective_id]) ||
           has(s.real_groups, row.gids[procfs::real_id]) || has(s.effective_groups, row.gids[procfs::effective_id]) ||
           has(s.terminals, row.terminal) || has_name(s.names, row.comm);
}

/// Without any list: by the words, or what ps(1) shows when nothing is said.
bool meets_words(PsSelection const& s, Row const& row, PsAsker const& asker) {
    bool const on_terminal = row.terminal != 0;
    bool const leads = row.session == row.pid;
    bool const own = row.uids[procfs::effective_id] == asker.user;
    if (s.every) return true;
    if (s.here) return row.terminal == asker.terminal;
    if (s.no_leaders || s.on_terminals) return (s.no_leaders && !leads) || (s.on_terminals && on_terminal && !leads);
    if (s.of_anybody && s.anywhere) return true;
    if (s.of_anybody) return on_terminal;
    if (s.anywhere) return own;
    if (s.bsd) return own && on_terminal;
    return own && row.terminal == asker.terminal;
}

bool is_in_cgroup(std::vector<std::string> const& wanted, std::string const& path) {
    return std::ranges::any_of(wanted, [&path](std::string const& one) {
        if (is_pattern(one)) return base::glob_match(one, path);
        return path == one || (path.starts_with(one) && (one.ends_with('/') || path[one.size()] == '/'));
    });
}

bool is_in_container(std::vector<std::string> const& wanted, Row const& row) {
    auto const found = procfs::container_of_cgroup(row.cgroup);
    return found && std::ranges::any_of(wanted, [&found](std::string const& one) {
               return one == found->engine || found->id.starts_with(one) || one.starts_with(found->id);
           });
}

bool is_of_unit(std::vector<std::string> const& wanted, std::string const& unit) {
    return !unit.empty() && std::ranges::any_of(wanted, [&unit](std::string const& one) {
        return base::glob_match(unit_name(one), unit);
    });
}

class Filter {
public:
    Filter(PsFilter const& filter, PsDesk& desk) : filter_(filter), desk_(desk) {
        for (pid_t const pid : filter.trees)
            if (auto const top = desk.lineage().find(pid); top != procfs::Lineage::npos)
                for (auto const index : desk.lineage().below(top))
                    trees_.insert(desk.rows()[index].pid);
    }
    [[nodiscard]] bool lets_through(Row const& row) const {
        return (filter_.trees.empty() || trees_.contains(row.pid)) &&
               (filter_.sessions.empty() || has(filter_.sessions, row.session)) &&
               (filter_.groups.empty() || has(filter_.groups, row.group)) &&
               (filter_.cgroups.empty() || is_in_cgroup(filter_.cgroups, row.cgroup)) &&
               (filter_.containers.empty() || is_in_container(filter_.containers, row)) &&
               (filter_.units.empty() || is_of_unit(filter_.units, desk_.membership(row).unit));
    }

private:
    PsFilter const& filter_;
    PsDesk& desk_;
    std::unordered_set<pid_t> trees_;
};

/// -1, 0, 1 by one key, whichever way it turns.
int compare(PsSortKey const& key, Row const& a, Row const& b, PsDesk& desk) {
    PsCell const first{a, desk};
    PsCell const second{b, desk};
    int order = 0;
    if (key.field->number != nullptr) {
        auto const difference = key.field->number(first) - key.field->number(second);
        order = difference < 0 ? -1 : difference > 0 ? 1 : 0;
    } else {
        order = key.field->show(first).compare(key.field->show(second));
    }
    return key.order == PsSortKey::Order::falling ? -order : order;
}

using Children = std::unordered_map<pid_t, std::vector<Row const*>>;

void draw_below(Children const& children, Row const& parent, std::string const& margin, std::vector<PsLine>& lines) {
    auto const found = children.find(parent.pid);
    if (found == children.end() || parent.thread != parent.pid) return;
    for (std::size_t i = 0; i < found->second.size(); ++i) {
        bool const last = i + 1 == found->second.size();
        auto const* const child = found->second[i];
        lines.push_back({child, margin + " \\_ "});
        if (lines.size() < 1U << 20U) draw_below(children, *child, margin + (last ? "    " : " |  "), lines);
    }
}

} // namespace

procfs::Parts parts_for(PsOptions const& options) {
    auto const& selection = options.selection;
    procfs::Parts parts;
    for (auto const& column : options.columns)
        parts |= column.field->parts;
    for (auto const& key : options.sort)
        parts |= key.field->parts;
    bool const words_need_user =
        !selection.every && !(selection.of_anybody && selection.anywhere) && !selection.no_leaders;
    bool const lists_need_user = !selection.effective_users.empty() || !selection.real_users.empty() ||
                                 !selection.real_groups.empty() || !selection.effective_groups.empty();
    if (lists_need_user || (words_need_user && !selection.has_list() && options.filter.empty()))
        parts |= {Part::status};
    if (!options.filter.cgroups.empty() || !options.filter.units.empty() || !options.filter.containers.empty())
        parts |= {Part::cgroup};
    return parts;
}

bool needs_all_rows(PsOptions const& options) {
    auto const& s = options.selection;
    auto others = s;
    others.pids.clear();
    bool const by_number =
        !s.pids.empty() && !others.has_list() && !s.every && !s.negate && !s.on_terminals && !s.no_leaders;
    auto const looks_around = [](PsColumn const& column) {
        return column.field->name == "leader" || column.field->name == "reason" || column.field->name == "marks";
    };
    return !by_number || options.threads || !options.filter.empty() ||
           std::ranges::any_of(options.columns, looks_around);
}

bool is_selected(PsSelection const& s, Row const& row, PsAsker const& asker) {
    bool const words = s.every || s.on_terminals || s.no_leaders || s.here || (s.of_anybody && s.anywhere);
    bool found = is_listed(s, row) || ((words || !s.has_list()) && meets_words(s, row, asker));
    if (s.running) found = found && (row.state == 'R' || row.state == 'D');
    return found != s.negate;
}

std::vector<Row const*> chosen_rows(PsOptions const& options, PsDesk& desk, PsAsker const& asker) {
    auto selection = options.selection;
    // A filter alone is a question about all processes.
    if (!options.filter.empty() && !selection.has_list() && !selection.bsd && !selection.on_terminals &&
        !selection.no_leaders)
        selection.every = true;
    Filter const filter(options.filter, desk);
    std::vector<Row const*> chosen;
    for (auto const& row : desk.rows())
        if (is_selected(selection, row, asker) && (options.filter.empty() || filter.lets_through(row)))
            chosen.push_back(&row);
    std::ranges::stable_sort(chosen, [&](Row const* a, Row const* b) {
        for (auto const& key : options.sort)
            if (int const order = compare(key, *a, *b, desk); order != 0) return order < 0;
        return false;
    });
    return chosen;
}

std::vector<PsLine> forest_of(std::vector<Row const*> const& rows) {
    std::unordered_map<pid_t, Row const*> shown;
    for (auto const* const row : rows)
        shown.emplace(row->pid, row);
    auto const has_parent = [&shown](Row const& row) {
        auto const parent = shown.find(row.parent);
        return parent != shown.end() && parent->second->start_ticks <= row.start_ticks && row.parent != row.pid;
    };
    Children children;
    for (auto const* const row : rows)
        if (has_parent(*row)) children[row->parent].push_back(row);
    std::vector<PsLine> lines;
    for (auto const* const row : rows) {
        if (has_parent(*row)) continue;
        lines.push_back({row, ""});
        draw_below(children, *row, "", lines);
    }
    return lines;
}

} // namespace mitori::cli::detail
