// `mitori inspect`.
#include <algorithm>
#include <fmt/ostream.h>
#include <iostream>

#include "base/text.hpp"
#include "cli/detail/inspect_report.hpp"
#include "cli/pager.hpp"
#include "cli/process_programs.hpp"

namespace mitori::cli {
namespace {

constexpr int failure = 1;
constexpr std::string_view usage = R"(mitori inspect [OPTION…] PID…

Show everything that the kernel tells of a process.

  --environment               The values of its environment, too: they may hold passwords
  -l, --full                  Do not cut lines
  -o json, --json             As JSON
  --no-pager                  Not through a pager

See mitori-inspect(1).
)";

struct Asked {
    std::vector<pid_t> pids;
    detail::Values values = detail::Values::hidden;
    bool full = false;
    bool json = false;
    bool pager = true;
    bool help = false;
};

std::optional<Asked> parse(ProcessCall const& call) {
    Asked asked;
    for (std::size_t i = 0; i < call.words.size(); ++i) {
        auto const& word = call.words[i];
        bool const is_format = word == "-o" || word == "--output";
        if (word == "--environment")
            asked.values = detail::Values::shown;
        else if (word == "-l" || word == "--full")
            asked.full = true;
        else if (word == "--no-pager")
            asked.pager = false;
        else if (word == "--json" || word == "-ojson" || word == "--output=json" ||
                 (is_format && i + 1 < call.words.size() && call.words[++i] == "json"))
            asked.json = true;
        else if (word == "-h" || word == "--help")
            asked.help = true;
        else if (auto const pid = base::parse_integer<pid_t>(word); pid && *pid > 0)
            asked.pids.push_back(*pid);
        else {
            auto const what = word.starts_with('-') ? "Unknown option" : "No process number:";
            fmt::print(call.err, "mitori inspect: {} '{}'.\nTry 'mitori inspect --help'.\n", what,
                       base::printable(word));
            return std::nullopt;
        }
    }
    if (!asked.pids.empty() || asked.help) return asked;
    fmt::print(call.err, "mitori inspect: A PID is missing.\nTry 'mitori inspect --help'.\n");
    return std::nullopt;
}

} // namespace

int run_inspect(ProcessCall const& call) {
    auto const asked = parse(call);
    if (!asked) return failure;
    if (asked->help) {
        call.out << usage;
        return 0;
    }
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori inspect: {}\n", scanner.error().message());
        return failure;
    }
    auto const pager = asked->pager && !asked->json && &call.out == &std::cout ? Pager::open() : nullptr;
    auto& out = pager ? pager->out() : call.out;
    auto screen = call.screen;
    if (asked->full || pager) screen.width = 0;
    detail::PsDesk desk([&] { return call.manager ? call.manager(std::nullopt) : nullptr; });
    int status = 0;
    for (pid_t const pid : asked->pids) {
        auto const found = procfs::inspect(*scanner, pid);
        if (!found) {
            fmt::print(call.err, "mitori inspect: there is no process {}\n", pid);
            status = failure;
            continue;
        }
        std::vector<procfs::Row> rows{found->row};
        std::ranges::copy(found->ancestors, std::back_inserter(rows));
        desk.lay_out(rows);
        detail::InspectFacts const facts{*found, desk, asked->values};
        out << (asked->json ? detail::inspect_json(facts) : detail::inspect_report(facts, screen));
    }
    return status;
}

} // namespace mitori::cli
