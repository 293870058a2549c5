// `mitori sessions`.
#include <algorithm>
#include <array>
#include <fmt/ostream.h>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/flags.hpp"
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
};

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

/// The exit status.
int none_found(ProcessCall const& call, Asked const& asked, bool none) {
    if (none && !asked.which.empty())
        fmt::print(call.err, "mitori sessions: there is no session, process or terminal {}\n",
                   base::printable(base::join(asked.which, ", ")));
    return none ? failure : 0;
}

} // namespace

int run_sessions(ProcessCall const& call) {
    Asked asked;
    auto const flags = detail::parse_flags(
        call, "sessions",
        std::array<detail::Flag, 2>{{{"-a", "--all", &asked.all}, {"-t", "--terminals", &asked.terminals}}});
    if (!flags) return failure;
    asked.which = flags->words;
    if (flags->help) {
        call.out << usage;
        return 0;
    }
    auto scanner = detail::open_scanner(call, "sessions");
    if (!scanner) return failure;
    using procfs::Part;
    auto const rows = scanner->all({Part::status, Part::command_line, Part::cgroup});
    detail::PsDesk desk([&] { return call.manager ? call.manager(std::nullopt) : nullptr; });
    desk.lay_out(rows);
    auto sessions = detail::sessions_of(desk);
    std::erase_if(sessions, [&](auto const& session) { return !is_asked_for(asked, session); });
    if (flags->json) {
        call.out << detail::sessions_json(sessions, desk);
        return none_found(call, asked, sessions.empty());
    }
    auto screen = call.screen;
    if (flags->full) screen.width = 0;
    for (auto const& line : detail::draw_sessions(sessions, desk, screen))
        call.out << line << '\n';
    return none_found(call, asked, sessions.empty());
}

} // namespace mitori::cli
