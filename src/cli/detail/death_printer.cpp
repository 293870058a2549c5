#include "cli/detail/death_printer.hpp"

#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/signal.hpp"
#include "base/text.hpp"
#include "cli/detail/death_words.hpp"
#include "cli/detail/table.hpp"
#include "status/death_fields.hpp"
#include "status/death_json.hpp"
#include "status/json.hpp"

namespace mitori::cli::detail {
namespace {

using status::Death;
using status::DeathKind;
using Format = DeathOptions::Format;

std::string how(Death const& death) {
    if (death.kind == DeathKind::exited) return fmt::format("exit {}", death.status);
    if (death.kind == DeathKind::unknown) return "?";
    return fmt::format("SIG{}{}", base::signal_name(base::Signal{death.status}),
                       death.kind == DeathKind::dumped ? "+core" : "");
}

std::string csv_of(std::string const& text) { return csv_word(text); }
std::string csv_of(base::Usec span) { return span.count() == 0 ? std::string() : std::to_string(span.count()); }
template <base::Named E>
std::string csv_of(E value) {
    return std::string(base::word(value));
}
std::string csv_of(std::integral auto number) { return std::to_string(number); }
template <class T>
std::string csv_of(std::optional<T> const& value) {
    if (!value) return {};
    if constexpr (std::integral<T>)
        return std::to_string(*value);
    else
        return std::to_string(value->count());
}

std::string show(status::Cell const& cell) {
    if (auto const* const text = std::get_if<std::string>(&cell)) return *text;
    if (auto const* const number = std::get_if<std::int64_t>(&cell)) return std::to_string(*number);
    if (auto const* const real = std::get_if<double>(&cell)) return fmt::format("{}", *real);
    return {};
}

nlohmann::json json_of(status::Cell const& cell) {
    if (auto const* const text = std::get_if<std::string>(&cell)) return *text;
    if (auto const* const number = std::get_if<std::int64_t>(&cell)) return *number;
    if (auto const* const real = std::get_if<double>(&cell)) return *real;
    return nullptr;
}

Table::Header header_of(DeathOptions const& options) { return options.legend ? Table::Header::yes : Table::Header::no; }

std::string span_or_nothing(std::optional<base::Usec> span) { return span ? words_for_span(*span) : "-"; }

void print_list(std::ostream& out, Screen const& screen, DeathOptions const& options, char const* name,
                std::span<status::DeathTotals const> totals) {
    Table table({name, "DEATHS", "FAILED", "BY SIGNAL", "OOM", "RESTARTS", "CPU", "CPU OF FAILED", "SHORTEST", "MEAN"});
    for (std::size_t column = 1; column < 10; ++column)
        table.align(column, Align::right);
    for (auto const& one : totals)
        table.add({{one.name.empty() ? "-" : base::printable(one.name)},
                   {std::to_string(one.deaths)},
                   {std::to_string(one.failed), one.failed > 0 ? Style::bad : Style::plain},
                   {std::to_string(one.by_signal)},
                   {std::to_string(one.oom)},
                   {std::to_string(one.restarts)},
                   {words_for_span(one.cpu)},
                   {words_for_span(one.cpu_failed)},
                   {span_or_nothing(one.shortest)},
                   {span_or_nothing(one.mean_life)}});
    table.print(out, screen, header_of(options), Cut::no);
}

void print_csv(std::ostream& out, std::vector<status::DeathTotals> const& totals) {
    fmt::print(out, "name,deaths,failed,by_signal,oom,restarts,cpu,cpu_failed,shortest,mean_life,first,last\n");
    for (auto const& one : totals)
        fmt::print(out, "{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_word(one.name), one.deaths, one.failed,
                   one.by_signal, one.oom, one.restarts, one.cpu.count(), one.cpu_failed.count(), csv_of(one.shortest),
                   csv_of(one.mean_life), one.first.count(), one.last.count());
}

} // namespace

std::string csv_word(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string quoted = "\"";
    for (char const c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

// -- deaths

DeathPrinter::DeathPrinter(std::ostream& out, Screen const& screen, DeathOptions const& options, base::Usec now)
    : out_(out),
      screen_(screen),
      options_(options),
      now_(now) {}

void DeathPrinter::begin() {
    if (count_++ > 0) return;
    if (options_.format == Format::table && options_.legend)
        fmt::print(out_, "{:<28} {:>8} {:<16} {:<24} {:<13} {:>12} {}\n", "TIME", "PID", "COMMAND", "UNIT", "END",
                   "HAD RUN", "WHOSE DOING");
    if (options_.format != Format::csv || !options_.legend) return;
    std::string names;
    Death const none;
    status::for_each_field(
        none, [&](std::string_view name, auto const&) { names += (names.empty() ? "" : ",") + std::string(name); });
    out_ << names << '\n';
}

void DeathPrinter::add(Death const& death) {
    switch (options_.format) {
    case Format::table: return add_row(death);
    case Format::json: return add_json(death);
    case Format::csv: return add_csv(death);
    }
}

void DeathPrinter::add_row(Death const& death) {
    begin();
    auto line = fmt::format("{:<28} {:>8} {:<16} {:<24} {:<13} {:>12} ", words_for_moment(death.ended.realtime, now_),
                            death.who.pid, base::printable(death.comm), base::printable(death.unit), how(death),
                            span_or_nothing(status::lived(death)));
    line += whose_doing(death);
    auto const shown = screen_.width == 0 ? line : shortened(line, screen_.width);
    out_ << styled(screen_, status::failed(death) ? Style::bad : Style::plain, shown) << '\n';
}

void DeathPrinter::add_json(Death const& death) {
    nlohmann::json const json = death;
    if (options_.follow) {
        out_ << status::show(json) << '\n';
        return;
    }
    out_ << (count_++ == 0 ? "[" : ",\n ") << status::show(json);
}

void DeathPrinter::add_csv(Death const& death) {
    begin();
    std::string line;
    bool first = true;
    status::for_each_field(death, [&](std::string_view, auto const& value) {
        if (!std::exchange(first, false)) line += ',';
        line += csv_of(value);
    });
    out_ << line << '\n';
}

void DeathPrinter::finish() {
    if (options_.format == Format::json) out_ << (count_ == 0 ? "[]\n" : "]\n");
    if (options_.format == Format::csv && count_ == 0) begin();
}

// -- totals

void print_totals(std::ostream& out, Screen const& screen, DeathOptions const& options,
                  std::vector<status::DeathTotals> const& totals) {
    if (options.format == Format::json)
        out << status::show(nlohmann::json(totals), status::Layout::indented) << '\n';
    else if (options.format == Format::csv)
        print_csv(out, totals);
    else
        print_list(out, screen, options, "UNIT", totals);
}

void print_top(std::ostream& out, Screen const& screen, DeathOptions const& options,
               std::vector<status::DeathTotals> totals) {
    constexpr std::size_t most = 10;
    if (options.format != Format::table) return print_totals(out, screen, options, totals);
    auto const show = [&](char const* title) {
        fmt::print(out, "{}\n", styled(screen, Style::strong, title));
        print_list(out, screen, options, "COMMAND", std::span(totals).first(std::min(most, totals.size())));
    };
    show("Who dies most");
    out << '\n';
    std::ranges::stable_sort(totals, {}, [](auto const& one) { return one.mean_life.value_or(base::Usec::max()); });
    show("Whose lives are shortest");
    out << '\n';
    std::ranges::stable_sort(totals, std::greater{}, &status::DeathTotals::cpu_failed);
    show("Who throws most CPU time away");
}

// -- SQL

void CellPrinter::row(std::span<status::Cell const> cells) {
    if (options_.format == Format::json) {
        auto json = nlohmann::json::object();
        for (std::size_t i = 0; i < cells.size(); ++i)
            json[names_[i]] = json_of(cells[i]);
        out_ << (count_++ == 0 ? "[" : ",\n ") << status::show(json);
        return;
    }
    std::vector<std::string> words;
    for (auto const& cell : cells)
        words.push_back(show(cell));
    if (options_.format == Format::table) return rows_.push_back(std::move(words));
    if (count_++ == 0 && options_.legend) out_ << base::join(names_, ",") << '\n';
    std::ranges::transform(words, words.begin(), csv_word);
    out_ << base::join(words, ",") << '\n';
}

void CellPrinter::finish() {
    if (options_.format == Format::json) out_ << (count_ == 0 ? "[]\n" : "]\n");
    if (options_.format == Format::csv && count_ == 0 && options_.legend) out_ << base::join(names_, ",") << '\n';
    if (options_.format != Format::table) return;
    Table table(names_);
    for (auto const& words : rows_) {
        std::vector<Cell> cells;
        for (auto const& word : words)
            cells.push_back({base::printable(word)});
        table.add(std::move(cells));
    }
    table.print(out_, screen_, header_of(options_), Cut::no);
}

} // namespace mitori::cli::detail
