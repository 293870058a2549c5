#include "cli/detail/status_log.hpp"

#include <cerrno>
#include <fmt/ostream.h>
#include <ostream>
#include <unistd.h>

#include "cli/detail/log_printer.hpp"

namespace mitori::cli::detail {
namespace {

constexpr std::string_view rotated =
    "Notice: journal has been rotated since unit was started, output may be incomplete.\n";
constexpr std::string_view forbidden = "Warning: some journal files were not opened due to insufficient permissions.\n";

control::LogQuery query_of(Context const& context, status::Properties const& properties) {
    control::LogQuery query;
    auto const unit = properties.get("Id").text();
    bool const user = context.options.scope == Scope::user || ::geteuid() != 0;
    if (user) query.user_units = {unit};
    if (context.options.scope != Scope::user) query.units = {unit};
    query.lines = context.options.log_lines;
    query.boot = "";
    base::Usec const started(static_cast<std::int64_t>(properties.get("InactiveExitTimestampMonotonic").number()));
    if (started.count() != 0) query.since_monotonic = started;
    return query;
}

LogLook look_of(Context const& context) {
    LogLook look;
    look.format = base::value_of<LogFormat>(context.options.log_format).value_or(LogFormat::brief);
    look.all = context.options.all;
    look.full = context.options.full || context.screen.width == 0 || context.paged;
    look.width = context.screen.width;
    look.colour = context.screen.colour;
    return look;
}

/// The lines that are shown with an empty one before them.
class Lines {
public:
    explicit Lines(std::ostream& out) : out_(out) {}
    void add(std::string_view text) {
        if (count_++ == 0) out_ << '\n';
        out_ << text;
    }
    [[nodiscard]] std::uint64_t count() const { return count_; }

private:
    std::ostream& out_;
    std::uint64_t count_ = 0;
};

/// Whether entries from the unit's start on have gone from the log already.
bool is_rotated(control::Logs& logs, control::LogQuery const& query) {
    auto const oldest = logs.oldest_of_this_boot(query);
    return oldest && *oldest && **oldest > *query.since_monotonic;
}

} // namespace

Cuts show_status_log(Context& context, status::Properties const& properties) {
    auto const logs = context.logs && context.options.log_lines != 0 ? context.logs() : nullptr;
    if (!logs) return Cuts::none;
    auto const query = query_of(context, properties);
    LogPrinter printer(look_of(context));
    Lines lines(context.out);
    auto const cursor = logs->open(query);
    if (!cursor) {
        if (cursor.error().number == EACCES && query.since_monotonic) lines.add(forbidden);
        return Cuts::none;
    }
    for (auto entry = (*cursor)->next(); entry && *entry; entry = (*cursor)->next())
        lines.add(printer.show(**entry));
    bool const few = lines.count() < context.options.log_lines;
    if (few && query.since_monotonic && is_rotated(*logs, query)) lines.add(rotated);
    return printer.has_cut() ? Cuts::some : Cuts::none;
}

} // namespace mitori::cli::detail
