// The lines above the list: the whole machine.
#include <algorithm>
#include <ctime>
#include <fmt/format.h>

#include "top/cells.hpp"
#include "top/picture.hpp"

namespace mitori::top {
namespace {

constexpr double percent = 100;

std::string clock_of(base::Usec realtime) {
    auto const seconds = static_cast<std::time_t>(realtime.count() / 1'000'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string uptime_of(double seconds) {
    constexpr std::uint64_t minute = 60;
    constexpr std::uint64_t hour = 3600;
    constexpr std::uint64_t day = 86400;
    auto const whole = static_cast<std::uint64_t>(seconds);
    auto const clock = fmt::format("{}:{:02}", whole % day / hour, whole % hour / minute);
    return whole >= day ? fmt::format("{} d {}", whole / day, clock) : clock;
}

std::string shown(std::optional<double> const& value) { return value ? short_percent(*value) + "%" : "-"; }

Paint paint_of(double share) { return share >= 0.9 ? Paint::bad : share >= 0.7 ? Paint::warn : Paint::good; }

/// Of the processes that the list may show, by their states.
struct Tasks {
    std::size_t all = 0;
    std::size_t running = 0;
    std::size_t stopped = 0;
    std::size_t zombies = 0;
};
Tasks count(Look const& look) {
    Tasks tasks;
    for (auto const& process : look.processes) {
        ++tasks.all;
        tasks.running += process.state == 'R' ? 1U : 0U;
        tasks.stopped += process.state == 'T' || process.state == 't' ? 1U : 0U;
        tasks.zombies += process.state == 'Z' ? 1U : 0U;
    }
    return tasks;
}

Line first_line(Scene const& scene) {
    auto const& look = scene.board.look();
    auto const& load = look.machine.load;
    return {{"mitori top", Paint::strong},
            {fmt::format(" - {} up {}, load {:.2f} {:.2f} {:.2f}{}{}", clock_of(look.realtime),
                         uptime_of(look.machine.uptime), load[0], load[1], load[2], scene.interval.empty() ? "" : ", ",
                         scene.interval)}};
}

Line second_line(Scene const& scene) {
    auto const& look = scene.board.look();
    auto const tasks = count(look);
    std::size_t units = 0;
    std::size_t containers = 0;
    std::size_t failed = 0;
    for (auto const& group : scene.board.groups()) {
        units += group.kind == Kind::unit ? 1U : 0U;
        containers += group.kind == Kind::container ? 1U : 0U;
        failed += group.told != nullptr && group.told->active_state == "failed" ? 1U : 0U;
    }
    Line line{{fmt::format("{} processes: {} running, {} stopped, ", tasks.all, tasks.running, tasks.stopped)},
              {fmt::format("{} zombie", tasks.zombies), tasks.zombies != 0 ? Paint::bad : Paint::plain},
              {fmt::format("; {} units, ", units)},
              {fmt::format("{} failed", failed), failed != 0 ? Paint::bad : Paint::plain}};
    if (containers != 0) line.push_back({fmt::format("; {} containers", containers)});
    return line;
}

/// A figure, its graph, and the pressure beside it.
struct Gauge {
    std::string_view label;
    std::string text;
    Paint paint = Paint::plain;
    std::string drawn;
    std::string_view pressure_label;
    std::string pressure;
    std::string pressure_drawn;
};

Line line_of(Gauge const& gauge, bool with_pressure) {
    constexpr std::size_t text_width = 22;
    Line line{{fit_left(gauge.label, 4), Paint::strong},
              {fit_left(gauge.text, text_width), gauge.paint},
              {gauge.drawn, Paint::graph}};
    if (!with_pressure) return line;
    line.push_back({"  " + fit_left(gauge.pressure_label, 8), Paint::strong});
    line.push_back({fit_right(gauge.pressure, 6) + " "});
    line.push_back({gauge.pressure_drawn, Paint::graph});
    return line;
}

std::vector<Line> gauges(Scene const& scene, std::size_t columns) {
    auto const& machine = scene.board.look().machine;
    auto const& history = scene.board.machine_history();
    // Label and text take 26 columns, the pressure's 17; the two graphs share the rest.
    bool const with_pressure = columns >= 64;
    auto const rest = columns - std::min<std::size_t>(columns, with_pressure ? 43 : 26);
    auto const width = scene.has_graphs ? std::min<std::size_t>(with_pressure ? rest / 2 : rest, 64) : 0;
    auto const draw_share = [&](auto const& values) { return graph(values.values(), width, 1.0, scene.glyphs); };
    auto const draw_own = [&](auto const& values, double least) {
        return own_graph(values.values(), width, least, scene.glyphs);
    };
    constexpr double least_pressure = 10;
    constexpr double least_io = 1048576;
    auto const used =
        machine.memory != 0 ? static_cast<double>(machine.memory_used) / static_cast<double>(machine.memory) : 0;
    auto const size = [](auto bytes) { return short_size(static_cast<double>(bytes)); };
    std::string const swap = machine.swap != 0 ? fmt::format(", swap {}", size(machine.swap_used)) : "";
    std::string const io = machine.read_bytes ? fmt::format("{}/s in, {}/s out", size(*machine.read_bytes),
                                                            size(machine.written_bytes.value_or(0)))
                                              : "-";
    return {line_of({"CPU", fmt::format("{}% of {}", short_percent(machine.busy * percent), machine.processors),
                     paint_of(machine.busy), draw_share(history.cpu), "PSI cpu", shown(machine.pressure.cpu),
                     draw_own(history.cpu_pressure, least_pressure)},
                    with_pressure),
            line_of({"Mem", fmt::format("{} of {}{}", size(machine.memory_used), size(machine.memory), swap),
                     paint_of(used), draw_share(history.memory), "PSI mem", shown(machine.pressure.memory),
                     draw_own(history.memory_pressure, least_pressure)},
                    with_pressure),
            line_of({"I/O", io, Paint::plain, draw_own(history.io, least_io), "PSI io", shown(machine.pressure.io),
                     draw_own(history.io_pressure, least_pressure)},
                    with_pressure)};
}

/// Everything in two lines, for a small screen.
std::vector<Line> small(Scene const& scene, std::size_t columns) {
    auto const& look = scene.board.look();
    auto const& machine = look.machine;
    auto const tasks = count(look);
    auto const used =
        machine.memory != 0 ? static_cast<double>(machine.memory_used) / static_cast<double>(machine.memory) : 0;
    auto const width = columns > 36 ? std::min<std::size_t>(columns - 36, 16) : 0;
    Line first{{clock_of(look.realtime) + " "},
               {fmt::format("cpu {}% ", short_percent(machine.busy * percent)), paint_of(machine.busy)},
               {fmt::format("mem {}% ", short_percent(used * percent)), paint_of(used)},
               {graph(scene.board.machine_history().cpu.values(), width, 1.0, scene.glyphs), Paint::graph}};
    Line second{
        {fmt::format("{} processes, {} zombie, psi {}", tasks.all, tasks.zombies, shown(machine.pressure.most()))}};
    return {first, second};
}

} // namespace

std::vector<Line> header_lines(Scene const& scene, Size size) {
    constexpr std::size_t full = 5;
    std::vector<Line> lines;
    if (size.rows >= full) {
        lines = {first_line(scene), second_line(scene)};
        std::ranges::move(gauges(scene, size.columns), std::back_inserter(lines));
    } else {
        lines = small(scene, size.columns);
    }
    lines.resize(std::min(lines.size(), size.rows));
    for (auto& line : lines) {
        std::size_t left = size.columns;
        for (auto& span : line) {
            span.text = cut(as_glyphs(span.text, scene.glyphs), left);
            left -= cells(span.text);
        }
    }
    return lines;
}

} // namespace mitori::top
