#include "journal/rate_limit.hpp"

#include <algorithm>
#include <bit>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace mitori::journal {
namespace {

/// Which pool a level counts in: a flood of information must not hide an error.
constexpr std::array<std::size_t, 8> pool_of_level{0, 0, 0, 1, 2, 3, 3, 4};

bool is_over(RateState::Pool const& pool, RateRules const& rules, base::Usec now) {
    return base::plus(base::Usec(pool.begin), rules.interval) < now;
}

} // namespace

std::uint64_t scaled_burst(std::uint32_t burst, std::uint64_t free_space) {
    constexpr int mebibyte = 20;
    auto const magnitude = free_space == 0 ? 0 : static_cast<int>(std::bit_width(free_space)) - 1;
    if (magnitude <= mebibyte) return burst;
    return std::uint64_t{burst} * static_cast<std::uint64_t>(magnitude - 16) / 4;
}

RateVerdict decide_rate(RateState& state, RateRules const& rules, std::uint8_t level, base::Usec now,
                        std::uint64_t free_space) {
    if (rules.interval.count() == 0 || rules.burst == 0) return {.pass = true, .suppressed = take_suppressed(state)};
    auto& pool = state.pools[pool_of_level[level & 7U]];
    if (pool.begin == 0 || is_over(pool, rules, now)) {
        RateVerdict const verdict{.pass = true, .suppressed = pool.suppressed};
        pool = {.begin = now.count(), .passed = 1, .suppressed = 0};
        return verdict;
    }
    if (pool.passed < scaled_burst(rules.burst, free_space)) {
        ++pool.passed;
        return {};
    }
    ++pool.suppressed;
    return {.pass = false, .suppressed = 0};
}

std::uint64_t take_suppressed(RateState& state) {
    std::uint64_t sum = 0;
    for (auto& pool : state.pools)
        sum += std::exchange(pool.suppressed, 0);
    return sum;
}

base::Usec suppressed_until(RateState const& state, RateRules const& rules) {
    base::Usec last{0};
    for (auto const& pool : state.pools)
        if (pool.suppressed > 0) last = std::max(last, base::plus(base::Usec(pool.begin), rules.interval));
    return last;
}

void merge(RateState& into, RateState const& other) {
    auto const age = [](RateState::Pool const& pool) { return std::tuple(pool.begin, pool.passed, pool.suppressed); };
    for (std::size_t n = 0; n < into.pools.size(); ++n)
        if (age(into.pools[n]) < age(other.pools[n])) into.pools[n] = other.pools[n];
}

std::string suppressed_text(std::uint64_t count, std::string_view unit) {
    return fmt::format("Suppressed {} messages from {}", count, unit);
}

} // namespace mitori::journal
