#include "bin/up_arguments.hpp"

#include <array>
#include <fmt/format.h>
#include <getopt.h>
#include <iostream>

#include "base/text.hpp"
#include "bin/words.hpp"

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

void take(int option, UpArguments& into) {
    std::string_view const value = optarg == nullptr ? "" : optarg;
    switch (option) {
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

UpArguments parse_up_arguments(std::span<char const* const> words) {
    UpArguments arguments;
    std::string name = "mitori up";
    auto copy = words_for_getopt(name, words);
    optind = 0;
    for (int option = 0;
         !arguments.leave && (option = ::getopt_long(static_cast<int>(words.size()), copy.data(), "f:e:m:p:d:t:ko:ch",
                                                     options.data(), nullptr)) != -1;)
        take(option, arguments);
    for (int i = optind; i < static_cast<int>(words.size()); ++i)
        arguments.words.emplace_back(copy[static_cast<std::size_t>(i)]);
    return arguments;
}

} // namespace mitori::bin
