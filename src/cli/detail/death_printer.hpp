// Deaths as a table, JSON or CSV; stable for scripts in the latter two.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/detail/death_options.hpp"
#include "status/death.hpp"
#include "status/death_filter.hpp"

namespace mitori::cli::detail {

/// One after the other as they come. A table's columns have fixed widths, so that it can be followed.
class DeathPrinter {
public:
    DeathPrinter(std::ostream& out, Screen const& screen, DeathOptions const& options, base::Usec now);
    void add(status::Death const& death);
    /// Closes what is open: a JSON list. Not called where deaths are followed: then each is a line of JSON.
    void finish();

private:
    void add_row(status::Death const& death);
    void add_json(status::Death const& death);
    void add_csv(status::Death const& death);
    void begin();

    std::ostream& out_;
    Screen const& screen_;
    DeathOptions const& options_;
    base::Usec now_;
    std::uint64_t count_ = 0;
};

void print_totals(std::ostream& out, Screen const& screen, DeathOptions const& options,
                  std::vector<status::DeathTotals> const& totals);
/// The three questions of --top, ten rows each.
void print_top(std::ostream& out, Screen const& screen, DeathOptions const& options,
               std::vector<status::DeathTotals> totals);

/// The answer to SQL, row by row.
class CellPrinter {
public:
    CellPrinter(std::ostream& out, Screen const& screen, DeathOptions const& options)
        : out_(out),
          screen_(screen),
          options_(options) {}
    void columns(std::vector<std::string> const& names) { names_ = names; }
    void row(std::span<status::Cell const> cells);
    void finish();

private:
    std::ostream& out_;
    Screen const& screen_;
    DeathOptions const& options_;
    std::vector<std::string> names_;
    std::vector<std::vector<std::string>> rows_; ///< of a table
    std::uint64_t count_ = 0;
};

/// RFC 4180: in quotes where it has to be.
[[nodiscard]] std::string csv_word(std::string_view text);

} // namespace mitori::cli::detail
