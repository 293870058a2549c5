// Codecs of Limit*=: systemd.exec(5) "PROCESS PROPERTIES", setrlimit(2).
#include "unit/codecs/limits.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <sys/resource.h>

#include "base/text.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

Result<rlim_t> read_span(std::string_view text, base::Usec default_unit, base::Usec counted_in) {
    auto const span = base::parse_span(text, default_unit);
    if (!span) return lost(fmt::format("{} is no span of time: write 5s, 1min 30s or infinity", quote(text)));
    if (*span == base::infinity) return RLIM_INFINITY;
    // Rounded up: a limit of half a second must not become none at all.
    return static_cast<rlim_t>((span->count() + counted_in.count() - 1) / counted_in.count());
}

/// RLIMIT_NICE counts 1..40 upwards for the nice values 19..-20; a sign says that a nice value is meant.
Result<rlim_t> read_nice(std::string_view text) {
    bool const is_nice = text.starts_with('+') || text.starts_with('-');
    auto const number = base::parse_integer<int>(text.starts_with('+') ? text.substr(1) : text);
    if (is_nice && number && *number >= -20 && *number <= 19) return static_cast<rlim_t>(20 - *number);
    if (!is_nice && number && *number >= 0 && *number <= 40) return static_cast<rlim_t>(*number);
    return lost(fmt::format("{} is neither a nice value (-20 to +19, with its sign) nor 0 to 40", quote(text)));
}

Result<rlim_t> read_end(LimitUnit unit, std::string_view text) {
    using namespace std::chrono_literals;
    if (text == "infinity") return RLIM_INFINITY;
    switch (unit) {
    case LimitUnit::seconds: return read_span(text, 1s, 1s);
    case LimitUnit::microseconds: return read_span(text, 1us, 1us);
    case LimitUnit::nice: return read_nice(text);
    case LimitUnit::bytes: {
        auto const size = base::parse_size(text);
        if (!size) return lost(fmt::format("{} is no size: write 4096, 64K, 1.5G or infinity", quote(text)));
        return *size;
    }
    case LimitUnit::count: break;
    }
    auto const count = base::parse_integer<std::uint64_t>(text);
    if (!count) return lost(fmt::format("{} is neither a whole number nor infinity", quote(text)));
    return *count;
}

} // namespace

Result<process::Limit> read_limit(int resource, LimitUnit unit, std::string_view text) {
    auto const colon = text.find(':');
    rlim_t const soft = TRY(read_end(unit, text.substr(0, colon)));
    rlim_t const hard = colon == text.npos ? soft : TRY(read_end(unit, text.substr(colon + 1)));
    if (soft > hard) return lost(fmt::format("{} has a soft limit above its hard one", quote(text)));
    return process::Limit{.resource = resource, .soft = soft, .hard = hard};
}

void set_limit(Limits& limits, process::Limit const& limit) {
    unset_limit(limits, limit.resource);
    limits.insert(std::ranges::lower_bound(limits, limit.resource, {}, &process::Limit::resource), limit);
}

void unset_limit(Limits& limits, int resource) {
    std::erase_if(limits, [=](process::Limit const& limit) { return limit.resource == resource; });
}

status::Value show_limit(Limits const& limits, int resource, LimitEnd end) {
    auto const found = std::ranges::find(limits, resource, &process::Limit::resource);
    process::Limit limit{.resource = resource};
    if (found != limits.end()) {
        limit = *found;
    } else if (rlimit own{}; ::getrlimit(static_cast<__rlimit_resource>(resource), &own) == 0) {
        limit.soft = own.rlim_cur;
        limit.hard = own.rlim_max;
    }
    return std::uint64_t{end == LimitEnd::soft ? limit.soft : limit.hard};
}

} // namespace mitori::unit
