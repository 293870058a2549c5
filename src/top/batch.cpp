#include "top/batch.hpp"

#include <nlohmann/json.hpp>

#include "status/json.hpp"
#include "top/picture.hpp"

namespace mitori::top {
namespace {

/// Wide enough for whatever a line holds but the longest of commands.
constexpr std::size_t unlimited = 4096;
constexpr std::size_t header_width = 100;

void append(std::string& text, Line const& line) {
    auto words = text_of(line);
    words.erase(words.find_last_not_of(' ') + 1);
    text += words + "\n";
}

nlohmann::json json_of(std::optional<double> const& value) {
    return value ? nlohmann::json(*value) : nlohmann::json(nullptr);
}

nlohmann::json json_of(Pressure const& pressure) {
    return {{"cpu", json_of(pressure.cpu)}, {"memory", json_of(pressure.memory)}, {"io", json_of(pressure.io)}};
}

nlohmann::json json_of(Machine const& machine) {
    return {{"processors", machine.processors},
            {"cpu", machine.busy},
            {"memory_bytes", machine.memory},
            {"memory_used_bytes", machine.memory_used},
            {"swap_bytes", machine.swap},
            {"swap_used_bytes", machine.swap_used},
            {"load", machine.load},
            {"uptime_seconds", machine.uptime},
            {"read_bytes_per_second", json_of(machine.read_bytes)},
            {"written_bytes_per_second", json_of(machine.written_bytes)},
            {"pressure", json_of(machine.pressure)}};
}

constexpr std::string_view kind_word(Kind kind) {
    switch (kind) {
    case Kind::unit: return "unit";
    case Kind::container: return "container";
    case Kind::kernel: return "kernel";
    case Kind::loose:
    case Kind::process: break;
    }
    return "none";
}

nlohmann::json json_of(GroupTotals const& group) {
    nlohmann::json json{{"name", group.name},
                        {"kind", kind_word(group.kind)},
                        {"processes", group.processes},
                        {"threads", group.threads},
                        {"cpu", group.cpu},
                        {"memory_bytes", group.memory},
                        {"io_bytes_per_second", json_of(group.io)}};
    auto const* const told = group.told;
    json["active_state"] =
        told != nullptr && !told->active_state.empty() ? nlohmann::json(told->active_state) : nullptr;
    json["sub_state"] = told != nullptr && !told->sub_state.empty() ? nlohmann::json(told->sub_state) : nullptr;
    json["restarts"] = told != nullptr && told->restarts ? nlohmann::json(*told->restarts) : nullptr;
    json["pressure"] = told != nullptr ? json_of(told->pressure) : nullptr;
    return json;
}

nlohmann::json json_of(Board const& board, Process const& process) {
    auto const word = [](std::string const& text) {
        return text.empty() ? nlohmann::json(nullptr) : nlohmann::json(text);
    };
    auto const ticks_per_second = static_cast<double>(board.look().machine.ticks_per_second);
    return {{"pid", process.pid},
            {"ppid", process.parent},
            {"user", board.user_of(process)},
            {"state", std::string(1, process.state)},
            {"cpu", process.cpu},
            {"cpu_seconds", static_cast<double>(process.cpu_ticks) / ticks_per_second},
            {"memory_bytes", process.resident},
            {"io_bytes_per_second", json_of(process.io)},
            {"threads", process.threads},
            {"nice", process.nice},
            {"unit", word(process.unit)},
            {"container", word(process.container)},
            {"name", process.name},
            {"command", word(process.command)}};
}

} // namespace

std::string batch_text(Board const& board, Choice const& choice, std::size_t width, Glyphs glyphs) {
    auto const rows = board.rows(choice);
    Scene const scene{.board = board, .choice = choice, .rows = rows, .has_graphs = false, .glyphs = glyphs};
    auto const columns = width != 0 ? width : unlimited;
    std::string text;
    for (auto const& line : header_lines(scene, {.rows = 5, .columns = width != 0 ? width : header_width}))
        append(text, line);
    text += "\n";
    append(text, column_titles(scene, columns));
    for (auto const& row : rows)
        append(text, list_line(scene, row, columns));
    return text;
}

std::string batch_json(Board const& board, Choice const& choice) {
    auto flat = choice;
    flat.shape = Shape::flat;
    auto const& look = board.look();
    nlohmann::json json{{"time", static_cast<double>(look.realtime.count()) / 1e6}, {"machine", json_of(look.machine)}};
    json["manager"] = look.has_manager;
    json["groups"] = nlohmann::json::array();
    for (auto const& group : board.groups())
        json["groups"].push_back(json_of(group));
    json["processes"] = nlohmann::json::array();
    for (auto const& row : board.rows(flat))
        json["processes"].push_back(json_of(board, board.process(row)));
    return status::show(json, status::Layout::compact) + "\n";
}

} // namespace mitori::top
