// What is typed at the desk, and the signals that it sends.
#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/utf8.hpp"
#include "top/desk.hpp"

namespace mitori::top {
namespace {

/// UTF-8.
std::string text_of(char32_t character) {
    auto const byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
    auto const more = [&](unsigned shift) { return byte(0x80U | ((character >> shift) & 0x3fU)); };
    if (character < 0x80) return {byte(character)};
    if (character < 0x800) return {byte(0xc0U | (character >> 6U)), more(0)};
    if (character < 0x10000) return {byte(0xe0U | (character >> 12U)), more(6), more(0)};
    return {byte(0xf0U | (character >> 18U)), more(12), more(6), more(0)};
}

void erase_last(std::string& text) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0U) == 0x80U)
        text.pop_back();
    if (!text.empty()) text.pop_back();
}

std::string count_of(std::size_t count) { return count == 1 ? "1 process" : fmt::format("{} processes", count); }

} // namespace

void Desk::begin(Mode mode, std::string prompt, std::string typed) {
    mode_ = mode;
    prompt_ = std::move(prompt);
    typed_ = std::move(typed);
}

void Desk::on_typed_key(Key const& key) {
    switch (key.kind) {
    case Key::Kind::character:
        typed_ += text_of(key.character);
        on_typed();
        break;
    case Key::Kind::erase:
        erase_last(typed_);
        on_typed();
        break;
    case Key::Kind::enter: finish_typing(); break;
    case Key::Kind::escape:
        if (mode_ == Mode::filter) choice_.filter.clear();
        mode_ = Mode::list;
        lay_out();
        break;
    default: static_cast<void>(on_movement(key));
    }
}

void Desk::on_typed() {
    if (mode_ == Mode::filter) {
        choice_.filter = typed_;
        lay_out();
    }
    if (mode_ == Mode::search) {
        searched_ = typed_;
        find(index_);
    }
}

void Desk::finish_typing() {
    auto const mode = std::exchange(mode_, Mode::list);
    if (mode == Mode::interval) take_interval();
    if (mode == Mode::signal) take_signal();
}

void Desk::take_interval() {
    auto const span = base::parse_span(typed_);
    constexpr base::Usec least = std::chrono::milliseconds(100);
    constexpr base::Usec most = std::chrono::hours(24);
    if (span && *span >= least && *span <= most)
        options_.interval = *span;
    else
        message_ = fmt::format("'{}' is no span of time between 0.1 s and a day", typed_);
}

void Desk::ask_for_signal() {
    auto const row = selected();
    if (!row) return;
    if (options_.is_secure) {
        message_ = "this top sends no signals: it was started with --secure";
        return;
    }
    if (row->kind == Kind::loose || row->kind == Kind::kernel) {
        message_ = "signals are for a process, a unit or a container";
        return;
    }
    whom_ = Whom{};
    std::string who;
    if (row->kind == Kind::process) {
        auto const& process = board_.process(*row);
        *whom_ = {.kind = Whom::Kind::process, .pid = process.pid, .start_ticks = process.start_ticks, .name = {}};
        who = fmt::format("{} ({})", process.pid, process.name);
    } else {
        auto const& group = board_.group(*row);
        *whom_ = {.kind = row->kind == Kind::unit ? Whom::Kind::unit : Whom::Kind::container, .name = group.name};
        who = group.name;
    }
    begin(Mode::signal, fmt::format("Signal to {}: ", who), "TERM");
}

void Desk::take_signal() {
    auto name = typed_;
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    auto const signal = base::parse_signal(name);
    if (!signal || signal->number == 0) {
        message_ = fmt::format("there is no signal '{}'", typed_);
        return;
    }
    signal_ = *signal;
    list_targets();
}

void Desk::list_targets() {
    auto targets = deeds_.targets(*whom_);
    if (targets.empty()) {
        message_ = "there is nobody to send it to";
        return;
    }
    mode_ = Mode::confirm;
    bool const is_process = whom_->kind == Whom::Kind::process || whom_->kind == Whom::Kind::tree;
    auto const name = "SIG" + base::signal_name(signal_);
    pane_ = Pane{.title = fmt::format("{} to {}?", name, count_of(targets.size())), .lines = std::move(targets)};
    pane_->hint = is_process ? whom_->kind == Whom::Kind::process
                                   ? "y send it  t to all below, too  any other key: to nobody"
                                   : "y send it  t to the one only  any other key: to nobody"
                             : "y send it  any other key: to nobody";
}

void Desk::on_confirm_key(Key const& key) {
    bool const is_letter = key.kind == Key::Kind::character;
    bool const is_process = whom_->kind == Whom::Kind::process || whom_->kind == Whom::Kind::tree;
    if (is_letter && is_process && key.character == 't') {
        whom_->kind = whom_->kind == Whom::Kind::process ? Whom::Kind::tree : Whom::Kind::process;
        list_targets();
        return;
    }
    bool const moves = key.kind == Key::Kind::up || key.kind == Key::Kind::down || key.kind == Key::Kind::page_up ||
                       key.kind == Key::Kind::page_down || key.kind == Key::Kind::wheel_up ||
                       key.kind == Key::Kind::wheel_down;
    if (moves) {
        on_pane_key(key);
        return;
    }
    mode_ = Mode::list;
    pane_.reset();
    if (is_letter && (key.character == 'y' || key.character == 'Y'))
        send();
    else
        message_ = "nothing was sent";
}

void Desk::send() {
    auto const sent = deeds_.send(*whom_, signal_);
    message_ = fmt::format("SIG{} to {}", base::signal_name(signal_), count_of(sent.hit.size()));
    if (sent.hit.empty() && sent.refused.empty()) message_ = "there is nobody any more";
    if (!sent.refused.empty()) message_ += fmt::format("; not permitted: {}", base::join(sent.refused, ", "));
}

} // namespace mitori::top
