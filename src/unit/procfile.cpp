#include "unit/procfile.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/detail/text_lines.hpp"
#include "unit/dotenv.hpp"

namespace mitori::unit {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
/// "NAME.10000.service" has to be the name of a unit.
constexpr std::size_t longest_name = 200;
/// execve(2): one argument may have 128 KiB with its end; "exec " has to fit, too.
constexpr std::size_t longest_command = (128U << 10) - 8;
constexpr std::uint32_t ports_of_a_type = 100;

class ProcfileReader {
public:
    explicit ProcfileReader(Procfile& into) : into_(into) {}

    void read(detail::TextLine line) {
        line_ = line;
        auto const begin = line.text.find_first_not_of(blanks);
        if (begin == std::string_view::npos || line.text[begin] == '#') return;
        if (auto const bad = detail::first_unusable(line.text)) return say(*bad, "not UTF-8 text, or a NUL byte");
        if (begin != 0) return say(begin, "a process type begins at the start of its line", hint_of_continuation());
        auto const colon = line.text.find_first_not_of(name_characters);
        if (colon == std::string_view::npos || line.text[colon] != ':') return say_no_type(colon);
        if (colon == 0) return say(0, "a process type without a name");
        add(line.text.substr(0, colon), colon);
    }

private:
    void add(std::string_view name, std::size_t colon) {
        auto const command = base::trim(line_.text.substr(colon + 1));
        if (command.empty()) return say(colon, fmt::format("process type {} has no command", name));
        if (command.size() > longest_command) return say(colon, fmt::format("the command of {} is too long", name));
        if (name.size() > longest_name) return say(0, "this name is too long");
        if (name == "all") return say(0, "\"all\" stands for every type and cannot be the name of one");
        if (auto const* const other = into_.find(name))
            return say(0, fmt::format("process type {} is there already, in line {}", name, other->line));
        into_.types.push_back({std::string(name), std::string(command), line_.number});
    }

    void say_no_type(std::size_t at) {
        bool const near_colon = at != std::string_view::npos && line_.text.find(':', at) != std::string_view::npos &&
                                base::split(line_.text.substr(0, line_.text.find(':', at))).size() == 1;
        if (near_colon)
            return say(at, fmt::format("\"{}\" cannot stand in the name of a process type", line_.text[at]),
                       "letters, digits, \"_\" and \"-\" can");
        say(0, "no process type (NAME: COMMAND)", hint_of_continuation());
    }

    [[nodiscard]] std::string hint_of_continuation() const {
        bool const after = !into_.types.empty() && into_.types.back().line + 1 == line_.number &&
                           into_.types.back().command.ends_with('\\');
        return after ? "a Procfile has no continuation lines" : "";
    }

    void say(std::size_t at, std::string text, std::string hint = {}) {
        into_.diagnostics.push_back({.severity = Severity::error,
                                     .file = into_.path,
                                     .line = line_.number,
                                     .column = static_cast<unsigned>(at + 1),
                                     .text = std::move(text),
                                     .hint = std::move(hint)});
    }

    Procfile& into_;
    detail::TextLine line_;
};

std::string unknown_type(std::string_view name, Procfile const& procfile) {
    std::vector<std::string_view> known;
    for (auto const& type : procfile.types)
        known.emplace_back(type.name);
    auto const near = base::nearest(name, known);
    return fmt::format("{} has no process type \"{}\"{}", procfile.path, base::printable(name),
                       near ? fmt::format("; did you mean {}?", *near) : "");
}

ExecCommand make_command(std::string const& text, EnvironmentSetting const& environment, ProcfilePlace const& place) {
    ExecCommand command{.no_variables = true};
    auto words = place.find_program ? plain_words(text, environment) : std::nullopt;
    if (words) command.path = place.find_program(words->front());
    if (!command.path.empty()) {
        command.argv = *std::move(words);
    } else {
        command.path = "/bin/sh";
        command.argv = {"sh", "-c", replace_shell(text)};
    }
    return command;
}

Unit make_unit(ProcessType const& type, std::string const& name, ProcfilePlace const& place) {
    Unit unit;
    unit.id = name + ".service";
    unit.load_state = LoadState::loaded;
    unit.info.description = fmt::format("{}: {}", name, type.command);
    unit.info.default_dependencies = false; // an application, not a part of the system: nothing to wait for
    // 0 would mean "for ever" there.
    unit.service.timeout_stop = std::max(place.timeout, base::Usec(1));
    unit.exec.edit().working_directory.path = place.root;
    unit.exec.edit().umask.value = place.umask;
    unit.exec.edit().ignore_sigpipe = false;
    unit.exec.edit().syslog_level_prefix = false; // "<3>" is nothing special there
    return unit;
}

} // namespace

ProcessType const* Procfile::find(std::string_view name) const {
    auto const found = std::ranges::find(types, name, &ProcessType::name);
    return found == types.end() ? nullptr : &*found;
}

Procfile parse_procfile(std::string_view text, std::string path) {
    Procfile procfile{.path = std::move(path), .types = {}, .diagnostics = {}};
    ProcfileReader reader(procfile);
    for (auto const& line : detail::text_lines(text))
        reader.read(line);
    if (procfile.types.empty() && procfile.diagnostics.empty())
        procfile.diagnostics.push_back({.severity = Severity::error,
                                        .file = procfile.path,
                                        .text = "no process type in it",
                                        .hint = "a line such as \"web: ./serve --port $PORT\" makes one"});
    return procfile;
}

std::expected<Formation, std::string> parse_formation(std::vector<std::string> const& words, Procfile const& procfile) {
    std::optional<std::uint32_t> all;
    std::vector<std::optional<std::uint32_t>> counts(procfile.types.size());
    for (auto const& word : words)
        for (auto const item : base::split(word, ", \t")) {
            auto const equals = item.find('=');
            auto const name = item.substr(0, equals);
            auto const count = equals == std::string_view::npos
                                   ? std::optional<std::uint32_t>(1)
                                   : base::parse_integer<std::uint32_t>(item.substr(equals + 1));
            if (!count || *count > most_processes)
                return std::unexpected(
                    fmt::format("\"{}\": not a number of processes (0 to {})", base::printable(item), most_processes));
            auto const* const type = procfile.find(name);
            if (name == "all")
                all = count;
            else if (type == nullptr)
                return std::unexpected(unknown_type(name, procfile));
            else
                counts[static_cast<std::size_t>(type - procfile.types.data())] = count;
        }
    bool const none_named = !all && std::ranges::none_of(counts, [](auto const& count) { return count.has_value(); });
    Formation formation;
    for (auto const& count : counts)
        formation.push_back(count.value_or(all.value_or(none_named ? 1 : 0)));
    return formation;
}

std::string process_name(Procfile const& procfile, std::size_t type, std::uint32_t number) {
    return fmt::format("{}.{}", procfile.types[type].name, number);
}

std::vector<Unit> make_units(Procfile const& procfile, Formation const& formation, ProcfilePlace const& place) {
    std::vector<Unit> units;
    for (std::size_t i = 0; i < procfile.types.size(); ++i)
        for (std::uint32_t number = 1; number <= formation[i]; ++number) {
            auto const name = process_name(procfile, i, number);
            auto unit = make_unit(procfile.types[i], name, place);
            unit.info.source_path = procfile.path;
            unit.exec.edit().environment = place.environment;
            auto const port = place.port + static_cast<std::uint32_t>(i) * ports_of_a_type + number - 1;
            // A shell that enters the folder would say so.
            merge_environment(unit.exec.edit().environment,
                              {{"PORT", std::to_string(port)}, {"PS", name}, {"PWD", place.root}});
            unit.service.exec_start.push_back(make_command(procfile.types[i].command, unit.exec->environment, place));
            units.push_back(std::move(unit));
        }
    return units;
}

} // namespace mitori::unit
