#include "bin/up_arguments.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iostream>

#include "base/options.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "unit/foreman_options.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view usage =
    R"(mitori up [OPTION...] [PROCFILE|FOLDER|UNIT-FILE|PROCESS[=NUMBER]]...

Runs the processes of a Procfile, and unit files (of a folder: every one in it that is no template), in the foreground
and shows what they say, until they have all ended or Ctrl-C; a second Ctrl-C kills. Without any word: ./Procfile. When a
process of a Procfile ends, the others are stopped, too; the exit status is that of the first that failed (128+N for
signal N).

  web  web=2,worker=3       only these processes of the Procfile, so many of each; all=N is meant for the others
  -f, --procfile FILE       the Procfile (default: ./Procfile, where no unit files are named)
  -e, --env FILE[,FILE]     files of NAME=value lines (default: .env beside the Procfile, if there is one)
  -m, --formation LIST      as the words web=2,worker=3
  -p, --port N              the first PORT (default: PORT of the environment, or 5000); each type of process gets 100
                            more, each of its processes 1 more
  -d, --root FOLDER         where the processes run (default: the Procfile's folder)
  -t, --timeout SECONDS     from SIGTERM to SIGKILL (default: 5)
  -k, --keep-going          let the others run when a process ends
  -o, --output LOOK         prefix, raw, json, or live (a table, drawn on a terminal); the default is prefix for a
                            Procfile, live for unit files on a terminal
  -c, --color               colours also where stdout is no terminal; NO_COLOR in the environment forbids them
      --no-timestamp        no time before a line
      --runtime-dir FOLDER  where `mitori --runtime-dir FOLDER status` finds it; a private one by default

Options may also stand in ./.foreman, one a line: "port: 7000". Those of the command line go before.

Services of unit files find the programs that stand beside mitori itself in their PATH.
)";

enum : int { option_runtime = 256, option_timestamp, option_no_timestamp };

constexpr auto options = std::to_array<option>({
    {"procfile", required_argument, nullptr, 'f'},
    {"env", required_argument, nullptr, 'e'},
    {"formation", required_argument, nullptr, 'm'},
    {"port", required_argument, nullptr, 'p'},
    {"root", required_argument, nullptr, 'd'},
    {"timeout", required_argument, nullptr, 't'},
    {"keep-going", no_argument, nullptr, 'k'},
    {"output", required_argument, nullptr, 'o'},
    {"color", no_argument, nullptr, 'c'},
    {"timestamp", no_argument, nullptr, option_timestamp},
    {"no-timestamp", no_argument, nullptr, option_no_timestamp},
    {"runtime-dir", required_argument, nullptr, option_runtime},
    {"help", no_argument, nullptr, 'h'},
    {},
});

void take_port(std::string_view text, UpArguments& into) {
    auto const port = base::parse_integer<std::uint32_t>(text);
    if (!port || *port == 0 || *port > 65535)
        into.leave = complain_of_up(fmt::format("--port {}: not a port (1 to 65535)", text));
    else
        into.port = port;
}

void take_timeout(std::string_view text, UpArguments& into) {
    auto const span = base::parse_span(text);
    if (!span || *span < base::Usec(0) || text.empty())
        into.leave = complain_of_up(fmt::format("--timeout {}: not a time span", text));
    else
        into.timeout = *span;
}

void take_look(std::string_view text, UpArguments& into) {
    into.look = base::value_of<Look>(text);
    if (!into.look) into.leave = complain_of_up(fmt::format("--output {}: prefix, raw, json or live is known", text));
}

void take(int letter, std::string_view value, UpArguments& into) {
    switch (letter) {
    case 'f': into.procfile = value; return;
    case 'e':
        for (auto const file : base::split(value, ","))
            into.env_files.emplace_back(file);
        return;
    case 'm': into.formation.emplace_back(value); return;
    case 'p': return take_port(value, into);
    case 'd': into.root = value; return;
    case 't': return take_timeout(value, into);
    case 'k': into.keep_going = KeepGoing::yes; return;
    case 'o': return take_look(value, into);
    case 'c': into.colours = Colours::yes; return;
    case option_timestamp: into.clock = Clock::yes; return;
    case option_no_timestamp: into.clock = Clock::no; return;
    case option_runtime: into.runtime_directory = value; return;
    case 'h':
        std::cout << usage;
        into.leave = 0;
        return;
    default: into.leave = 125; // getopt has said why
    }
}

} // namespace

int complain_of_up(std::string_view text) {
    std::cerr << "mitori up: " << text << "\n";
    return 125;
}

namespace {

/// What the option of a .foreman file is here; 0: nothing.
int letter_of(std::string const& name, std::string const& value) {
    if (name == "formation" || name == "concurrency") return 'm';
    if (name == "app-root") return 'd';
    bool const on = base::parse_boolean(value).value_or(false);
    if (name == "color") return on ? 'c' : 0;
    if (name == "timestamp") return on ? option_timestamp : option_no_timestamp;
    for (auto const& option : options)
        if (option.name != nullptr && name == option.name &&
            std::string_view("fepdt").find(static_cast<char>(option.val)) != std::string_view::npos)
            return option.val;
    return 0;
}

/// Options that the file in the current folder says and the command line does not.
void take_foreman_file(UpArguments& arguments, std::vector<int> const& given) {
    auto const text = base::sys::read_file(".foreman");
    if (!text) return;
    auto const file = unit::parse_foreman_options(*text);
    for (auto const line : file.wrong)
        std::cerr << fmt::format("mitori up: .foreman:{}: not \"option: value\": passed over\n", line);
    for (auto const& option : file.options) {
        int const letter = letter_of(option.name, option.value);
        if (letter == 0 && option.name != "color")
            std::cerr << fmt::format("mitori up: .foreman:{}: no option \"{}\": passed over\n", option.line,
                                     base::printable(option.name));
        bool const is_given = std::ranges::find(given, letter) != given.end();
        bool const time_given = letter >= option_timestamp && std::ranges::any_of(given, [](int other) {
                                    return other == option_timestamp || other == option_no_timestamp;
                                });
        if (letter == 0 || is_given || time_given) continue;
        take(letter, option.value, arguments);
    }
}

} // namespace

UpArguments parse_up_arguments(std::span<char const* const> words) {
    UpArguments arguments;
    std::vector<int> given;
    auto const rest = base::read_options("mitori up", words, "f:e:m:p:d:t:ko:ch", options, [&](auto const& option) {
        take(option.letter, option.value, arguments);
        given.push_back(option.letter);
        return !arguments.leave;
    });
    arguments.words.assign(rest.begin(), rest.end());
    // Words that are no files are a formation.
    if (std::ranges::any_of(arguments.words, [](auto const& word) { return !base::sys::stat(word); }))
        given.push_back('m');
    if (!arguments.leave) take_foreman_file(arguments, given);
    return arguments;
}

} // namespace mitori::bin
