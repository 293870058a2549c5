#include "top/desk.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/names.hpp"
#include "top/detail/columns.hpp"

namespace mitori::top {
namespace {

constexpr std::string_view keys_of_list =
    "?:help /:search \\:filter >:sort t:tree k:signal i:inspect w:why l:logs q:quit";
constexpr std::string_view keys_while_typing = "Enter take it  Escape leave";

std::string interval_words(base::Usec interval) {
    return fmt::format("every {:g} s", std::chrono::duration<double>(interval).count());
}

} // namespace

Desk::Desk(Board board, Choice choice, DeskOptions options, Deeds& deeds)
    : board_(std::move(board)),
      choice_(std::move(choice)),
      options_(options),
      deeds_(deeds) {}

void Desk::take(Look look) {
    board_.take(std::move(look));
    lay_out();
}

void Desk::resize(Size size) {
    size_ = size;
    show_selection();
}

void Desk::lay_out() {
    rows_ = board_.rows(choice_);
    if (!pinned_) {
        index_ = 0;
    } else {
        auto const found =
            std::ranges::find_if(rows_, [this](Row const& row) { return board_.identity_of(row) == *pinned_; });
        // Who is gone leaves the selection where it was: with who stands there now.
        if (found != rows_.end())
            index_ = static_cast<std::size_t>(found - rows_.begin());
        else
            select(std::min(index_, rows_.empty() ? 0 : rows_.size() - 1));
    }
    show_selection();
}

void Desk::show_selection() {
    auto const height = list_height(size_);
    if (index_ < first_) first_ = index_;
    if (height != 0 && index_ >= first_ + height) first_ = index_ - height + 1;
    first_ = std::min(first_, rows_.size() > height ? rows_.size() - height : 0);
}

void Desk::select(std::size_t index) {
    index_ = rows_.empty() ? 0 : std::min(index, rows_.size() - 1);
    pinned_.reset();
    if (index_ != 0) pinned_ = board_.identity_of(rows_[index_]);
    show_selection();
}

std::optional<Row> Desk::selected() const {
    return index_ < rows_.size() ? std::optional(rows_[index_]) : std::nullopt;
}

Wish Desk::on_key(Key const& key) {
    message_.clear();
    if (key.kind == Key::Kind::redraw) return Wish::repaint;
    switch (mode_) {
    case Mode::list: return on_list_key(key);
    case Mode::confirm: on_confirm_key(key); break;
    case Mode::pane: on_pane_key(key); break;
    case Mode::filter:
    case Mode::search:
    case Mode::signal:
    case Mode::interval: on_typed_key(key); break;
    }
    return Wish::none;
}

Wish Desk::on_list_key(Key const& key) {
    if (on_movement(key)) return Wish::none;
    switch (key.kind) {
    case Key::Kind::character: return on_letter(key.character);
    case Key::Kind::function: return on_function(key.number);
    case Key::Kind::enter: inspect(); break;
    case Key::Kind::left: fold(Fold::fold); break;
    case Key::Kind::right: fold(Fold::unfold); break;
    case Key::Kind::click: on_click(key); break;
    case Key::Kind::escape:
        choice_.filter.clear();
        lay_out();
        break;
    default: break;
    }
    return Wish::none;
}

bool Desk::on_movement(Key const& key) {
    constexpr std::size_t turn = 3;
    auto const page = std::max<std::size_t>(list_height(size_), 1);
    auto const up = [this](std::size_t by) { select(index_ - std::min(index_, by)); };
    switch (key.kind) {
    case Key::Kind::up: up(1); return true;
    case Key::Kind::down: select(index_ + 1); return true;
    case Key::Kind::wheel_up: up(turn); return true;
    case Key::Kind::wheel_down: select(index_ + turn); return true;
    case Key::Kind::page_up: up(page); return true;
    case Key::Kind::page_down: select(index_ + page); return true;
    case Key::Kind::home: select(0); return true;
    case Key::Kind::end: select(rows_.empty() ? 0 : rows_.size() - 1); return true;
    default: return false;
    }
}

void Desk::on_click(Key const& key) {
    auto const top = list_top(size_);
    if (key.row + 1 == top) {
        std::size_t end = 0;
        for (auto const* const column : detail::columns_for(size_.columns, detail::Graphs::yes)) {
            end += column->width + 1;
            if (key.column >= end) continue;
            if (column->sort) sort_by(*column->sort);
            return;
        }
        sort_by(Sort::command);
        return;
    }
    if (key.row < top || key.row >= top + list_height(size_)) return;
    auto const index = first_ + key.row - top;
    if (index >= rows_.size()) return;
    if (index == index_) fold(Fold::toggle);
    select(index);
}

Wish Desk::on_letter(char32_t letter) {
    if (on_choice_letter(letter)) return Wish::none;
    switch (letter) {
    case 'q': return Wish::quit;
    case '?':
    case 'h': show_help(); break;
    case '/': begin(Mode::search, "Search: ", ""); break;
    case '\\': begin(Mode::filter, "Filter: ", choice_.filter); break;
    case 'n': find(index_ + 1); break;
    case 'd':
    case 's': begin(Mode::interval, "Seconds between looks: ", ""); break;
    case 'p': is_paused_ = !is_paused_; break;
    case 'k': ask_for_signal(); break;
    case 'i': inspect(); break;
    case 'w': why(); break;
    case 'l': logs(); break;
    case 'u': unit(); break;
    default: break;
    }
    return Wish::none;
}

bool Desk::on_choice_letter(char32_t letter) {
    switch (letter) {
    case 'P': sort_by(Sort::cpu); return true;
    case 'M': sort_by(Sort::memory); return true;
    case 'T': sort_by(Sort::time); return true;
    case 'N': sort_by(Sort::pid); return true;
    case 'O': sort_by(Sort::io); return true;
    case '>': sort_by(next_sort(choice_.sort)); return true;
    case '<': sort_by(previous_sort(choice_.sort)); return true;
    case 'R': choice_.order = choice_.order == Order::falling ? Order::rising : Order::falling; break;
    case 't': choice_.shape = choice_.shape == Shape::tree ? Shape::flat : Shape::tree; break;
    case 'K': choice_.kernel_threads = !choice_.kernel_threads; break;
    case 'I': choice_.idle = !choice_.idle; break;
    case 'c': choice_.arguments = !choice_.arguments; break;
    case ' ': fold(Fold::toggle); return true;
    case '+': fold(Fold::unfold); return true;
    case '-': fold(Fold::fold); return true;
    default: return false;
    }
    lay_out();
    return true;
}

Wish Desk::on_function(int number) {
    switch (number) {
    case 1: return on_letter('?');
    case 3: return on_letter('/');
    case 4: return on_letter('\\');
    case 5: return on_letter('t');
    case 6: return on_letter('>');
    case 9: return on_letter('k');
    case 10: return Wish::quit;
    default: return Wish::none;
    }
}

void Desk::sort_by(Sort sort) {
    // The same again turns it round.
    if (choice_.sort == sort)
        choice_.order = choice_.order == Order::falling ? Order::rising : Order::falling;
    else
        choice_.order = natural_order(sort);
    choice_.sort = sort;
    message_ = fmt::format("sorted by {}, {}", base::word(sort),
                           choice_.order == Order::falling ? "greatest first" : "least first");
    lay_out();
}

void Desk::fold(Fold how) {
    auto const row = selected();
    if (!row || !row->has_children) return;
    auto const identity = board_.identity_of(*row);
    if (how == Fold::fold || (how == Fold::toggle && !row->is_folded))
        choice_.folded.insert(identity);
    else
        choice_.folded.erase(identity);
    lay_out();
}

void Desk::find(std::size_t from) {
    if (searched_.empty()) return;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        auto const index = (from + i) % rows_.size();
        if (!board_.matches(rows_[index], searched_)) continue;
        select(index);
        return;
    }
    message_ = fmt::format("nothing here holds '{}'", searched_);
}

Picture Desk::picture() const {
    auto footer = std::string(mode_ == Mode::list ? keys_of_list : keys_while_typing);
    auto interval = is_paused_ ? std::string("paused") : interval_words(options_.interval);
    if (!choice_.filter.empty() && mode_ == Mode::list)
        footer = fmt::format("filter '{}': Escape takes it away, \\ changes it", choice_.filter);
    bool const is_typing = mode_ != Mode::list && mode_ != Mode::confirm && mode_ != Mode::pane;
    return draw({.board = board_,
                 .choice = choice_,
                 .rows = rows_,
                 .first = first_,
                 .selected = index_,
                 .footer = message_.empty() ? footer : message_,
                 .is_message = !message_.empty(),
                 .prompt = is_typing ? prompt_ : "",
                 .typed = is_typing ? typed_ : "",
                 .pane = pane_ ? &*pane_ : nullptr,
                 .interval = interval,
                 .glyphs = options_.glyphs},
                size_);
}

} // namespace mitori::top
