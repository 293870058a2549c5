#include "cli/logs_program.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fmt/ostream.h>
#include <iostream>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/log_header.hpp"
#include "cli/detail/log_options.hpp"
#include "cli/detail/log_printer.hpp"
#include "cli/pager.hpp"

namespace mitori::cli {
namespace {

using control::Logs;
using detail::LogOptions;
using Action = LogOptions::Action;

constexpr int failure = 1;

/// One call: its options, where it reads and where it writes.
struct Session {
    LogsCall const& call;
    LogOptions& options;
    Logs& logs;
    std::ostream& out;

    int complain(base::Error const& error) const {
        fmt::print(call.err, "{}: {}\n", call.program, base::printable(error.message()));
        return failure;
    }
};

std::string runtime_directory(LogOptions const& options) {
    if (options.runtime_dir) return *options.runtime_dir;
    if (char const* const said = std::getenv("MITORI_RUNTIME_DIR"); said != nullptr && *said != '\0') return said;
    if (::geteuid() == 0) return "/run/mitori";
    char const* const user = std::getenv("XDG_RUNTIME_DIR");
    return user != nullptr && *user != '\0' ? std::string(user) + "/mitori" : std::string();
}

/// journalctl ends well where there is nothing to read.
int explain_nothing(Session const& session, base::Error const& error) {
    if (error.number == EACCES) {
        fmt::print(session.call.err, "No journal files were opened due to insufficient permissions.\n");
        return session.call.as_journalctl ? 0 : failure;
    }
    if (error.number != ENOENT || error.operation != "find journal files") return session.complain(error);
    if (session.options.quiet) return 0;
    fmt::print(session.call.err, "No journal files were found.\n");
    if (!session.call.as_journalctl)
        fmt::print(session.call.err,
                   "Hint: looked in {} last; -D names another folder, --runtime-dir another manager. What `mitori up` "
                   "runs says its lines there.\n",
                   base::printable(error.subject));
    if (session.options.action == Action::show) fmt::print(session.out, "-- No entries --\n");
    return 0;
}

/// The identity of the boot that is meant; nothing is added where it is this one.
base::Result<std::string> find_boot(Session const& session) {
    auto const& choice = *session.options.boot;
    auto const& query = session.options.query;
    bool const elsewhere = !query.files.empty() || query.folder;
    if (choice.id.empty() && !choice.offset && !elsewhere) return std::string();
    auto const boots = TRY(session.logs.boots(query));
    auto const offset = choice.offset.value_or(0);
    auto const count = static_cast<std::ptrdiff_t>(boots.size());
    auto index = offset > 0 ? offset - 1 : count - 1 + offset;
    if (!choice.id.empty()) {
        auto const at = std::ranges::find(boots, choice.id, &status::LogBoot::id);
        if (at == boots.end())
            return base::make_error(0, fmt::format("Data from the specified boot ({}) is not available", choice.id),
                                    "No such boot ID in journal");
        index = (at - boots.begin()) + offset;
    }
    if (index < 0 || index >= count)
        return base::make_error(0, fmt::format("Data from the specified boot ({:+}) is not available", offset),
                                "No such boot ID in journal");
    return boots[static_cast<std::size_t>(index)].id;
}

/// What was shown last, for what is said at the end.
struct Shown {
    std::uint64_t count = 0;
    std::string boot;
    std::string cursor;
};

void show_entry(Session const& session, detail::LogPrinter& printer, status::LogEntry const& entry, Shown& shown) {
    bool const parts = !session.options.merge && !session.options.quiet;
    if (parts && !shown.boot.empty() && shown.boot != entry.boot) {
        bool const colour = session.call.screen.colour;
        fmt::print(session.out, "{}-- Boot {} --{}\n", colour ? "\x1b[0;1;39m" : "", entry.boot,
                   colour ? "\x1b[0m" : "");
    }
    shown.boot = entry.boot;
    shown.cursor = entry.cursor;
    ++shown.count;
    auto const text = printer.show(entry);
    session.out.write(text.data(), static_cast<std::streamsize>(text.size()));
}

base::Result<Shown> show_entries(Session const& session) {
    auto const cursor = TRY(session.logs.open(session.options.query));
    detail::LogPrinter printer(session.options.look);
    Shown shown;
    // Files tell of changes as they happen; the limit is for file systems that do not.
    constexpr base::Usec nap = std::chrono::seconds(5);
    while (session.out.good()) {
        auto const entry = TRY(cursor->next());
        if (entry) {
            show_entry(session, printer, *entry, shown);
            continue;
        }
        if (!session.options.query.follow) break;
        session.out.flush();
        TRY(cursor->wait(nap));
    }
    return shown;
}

int finish(Session const& session, Shown const& shown) {
    auto const& options = session.options;
    if (shown.count == 0 && !options.quiet && !options.query.follow) fmt::print(session.out, "-- No entries --\n");
    if (options.show_cursor && !shown.cursor.empty()) fmt::print(session.out, "-- cursor: {}\n", shown.cursor);
    if (!options.cursor_file.empty() && !shown.cursor.empty())
        if (auto const kept = base::sys::write_file(options.cursor_file, shown.cursor + "\n"); !kept)
            return session.complain(kept.error());
    return shown.count == 0 && !options.query.grep.empty() ? failure : 0;
}

int show(Session& session) {
    auto& options = session.options;
    if (!options.cursor_file.empty()) {
        auto const kept = base::sys::read_file(options.cursor_file);
        if (!kept && kept.error().number != ENOENT) return session.complain(kept.error());
        if (kept) options.query.after_cursor = std::string(base::trim(*kept));
    }
    if (options.boot) {
        auto boot = find_boot(session);
        if (!boot && boot.error().number == 0) return session.complain(boot.error());
        if (!boot) return explain_nothing(session, boot.error());
        options.query.boot = std::move(*boot);
    }
    auto const shown = show_entries(session);
    return shown ? finish(session, *shown) : explain_nothing(session, shown.error());
}

int list_boots(Session const& session) {
    auto const boots = session.logs.boots(session.options.query);
    if (!boots) return explain_nothing(session, boots.error());
    auto index = 1 - static_cast<std::ptrdiff_t>(boots->size());
    if (!session.options.quiet && !boots->empty())
        fmt::print(session.out, "IDX {:32} {:27} {}\n", "BOOT ID", "FIRST ENTRY", "LAST ENTRY");
    for (auto const& boot : *boots)
        fmt::print(session.out, "{:>3} {} {} {}\n", index++, boot.id, base::show_timestamp(boot.first),
                   base::show_timestamp(boot.last));
    return 0;
}

int list_words(Session const& session, base::Result<std::vector<std::string>> const& words) {
    if (!words) return explain_nothing(session, words.error());
    auto const most = session.options.query.lines.value_or(words->size());
    for (std::size_t i = 0; i < words->size() && i < most; ++i)
        fmt::print(session.out, "{}\n", (*words)[i]);
    return 0;
}

int order(Session const& session, Logs::Order what) {
    auto const done = session.logs.order(what);
    if (!done && done.error().number == ENOENT)
        fmt::print(session.call.err, "{}: no recorder runs for {}: --runtime-dir names another manager's folder\n",
                   session.call.program, base::printable(done.error().subject));
    else if (!done)
        return session.complain(done.error());
    return done ? 0 : failure;
}

int vacuum(Session const& session) {
    if (session.options.rotate)
        if (int const status = order(session, Logs::Order::rotate); status != 0) return status;
    auto const done = session.logs.vacuum(session.options.query, session.options.keep);
    if (!done) return explain_nothing(session, done.error());
    for (auto const& folder : *done) {
        for (auto const& path : folder.removed)
            fmt::print(session.call.err, "Deleted archived journal {}.\n", base::printable(path));
        fmt::print(session.call.err, "Vacuuming done, freed {} of archived journals from {}.\n",
                   base::show_size(folder.bytes), base::printable(folder.folder));
    }
    return 0;
}

int show_heads(Session const& session) {
    auto const heads = session.logs.heads(session.options.query);
    if (!heads) return explain_nothing(session, heads.error());
    std::string_view gap;
    for (auto const& head : *heads) {
        fmt::print(session.out, "{}{}", gap, detail::show_log_header(head));
        gap = "\n";
    }
    return 0;
}

int flush(Session const& session) {
    if (!session.options.quiet)
        fmt::print(session.call.err,
                   "Nothing to flush: the recorder writes to the lasting folder from the beginning.\n");
    return 0;
}

int usage(Session const& session) {
    auto const bytes = session.logs.usage(session.options.query);
    if (!bytes) return explain_nothing(session, bytes.error());
    fmt::print(session.out, "Archived and active journals take up {} in the file system.\n", base::show_size(*bytes));
    return 0;
}

int act(Session& session) {
    auto const words = [&](std::vector<std::string> const& list) { return list_words(session, list); };
    switch (session.options.action) {
    case Action::show: return show(session);
    case Action::values: return list_words(session, session.logs.values(session.options.query, session.options.field));
    case Action::names: return list_words(session, session.logs.field_names(session.options.query));
    case Action::boots: return list_boots(session);
    case Action::usage: return usage(session);
    case Action::heads: return show_heads(session);
    case Action::sync: return order(session, Logs::Order::sync);
    case Action::rotate: return order(session, Logs::Order::rotate);
    case Action::flush: return flush(session);
    case Action::vacuum: return vacuum(session);
    case Action::facilities: session.out << "Available facilities:\n"; return words(detail::facility_names());
    case Action::help: session.out << detail::log_help(session.call.program); return 0;
    case Action::version: fmt::print(session.out, "mitori {}\n", MITORI_VERSION); return 0;
    case Action::formats: break;
    }
    for (auto const& name : base::Names<detail::LogFormat>::table)
        fmt::print(session.out, "{}\n", name.word);
    return 0;
}

} // namespace

int run_logs(LogsCall const& call, LogsMaker const& make) {
    auto options = detail::parse_log_options(call.words, base::sys::now_realtime());
    if (!options) {
        fmt::print(call.err, "{}: {}\n", call.program, base::printable(options.error()));
        return failure;
    }
    // An ordinary user's own manager has the services that are meant.
    if (!call.as_journalctl && ::geteuid() != 0)
        std::ranges::copy(options->query.units, std::back_inserter(options->query.user_units));
    options->look.colour = call.screen.colour;
    if (call.screen.width != 0) options->look.width = call.screen.width;
    auto const begin = options->pager_end ? Pager::Begin::end : Pager::Begin::top;
    bool const paged = options->pager && !options->query.follow && options->action != Action::vacuum;
    auto const pager = paged && &call.out == &std::cout ? Pager::open(begin) : nullptr;
    auto const logs = make(runtime_directory(*options));
    Session session{call, *options, *logs, pager ? pager->out() : call.out};
    return act(session);
}

} // namespace mitori::cli
