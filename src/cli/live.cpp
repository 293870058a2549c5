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

/// Of what services said: enough to read when the view has gone.
constexpr std::size_t kept_lines = 200;

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

/// At most `width` bytes, and no half of a UTF-8 sequence.
std::string cut(std::string const& line, std::size_t width) {
    if (width == 0 || line.size() <= width) return line;
    while (width > 0 && (static_cast<unsigned char>(line[width]) & 0xC0U) == 0x80U)
        --width;
    return line.substr(0, width);
}

/// What is worth a line: what somebody started, or what went wrong. Slices and targets only frame it.
bool is_frame(status::UnitRow const& row) {
    auto const type = detail::unit_type(row.name);
    return row.load_state != "loaded" || type == "slice" || type == "target" || type == "device" || type == "mount";
}
bool is_shown(status::UnitRow const& row) {
    if (row.active_state == "failed" || row.job_id != 0) return true;
    return !is_frame(row) && row.active_state != "inactive";
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

enum class Which { running, all };

std::vector<std::string> table_of(control::Query& query, std::vector<status::UnitRow> const& rows, Screen const& screen,
                                  Which which) {
    detail::Table table({"", "UNIT", "STATE", "PID", "FOR", "MEMORY", "RESTARTS", "STATUS"});
    table.align(3, detail::Align::right);
    table.align(5, detail::Align::right);
    table.align(6, detail::Align::right);
    for (auto const& row : rows)
        if (which == Which::all || is_shown(row)) table.add(cells_of(query, row));
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
    std::ranges::move(table_of(query, *rows, screen, Which::running), std::back_inserter(lines));
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
        // What failed before it was ever drawn is shown all the same.
        std::erase_if(*rows, [this](auto const& row) { return !seen_.contains(row.name) && !is_shown(row); });
        for (auto const& line : table_of(faces_.query, *rows, screen, Which::all))
            text += line + "\n";
    }
    for (auto const& line : said_)
        text += line + "\n";
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
        if (is_frame(row) && row.active_state != "failed") continue;
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
    if (auto rows = faces_.query.list_units({}))
        for (auto const& row : *rows)
            if (is_shown(row)) seen_.insert(row.name);
    auto const words = last_words(size.height / 3, size.width);
    auto const room = size.height > words.size() ? size.height - words.size() : 0;
    auto lines = live_frame(faces_.query, terminal_screen(size.width), room);
    std::ranges::copy(words, std::back_inserter(lines));
    for (std::size_t i = 0; i < lines.size(); ++i)
        text += lines[i] + (i + 1 == lines.size() ? "\x1b[K" : std::string(clear_line));
    write(text.append(clear_rest));
}

void LiveView::say(std::string_view line) {
    auto clean = printable(line);
    if (!on_terminal_) return write(clean + "\n");
    said_.push_back(std::move(clean));
    if (said_.size() > kept_lines) said_.pop_front();
    if (stale_) stale_();
}

std::vector<std::string> LiveView::last_words(std::size_t most, std::size_t width) const {
    if (said_.empty() || most < 2) return {};
    std::vector<std::string> lines{""};
    for (auto i = said_.size() - std::min(said_.size(), most - 1); i < said_.size(); ++i)
        lines.push_back(cut(said_[i], width));
    return lines;
}

void LiveView::write(std::string const& text) const {
    (void)base::sys::write_all(fd_, text); // a view that cannot be seen is no reason to stop what it shows
}

} // namespace mitori::cli
