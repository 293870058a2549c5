#include "unit/codecs/resources.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

constexpr std::uint64_t parts = 10'000; ///< a percentage has at most two digits after its point

/// "12.5%" in ten-thousandths; nothing for what is no percentage.
std::optional<std::uint64_t> parse_percentage(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    auto const point = text.find('.');
    auto const whole = base::parse_integer<std::uint32_t>(text.substr(0, point));
    if (!whole) return std::nullopt;
    std::uint64_t value = std::uint64_t{*whole} * 100;
    if (point == text.npos) return value;
    auto const digits = text.substr(point + 1);
    auto const fraction = base::parse_integer<std::uint32_t>(digits);
    if (!fraction || digits.size() > 2) return std::nullopt;
    return value + (digits.size() == 1 ? *fraction * 10U : *fraction);
}

std::uint64_t share_of(std::uint64_t whole, std::uint64_t ten_thousandths) {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(whole) * ten_thousandths / parts);
}

std::uint64_t machine_memory() {
    return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// PID_MAX_LIMIT of a 64-bit kernel, which is systemd's measure too where no smaller limit is set.
constexpr std::uint64_t machine_tasks = 4'194'304;

} // namespace

Result<std::uint64_t> read_memory_amount(std::string_view text, Zero zero) {
    std::uint64_t value = 0;
    if (auto const percentage = parse_percentage(text)) {
        if (*percentage > parts) return lost(fmt::format("{} is more than there is", quote(text)));
        value = share_of(machine_memory(), *percentage);
    } else {
        auto const bytes = base::parse_size(text);
        if (!bytes)
            return lost(fmt::format("{} is no amount of memory: write 512M, 1.5G, 50% or infinity", quote(text)));
        value = *bytes;
    }
    if (value == 0 && zero == Zero::meaningless) return lost(fmt::format("{} leaves no memory to run in", quote(text)));
    return value;
}

Result<void> TaskAmount::assign(std::uint64_t& value, std::string_view text, Specifiers const&) {
    auto const percentage = parse_percentage(text);
    auto const number = base::parse_integer<std::uint64_t>(text);
    if (text == "infinity")
        value = no_limit;
    else if (percentage && *percentage > 0 && *percentage <= parts)
        value = std::max<std::uint64_t>(share_of(machine_tasks, *percentage), 1);
    else if (number && *number > 0 && *number < no_limit)
        value = *number;
    else
        return lost(fmt::format("{} is no number of tasks: write 100, 10% or infinity", quote(text)));
    return {};
}

Result<void> CpuQuota::assign(base::Usec& value, std::string_view text, Specifiers const&) {
    auto const percentage = parse_percentage(text);
    if (!percentage || *percentage == 0)
        return lost(fmt::format("{} is no share of a CPU: write 50%, or 200% for two of them", quote(text)));
    value = base::Usec(static_cast<base::Usec::rep>(share_of(1'000'000, *percentage)));
    return {};
}

Result<void> CpuWeight::assign(std::optional<std::uint64_t>& value, std::string_view text, Specifiers const&) {
    auto const number = base::parse_integer<std::uint64_t>(text);
    if (text == "idle")
        value = 0;
    else if (number && *number >= 1 && *number <= 10'000)
        value = *number;
    else
        return lost(fmt::format("{} is no weight: write a number of 1 to 10000, or idle", quote(text)));
    return {};
}

} // namespace mitori::unit
