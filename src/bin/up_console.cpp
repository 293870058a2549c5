#include "bin/up_console.hpp"

#include <algorithm>
#include <array>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <vector>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::bin {
namespace {

Speaker const& system_speaker() {
    static Speaker const speaker{.tag = "system", .unit = {}, .invocation = {}, .pid = 0};
    return speaker;
}

} // namespace

void UpConsole::line(Speaker const& speaker, std::uint8_t level, std::string_view text) {
    if (options_.look == Look::json) return show_json(speaker, level, text);
    show(speaker, colour_of(speaker.tag), text);
}

void UpConsole::event(Speaker const& speaker, std::string_view text) {
    if (is_raw()) return base::log_to_stderr(base::Priority::info, fmt::format("{}: {}", speaker.tag, text));
    line(speaker, static_cast<std::uint8_t>(base::Priority::info), text);
}

void UpConsole::say(base::Priority priority, std::string_view text) {
    if (is_raw()) return base::log_to_stderr(priority, text);
    if (options_.look == Look::json) return show_json(system_speaker(), static_cast<std::uint8_t>(priority), text);
    show(system_speaker(), journal::TagColour::none, text);
}

void UpConsole::show(Speaker const& speaker, journal::TagColour colour, std::string_view text) {
    options_.tag_width = std::max(options_.tag_width, base::columns(speaker.tag));
    text_.clear();
    if (is_raw())
        journal::append_raw(text, text_);
    else
        journal::append_prefixed(
            {.tag = speaker.tag, .time = time(), .message = text, .tag_width = options_.tag_width, .colour = colour},
            text_);
    if (!say_) return writer_.write(text_);
    for (auto const one : base::split(text_, "\n"))
        say_(one);
}

void UpConsole::show_json(Speaker const& speaker, std::uint8_t level, std::string_view text) {
    bool const ours = speaker.unit.empty();
    std::vector<std::string> fields{fmt::format("MESSAGE={}", text), fmt::format("PRIORITY={}", level),
                                    fmt::format("SYSLOG_IDENTIFIER={}", ours ? "mitori" : speaker.tag)};
    if (!ours) {
        fields.push_back(fmt::format("_SYSTEMD_UNIT={}", speaker.unit));
        if (!speaker.invocation.empty()) fields.push_back(fmt::format("_SYSTEMD_INVOCATION_ID={}", speaker.invocation));
    }
    if (speaker.pid != 0) fields.push_back(fmt::format("_PID={}", speaker.pid));
    std::vector<std::string_view> const views(fields.begin(), fields.end());
    static auto const no_label = journal::make_label({});
    text_.clear();
    journal::append_json({.at = base::sys::now(), .label = no_label, .fields = views}, text_);
    writer_.write(text_);
}

journal::TagColour UpConsole::colour_of(std::string const& tag) {
    if (options_.colours == Colours::no) return journal::TagColour::none;
    auto const known = colours_.find(tag);
    if (known != colours_.end()) return known->second;
    return colours_.emplace(tag, journal::colour_of_tag(colours_.size())).first->second;
}

std::string_view UpConsole::time() {
    if (options_.clock == Clock::no) return {};
    auto const second = std::chrono::duration_cast<std::chrono::seconds>(base::sys::now_realtime()).count();
    if (second != shown_second_) {
        shown_second_ = second;
        time_ = fmt::format("{:%H:%M:%S}", fmt::localtime(static_cast<std::time_t>(second)));
    }
    return time_;
}

} // namespace mitori::bin
