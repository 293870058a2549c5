// `mitori inspect`.
#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/ostream.h>
#include <iostream>

#include "base/text.hpp"
#include "cli/detail/death_place.hpp"
#include "cli/detail/flags.hpp"
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

/// Nothing where a word is no process number; that one is said.
std::optional<std::vector<pid_t>> parse_pids(ProcessCall const& call, std::vector<std::string> const& words) {
    std::vector<pid_t> pids;
    for (auto const& word : words) {
        auto const pid = base::parse_integer<pid_t>(word);
        if (!pid || *pid <= 0) {
            fmt::print(call.err, "mitori inspect: No process number: '{}'.\nTry 'mitori inspect --help'.\n",
                       base::printable(word));
            return std::nullopt;
        }
        pids.push_back(*pid);
    }
    if (!pids.empty()) return pids;
    fmt::print(call.err, "mitori inspect: A PID is missing.\nTry 'mitori inspect --help'.\n");
    return std::nullopt;
}

struct LedgerOfThisPlace {
    std::unique_ptr<control::Deaths> owner;
    base::Result<control::Deaths*> face;
};

LedgerOfThisPlace open_ledger(ProcessCall const& call) {
    if (!call.deaths) return {nullptr, base::make_error(ENOENT, "find a ledger", "nowhere")};
    auto opened = call.deaths(detail::runtime_directory_of({}), std::nullopt);
    if (!opened) return {nullptr, std::unexpected(opened.error())};
    auto* const face = opened->get();
    return {*std::move(opened), face};
}

} // namespace

int run_inspect(ProcessCall const& call) {
    bool environment = false;
    bool no_pager = false;
    auto const flags = detail::parse_flags(
        call, "inspect",
        std::array<detail::Flag, 2>{{{"", "--environment", &environment}, {"", "--no-pager", &no_pager}}});
    if (!flags) return failure;
    if (flags->help) {
        call.out << usage;
        return 0;
    }
    auto const pids = parse_pids(call, flags->words);
    auto scanner = pids ? detail::open_scanner(call, "inspect") : std::nullopt;
    if (!scanner) return failure;
    auto const pager = !no_pager && !flags->json && &call.out == &std::cout ? Pager::open() : nullptr;
    auto& out = pager ? pager->out() : call.out;
    auto screen = call.screen;
    if (flags->full || pager) screen.width = 0;
    detail::PsDesk desk([&] { return call.manager ? call.manager(std::nullopt) : nullptr; });
    auto const ledger = open_ledger(call);
    int status = 0;
    for (pid_t const pid : *pids) {
        auto const found = procfs::inspect(*scanner, pid);
        if (!found) {
            fmt::print(call.err, "mitori inspect: there is no process {}\n", pid);
            status = failure;
            continue;
        }
        std::vector<procfs::Row> rows{found->row};
        std::ranges::copy(found->ancestors, std::back_inserter(rows));
        desk.lay_out(rows);
        auto history = detail::history_of(ledger.face, desk.membership(found->row).unit, found->row.comm);
        detail::InspectFacts const facts{*found, desk, environment ? detail::Values::shown : detail::Values::hidden,
                                         std::move(history)};
        out << (flags->json ? detail::inspect_json(facts) : detail::inspect_report(facts, screen));
    }
    return status;
}

} // namespace mitori::cli
