#include "cli/detail/status_report.hpp"

#include <cstring>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/exit_words.hpp"
#include "cli/detail/process_tree.hpp"
#include "cli/detail/style.hpp"

namespace mitori::cli::detail {
using base::printable;
using base::Usec;
using status::Properties;
using status::Value;

namespace {

constexpr std::uint64_t not_set = UINT64_MAX;
constexpr std::size_t margin = 13; ///< where what stands after a label begins

/// The words of one report as they grow.
class Report {
public:
    Report(StatusFacts const& facts, Screen const& screen)
        : facts_(facts),
          properties_(facts.properties),
          screen_(screen) {}
    std::string make();

private:
    void headline();
    void loaded();
    void drop_ins();
    void active();
    void unmet();
    void check(std::string_view label, std::string const& list, Style look, std::string_view words);
    void related(std::string_view label, std::vector<RelatedUnit> const& units);
    void documentation();
    void sockets();
    void commands();
    void main_and_control();
    void status_text();
    void tasks();
    void memory();
    void cpu();
    void group();
    void ours(std::string_view label, std::string_view property);

    /// "     Label: text\n"; with no label the text stands under the one before.
    void line(std::string_view label, std::string_view text) {
        auto const shown = label.empty() ? std::string() : fmt::format("{}: ", label);
        text_ += fmt::format("{:>{}}{}\n", shown, margin, text);
    }
    void lines(std::string_view label, std::vector<std::string> const& texts) {
        for (std::size_t i = 0; i < texts.size(); ++i)
            line(i == 0 ? label : "", printable(texts[i]));
    }
    [[nodiscard]] std::string text(std::string_view name) const { return printable(properties_.get(name).text()); }
    [[nodiscard]] std::uint64_t number(std::string_view name, std::uint64_t otherwise = 0) const {
        auto const* value = properties_.find(name);
        return value == nullptr ? otherwise : value->number(otherwise);
    }
    [[nodiscard]] std::string style(Style style, std::string_view words) const { return styled(screen_, style, words); }

    StatusFacts const& facts_;
    Properties const& properties_;
    Screen const& screen_;
    std::string text_;
};

void Report::headline() {
    auto const state = properties_.get("ActiveState").text();
    auto const dot = style(style_of_state(state), glyph_of_state(state));
    auto const description = text("Description");
    text_ += fmt::format("{} {}", dot, text("Id"));
    if (!description.empty() && description != text("Id")) text_ += " - " + description;
    text_ += "\n";
}

void Report::loaded() {
    auto const state = properties_.get("LoadState").text();
    auto const shown = style(style_of_load(state), printable(state));
    auto const& error = properties_.get("LoadError").items();
    if (error.size() == 2 && !error[0].text().empty() && state != "loaded") {
        auto const reason = error[1].text();
        return line("Loaded",
                    fmt::format("{} (Reason: {})", shown, printable(reason.empty() ? error[0].text() : reason)));
    }
    auto const path = properties_.get("SourcePath").text().empty() ? text("FragmentPath") : text("SourcePath");
    if (path.empty()) return line("Loaded", shown);
    std::string details = path;
    if (auto const file = properties_.get("UnitFileState").text(); !file.empty()) {
        details += "; " + printable(file);
        bool const counts = file != "static" && file != "alias" && file != "generated" && file != "transient";
        if (auto const preset = text("UnitFilePreset"); counts && !preset.empty()) details += "; preset: " + preset;
    }
    line("Loaded", fmt::format("{} ({})", shown, details));
}

void Report::drop_ins() {
    if (properties_.get("Transient").flag()) line("Transient", "yes");
    auto const paths = properties_.get("DropInPaths").words();
    std::string folder;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        auto const slash = paths[i].rfind('/') + 1;
        auto const here = paths[i].substr(0, slash == 0 ? 0 : slash - 1);
        if (here != folder) {
            line(folder.empty() ? "Drop-In" : "", printable(here));
            folder = here;
            text_ += std::string(margin, ' ') + "└─";
        }
        bool const ends = i + 1 == paths.size() || paths[i + 1].substr(0, paths[i + 1].rfind('/')) != here;
        text_ += printable(paths[i].substr(slash)) + (ends ? "\n" : ", ");
    }
}

void Report::active() {
    auto const state = properties_.get("ActiveState").text();
    auto const sub = properties_.get("SubState").text();
    auto const words = sub.empty() || sub == state ? state : fmt::format("{} ({})", state, sub);
    auto line_text = style(style_of_state(state), printable(words));
    if (auto const result = properties_.get("Result").text(); !result.empty() && result != "success")
        line_text += fmt::format(" (Result: {})", printable(result));
    line("Active", line_text + since_words(properties_, facts_.now));
}

void Report::unmet() {
    check("Condition", "Conditions", Style::warn, "condition failed");
    check("Assert", "Asserts", Style::bad, "assertion failed");
}

/// The conditions or asserts of the last start, where it was not made because of them: a(sbbsi), name, trigger,
/// negated, parameter, and what came of it (below 0: not met).
void Report::check(std::string_view label, std::string const& list, Style look, std::string_view words) {
    Usec const when(static_cast<std::int64_t>(number(fmt::format("{}Timestamp", label))));
    auto const* const result = properties_.find(fmt::format("{}Result", label));
    if (when.count() == 0 || result == nullptr || result->flag()) return;
    line(label, fmt::format("start {} at {}; {}", style(look, words), base::show_timestamp(when),
                            base::show_age(facts_.now - when)));
    std::vector<std::string> unmet;
    for (auto const& item : properties_.get(list).items()) {
        auto const& fields = item.items();
        if (fields.size() == 5 && fields[4].integer() < 0)
            unmet.push_back(fmt::format("{}={}{}{} was not met", fields[0].text(), fields[1].flag() ? "|" : "",
                                        fields[2].flag() ? "!" : "", fields[3].text()));
    }
    for (std::size_t i = 0; i < unmet.size(); ++i)
        line("", fmt::format("{} {}", i + 1 == unmet.size() ? "└─" : "├─", printable(unmet[i])));
}

void Report::related(std::string_view label, std::vector<RelatedUnit> const& units) {
    for (std::size_t i = 0; i < units.size(); ++i)
        line(i == 0 ? label : "",
             fmt::format("{} {}", style(style_of_state(units[i].active_state), glyph_of_state(units[i].active_state)),
                         printable(units[i].name)));
}

void Report::documentation() { lines("Docs", properties_.get("Documentation").words()); }

void Report::sockets() {
    std::vector<std::string> listening;
    for (auto const& item : properties_.get("Listen").items())
        if (item.items().size() == 2)
            listening.push_back(fmt::format("{} ({})", item.items()[1].text(), item.items()[0].text()));
    lines("Listen", listening);
}

/// One of an Exec property's commands: a(sasbttttuii).
struct Command {
    std::string_view property;
    std::string arguments;
    std::uint64_t pid = 0;
    std::int64_t code = 0;
    std::int64_t status = 0;
};

std::vector<Command> commands_of(Properties const& properties) {
    std::vector<Command> commands;
    for (std::string_view const name :
         {"ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"})
        for (auto const& item : properties.get(name).items()) {
            auto const& fields = item.items();
            if (fields.size() != 10) continue;
            commands.push_back({name, base::join(fields[1].words(), " "), fields[7].number(), fields[8].integer(),
                                fields[9].integer()});
        }
    return commands;
}

void Report::commands() {
    for (auto const& command : commands_of(properties_)) {
        if (command.code == 0) continue; // has not ended
        auto const words = fmt::format("({})", exit_words(command.code, command.status));
        line("Process", fmt::format("{} {}={} {}", command.pid, command.property, printable(command.arguments),
                                    is_clean_exit(command.code, command.status) ? words : style(Style::bad, words)));
    }
}

void Report::main_and_control() {
    auto const running = number("MainPID");
    auto const ended = number("ExecMainPID");
    auto const control = number("ControlPID");
    auto const named = [](std::uint64_t pid, std::string const& name) {
        return name.empty() ? fmt::format("{}", pid) : fmt::format("{} ({})", pid, printable(name));
    };
    std::string main;
    if (running != 0) {
        main = named(running, facts_.main_command);
    } else if (ended != 0) {
        auto const code = properties_.get("ExecMainCode").integer();
        auto const words = fmt::format("({})", exit_words(code, properties_.get("ExecMainStatus").integer()));
        bool const clean = is_clean_exit(code, properties_.get("ExecMainStatus").integer());
        main = fmt::format("{}{}{}", ended, code == 0 ? "" : " ",
                           code == 0 ? ""
                           : clean   ? words
                                     : style(Style::bad, words));
    }
    if (control == 0) {
        if (!main.empty()) line("Main PID", main);
    } else if (main.empty()) {
        line("Cntrl PID", named(control, facts_.control_command));
    } else {
        line("Main PID", fmt::format("{}; Control PID: {}", main, named(control, facts_.control_command)));
    }
}

void Report::status_text() {
    if (auto const words = text("StatusText"); !words.empty())
        line("Status", fmt::format("\"{}\"", style(Style::strong, words)));
    if (auto const error = properties_.get("StatusErrno").integer(); error > 0)
        line("Error", fmt::format("{} ({})", error, ::strerror(static_cast<int>(error))));
}

void Report::tasks() {
    auto const tasks = number("TasksCurrent", not_set);
    if (tasks == not_set) return;
    auto const most = number("TasksMax", not_set);
    line("Tasks", most == not_set ? fmt::format("{}", tasks)
                                  : fmt::format("{}{}", tasks, style(Style::faint, fmt::format(" (limit: {})", most))));
}

void Report::memory() {
    auto const used = number("MemoryCurrent", not_set);
    if (used == not_set) return;
    std::vector<std::string> bounds;
    auto const bound = [&](std::string_view word, std::string_view property, std::uint64_t nothing) {
        if (auto const size = number(property, nothing); size != nothing)
            bounds.push_back(fmt::format("{}: {}", word, base::show_size(size)));
    };
    bound("min", "MemoryMin", 0);
    bound("low", "MemoryLow", 0);
    bound("high", "MemoryHigh", not_set);
    bound("max", "MemoryMax", not_set);
    bound("swap max", "MemorySwapMax", not_set);
    bound("limit", "MemoryLimit", not_set);
    bound("available", "MemoryAvailable", not_set);
    line("Memory", bounds.empty() ? base::show_size(used)
                                  : fmt::format("{} ({})", base::show_size(used), base::join(bounds, " ")));
}

void Report::cpu() {
    auto const used = number("CPUUsageNSec", not_set);
    if (used == not_set) return;
    auto const exact = std::chrono::nanoseconds(static_cast<std::int64_t>(used));
    auto shown = base::show_span(std::chrono::duration_cast<std::chrono::milliseconds>(exact));
    // Milliseconds are precise enough: "1.234000s" is 1.234s.
    if (shown.ends_with("000s") && shown.find('.') != std::string::npos) shown.erase(shown.size() - 4, 3);
    line("CPU", shown);
}

void Report::group() {
    auto const path = text("ControlGroup");
    if (path.empty() && facts_.processes.empty()) return;
    line("CGroup", path);
    for (auto const& row : process_tree(facts_.processes, std::string(margin, ' '), screen_))
        text_ += row + "\n";
}

void Report::ours(std::string_view label, std::string_view property) {
    auto const words = properties_.get(property).words();
    for (std::size_t i = 0; i < words.size(); ++i)
        line(i == 0 ? label : "", style(Style::warn, printable(words[i])));
}

std::string Report::make() {
    headline();
    loaded();
    drop_ins();
    active();
    unmet();
    related("TriggeredBy", facts_.triggered_by);
    related("Triggers", facts_.triggers);
    if (auto const where = text("Where"); !where.empty()) line("Where", where);
    if (auto const what = text("What"); !what.empty()) line("What", what);
    documentation();
    sockets();
    commands();
    main_and_control();
    status_text();
    tasks();
    memory();
    cpu();
    group();
    ours("Warnings", "LoadWarnings");
    ours("Degraded", "Degraded");
    ours("Not honoured", "NotHonoured");
    return std::move(text_);
}

} // namespace

std::string since_words(Properties const& properties, Usec now) {
    auto const state = properties.get("ActiveState").text();
    std::string_view stamp = "ActiveExitTimestamp";
    if (state == "active" || state == "reloading") stamp = "ActiveEnterTimestamp";
    if (state == "inactive" || state == "failed") stamp = "InactiveEnterTimestamp";
    if (state == "activating") stamp = "InactiveExitTimestamp";
    auto const number = properties.get(stamp).number();
    if (number == 0 || number == not_set) return {};
    Usec const when(static_cast<std::int64_t>(number));
    return fmt::format(" since {}; {}", base::show_timestamp(when), base::show_age(now - when));
}

std::string status_report(StatusFacts const& facts, Screen const& screen) { return Report(facts, screen).make(); }

} // namespace mitori::cli::detail
