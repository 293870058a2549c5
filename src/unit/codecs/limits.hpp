// Codecs of Limit*=: systemd.exec(5), setrlimit(2). See codec.hpp.
#pragma once

#include <cstdint>
#include <string_view>

#include "unit/codec.hpp"

namespace mitori::unit {

/// What the numbers of a limit count, and so how they are written.
enum class LimitUnit : std::uint8_t { bytes, seconds, microseconds, nice, count };
enum class LimitEnd : std::uint8_t { soft, hard };
[[nodiscard]] base::Result<process::Limit> read_limit(int resource, LimitUnit unit, std::string_view text);
void set_limit(Limits& limits, process::Limit const& limit);
void unset_limit(Limits& limits, int resource);
/// The manager's own limit, which children inherit, where none was given.
[[nodiscard]] status::Value show_limit(Limits const& limits, int resource, LimitEnd end);

/// Limit*=: "soft:hard", or one value for both; the property shows the hard end.
template <int Resource, LimitUnit Counts>
struct LimitOf {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(Limits& limits, std::string_view text, Specifiers const&) {
        if (text.empty()) {
            unset_limit(limits, Resource);
        } else {
            set_limit(limits, TRY(read_limit(Resource, Counts, text)));
        }
        return {};
    }
    static status::Value show(Limits const& limits) { return show_limit(limits, Resource, LimitEnd::hard); }
};

} // namespace mitori::unit
