// Panes of text at the desk: help, and what the verbs say of the selected row.
#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "top/cells.hpp"
#include "top/desk.hpp"

namespace mitori::top {
namespace {

constexpr std::string_view help_text = R"(Moving
  Up Down PgUp PgDn Home End  the selection; the mouse wheel and a click, too
  Left Right Space            fold what is below it; unfold

What is shown
  P M T N O                   sort by CPU, memory, time, number, I/O
  < > (F6)                    sort by the column before, the next
  a click on a title          sort by that column
  R                           turn the order round; so does sorting by it again
  t (F5)                      units, containers, processes; or the latter alone
  \ (F4)                      only: part of command, user or unit, or a number
  / (F3), n                   search, the next one
  c I K                       arguments, idle, kernel threads: shown or not
  d, p                        seconds between looks, pause

The selected row
  Enter i                     inspect: everything that the kernel tells of it
  w                           why: how the unit's main process died last
  l                           logs of the unit, or of the process
  u                           the state of its unit
  k (F9)                      send a signal: shows whom it will hit, and asks

  q (F10)                     leave

Columns
  (3)                         a group: a unit, a container, of so many
  S                           state; of a unit A active, F failed, C changing
  CPU%                        of one processor; behind it the last looks
  MEM                         resident; of a group the sum
  IO/s                        bytes that were read and written, each second
  PSI                         percent of ten seconds in which somebody had
                              to wait for CPU, memory or a disk
  RST                         how often the unit was restarted
  -                           not told here
)";

constexpr std::string_view pane_keys = "q back  arrows PgUp PgDn Home End";

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        std::string shown;
        for (char const c : line) // tabs would stand at the terminal's own stops
            if (c == '\t')
                shown.append(8 - cells(shown) % 8, ' ');
            else
                shown += c;
        lines.push_back(base::printable(shown));
    }
    return lines;
}

} // namespace

void Desk::show_pane(std::string title, std::string_view text) {
    mode_ = Mode::pane;
    pane_ = Pane{.title = std::move(title), .lines = lines_of(text), .hint = std::string(pane_keys)};
}

void Desk::on_pane_key(Key const& key) {
    auto& pane = *pane_;
    auto const height = pane_height(size_);
    auto const last = pane.lines.size() > height ? pane.lines.size() - height : 0;
    constexpr std::size_t turn = 3;
    constexpr std::size_t aside = 8;
    auto const up = [&](std::size_t by) { pane.first -= std::min(pane.first, by); };
    auto const down = [&](std::size_t by) { pane.first = std::min(pane.first + by, last); };
    switch (key.kind) {
    case Key::Kind::up: up(1); break;
    case Key::Kind::down:
    case Key::Kind::enter: down(1); break;
    case Key::Kind::wheel_up: up(turn); break;
    case Key::Kind::wheel_down: down(turn); break;
    case Key::Kind::page_up: up(height); break;
    case Key::Kind::page_down: down(height); break;
    case Key::Kind::home: pane.first = 0; break;
    case Key::Kind::end: pane.first = last; break;
    case Key::Kind::left: pane.left -= std::min(pane.left, aside); break;
    case Key::Kind::right: pane.left += aside; break;
    case Key::Kind::character:
        if (key.character == ' ') return down(height);
        if (key.character == 'j') return down(1);
        if (key.character == 'k') return up(1);
        if (key.character != 'q') return;
        [[fallthrough]];
    case Key::Kind::escape:
    case Key::Kind::function:
        pane_.reset();
        mode_ = Mode::list;
        break;
    default: break;
    }
}

void Desk::show_help() { show_pane("mitori top: keys", help_text); }

void Desk::inspect() {
    auto const row = selected();
    if (!row) return;
    if (row->kind != Kind::process) {
        unit();
        return;
    }
    auto const pid = board_.process(*row).pid;
    show_pane(fmt::format("inspect {}", pid), deeds_.inspect(pid));
}

void Desk::why() {
    auto const row = selected();
    if (!row) return;
    // It lives: what can be told is how its unit's process before it ended.
    std::string whom = "last";
    if (row->kind == Kind::unit) whom = board_.group(*row).name;
    if (row->kind == Kind::process) {
        auto const& process = board_.process(*row);
        whom = process.unit.empty() ? std::to_string(process.pid) : process.unit;
    }
    show_pane("why " + whom, deeds_.why(whom));
}

void Desk::logs() {
    auto const row = selected();
    if (!row) return;
    if (row->kind == Kind::process) {
        auto const pid = board_.process(*row).pid;
        show_pane(fmt::format("logs of {}", pid), deeds_.logs_of_process(pid));
    } else if (row->kind == Kind::unit) {
        auto const& name = board_.group(*row).name;
        show_pane("logs of " + name, deeds_.logs_of_unit(name));
    } else {
        message_ = "logs are of a unit or a process";
        return;
    }
    pane_->first = pane_->lines.size() > pane_height(size_) ? pane_->lines.size() - pane_height(size_) : 0;
}

void Desk::unit() {
    auto const row = selected();
    if (!row) return;
    auto const name = row->kind == Kind::process ? board_.process(*row).unit : board_.group(*row).name;
    bool const is_unit = row->kind == Kind::unit || (row->kind == Kind::process && !name.empty());
    if (!is_unit) {
        message_ = "it is in no unit";
        return;
    }
    show_pane("unit " + name, deeds_.unit(name));
}

} // namespace mitori::top
