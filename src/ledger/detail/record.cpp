#include "ledger/detail/record.hpp"

#include <fmt/ranges.h>

#include "ledger/detail/schema.hpp"
#include "status/death_fields.hpp"

namespace mitori::ledger::detail {
namespace {

using status::Death;

/// Columns that are never NULL, though they may be 0.
bool is_always_there(std::string_view name) {
    return name == "pid" || name == "ended" || name == "status" || name == "sources";
}

class Binder {
public:
    Binder(Statement& statement, Texts& texts, std::int64_t number)
        : statement_(statement),
          texts_(texts),
          number_(number) {}

    void operator()(std::string_view name, std::integral auto value) {
        if (name == "number") return;
        put(static_cast<std::int64_t>(value), is_always_there(name));
    }
    void operator()(std::string_view name, base::Usec value) { put(value.count(), is_always_there(name)); }
    void operator()(std::string_view, std::string const& value) { put_word(value); }
    template <base::Named E>
    void operator()(std::string_view, E value) {
        put_word(base::word(value));
    }
    template <class T>
    void operator()(std::string_view, std::optional<T> const& value) {
        if (!value) return put(0, false);
        if constexpr (std::integral<T>)
            put(static_cast<std::int64_t>(*value), true);
        else
            put(value->count(), true);
    }
    void put(std::int64_t value, bool always) {
        ++place_;
        if (value != 0 || always)
            statement_.bind(place_, value);
        else
            statement_.bind_null(place_);
    }
    [[nodiscard]] base::Result<void> const& result() const { return result_; }

private:
    void put_word(std::string_view word) {
        if (word.empty() || !result_) return put(0, false);
        if (auto const id = texts_.id(word, number_))
            put(*id, true);
        else
            result_ = std::unexpected(id.error());
    }
    Statement& statement_;
    Texts& texts_;
    std::int64_t number_;
    int place_ = 0;
    base::Result<void> result_;
};

struct Taker {
    Statement const& row;
    int column = 0;

    template <std::integral Int>
    void operator()(std::string_view, Int& value) {
        value = static_cast<Int>(row.integer(column++));
    }
    void operator()(std::string_view, base::Usec& value) { value = base::Usec(row.integer(column++)); }
    void operator()(std::string_view, std::string& value) { value = row.text(column++); }
    template <base::Named E>
    void operator()(std::string_view, E& value) {
        value = base::value_of<E>(row.text(column++)).value_or(E{});
    }
    template <class T>
    void operator()(std::string_view, std::optional<T>& value) {
        int const at = column++;
        if (row.type(at) != Statement::Type::null) value = T(row.integer(at));
    }
};

} // namespace

base::Result<void> bind(Statement& statement, Texts& texts, Death const& death) {
    Binder binder(statement, texts, death.number);
    status::for_each_field(death, [&](std::string_view name, auto const& value) { binder(name, value); });
    binder.put(status::failed(death) ? 1 : 0, true);
    return binder.result();
}

Death read_death(Statement const& row) {
    Death death;
    Taker taker{row};
    status::for_each_field(death, [&](std::string_view name, auto& value) { taker(name, value); });
    return death;
}

std::string const& select_deaths() {
    static std::string const text =
        fmt::format("SELECT deaths.number, deaths.{} FROM deaths", fmt::join(stored_columns(), ", deaths."));
    return text;
}

std::string insert_death() {
    auto const& columns = stored_columns();
    std::vector<std::string_view> const places(columns.size() + 2, "?");
    return fmt::format("INSERT INTO death ({}, failed, number) VALUES ({})", fmt::join(columns, ", "),
                       fmt::join(places, ", "));
}

std::string update_death() {
    return fmt::format("UPDATE death SET {} = ?, failed = ? WHERE number = ?", fmt::join(stored_columns(), " = ?, "));
}

} // namespace mitori::ledger::detail
