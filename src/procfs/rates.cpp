#include "procfs/rates.hpp"

#include <algorithm>
#include <unordered_map>

namespace mitori::procfs {
namespace {

/// Counters of the kernel may step back by a little (times are scaled); that is no negative rate.
double growth(std::uint64_t before, std::uint64_t after) {
    return after > before ? static_cast<double>(after - before) : 0;
}

Rates reckon(Row const& before, Row const& after, double seconds, Machine const& machine) {
    auto const ticks = growth(before.cpu_ticks(), after.cpu_ticks());
    return {.cpu = ticks / static_cast<double>(machine.ticks_per_second) / seconds,
            .faults = growth(before.major_faults, after.major_faults) / seconds,
            .read_bytes = growth(before.read_bytes, after.read_bytes) / seconds,
            .written_bytes = growth(before.written_bytes, after.written_bytes) / seconds};
}

} // namespace

std::optional<Rates> rates_between(Row const& before, Row const& after, double seconds, Machine const& machine) {
    if (!before.same_process(after) || before.thread != after.thread || !(seconds > 0)) return std::nullopt;
    return reckon(before, after, seconds, machine);
}

std::vector<Rates> rates_between(std::span<Row const> before, std::span<Row const> after, double seconds,
                                 Machine const& machine) {
    std::unordered_map<pid_t, Row const*> known;
    for (auto const& row : before)
        known.emplace(row.thread, &row);
    std::vector<Rates> all;
    all.reserve(after.size());
    Row const nothing{};
    for (auto const& row : after) {
        auto const found = known.find(row.thread);
        bool const seen = found != known.end() && found->second->same_process(row);
        all.push_back(seconds > 0 ? reckon(seen ? *found->second : nothing, row, seconds, machine) : Rates{});
    }
    return all;
}

} // namespace mitori::procfs
