#include "ledger/reader.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/fd.hpp"
#include "ledger/detail/read_only.hpp"
#include "ledger/detail/record.hpp"
#include "ledger/detail/schema.hpp"
#include "ledger/detail/where.hpp"

namespace mitori::ledger {
namespace {

using detail::Database;
using detail::Statement;
using status::Death;
using status::DeathFilter;

class FileReader final : public Reader {
public:
    explicit FileReader(Database database) : database_(std::move(database)) {}

    base::Result<std::optional<Death>> find(std::int64_t number) override;
    base::Result<void> for_each(DeathFilter const& filter, std::function<bool(Death const&)> const& take) override;
    base::Result<std::uint64_t> count(DeathFilter const& filter) override;
    base::Result<std::vector<status::DeathTotals>> totals(DeathFilter const& filter, By by) override;
    base::Result<std::vector<status::LostDeaths>> lost(base::Usec since) override;
    base::Result<void> sql(std::string const& statement, Answer const& answer) override;
    base::Result<void> wait(base::Usec most) override;

private:
    base::Result<void> watch();

    Database database_;
    base::Fd changes_; ///< inotify over the folder, once somebody has waited
};

base::Result<std::optional<Death>> FileReader::find(std::int64_t number) {
    auto statement = TRY(database_.prepare(detail::select_deaths() + " WHERE deaths.number = ?"));
    statement.bind(1, number);
    if (!TRY(statement.step())) return std::nullopt;
    return detail::read_death(statement);
}

// The numbers first, from the narrow table and its indices; the words only of those that were chosen.
base::Result<void> FileReader::for_each(DeathFilter const& filter, std::function<bool(Death const&)> const& take) {
    auto const where = detail::where(filter);
    std::string chosen = fmt::format("SELECT d.number FROM death d WHERE {}", where.condition);
    if (filter.limit) chosen += fmt::format(" ORDER BY d.ended DESC, d.number DESC LIMIT {}", *filter.limit);
    bool const all = where.values.empty() && !filter.limit && where.condition == "1";
    auto statement =
        TRY(database_.prepare(fmt::format("{}{} ORDER BY deaths.ended, deaths.number", detail::select_deaths(),
                                          all ? "" : fmt::format(" WHERE deaths.number IN ({})", chosen))));
    if (!all) where.bind(statement);
    while (TRY(statement.step()))
        if (!take(detail::read_death(statement))) break;
    return {};
}

base::Result<std::uint64_t> FileReader::count(DeathFilter const& filter) {
    auto const where = detail::where(filter);
    auto statement = TRY(database_.prepare(fmt::format("SELECT count(*) FROM death d WHERE {}", where.condition)));
    where.bind(statement);
    return TRY(statement.step()) ? static_cast<std::uint64_t>(statement.integer(0)) : 0;
}

constexpr std::string_view totals_sql = R"(
SELECT t.value, count(*), sum(d.failed),
    sum(d.kind IN (SELECT id FROM text WHERE value IN ('killed', 'dumped'))),
    sum(d.cause IS (SELECT id FROM text WHERE value = 'oom')),
    sum(d.restarted_as IS NOT NULL),
    sum(ifnull(d.cpu_user, 0) + ifnull(d.cpu_system, 0)),
    sum(CASE d.failed WHEN 1 THEN ifnull(d.cpu_user, 0) + ifnull(d.cpu_system, 0) ELSE 0 END),
    min(max(d.ended - d.started, 0)), avg(max(d.ended - d.started, 0)), min(d.ended), max(d.ended)
FROM (SELECT * FROM death d WHERE {}) d LEFT JOIN text t ON t.id = d.{}
GROUP BY d.{} ORDER BY 2 DESC, 1)";

base::Result<std::vector<status::DeathTotals>> FileReader::totals(DeathFilter const& filter, By by) {
    auto const where = detail::where(filter);
    std::string_view const column = by == By::unit ? "unit" : "comm";
    auto row = TRY(database_.prepare(fmt::format(fmt::runtime(totals_sql), where.condition, column, column)));
    where.bind(row);
    std::vector<status::DeathTotals> all;
    auto const number = [&](int place) { return static_cast<std::uint64_t>(row.integer(place)); };
    auto const span = [&](int place) { return base::Usec(row.integer(place)); };
    auto const known = [&](int place) {
        return row.type(place) == Statement::Type::null ? std::nullopt : std::optional(span(place));
    };
    while (TRY(row.step()))
        all.push_back({.name = std::string(row.text(0)),
                       .deaths = number(1),
                       .failed = number(2),
                       .by_signal = number(3),
                       .oom = number(4),
                       .restarts = number(5),
                       .cpu = span(6),
                       .cpu_failed = span(7),
                       .shortest = known(8),
                       .mean_life = known(9),
                       .first = span(10),
                       .last = span(11)});
    return all;
}

base::Result<std::vector<status::LostDeaths>> FileReader::lost(base::Usec since) {
    auto row = TRY(database_.prepare("SELECT at, count, why FROM lost WHERE at >= ? ORDER BY at"));
    row.bind(1, std::int64_t{since.count()});
    std::vector<status::LostDeaths> all;
    while (TRY(row.step()))
        all.push_back({.at = base::Usec(row.integer(0)),
                       .count = static_cast<std::uint64_t>(row.integer(1)),
                       .why = std::string(row.text(2))});
    return all;
}

status::Cell cell(Statement const& row, int column) {
    switch (row.type(column)) {
    case Statement::Type::null: return std::monostate{};
    case Statement::Type::integer: return row.integer(column);
    case Statement::Type::real: return row.real(column);
    case Statement::Type::text: break;
    }
    return std::string(row.text(column));
}

base::Result<void> FileReader::sql(std::string const& words, Answer const& answer) {
    auto row = TRY(detail::prepare_reading(database_, words));
    std::vector<std::string> names;
    for (int column = 0; column < row.columns(); ++column)
        names.emplace_back(row.name(column));
    answer.columns(names);
    std::vector<status::Cell> cells(names.size());
    while (TRY(row.step())) {
        for (int column = 0; column < row.columns(); ++column)
            cells[static_cast<std::size_t>(column)] = cell(row, column);
        answer.row(cells);
    }
    return {};
}

// Every transaction is a write(2) to the log beside the file, which inotify(7) tells of.
base::Result<void> FileReader::watch() {
    base::Fd changes(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!changes) return base::errno_error("inotify_init");
    auto const& path = database_.path();
    auto const slash = path.rfind('/');
    auto const folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
    if (::inotify_add_watch(changes.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO) < 0)
        return base::errno_error("watch", folder);
    changes_ = std::move(changes);
    return {};
}

// What changes before the first wait is not missed: who follows looks again after it.
base::Result<void> FileReader::wait(base::Usec most) {
    if (!changes_) return watch();
    pollfd ready{.fd = changes_.get(), .events = POLLIN, .revents = 0};
    ::poll(&ready, 1, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(most).count()));
    char events[4096];
    while (::read(changes_.get(), events, sizeof events) > 0)
        ;
    return {};
}

} // namespace

base::Result<std::unique_ptr<Reader>> Reader::open(std::string const& path) {
    auto database = TRY(Database::open(path, detail::Access::read));
    TRY(database.execute("PRAGMA query_only = 1"));
    auto const version = TRY(database.number("PRAGMA user_version"));
    if (version < detail::oldest_readable || version > detail::schema_version)
        return base::make_error(EPROTO,
                                fmt::format("the ledger is of version {}, this mitori reads {} to {}", version,
                                            detail::oldest_readable, detail::schema_version),
                                path);
    return std::make_unique<FileReader>(std::move(database));
}

} // namespace mitori::ledger
