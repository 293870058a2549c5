#include "ledger/ledger.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "ledger/detail/record.hpp"
#include "ledger/detail/schema.hpp"
#include "ledger/merge.hpp"

namespace mitori::ledger {
namespace {

using detail::Database;
using detail::Statement;
using status::Death;

// A look at what is kept costs a few system calls: once in so many records, and at the first of a process's life.
constexpr std::int64_t records_between_trims = 4096;
// Of one whose start nobody knows: accounts of the same pid within this time are of the same process.
constexpr base::Usec same_time = std::chrono::seconds(1);
constexpr std::uint64_t share = 16;

class Writer final : public Ledger {
public:
    Writer(Database database, Limits limits) : database_(std::move(database)), limits_(limits), boot_(this_boot()) {}
    base::Result<void> prepare();

    base::Result<void> add(std::span<Death const> deaths) override;
    base::Result<void> add_lost(status::LostDeaths const& lost) override;
    [[nodiscard]] std::int64_t last() const override { return last_; }
    base::Result<void> trim() override;
    [[nodiscard]] std::string const& path() const override { return database_.path(); }

private:
    base::Result<void> add_all(std::span<Death const> deaths);
    base::Result<void> follow_others();
    base::Result<void> add_one(Death const& told);
    base::Result<std::int64_t> find_same(Death const& told);
    base::Result<void> update(std::int64_t number, Death const& told);
    base::Result<void> drop_before(std::int64_t number);
    base::Result<std::int64_t> first_to_keep();
    base::Result<std::uint64_t> bytes();

    Database database_;
    Limits limits_;
    std::string boot_;
    detail::Texts texts_;
    Statement insert_, update_, same_, one_;
    std::int64_t last_ = 0;
    std::int64_t seen_version_ = 0; ///< of the file, as far as others changed it
    std::int64_t trimmed_at_ = -records_between_trims;
};

base::Result<void> Writer::prepare() {
    // Pages that the old leave behind are given back by trim().
    TRY(database_.execute("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                          "PRAGMA cache_size = -8192"));
    TRY(detail::migrate(database_));
    texts_ = TRY(detail::Texts::open(database_));
    insert_ = TRY(database_.prepare(detail::insert_death()));
    update_ = TRY(database_.prepare(detail::update_death()));
    one_ = TRY(database_.prepare(detail::select_deaths() + " WHERE deaths.number = ?"));
    same_ = TRY(database_.prepare("SELECT number FROM death WHERE pid = ?1 AND boot = ?2 AND "
                                  "(start_ticks = ?3 OR ((?3 = 0 OR start_ticks IS NULL) AND abs(ended - ?4) < ?5)) "
                                  "ORDER BY start_ticks IS NULL LIMIT 1"));
    last_ = TRY(database_.number("SELECT max(number) FROM death"));
    return {};
}

base::Result<void> Writer::add(std::span<Death const> deaths) {
    auto const before = last_;
    auto added = add_all(deaths);
    if (!added) {
        last_ = before;
        texts_.forget_all();
        return added;
    }
    if (last_ - trimmed_at_ < records_between_trims) return {};
    // What was added is kept, whether or not something else could be let go.
    if (auto trimmed = trim(); !trimmed)
        base::log(base::Priority::warning, "old deaths cannot be let go: {}", trimmed.error().message());
    return {};
}

base::Result<void> Writer::add_all(std::span<Death const> deaths) {
    auto transaction = TRY(detail::Transaction::begin(database_));
    TRY(follow_others());
    for (auto const& death : deaths)
        TRY(add_one(death));
    return transaction.commit();
}

/// Another process may write the same file (`mitori up` beside a manager): its numbers are taken, and words that it has
/// let go are not there any more.
base::Result<void> Writer::follow_others() {
    auto const version = TRY(database_.number("PRAGMA data_version"));
    if (std::exchange(seen_version_, version) == version) return {};
    texts_.forget_all();
    last_ = TRY(database_.number("SELECT max(number) FROM death"));
    return {};
}

base::Result<void> Writer::add_one(Death const& told) {
    Death death = told;
    if (death.boot.empty()) death.boot = boot_;
    if (auto const number = TRY(find_same(death)); number != 0) return update(number, death);
    death.number = last_ + 1;
    TRY(detail::bind(insert_, texts_, death));
    insert_.bind(static_cast<int>(detail::stored_columns().size()) + 2, death.number);
    TRY(insert_.run());
    last_ = death.number;
    return {};
}

base::Result<std::int64_t> Writer::find_same(Death const& told) {
    same_.bind(1, std::int64_t{told.who.pid});
    same_.bind(2, TRY(texts_.id(told.boot, last_ + 1)));
    same_.bind(3, static_cast<std::int64_t>(told.who.start_ticks));
    same_.bind(4, std::int64_t{told.ended.realtime.count()});
    same_.bind(5, std::int64_t{same_time.count()});
    auto const there = same_.step();
    std::int64_t const number = there && *there ? same_.integer(0) : 0;
    same_.reset();
    if (!there) return std::unexpected(there.error());
    return number;
}

base::Result<void> Writer::update(std::int64_t number, Death const& told) {
    one_.bind(1, number);
    auto const there = one_.step();
    auto const kept = there && *there ? std::optional(detail::read_death(one_)) : std::nullopt;
    one_.reset();
    if (!there) return std::unexpected(there.error());
    auto merged = merge(kept.value_or(Death{}), told);
    merged.number = number;
    TRY(detail::bind(update_, texts_, merged));
    update_.bind(static_cast<int>(detail::stored_columns().size()) + 2, number);
    return update_.run();
}

base::Result<void> Writer::add_lost(status::LostDeaths const& lost) {
    auto statement = TRY(database_.prepare("INSERT INTO lost (at, count, why) VALUES (?, ?, ?)"));
    statement.bind(1, std::int64_t{lost.at.count()});
    statement.bind(2, static_cast<std::int64_t>(lost.count));
    statement.bind(3, lost.why);
    return statement.run();
}

// -- what is let go

base::Result<std::uint64_t> Writer::bytes() {
    auto const pages = TRY(database_.number("PRAGMA page_count")) - TRY(database_.number("PRAGMA freelist_count"));
    return static_cast<std::uint64_t>(pages * TRY(database_.number("PRAGMA page_size")));
}

/// The number from which on records are young enough, and few enough. The last one always is: numbers go on from it.
base::Result<std::int64_t> Writer::first_to_keep() {
    std::int64_t keep = 0;
    if (limits_.age.count() > 0) {
        auto const oldest = base::sys::now_realtime() - limits_.age;
        keep = TRY(database_.number(fmt::format("SELECT max(number) FROM death WHERE ended < {}", oldest.count()))) + 1;
    }
    if (limits_.bytes > 0 && TRY(bytes()) > limits_.bytes) {
        auto const first = TRY(database_.number("SELECT min(number) FROM death"));
        keep = std::max(keep, first + (last_ - first) / static_cast<std::int64_t>(share) + 1);
    }
    return std::min(keep, last_);
}

base::Result<void> Writer::drop_before(std::int64_t number) {
    auto transaction = TRY(detail::Transaction::begin(database_));
    TRY(database_.execute(fmt::format("DELETE FROM death WHERE number < {}", number)));
    auto const oldest = TRY(database_.number("SELECT ended FROM death ORDER BY number LIMIT 1"));
    TRY(database_.execute(fmt::format("DELETE FROM lost WHERE at < {}", oldest)));
    TRY(texts_.forget_before(number));
    return transaction.commit();
}

base::Result<void> Writer::trim() {
    trimmed_at_ = last_;
    // Each round lets a share go: of a file that is much too big (the limit was lowered) there are many.
    for (std::uint64_t round = 0; round < 4 * share; ++round) {
        auto const keep = TRY(first_to_keep());
        auto const first = TRY(database_.number("SELECT min(number) FROM death"));
        if (keep <= first) break;
        TRY(drop_before(keep));
    }
    return database_.execute("PRAGMA incremental_vacuum");
}

} // namespace

base::Result<std::unique_ptr<Ledger>> Ledger::open(std::string const& path, Limits limits) {
    // SQLite would make it for everybody to read; command lines are not for everybody.
    if (!base::sys::stat(path)) TRY(base::sys::write_file(path, "", 0640));
    auto writer = std::make_unique<Writer>(TRY(Database::open(path, detail::Access::write)), limits);
    TRY(writer->prepare());
    return writer;
}

std::string this_boot() {
    auto const text = base::sys::read_file("/proc/sys/kernel/random/boot_id", 64);
    if (!text) return {};
    std::string boot(base::trim(*text));
    std::erase(boot, '-');
    return boot;
}

} // namespace mitori::ledger
