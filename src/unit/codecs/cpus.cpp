// Codec of CPUAffinity=.
#include <algorithm>
#include <cstddef>
#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

/// What a plan can carry: process::CpuMask.
constexpr std::uint16_t greatest_cpu = std::tuple_size_v<process::CpuMask> * 64 - 1;

Result<void> add_range(std::vector<std::uint16_t>& cpus, std::string_view word) {
    auto const dash = word.find('-');
    auto const first = base::parse_integer<std::uint16_t>(word.substr(0, dash));
    auto const last = dash == word.npos ? first : base::parse_integer<std::uint16_t>(word.substr(dash + 1));
    if (!first || !last) return lost(fmt::format("{} is no CPU: write a number as 0 or a range as 0-3", quote(word)));
    if (*first > *last)
        return lost(fmt::format("{} is no range of CPUs: its end is before its beginning", quote(word)));
    if (*last > greatest_cpu)
        return lost(fmt::format("{} is too great: the last CPU is {}", quote(word), greatest_cpu));
    for (std::uint32_t cpu = *first; cpu <= *last; ++cpu)
        cpus.push_back(static_cast<std::uint16_t>(cpu));
    return {};
}

} // namespace

Result<void> Codec<CpuAffinity>::assign(CpuAffinity& value, std::string_view text, Specifiers const& specifiers) {
    if (text == "numa") {
        value = {.cpus = {}, .from_numa = true};
        return {};
    }
    std::string const list = TRY(expanded(text, specifiers));
    auto cpus = value.cpus;
    for (auto const word : base::split(list, " \t\n\r,"))
        TRY(add_range(cpus, word));
    std::ranges::sort(cpus);
    cpus.erase(std::ranges::unique(cpus).begin(), cpus.end());
    value = {.cpus = std::move(cpus), .from_numa = false};
    return {};
}

status::Value Codec<CpuAffinity>::show(CpuAffinity const& value) {
    // Whole words of the kernel's mask, as sched_getaffinity(2) gives them.
    std::size_t const words = value.cpus.empty() ? 0 : value.cpus.back() / 64U + 1U;
    std::vector<std::uint8_t> mask(words * 8);
    for (std::size_t const cpu : value.cpus)
        mask[cpu / 8] = static_cast<std::uint8_t>(mask[cpu / 8] | 1U << cpu % 8);
    return status::List{.element = "y", .items = {mask.begin(), mask.end()}};
}

} // namespace mitori::unit
