// `mitori ps`.
#include <algorithm>
#include <chrono>
#include <fmt/ostream.h>
#include <ostream>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/ps_print.hpp"
#include "cli/process_programs.hpp"
#include "procfs/scanner.hpp"

namespace mitori::cli {
namespace {
using detail::PsOptions;

constexpr int failure = 1;

/// Everything that one call works with.
struct Session {
    ProcessCall const& call;
    PsOptions const& options;
    procfs::Scanner scanner;
    detail::PsDesk desk;
    procfs::Parts parts;
};

std::vector<procfs::Row> look(Session& session) {
    auto const& options = session.options;
    if (!detail::needs_all_rows(options)) {
        std::vector<procfs::Row> rows;
        auto pids = options.selection.pids;
        std::ranges::sort(pids);
        auto const [first, last] = std::ranges::unique(pids);
        pids.erase(first, last);
        for (pid_t const pid : pids)
            if (auto row = session.scanner.one(pid, session.parts)) rows.push_back(std::move(*row));
        return rows;
    }
    auto rows = session.scanner.all(session.parts);
    if (!options.threads) return rows;
    std::vector<procfs::Row> threads;
    for (auto const& row : rows)
        std::ranges::move(session.scanner.threads(row, session.parts), std::back_inserter(threads));
    return threads;
}

std::size_t width_of(Session const& session) {
    constexpr std::size_t wide = 132;
    auto const width = session.call.screen.width;
    if (width == 0 || session.options.wide > 1) return 0;
    return session.options.wide == 1 ? std::max(width, wide) : width;
}

/// How many were shown.
std::size_t show(Session& session, std::size_t height) {
    auto const& options = session.options;
    detail::PsAsker asker{.user = ::geteuid()};
    if (auto const self = session.scanner.one(::getpid())) asker.terminal = self->terminal;
    auto const chosen = detail::chosen_rows(options, session.desk, asker);
    std::vector<detail::PsLine> lines;
    if (options.forest)
        lines = detail::forest_of(chosen);
    else
        for (auto const* const row : chosen)
            lines.push_back({row, ""});
    auto const count = lines.size();
    if (height != 0 && lines.size() > height) lines.resize(height);
    session.call.out << (options.json ? detail::ps_json(options, lines, session.desk)
                                      : detail::ps_table(options, lines, session.desk, width_of(session)));
    session.call.out.flush();
    return count;
}

/// Lines of a terminal that are left below the header.
std::size_t screen_height(ProcessCall const& call) {
    winsize size{};
    if (call.screen.width == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 3) return 0;
    return size.ws_row - 2U;
}

/// Until the reader leaves or a signal ends us. From the second look on, %CPU is of the time since the one before.
int watch(Session& session) {
    bool const on_terminal = session.call.screen.width != 0;
    std::vector<procfs::Row> before;
    auto taken = base::sys::now_monotonic();
    while (session.call.out.good()) {
        auto rows = look(session);
        auto const now = base::sys::now_monotonic();
        if (before.empty())
            session.desk.lay_out(rows);
        else
            session.desk.lay_out(rows, before, std::chrono::duration<double>(now - taken).count());
        session.call.out << (on_terminal ? "\x1b[H\x1b[2J" : before.empty() ? "" : "\n");
        show(session, screen_height(session.call));
        before = std::move(rows);
        taken = now;
        auto const wait = std::chrono::ceil<std::chrono::milliseconds>(*session.options.watch);
        ::poll(nullptr, 0, static_cast<int>(std::min<std::int64_t>(wait.count(), 86'400'000)));
    }
    return failure;
}

int list_fields(ProcessCall const& call) {
    for (auto const& field : detail::ps_fields())
        fmt::print(call.out, "{:<12} {}\n", field.name, field.header);
    return 0;
}

} // namespace

int run_ps(ProcessCall const& call) {
    auto const options = detail::parse_ps_options(call.words);
    if (!options) {
        fmt::print(call.err, "mitori ps: {}\nTry 'mitori ps --help'.\n", options.error());
        return failure;
    }
    if (options->help) {
        call.out << detail::ps_help();
        return 0;
    }
    if (options->list_fields) return list_fields(call);
    auto scanner = procfs::Scanner::open();
    if (!scanner) {
        fmt::print(call.err, "mitori ps: {}\n", scanner.error().message());
        return failure;
    }
    auto const connect = [&] { return call.manager ? call.manager(options->runtime_dir) : nullptr; };
    Session session{call, *options, std::move(*scanner), detail::PsDesk(connect), detail::parts_for(*options)};
    if (options->watch) return watch(session);
    auto const rows = look(session);
    session.desk.lay_out(rows);
    return show(session, 0) == 0 ? failure : 0;
}

} // namespace mitori::cli
