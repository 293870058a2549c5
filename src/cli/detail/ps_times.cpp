#include <ctime>
#include <fmt/format.h>

#include "cli/detail/ps_fields.hpp"

namespace mitori::cli::detail {
namespace {

constexpr std::uint64_t minute = 60;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t day = 24 * hour;

std::uint64_t cpu_seconds(PsCell const& cell) { return cell.row.cpu_ticks() / cell.desk.machine().ticks_per_second; }

std::tm local(std::int64_t seconds) {
    auto const time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::localtime_r(&time, &parts);
    return parts;
}

std::string formatted(PsCell const& cell, char const* format) {
    auto const parts = local(cell.desk.machine().started(cell.row.start_ticks));
    char text[64];
    auto const length = std::strftime(text, sizeof text, format, &parts);
    return {text, length};
}

bool is_of_the_last_day(PsCell const& cell) { return cell.desk.machine().age(cell.row.start_ticks) < day; }

} // namespace

std::string show_cpu_time(PsCell const& cell) {
    auto const all = cpu_seconds(cell);
    auto const clock = fmt::format("{:02}:{:02}:{:02}", all % day / hour, all % hour / minute, all % minute);
    return all >= day ? fmt::format("{}-{}", all / day, clock) : clock;
}

std::string show_bsd_cpu_time(PsCell const& cell) {
    auto const all = cpu_seconds(cell);
    return fmt::format("{}:{:02}", all / minute, all % minute);
}

std::string show_elapsed(PsCell const& cell) {
    auto const all = cell.desk.machine().age(cell.row.start_ticks);
    auto const rest = fmt::format("{:02}:{:02}", all % hour / minute, all % minute);
    if (all >= day) return fmt::format("{}-{:02}:{}", all / day, all % day / hour, rest);
    return all >= hour ? fmt::format("{:02}:{}", all / hour, rest) : rest;
}

std::string show_start(PsCell const& cell) {
    auto const& machine = cell.desk.machine();
    auto const then = local(machine.started(cell.row.start_ticks));
    auto const now = local(std::chrono::duration_cast<std::chrono::seconds>(machine.now).count());
    if (then.tm_year != now.tm_year) return formatted(cell, "%Y");
    return formatted(cell, then.tm_yday == now.tm_yday ? "%H:%M" : "%b%d");
}

std::string show_started(PsCell const& cell) {
    return formatted(cell, is_of_the_last_day(cell) ? "%H:%M:%S" : "%b %d");
}

std::string show_long_start(PsCell const& cell) { return formatted(cell, "%a %b %e %H:%M:%S %Y"); }

std::string show_bsd_start(PsCell const& cell) { return formatted(cell, is_of_the_last_day(cell) ? "%H:%M" : "%b %d"); }

} // namespace mitori::cli::detail
