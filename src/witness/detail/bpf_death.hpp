// A record of the kernel's side as a Death. Pure but for what it is given.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/time.hpp"
#include "status/death.hpp"
#include "witness/judge.hpp"

namespace mitori::witness::detail {

/// What all records of one batch need.
struct BpfFacts {
    std::string boot;
    base::Stamp now;
    std::uint64_t now_boottime = 0; ///< ns, at `now`
    std::uint64_t ticks = 100;      ///< a second, as /proc counts
    std::uint64_t page_size = 4096;
    std::function<std::optional<OutOfMemory>(pid_t)> oom; ///< by the machine's first pid namespace
};

/// Nothing for what is too short to be a record.
[[nodiscard]] std::optional<status::Death> read_bpf_death(std::span<std::byte const> record, BpfFacts const& facts);

} // namespace mitori::witness::detail
