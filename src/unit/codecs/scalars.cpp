// Codecs of single values: booleans, numbers, spans, modes, signals, words.
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <sched.h>

#include "base/text.hpp"
#include "unit/codecs/structures.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

using base::quote;
using base::Result;

std::unexpected<base::Error> lost(std::string sentence) { return base::make_error(0, std::move(sentence)); }

std::unexpected<base::Error> refused(std::string sentence) { return base::make_error(ENOEXEC, std::move(sentence)); }

std::unexpected<base::Error> lost(base::Error const& error) {
    return lost(base::Error{0, error.operation, error.subject}.message());
}

Result<std::string> expanded(std::string_view text, Specifiers const& specifiers) {
    auto result = specifiers.expand(text);
    if (!result) return lost(result.error());
    return result;
}

std::unexpected<base::Error> no_such_word(std::string_view text, std::span<std::string_view const> known) {
    std::vector<std::string_view> const words(known.begin(), known.end());
    auto const near = base::nearest(text, words);
    auto const hint = near ? fmt::format("; did you mean {}?", *near) : std::string();
    return lost(fmt::format("{} is none of {}{}", quote(text), fmt::join(words, ", "), hint));
}

Result<void> Codec<bool>::assign(bool& value, std::string_view text, Specifiers const&) {
    auto const parsed = base::parse_boolean(text);
    if (!parsed) return lost(fmt::format("{} is no boolean: write yes or no", quote(text)));
    value = *parsed;
    return {};
}

Result<void> Codec<base::Usec>::assign(base::Usec& value, std::string_view text, Specifiers const&) {
    auto const parsed = base::parse_span(text);
    if (!parsed) return lost(fmt::format("{} is no span of time: write 5s, 1min 30s or infinity", quote(text)));
    value = *parsed;
    return {};
}

status::Value Codec<base::Usec>::show(base::Usec value) {
    if (value == base::infinity) return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(value.count());
}

Result<void> TimeoutSpan::assign(base::Usec& value, std::string_view text, Specifiers const& specifiers) {
    TRY(Codec<base::Usec>::assign(value, text, specifiers));
    if (value.count() == 0) value = base::infinity;
    return {};
}

Result<void> Codec<Mode>::assign(Mode& value, std::string_view text, Specifiers const&) {
    auto const parsed = base::parse_integer<std::uint32_t>(text, 8);
    if (!parsed || *parsed > 07777)
        return lost(fmt::format("{} is no access mode: write it in octal, as 0755", quote(text)));
    value.value = *parsed;
    return {};
}

Result<void> Codec<base::Signal>::assign(base::Signal& value, std::string_view text, Specifiers const&) {
    auto const parsed = base::parse_signal(text);
    if (!parsed)
        return lost(fmt::format("{} is no signal: write a name as SIGTERM or a number of 1 to 64", quote(text)));
    value = *parsed;
    return {};
}

Result<void> Codec<std::uint32_t>::assign(std::uint32_t& value, std::string_view text, Specifiers const&) {
    auto const parsed = base::parse_integer<std::uint32_t>(text);
    if (!parsed) return lost(fmt::format("{} is no whole number of 0 or more", quote(text)));
    value = *parsed;
    return {};
}

Result<int> read_whole(std::string_view text, int least, int greatest) {
    // "+5" is a number too; from_chars takes the minus only.
    auto const parsed = base::parse_integer<int>(text.starts_with('+') ? text.substr(1) : text);
    if (!parsed || *parsed < least || *parsed > greatest || text.starts_with("+-"))
        return lost(fmt::format("{} is no whole number from {} to {}", quote(text), least, greatest));
    return *parsed;
}

Result<void> PreserveWord::assign(PreserveDirectory& value, std::string_view text, Specifiers const& specifiers) {
    auto const yes = base::parse_boolean(text);
    if (!yes) return Codec<PreserveDirectory>::assign(value, text, specifiers);
    value = *yes ? PreserveDirectory::yes : PreserveDirectory::no;
    return {};
}

namespace {

struct Policy {
    int number;
    std::string_view word;
};
constexpr auto policies = std::to_array<Policy>(
    {{SCHED_OTHER, "other"}, {SCHED_BATCH, "batch"}, {SCHED_IDLE, "idle"}, {SCHED_FIFO, "fifo"}, {SCHED_RR, "rr"}});
constexpr auto policy_words = std::to_array<std::string_view>({"other", "batch", "idle", "fifo", "rr"});

constexpr int kernel_number(IoClass io_class) { return static_cast<int>(io_class); }
static_assert(kernel_number(IoClass::realtime) == 1 && kernel_number(IoClass::idle) == 3, "ioprio_set(2)");

} // namespace

Result<void> CpuPolicyNumber::assign(std::optional<int>& value, std::string_view text, Specifiers const&) {
    for (auto const& policy : policies) {
        if (policy.word != text && base::parse_integer<int>(text) != policy.number) continue;
        value = policy.number;
        return {};
    }
    return no_such_word(text, policy_words);
}

status::Value CpuPolicyNumber::show(std::optional<int> const& value) {
    return std::int32_t{value.value_or(SCHED_OTHER)};
}

Result<void> CpuPriority::assign(std::optional<int>& value, std::string_view text, Specifiers const&) {
    // The policy may follow later: what suits any of them is taken.
    value = TRY(read_whole(text, 0, 99));
    return {};
}

status::Value CpuPriority::show(Unit const& unit, std::optional<int> const& value) {
    // sched(7): real-time policies begin at 1.
    auto const policy = unit.exec->cpu_scheduling_policy;
    int const least = policy == SCHED_FIFO || policy == SCHED_RR ? 1 : 0;
    return std::int32_t{std::max(value.value_or(0), least)};
}

Result<void> IoClassNumber::assign(std::optional<IoClass>& value, std::string_view text, Specifiers const& specifiers) {
    if (auto const number = base::parse_integer<int>(text); number && *number >= 0 && *number <= 3) {
        value = static_cast<IoClass>(*number);
        return {};
    }
    IoClass read{};
    TRY(Codec<IoClass>::assign(read, text, specifiers));
    value = read;
    return {};
}

status::Value IoClassNumber::show(std::optional<IoClass> const& value) {
    // A process that never asked has none, which is best-effort: ioprio_set(2).
    auto const io_class = value.value_or(IoClass::none);
    return std::int32_t{kernel_number(io_class == IoClass::none ? IoClass::best_effort : io_class)};
}

} // namespace mitori::unit
