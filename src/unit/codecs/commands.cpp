// Codec of Exec*= lines: systemd.service(5) "COMMAND LINES" and the table of prefixes under ExecStart=.
#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <span>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/codecs/texts.hpp"
#include "unit/detail/paths.hpp"
#include "unit/directive.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;
using Privileges = ExecCommand::Privileges;

struct Prefixed {
    ExecCommand command;   ///< its flags only
    bool own_name = false; ///< @: the next word is argv[0]
    std::string_view program;
};

/// Takes "+", "!" or "!!" off, which exclude each other.
bool take_privileges(char sign, Privileges& privileges) {
    if (sign == '+' && privileges == Privileges::unit)
        privileges = Privileges::full;
    else if (sign == '!' && privileges == Privileges::unit)
        privileges = Privileges::no_setuid;
    else if (sign == '!' && privileges == Privileges::no_setuid)
        privileges = Privileges::ambient;
    else
        return false;
    return true;
}

bool take_once(bool& flag) { return !std::exchange(flag, true); }

/// The prefixes may stand in any order, each once; what does not fit any more begins the program's name.
Prefixed take_prefixes(std::string_view word) {
    Prefixed taken{.command = {}, .program = word};
    auto const take = [&](char sign) {
        switch (sign) {
        case '-': return take_once(taken.command.ignore_failure);
        case '@': return take_once(taken.own_name);
        case ':': return take_once(taken.command.no_variables);
        default: return take_privileges(sign, taken.command.privileges);
        }
    };
    while (!taken.program.empty() && take(taken.program.front()))
        taken.program.remove_prefix(1);
    return taken;
}

bool has_control_characters(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

/// The program after prefixes and specifiers: an absolute path, or a name to be searched.
Result<std::string> checked_program(std::string const& program) {
    if (program.empty()) return lost("no program is named after the prefixes: write its path");
    if (has_control_characters(program))
        return lost(fmt::format("{} holds control characters and can be no program", quote(program)));
    if (program.ends_with('/')) return lost(fmt::format("{} is a directory and can be no program", quote(program)));
    if (program.starts_with('/')) return simplified(program);
    if (program.find('/') != program.npos || program == "." || program == "..")
        return lost(fmt::format("{} is neither an absolute path nor the name of a program", quote(program)));
    return program;
}

Result<ExecCommand> make_command(Prefixed prefixed, std::span<std::string const> arguments,
                                 Specifiers const& specifiers) {
    auto command = std::move(prefixed.command);
    std::string const program = TRY(expanded(prefixed.program, specifiers));
    command.path = TRY(checked_program(program));
    if (!prefixed.own_name) command.argv.push_back(program);
    for (auto const& argument : arguments)
        command.argv.push_back(TRY(expanded(argument, specifiers)));
    if (command.argv.empty())
        return lost(fmt::format("{} has no name to run under: after @ the second word is its argv[0]", quote(program)));
    return command;
}

std::vector<status::Value> run_fields(std::span<CommandRun const> runs, std::size_t index) {
    CommandRun const run = index < runs.size() ? runs[index] : CommandRun{};
    auto const microseconds = [](base::Usec span) { return static_cast<std::uint64_t>(span.count()); };
    return {microseconds(run.started.realtime),
            microseconds(run.started.monotonic),
            microseconds(run.exited.realtime),
            microseconds(run.exited.monotonic),
            run.pid,
            run.code,
            run.status};
}

/// systemd's words of the prefixes.
status::Value prefix_words(ExecCommand const& command) {
    status::List words{.element = "s", .items = {}};
    if (command.ignore_failure) words.items.emplace_back("ignore-failure");
    if (command.privileges == Privileges::full) words.items.emplace_back("privileged");
    if (command.privileges == Privileges::no_setuid) words.items.emplace_back("no-setuid");
    if (command.privileges == Privileges::ambient) words.items.emplace_back("ambient");
    if (command.no_variables) words.items.emplace_back("no-env-expand");
    return words;
}

template <class Flags>
status::Value show_list(ExecCommands const& commands, std::span<CommandRun const> runs, std::string element,
                        Flags flags) {
    status::List list{.element = std::move(element), .items = {}};
    for (std::size_t i = 0; i < commands.size(); ++i) {
        status::Struct row{.fields = {commands[i].path, ShownTexts::show(commands[i].argv), flags(commands[i])}};
        std::ranges::move(run_fields(runs, i), std::back_inserter(row.fields));
        list.items.emplace_back(std::move(row));
    }
    return list;
}

} // namespace

Result<void> Codec<ExecCommands>::assign(ExecCommands& value, std::string_view text, Specifiers const& specifiers) {
    // A unit must not run without a command that it asked for, unless that one may fail anyway.
    auto const give_up = [](base::Error const& error, bool may_fail) {
        return may_fail ? lost(error) : refused(lost(error).error().operation);
    };
    auto const lines = split_commands(text);
    if (!lines) return give_up(lines.error(), take_prefixes(text).command.ignore_failure);
    ExecCommands commands;
    for (auto const& line : *lines) {
        // A separator where a program should stand separates nothing.
        auto const first = std::ranges::find_if(line.words, [](auto const& word) { return word != ";"; });
        if (first == line.words.end()) continue;
        auto const prefixed = take_prefixes(*first);
        auto command = make_command(prefixed, {first + 1, line.words.end()}, specifiers);
        if (!command) return give_up(command.error(), prefixed.command.ignore_failure);
        commands.push_back(*std::move(command));
        if (line.met_unknown_escape) specifiers.remark("an unknown backslash sequence is kept as it stands");
    }
    std::ranges::move(commands, std::back_inserter(value));
    return {};
}

status::Value Codec<ExecCommands>::show(ExecCommands const& value) { return show_commands(value, {}); }

status::Value show_commands(ExecCommands const& commands, std::span<CommandRun const> runs) {
    return show_list(commands, runs, "(sasbttttuii)",
                     [](ExecCommand const& command) -> status::Value { return command.ignore_failure; });
}

status::Value show_commands_ex(ExecCommands const& commands, std::span<CommandRun const> runs) {
    return show_list(commands, runs, "(sasasttttuii)", prefix_words);
}

} // namespace mitori::unit
