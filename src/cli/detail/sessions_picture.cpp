#include "cli/detail/sessions_picture.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/detail/ps_ours.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"

namespace mitori::cli::detail {
namespace {
using procfs::Row;

std::string_view word_of(Place place) {
    switch (place) {
    case Place::foreground: return "foreground";
    case Place::background: return "background";
    case Place::no_terminal: break;
    }
    return "";
}

std::string title_of(SessionPicture const& session, PsDesk& desk) {
    auto text = fmt::format("session {}", session.session);
    text += session.terminal.empty() ? "  no terminal" : "  " + session.terminal;
    if (session.leader == nullptr) return text + "  its leader has ended";
    auto const role = session.terminal.empty() ? "leader" : "controlling process";
    text += fmt::format("  {} {} ({})", role, session.session, base::printable(session.leader->comm));
    auto const unit = desk.membership(*session.leader).unit;
    return unit.empty() ? text : text + "  " + base::printable(unit);
}

std::string title_of(GroupPicture const& group) {
    auto text = fmt::format("group {}", group.group);
    if (group.place != Place::no_terminal) text += fmt::format("  {}", word_of(group.place));
    if (group.orphaned) text += "  orphaned";
    return text;
}

std::string text_of(Row const& row, PsDesk& desk) {
    auto text = fmt::format("{} {:<4} {}", row.pid, process_state(row), command_of(row));
    auto const marks = marks_of({row, desk});
    if (!marks.empty()) text += " [" + base::join(marks, "; ") + "]";
    return text;
}

class Drawing {
public:
    explicit Drawing(Screen const& screen) : screen_(screen) {}
    void add(std::string const& margin, Style style, std::string const& text) {
        auto const used = base::columns(margin);
        auto const room = screen_.width == 0 ? 0 : std::max<std::size_t>(screen_.width, used + 20) - used;
        lines_.push_back(margin + styled(screen_, style, shortened(text, room)));
    }
    std::vector<std::string> take() { return std::move(lines_); }

private:
    Screen const& screen_;
    std::vector<std::string> lines_;
};

/// What a terminal of a row says of its group.
Place place_of(Row const& row) {
    if (row.terminal == 0) return Place::no_terminal;
    return row.foreground == row.group ? Place::foreground : Place::background;
}

} // namespace

std::vector<SessionPicture> sessions_of(PsDesk& desk) {
    std::map<pid_t, std::map<pid_t, GroupPicture>> all;
    for (auto const& row : desk.rows()) {
        auto& group = all[row.session][row.group];
        group.group = row.group;
        if (group.place != Place::foreground && !row.is_zombie()) group.place = place_of(row);
        group.processes.push_back(&row);
    }
    std::vector<SessionPicture> pictures;
    for (auto& [number, groups] : all) {
        SessionPicture picture{.session = number};
        auto const leader = desk.lineage().find(number);
        if (leader != procfs::Lineage::npos) picture.leader = &desk.rows()[leader];
        for (auto& [id, group] : groups) {
            for (auto const* const row : group.processes)
                if (row->terminal != 0) picture.terminal = desk.terminals().name(row->terminal);
            // Only where there is job control does it matter; kernel threads are in no group.
            group.orphaned = number != 0 && id != number && procfs::is_orphaned_group(desk.lineage(), desk.rows(), id);
            picture.groups.push_back(std::move(group));
        }
        picture.is_kernels = std::ranges::all_of(picture.groups, [](auto const& group) {
            return std::ranges::all_of(group.processes, &Row::is_kernel_thread);
        });
        pictures.push_back(std::move(picture));
    }
    return pictures;
}

std::vector<std::string> draw_sessions(std::vector<SessionPicture> const& sessions, PsDesk& desk,
                                       Screen const& screen) {
    Drawing drawing(screen);
    for (auto const& session : sessions) {
        drawing.add("", Style::strong, title_of(session, desk));
        for (auto const& group : session.groups) {
            bool const last = &group == &session.groups.back();
            drawing.add(last ? "└─" : "├─", group.place == Place::foreground ? Style::good : Style::plain,
                        title_of(group));
            for (auto const* const row : group.processes) {
                bool const end = row == group.processes.back();
                drawing.add(std::string(last ? "  " : "│ ") + (end ? "└─" : "├─"), Style::plain, text_of(*row, desk));
            }
        }
    }
    return drawing.take();
}

std::string sessions_json(std::vector<SessionPicture> const& sessions, PsDesk& desk) {
    using Json = nlohmann::ordered_json;
    auto all = Json::array();
    for (auto const& session : sessions) {
        auto groups = Json::array();
        for (auto const& group : session.groups) {
            auto processes = Json::array();
            for (auto const* const row : group.processes)
                processes.push_back({{"pid", row->pid},
                                     {"ppid", row->parent},
                                     {"stat", process_state(*row)},
                                     {"command", command_of(*row)},
                                     {"marks", marks_of({*row, desk})}});
            groups.push_back({{"group", group.group},
                              {"place", word_of(group.place)},
                              {"orphaned", group.orphaned},
                              {"processes", std::move(processes)}});
        }
        Json picture{{"session", session.session},
                     {"terminal", session.terminal.empty() ? Json() : Json(session.terminal)},
                     {"leader_lives", session.leader != nullptr},
                     {"groups", std::move(groups)}};
        all.push_back(std::move(picture));
    }
    return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace mitori::cli::detail
