// `mitori sessions`.
#include <algorithm>
#include <fmt/ostream.h>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/sessions_picture.hpp"
#include "cli/process_programs.hpp"
#include "procfs/scanner.hpp"

namespace mitori::cli {
namespace {

constexpr int failure = 1;
constexpr std::string_view usage = R"(mitori sessions [OPTION…] [SID|PID|TERMINAL…]

Show sessions, their process groups and their processes, with the controlling terminal.

  -a, --all                   Those of kernel threads, too
  -t, --terminals             Only those that have a terminal
  -l, --full                  Do not cut lines
  -o json, --json             As JSON

See mitori-sessions(1).
)";

struct Asked {
    std::vector<std::string> which;
    bool all = false;
    bool terminals = false;
    bool full = false;
    bool json = false;
    bool help = false;
};

/// Nothing where a word is not understood; that one is said.
std::optional<Asked> parse(ProcessCall const& call) {
    Asked asked;
    for (std::size_t i = 0; i < call.words.size(); ++i) {
        auto const& word = call.words[i];
        bool const is_format = word == "-o" || word == "--output";
        if (word == "-a" || word == "--all")
            asked.all = true;
        else if (word == "-t" || word == "--terminals")
            asked.terminals = true;
        else if (word == "-l" || word == "--full")
            asked.full = true;
        else if (word == "--json" || word == "-ojson" || word == "--output=json" ||
                 (is_format && i + 1 < call.words.size() && call.words[++i] == "json"))
            asked.json = true;
        else if (word == "-h" || word == "--help")
            asked.help = true;
        else if (word.starts_with('-')) {
            fmt::print(call.err, "mitori sessions: Unknown option '{}'.\nTry 'mitori sessions --help'.\n",
                       base::printable(word));
            return std::nullopt;
        } else
            asked.which.push_back(word);
    }
    return asked;
}

bool is_asked_for(Asked const& asked, detail::SessionPicture const& session) {
    if (asked.terminals && session.terminal.empty()) return false;
    if (asked.which.empty()) return asked.all || !session.is_kernels;
    return std::ranges::any_of(asked.which, [&session](std::string const& word) {
        auto const number = base::parse_integer<pid_t>(word);
        if (!number) return word == session.terminal || word == "/dev/" + session.terminal;
        if (*number == session.session) return true;
        return std::ranges::any_of(session.groups, [&number](auto const& group) {
            return std::ranges::find(group.processes, *number, &procfs::Row::pid) != group.processes.end();
        });
    });
}

} // namespace

int run_sessions(ProcessCall const& call) {
    auto const asked = parse(call);
    if (!asked) return failure;
    if (asked->help) {
        call.out << usage;
        return 0;
    }
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori sessions: {}\n", scanner.error().message());
        return failure;
    }
    using procfs::Part;
    auto const rows = scanner->all({Part::status, Part::command_line, Part::cgroup});
    detail::PsDesk desk([&] { return call.manager ? call.manager(std::nullopt) : nullptr; });
    desk.lay_out(rows);
    auto sessions = detail::sessions_of(desk);
    std::erase_if(sessions, [&](auto const& session) { return !is_asked_for(*asked, session); });
    if (asked->json) {
        call.out << detail::sessions_json(sessions, desk);
        return sessions.empty() ? failure : 0;
    }
    auto screen = call.screen;
    if (asked->full) screen.width = 0;
    for (auto const& line : detail::draw_sessions(sessions, desk, screen))
        call.out << line << '\n';
    return sessions.empty() ? failure : 0;
}

} // namespace mitori::cli
