#include "cli/deaths_program.hpp"

#include <cerrno>
#include <fmt/ostream.h>
#include <fstream>
#include <iostream>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/death_options.hpp"
#include "cli/detail/death_place.hpp"
#include "cli/detail/death_printer.hpp"
#include "status/death_acct.hpp"

namespace mitori::cli {
namespace {

using control::Deaths;
using detail::DeathOptions;
using Action = DeathOptions::Action;

constexpr int failure = 1;
/// How often who follows looks although nothing was told: the file may have been replaced.
constexpr base::Usec look_again = std::chrono::seconds(5);

struct Session {
    DeathsCall const& call;
    DeathOptions const& options;
    Deaths& deaths;
    base::Usec now;

    int end(base::Result<void> const& result) const {
        if (result) return 0;
        fmt::print(call.err, "mitori deaths: {}\n", base::printable(result.error().message()));
        return failure;
    }
};

/// What the list does not show, and is known to have been.
void say_lost(Session const& session) {
    auto const lost = session.deaths.lost(session.options.filter.since.value_or(base::Usec(0)));
    if (!lost) return;
    for (auto const& one : *lost)
        fmt::print(session.call.err, "{} deaths are not in the ledger, noticed at {}: {}\n", one.count,
                   base::show_timestamp(one.at), base::printable(one.why));
}

base::Result<void> list(Session const& session) {
    auto filter = session.options.filter;
    detail::DeathPrinter printer(session.call.out, session.call.screen, session.options, session.now);
    std::int64_t last = 0;
    auto const take = [&](status::Death const& death) {
        printer.add(death);
        last = std::max(last, death.number);
        return session.call.out.good();
    };
    if (session.options.follow) TRY(session.deaths.wait(base::Usec(0)));
    TRY(session.deaths.for_each(filter, take));
    if (!session.options.follow) {
        printer.finish();
        say_lost(session);
        return {};
    }
    filter.limit.reset();
    while (session.call.out.good()) {
        session.call.out.flush();
        TRY(session.deaths.wait(look_again));
        filter.after = last;
        TRY(session.deaths.for_each(filter, take));
    }
    return {};
}

base::Result<void> totals(Session const& session) {
    bool const top = session.options.action == Action::top;
    auto const rows = TRY(session.deaths.totals(session.options.filter, top ? Deaths::By::comm : Deaths::By::unit));
    auto const& call = session.call;
    if (top)
        detail::print_top(call.out, call.screen, session.options, rows);
    else
        detail::print_totals(call.out, call.screen, session.options, rows);
    return {};
}

base::Result<void> ask(Session const& session) {
    detail::CellPrinter printer(session.call.out, session.call.screen, session.options);
    TRY(session.deaths.sql(session.options.sql, {.columns = [&](auto const& names) { printer.columns(names); },
                                                 .row = [&](auto cells) { printer.row(cells); }}));
    printer.finish();
    return {};
}

base::Result<void> write_acct(Session const& session) {
    auto const& path = session.options.acct_file;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    TRY(session.deaths.for_each(session.options.filter, [&](status::Death const& death) {
        file << status::show_acct(death);
        return file.good();
    }));
    file.close();
    return file.good() ? base::Result<void>() : base::errno_error("write", path);
}

base::Result<void> act(Session const& session) {
    switch (session.options.action) {
    case Action::top:
    case Action::by_unit: return totals(session);
    case Action::sql: return ask(session);
    case Action::acct: return write_acct(session);
    case Action::list:
    case Action::help: break;
    }
    return list(session);
}

} // namespace

int run_deaths(DeathsCall const& call, DeathsMaker const& make) {
    auto const now = base::sys::now_realtime();
    auto options = detail::parse_death_options(detail::DeathProgram::deaths, call.words, now);
    if (options && !options->words.empty() && options->action != Action::help)
        options =
            std::unexpected(fmt::format("\"{}\" is no option; a unit is given with --unit", options->words.front()));
    if (!options) {
        fmt::print(call.err, "mitori deaths: {}\n", base::printable(options.error()));
        return failure;
    }
    if (options->action == Action::help) {
        call.out << detail::death_help(detail::DeathProgram::deaths);
        return 0;
    }
    auto const deaths = make(detail::runtime_directory_of(*options), options->ledger);
    if (!deaths) {
        fmt::print(call.err, "mitori deaths: {}\n", detail::no_ledger(deaths.error()));
        return failure;
    }
    Session const session{call, *options, **deaths, now};
    return session.end(act(session));
}

} // namespace mitori::cli
