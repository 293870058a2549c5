#include "ledger/detail/where.hpp"

namespace mitori::ledger::detail {
namespace {

// A process is known by pid, start and boot; where a start is not known the pid has to do. Who had another parent at
// its end than at its beginning (an orphan) is found only below that one.
constexpr std::string_view in_tree = R"(d.number IN (
    WITH RECURSIVE below (pid, start_ticks, boot) AS (
        SELECT ?, NULL, NULL
        UNION SELECT c.pid, c.start_ticks, c.boot FROM below b JOIN death c ON c.parent_pid = b.pid
            AND (b.start_ticks IS NULL OR c.parent_start_ticks IS NULL OR c.parent_start_ticks = b.start_ticks)
            AND (b.boot IS NULL OR c.boot = b.boot))
    SELECT m.number FROM below b JOIN death m ON m.pid = b.pid
        AND (b.start_ticks IS NULL OR m.start_ticks IS b.start_ticks) AND (b.boot IS NULL OR m.boot = b.boot)))";

class Maker {
public:
    void add(std::string_view condition) {
        if (!where_.condition.empty()) where_.condition += " AND ";
        where_.condition += condition;
    }
    void add(std::string_view condition, std::int64_t value) {
        add(condition);
        where_.values.emplace_back(value);
    }
    void add_word(std::string_view column, std::string const& value) {
        if (value.empty()) return;
        add(std::string(column) + " = (SELECT id FROM text WHERE value = ?)");
        where_.values.emplace_back(value);
    }
    Where take() {
        if (where_.condition.empty()) where_.condition.push_back('1'); // SQL's "true"
        return std::move(where_);
    }

private:
    Where where_;
};

constexpr std::string_view by_signal = "d.kind IN (SELECT id FROM text WHERE value IN ('killed', 'dumped'))";

} // namespace

Where where(status::DeathFilter const& filter) {
    Maker maker;
    if (filter.since) maker.add("d.ended >= ?", filter.since->count());
    if (filter.until) maker.add("d.ended <= ?", filter.until->count());
    maker.add_word("d.unit", filter.unit);
    maker.add_word("d.invocation", filter.invocation);
    maker.add_word("d.comm", filter.comm);
    if (filter.pid) maker.add("d.pid = ?", *filter.pid);
    // In these words, for they are those of a partial index.
    if (filter.failed || filter.oom || filter.any_signal || filter.signal) maker.add("d.failed = 1");
    if (filter.any_signal || filter.signal) maker.add(by_signal);
    if (filter.signal) maker.add("d.status = ?", *filter.signal);
    if (filter.oom) maker.add("d.cause = (SELECT id FROM text WHERE value = 'oom')");
    if (filter.after > 0) maker.add("d.number > ?", filter.after);
    if (filter.tree) maker.add(in_tree, *filter.tree);
    return maker.take();
}

void Where::bind(Statement& statement) const {
    int place = 0;
    for (auto const& value : values)
        std::visit([&](auto const& known) { statement.bind(++place, known); }, value);
}

} // namespace mitori::ledger::detail
