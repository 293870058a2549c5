#include "cli/live.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sstream>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/detail/unit_tree.hpp"

namespace mitori::cli {
using base::printable;
using detail::Style;

namespace {

// The other screen, without a cursor; and back. What stood on the terminal before stands there again.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view leave = "\x1b[?25h\x1b[?1049l";
constexpr std::string_view home = "\x1b[H";
constexpr std::string_view clear_line = "\x1b[K\r\n";
constexpr std::string_view clear_rest = "\x1b[J";

struct Size {
    std::size_t width = 80;
    std::size_t height = 24;
};
/// Asked anew at each redraw: that is all it takes to follow a terminal that changes.
Size size_of(int fd) {
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
    return {size.ws_col, size.ws_row};
}

Screen terminal_screen(std::size_t width) {
    char const* const no_colour = std::getenv("NO_COLOR");
    return {.colour = no_colour == nullptr || *no_colour == '\0', .width = width};
}

std::string words_of(std::string const& active, std::string const& sub) {
    return sub.empty() || sub == active ? active : fmt::format("{} ({})", active, sub);
}

/// What is worth a line: what somebody started, or what went wrong. Slices and targets only frame it.
bool is_shown(status::UnitRow const& row) {
    auto const type = detail::unit_type(row.name);
    bool const frame = type == "slice" || type == "target" || type == "device" || type == "mount";
    if (row.active_state == "failed" || row.job_id != 0) return true;
    return !frame && row.active_state != "inactive";
}

std::string head_of(std::vector<status::UnitRow> const& rows, Screen const& screen) {
    auto const count = [&](auto test) { return std::ranges::count_if(rows, test); };
    auto const active = count([](auto const& row) { return row.active_state == "active" && is_shown(row); });
    auto const failed = count([](auto const& row) { return row.active_state == "failed"; });
    auto const jobs = count([](auto const& row) { return row.job_id != 0; });
    auto const failures = fmt::format("{} failed", failed);
    return fmt::format("{}  {} active, {}, {} jobs", detail::styled(screen, Style::strong, "mitori"), active,
                       detail::styled(screen, failed != 0 ? Style::bad : Style::plain, failures), jobs);
}

std::string age_of(status::Properties const& properties) {
    auto const entered = properties.get("StateChangeTimestamp").number();
    if (entered == 0) return "";
    auto const age = base::sys::now_realtime() - base::Usec(static_cast<std::int64_t>(entered));
    return base::show_span(std::chrono::duration_cast<std::chrono::seconds>(std::max(age, base::Usec(0))));
}

std::string size_or_nothing(status::Properties const& properties, std::string_view name) {
    auto const bytes = properties.get(name).number();
    return bytes == 0 || bytes == UINT64_MAX ? "" : base::show_size(bytes);
}

std::vector<detail::Cell> cells_of(control::Query& query, status::UnitRow const& row) {
    auto const asked = query.unit_properties(row.name);
    status::Properties const properties = asked ? *asked : status::Properties();
    auto const style = detail::style_of_state(row.active_state);
    auto const pid = properties.get("MainPID").number();
    auto const restarts = properties.get("NRestarts").number();
    return {{std::string(detail::glyph_of_state(row.active_state)), style},
            {printable(row.name)},
            {printable(words_of(row.active_state, row.sub_state)), style},
            {pid == 0 ? "" : std::to_string(pid)},
            {age_of(properties)},
            {size_or_nothing(properties, "MemoryCurrent")},
            {restarts == 0 ? "" : std::to_string(restarts), Style::warn},
            {printable(properties.get("StatusText").text())}};
}

std::vector<std::string> lines_of(std::string const& text) {
    std::vector<std::string> lines;
    for (auto const line : base::split(text, "\n"))
        lines.emplace_back(line);
    return lines;
}

std::vector<std::string> table_of(control::Query& query, std::vector<status::UnitRow> const& rows,
                                  Screen const& screen) {
    detail::Table table({"", "UNIT", "STATE", "PID", "FOR", "MEMORY", "RESTARTS", "STATUS"});
    table.align(3, detail::Align::right);
    table.align(5, detail::Align::right);
    table.align(6, detail::Align::right);
    for (auto const& row : rows)
        if (is_shown(row)) table.add(cells_of(query, row));
    std::ostringstream text;
    table.print(text, screen, detail::Table::Header::yes, detail::Cut::yes);
    return lines_of(text.str());
}

} // namespace

std::vector<std::string> live_frame(control::Query& query, Screen const& screen, std::size_t height) {
    auto rows = query.list_units({});
    if (!rows) return {printable(rows.error().text)};
    std::ranges::sort(*rows, {}, &status::UnitRow::name);
    std::vector<std::string> lines{head_of(*rows, screen), ""};
    std::ranges::move(table_of(query, *rows, screen), std::back_inserter(lines));
    if (auto const units = detail::tree_units(query, {}, detail::All::no)) {
        lines.emplace_back();
        std::ranges::move(detail::unit_tree(*units, screen), std::back_inserter(lines));
    }
    if (height != 0 && lines.size() > height) {
        auto const hidden = lines.size() - height + 1;
        lines.resize(height - 1);
        lines.push_back(detail::styled(screen, Style::faint, fmt::format("… {} more lines", hidden)));
    }
    return lines;
}

LiveView::LiveView(control::Faces faces, int fd, std::function<void()> stale)
    : faces_(faces),
      fd_(fd),
      on_terminal_(::isatty(fd) != 0),
      stale_(std::move(stale)) {
    auto const changed = [this] {
        if (stale_) stale_();
    };
    subscription_ = faces.watch.subscribe({
        .job_new = [changed](control::JobNew const&) { changed(); },
        .job_removed =
            [this, changed](control::JobRemoved const& event) {
                if (event.result != "done" && event.result != "skipped")
                    notes_.push_back(fmt::format("{} job: {}", event.unit, event.result));
                changed();
            },
        .unit_changed = [changed](control::UnitChanged const&) { changed(); },
    });
    if (on_terminal_) write(std::string(enter));
}

LiveView::~LiveView() {
    subscription_.reset();
    if (!on_terminal_) {
        print_changes();
        return;
    }
    std::string text(leave);
    if (auto rows = faces_.query.list_units({})) {
        auto const screen = terminal_screen(size_of(fd_).width);
        std::ranges::sort(*rows, {}, &status::UnitRow::name);
        for (auto const& line : table_of(faces_.query, *rows, screen))
            text += line + "\n";
    }
    write(text);
}

void LiveView::refresh() {
    if (on_terminal_)
        redraw();
    else
        print_changes();
}

void LiveView::print_changes() {
    auto const rows = faces_.query.list_units({});
    if (!rows) return;
    auto const now = std::chrono::duration_cast<std::chrono::seconds>(base::sys::now_realtime()).count();
    auto const clock = fmt::format("{:%H:%M:%S}", fmt::localtime(static_cast<std::time_t>(now)));
    std::string text;
    for (auto const& row : *rows) {
        auto const state = words_of(row.active_state, row.sub_state);
        auto& shown = shown_states_[row.name];
        if (shown == state || (shown.empty() && row.active_state == "inactive")) continue;
        shown = state;
        text += fmt::format("{} {} {}\n", clock, printable(row.name), printable(state));
    }
    for (auto const& note : std::exchange(notes_, {}))
        text += fmt::format("{} {}\n", clock, printable(note));
    if (!text.empty()) write(text);
}

void LiveView::redraw() {
    auto const size = size_of(fd_);
    std::string text(home);
    auto const lines = live_frame(faces_.query, terminal_screen(size.width), size.height);
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += lines[i] + (i + 1 == lines.size() ? "\x1b[K" : std::string(clear_line));
    write(text.append(clear_rest));
}

void LiveView::write(std::string const& text) const {
    (void)base::sys::write_all(fd_, text); // a view that cannot be seen is no reason to stop what it shows
}

} // namespace mitori::cli
