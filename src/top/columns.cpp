#include "top/detail/columns.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "top/cells.hpp"

namespace mitori::top::detail {
namespace {

constexpr double percent = 100;

bool is_group(Row const& row) { return row.kind != Kind::process; }

Group const* told(Scene const& scene, Row const& row) { return is_group(row) ? scene.board.group(row).told : nullptr; }

Span show_pid(Scene const& scene, Row const& row) {
    if (!is_group(row)) return {std::to_string(scene.board.process(row).pid)};
    return {fmt::format("({})", scene.board.group(row).processes), Paint::faint};
}

Span show_user(Scene const& scene, Row const& row) {
    return {is_group(row) ? "" : scene.board.user_of(scene.board.process(row))};
}

/// One letter for a process; a unit's state by its first one, as the list of units colours it.
Span show_state(Scene const& scene, Row const& row) {
    if (is_group(row)) {
        auto const* const unit = told(scene, row);
        if (unit == nullptr || unit->active_state.empty()) return {};
        if (unit->active_state == "failed") return {"F", Paint::bad};
        return {unit->active_state == "active" ? "A" : "C", unit->active_state == "active" ? Paint::good : Paint::warn};
    }
    auto const state = scene.board.process(row).state;
    auto const paint = state == 'R'   ? Paint::good
                       : state == 'Z' ? Paint::bad
                       : state == 'D' ? Paint::warn
                                      : Paint::plain;
    return {std::string(1, state), paint};
}

double cpu_of(Scene const& scene, Row const& row) {
    return is_group(row) ? scene.board.group(row).cpu : scene.board.process(row).cpu;
}

Span show_cpu(Scene const& scene, Row const& row) {
    auto const cpu = cpu_of(scene, row);
    return {short_percent(cpu * percent), cpu >= 0.9 ? Paint::bad : cpu >= 0.5 ? Paint::warn : Paint::plain};
}

template <auto Member>
std::vector<float> history(Scene const& scene, Row const& row) {
    if constexpr (requires { scene.board.process_history(row).*Member; })
        return (scene.board.process_history(row).*Member).values();
    else
        return (scene.board.group_history(row).*Member).values();
}

constexpr std::size_t graph_width = 5;

Span show_cpu_graph(Scene const& scene, Row const& row) {
    auto const values =
        is_group(row) ? history<&GroupHistory::cpu>(scene, row) : history<&ProcessHistory::cpu>(scene, row);
    return {own_graph(values, graph_width, 1.0, scene.glyphs), Paint::graph};
}

Span show_memory(Scene const& scene, Row const& row) {
    auto const bytes = is_group(row) ? scene.board.group(row).memory : scene.board.process(row).resident;
    return {short_size(static_cast<double>(bytes))};
}

Span show_memory_graph(Scene const& scene, Row const& row) {
    auto const values =
        is_group(row) ? history<&GroupHistory::memory>(scene, row) : history<&ProcessHistory::memory>(scene, row);
    return {own_graph(values, graph_width, 1, scene.glyphs), Paint::graph};
}

Span show_io(Scene const& scene, Row const& row) {
    auto const rate = is_group(row) ? scene.board.group(row).io : scene.board.process(row).io;
    return rate ? Span{short_size(*rate)} : Span{"-", Paint::faint};
}

Span show_io_graph(Scene const& scene, Row const& row) {
    auto const values =
        is_group(row) ? history<&GroupHistory::io>(scene, row) : history<&ProcessHistory::io>(scene, row);
    constexpr double least = 65536;
    return {own_graph(values, graph_width, least, scene.glyphs), Paint::graph};
}

Span show_pressure(Scene const& scene, Row const& row) {
    if (!is_group(row)) return {};
    auto const* const unit = told(scene, row);
    auto const most = unit != nullptr ? unit->pressure.most() : std::nullopt;
    if (!most) return {"-", Paint::faint};
    return {short_percent(*most), *most >= 10 ? Paint::bad : *most >= 1 ? Paint::warn : Paint::plain};
}

Span show_pressure_graph(Scene const& scene, Row const& row) {
    if (!is_group(row)) return {};
    constexpr double least = 10;
    return {own_graph(history<&GroupHistory::pressure>(scene, row), graph_width, least, scene.glyphs), Paint::graph};
}

Span show_restarts(Scene const& scene, Row const& row) {
    if (!is_group(row)) return {};
    auto const* const unit = told(scene, row);
    if (unit == nullptr || !unit->restarts) return {"-", Paint::faint};
    auto const count = *unit->restarts;
    return {count > 999 ? fmt::format("{}k", count / 1000) : std::to_string(count),
            count != 0 ? Paint::warn : Paint::plain};
}

Span show_restart_graph(Scene const& scene, Row const& row) {
    if (!is_group(row)) return {};
    return {own_graph(history<&GroupHistory::restarts>(scene, row), graph_width, 1, scene.glyphs), Paint::graph};
}

Span show_time(Scene const& scene, Row const& row) {
    auto const ticks = is_group(row) ? scene.board.group(row).cpu_ticks : scene.board.process(row).cpu_ticks;
    return {short_time(ticks, scene.board.look().machine.ticks_per_second)};
}

Span show_threads(Scene const& scene, Row const& row) {
    return {std::to_string(is_group(row) ? scene.board.group(row).threads : scene.board.process(row).threads)};
}

Span show_nice(Scene const& scene, Row const& row) {
    return {is_group(row) ? "" : std::to_string(scene.board.process(row).nice)};
}

constexpr auto table = std::to_array<Column>({
    {"PID", 7, Side::right, 0, Sort::pid, show_pid},
    {"USER", 8, Side::left, 6, Sort::user, show_user},
    {"NI", 3, Side::right, 15, Sort::nice, show_nice},
    {"THR", 4, Side::right, 14, Sort::threads, show_threads},
    {"S", 1, Side::left, 3, Sort::state, show_state},
    {"CPU%", 5, Side::right, 1, Sort::cpu, show_cpu},
    {"", graph_width, Side::right, 4, std::nullopt, show_cpu_graph},
    {"MEM", 5, Side::right, 2, Sort::memory, show_memory},
    {"", graph_width, Side::right, 9, std::nullopt, show_memory_graph},
    {"IO/s", 5, Side::right, 5, Sort::io, show_io},
    {"", graph_width, Side::right, 10, std::nullopt, show_io_graph},
    {"PSI", 4, Side::right, 8, Sort::pressure, show_pressure},
    {"", graph_width, Side::right, 12, std::nullopt, show_pressure_graph},
    {"RST", 3, Side::right, 7, Sort::restarts, show_restarts},
    {"", graph_width, Side::right, 13, std::nullopt, show_restart_graph},
    {"TIME+", 8, Side::right, 11, Sort::time, show_time},
});

std::string branches_of(Row const& row, Glyphs glyphs) {
    bool const drawn = glyphs == Glyphs::utf8;
    std::string text;
    constexpr unsigned deepest = 63;
    for (unsigned depth = 1; depth < row.depth; ++depth)
        text += ((row.branches >> std::min(depth, deepest)) & 1U) != 0 ? (drawn ? "│ " : "| ") : "  ";
    if (row.depth > 0) text += row.is_last ? (drawn ? "└─" : "`-") : (drawn ? "├─" : "|-");
    if (row.has_children) text += row.is_folded ? "+ " : row.depth == 0 ? "- " : "";
    return text;
}

Line group_spans(Scene const& scene, Row const& row) {
    auto const& group = scene.board.group(row);
    bool const failed = group.told != nullptr && group.told->active_state == "failed";
    Line line{{group.name, failed ? Paint::bad : Paint::strong}};
    if (group.told != nullptr && !group.told->sub_state.empty() && group.told->sub_state != "running")
        line.push_back({" " + group.told->sub_state, failed ? Paint::bad : Paint::warn});
    return line;
}

} // namespace

std::vector<Column const*> columns_for(std::size_t width, Graphs graphs) {
    std::vector<Column const*> by_importance;
    for (auto const& column : table)
        if (graphs == Graphs::yes || !column.title.empty()) by_importance.push_back(&column);
    std::ranges::sort(by_importance, {}, &Column::importance);
    auto const command = std::max<std::size_t>(width < 60 ? 16 : 22, width / 4);
    std::size_t used = 0;
    std::vector<Column const*> chosen;
    for (auto const* const column : by_importance) {
        if (used + column->width + 1 + command > width) break;
        used += column->width + 1;
        chosen.push_back(column);
    }
    std::ranges::sort(chosen);
    return chosen;
}

Line command_spans(Scene const& scene, Row const& row) {
    Line line;
    if (auto branches = branches_of(row, scene.glyphs); !branches.empty())
        line.push_back({std::move(branches), Paint::faint});
    if (is_group(row)) {
        std::ranges::move(group_spans(scene, row), std::back_inserter(line));
        return line;
    }
    auto const& process = scene.board.process(row);
    bool const named = !scene.choice.arguments || process.command.empty();
    bool const bracketed = process.is_kernel && named;
    auto const paint = process.state == 'Z' ? Paint::bad : process.is_kernel ? Paint::faint : Paint::plain;
    line.push_back({bracketed ? "[" + process.name + "]" : named ? process.name : process.command, paint});
    return line;
}

} // namespace mitori::top::detail
