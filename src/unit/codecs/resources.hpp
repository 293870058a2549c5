// Codecs of limits for control groups: systemd.resource-control(5). See codec.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "unit/codec.hpp"
#include "unit/settings/resources.hpp"

namespace mitori::unit {

struct ShownAmount {
    static status::Value show(std::uint64_t value) { return value; }
};
/// Bytes with K, M, G, T to the base of 1024, "infinity", or a share of the machine's memory: "50%". Whether 0 is a
/// value at all depends on the directive.
enum class Zero : std::uint8_t { allowed, meaningless };
[[nodiscard]] base::Result<std::uint64_t> read_memory_amount(std::string_view text, Zero zero);
template <Zero Allowed>
struct MemoryAmount : ShownAmount {
    static base::Result<void> assign(std::uint64_t& value, std::string_view text, Specifiers const&) {
        value = TRY(read_memory_amount(text, Allowed));
        return {};
    }
};

/// A number of threads, "infinity", or a share of what the machine can have.
struct TaskAmount : ShownAmount {
    static base::Result<void> assign(std::uint64_t& value, std::string_view text, Specifiers const&);
};

/// A share of one CPU, "20%" or "250%": shown as the time in each second.
struct CpuQuota : Codec<base::Usec> {
    static base::Result<void> assign(base::Usec& value, std::string_view text, Specifiers const&);
};
/// 1 to 10000, or "idle", which is shown as 0.
struct CpuWeight {
    static base::Result<void> assign(std::optional<std::uint64_t>& value, std::string_view text, Specifiers const&);
    static status::Value show(std::optional<std::uint64_t> const& value) { return value.value_or(no_limit); }
};

} // namespace mitori::unit
