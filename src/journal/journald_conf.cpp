// The table of journald.conf's settings. The reader of its syntax and of its files: journald_conf_files.cpp.
#include "journal/journald_conf.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <limits>

#include "base/text.hpp"
#include "journal/detail/conf_lines.hpp"

namespace mitori::journal {
namespace {

/// Reads a value into the settings; an error's words are the note's.
using Read = base::Result<void> (*)(std::string_view value, JournaldConf& conf);
/// What the recorder does not do of it is named, with why.
struct Row {
    std::string_view key;
    Read read;
    std::string_view not_honoured{}; ///< empty: honoured
};

std::unexpected<base::Error> bad(std::string_view what) { return base::make_error(EINVAL, std::string(what)); }

base::Result<void> read_boolean(std::string_view value, bool& into) {
    auto const read = base::parse_boolean(value);
    if (!read) return bad("no boolean");
    into = *read;
    return {};
}

/// What journald takes as a size of nothing is the least that there is here: Limits' 0 is the default.
template <auto Group, auto Member>
base::Result<void> read_size(std::string_view value, JournaldConf& conf) {
    auto const size = base::parse_size(value);
    if (!size) return bad("no size in bytes");
    ((conf.*Group).*Member) = std::max<std::uint64_t>(*size, 1);
    return {};
}

template <auto Group>
base::Result<void> read_count(std::string_view value, JournaldConf& conf) {
    auto const count = base::parse_integer<std::uint64_t>(value);
    if (!count) return bad("no number");
    (conf.*Group).max_files = *count == 0 ? std::numeric_limits<std::uint64_t>::max() : *count;
    return {};
}

/// journald.conf writes "no limit" as 0. Limits does so for the retention, whose default that is.
base::Result<void> read_retention(std::string_view value, JournaldConf& conf) {
    auto const span = base::parse_span(value);
    if (!span || span->count() < 0) return bad("no time span");
    conf.system.max_retention = conf.runtime.max_retention = *span == base::infinity ? base::Usec(0) : *span;
    return {};
}

/// Here Limits' 0 is the default, and no limit is infinity.
base::Result<void> read_file_age(std::string_view value, JournaldConf& conf) {
    auto const span = base::parse_span(value);
    if (!span || span->count() < 0) return bad("no time span");
    conf.system.max_file_age = conf.runtime.max_file_age = span->count() == 0 ? base::infinity : *span;
    return {};
}

base::Result<void> read_level(std::string_view value, std::uint8_t& into) {
    constexpr std::array<std::string_view, 8> words{"emerg",   "alert",  "crit", "err",
                                                    "warning", "notice", "info", "debug"};
    auto const word = std::ranges::find(words, value);
    auto const number = base::parse_integer<unsigned>(value);
    if (word == words.end() && (!number || *number > 7)) return bad("no level from emerg to debug or 0 to 7");
    into = static_cast<std::uint8_t>(word != words.end() ? static_cast<std::size_t>(word - words.begin()) : *number);
    return {};
}

template <auto Member>
base::Result<void> read_forward(std::string_view value, JournaldConf& conf) {
    return read_boolean(value, (conf.*Member).on);
}

template <auto Member>
base::Result<void> read_forward_level(std::string_view value, JournaldConf& conf) {
    return read_level(value, (conf.*Member).max_level);
}

base::Result<void> read_storage(std::string_view value, JournaldConf& conf) {
    auto const storage = base::value_of<Storage>(value);
    if (!storage) return bad("none of volatile, persistent, auto and none");
    conf.storage = *storage;
    return {};
}

base::Result<void> read_compress(std::string_view value, JournaldConf& conf) {
    // "1" is yes, as with journald: only what is no boolean is a size.
    if (auto const on = base::parse_boolean(value)) {
        conf.compress_above = *on ? JournaldConf{}.compress_above : 0;
        return {};
    }
    auto const size = base::parse_size(value);
    if (!size) return bad("neither a boolean nor a size");
    constexpr std::uint64_t least = 8;
    conf.compress_above = std::max(*size, least);
    return {};
}

base::Result<void> read_line_max(std::string_view value, JournaldConf& conf) {
    auto const size = base::parse_size(value);
    if (!size) return bad("no size in bytes");
    conf.line_max = std::clamp<std::uint64_t>(*size, least_line_max, most_line_max);
    if (conf.line_max > *size) return bad(fmt::format("too short, {} is taken", conf.line_max));
    if (conf.line_max < *size) return bad(fmt::format("too long, {} is taken", conf.line_max));
    return {};
}

base::Result<void> read_rate_interval(std::string_view value, JournaldConf& conf) {
    auto const span = base::parse_span(value);
    if (!span || span->count() < 0) return bad("no time span");
    conf.rate.interval = *span;
    return {};
}

base::Result<void> read_rate_burst(std::string_view value, JournaldConf& conf) {
    auto const burst = base::parse_integer<std::uint32_t>(value);
    if (!burst) return bad("no number");
    conf.rate.burst = *burst;
    return {};
}

base::Result<void> read_sync_interval(std::string_view value, JournaldConf& conf) {
    auto const span = base::parse_span(value);
    if (!span || span->count() < 0) return bad("no time span");
    conf.sync_interval = *span;
    return {};
}

base::Result<void> read_audit(std::string_view value, JournaldConf& conf) {
    auto const on = base::parse_boolean(value);
    if (!on) return bad("no boolean");
    conf.audit = *on;
    return {};
}

base::Result<void> read_nothing(std::string_view, JournaldConf&) { return {}; }

template <auto Member>
base::Result<void> read_switch(std::string_view value, JournaldConf& conf) {
    return read_boolean(value, conf.*Member);
}

base::Result<void> read_console_path(std::string_view value, JournaldConf& conf) {
    if (!value.starts_with('/')) return bad("no absolute path");
    conf.console_path = value;
    return {};
}

using C = JournaldConf;
constexpr std::string_view no_kernel = "the kernel's log is neither read nor written";
constexpr std::string_view no_console = "the manager's option --console says what goes there";
constexpr std::string_view no_wall = "nothing is written to the terminals of users";
constexpr std::string_view no_seal = "journal files are not sealed";
constexpr std::string_view no_split = "there is one journal for all users";

/// Sorted, so that two rows for one key are seen.
constexpr auto rows = std::to_array<Row>({
    {"Audit", read_audit, "the kernel's audit is left as it is"},
    {"Compress", read_compress},
    {"ForwardToConsole", read_forward<&C::console>, no_console},
    {"ForwardToKMsg", read_forward<&C::kernel>, no_kernel},
    {"ForwardToSyslog", read_forward<&C::syslog>},
    {"ForwardToWall", read_forward<&C::wall>, no_wall},
    {"LineMax", read_line_max},
    {"MaxFileSec", read_file_age},
    {"MaxLevelConsole", read_forward_level<&C::console>, no_console},
    {"MaxLevelKMsg", read_forward_level<&C::kernel>, no_kernel},
    {"MaxLevelStore", [](std::string_view value, C& conf) { return read_level(value, conf.max_level_store); }},
    {"MaxLevelSyslog", read_forward_level<&C::syslog>},
    {"MaxLevelWall", read_forward_level<&C::wall>, no_wall},
    {"MaxRetentionSec", read_retention},
    {"RateLimitBurst", read_rate_burst},
    {"RateLimitInterval", read_rate_interval}, // the name of systemd before 201
    {"RateLimitIntervalSec", read_rate_interval},
    {"ReadKMsg", read_switch<&C::read_kernel>, no_kernel},
    {"RuntimeKeepFree", read_size<&C::runtime, &Limits::keep_free>},
    {"RuntimeMaxFileSize", read_size<&C::runtime, &Limits::max_file_size>},
    {"RuntimeMaxFiles", read_count<&C::runtime>},
    {"RuntimeMaxUse", read_size<&C::runtime, &Limits::max_use>},
    {"Seal", read_nothing, no_seal},
    {"SplitMode", read_nothing, no_split},
    {"Storage", read_storage},
    {"SyncIntervalSec", read_sync_interval},
    {"SystemKeepFree", read_size<&C::system, &Limits::keep_free>},
    {"SystemMaxFileSize", read_size<&C::system, &Limits::max_file_size>},
    {"SystemMaxFiles", read_count<&C::system>},
    {"SystemMaxUse", read_size<&C::system, &Limits::max_use>},
    {"TTYPath", read_console_path, no_console},
});
static_assert(std::ranges::is_sorted(rows, {}, &Row::key));
static_assert(std::ranges::adjacent_find(rows, {}, &Row::key) == rows.end());

/// Nothing is asked for that we do not do: "no", or the one way that there is.
bool asks_for_nothing(std::string_view value) {
    return value == "none" || base::parse_boolean(value) == std::optional(false);
}

class Applier {
public:
    explicit Applier(ConfResult& result) : result_(result) {}

    void apply(detail::Assignment const& said) {
        auto const row = std::ranges::find(rows, std::string_view(said.key), &Row::key);
        if (row == rows.end()) return note(said, unknown(said.key));
        if (auto const read = row->read(said.value, result_.conf); !read)
            return note(said,
                        fmt::format("'{}={}': {}", said.key, base::printable(said.value), read.error().operation));
        if (!row->not_honoured.empty() && !asks_for_nothing(said.value))
            note(said,
                 fmt::format("'{}={}' has no effect: {}", said.key, base::printable(said.value), row->not_honoured));
    }

private:
    static std::string unknown(std::string_view key) {
        std::vector<std::string_view> known;
        for (auto const& row : rows)
            known.push_back(row.key);
        auto text = fmt::format("Unknown key '{}', it is ignored", base::printable(key));
        constexpr std::size_t longest_guess = 40; // no key is nearly as long, and likeness costs the product of lengths
        if (key.size() > longest_guess) return text;
        if (auto const near = base::nearest(key, known)) text += fmt::format("; did you mean '{}'?", *near);
        return text;
    }

    void note(detail::Assignment const& said, std::string text) {
        result_.notes.push_back({said.file, said.line, std::move(text)});
    }

    ConfResult& result_;
};

} // namespace

std::string ConfNote::message() const {
    return line == 0 ? fmt::format("{}: {}", file, text) : fmt::format("{}:{}: {}", file, line, text);
}

ConfResult parse_journald_conf(std::span<ConfText const> texts) {
    ConfResult result;
    std::vector<detail::Assignment> said;
    for (auto const& text : texts)
        for (auto& assignment : detail::read_assignments(text, result.notes)) {
            // An empty value takes back what was said before.
            if (assignment.value.empty())
                std::erase_if(said, [&](auto const& old) { return old.key == assignment.key; });
            else
                said.push_back(std::move(assignment));
        }
    Applier applier(result);
    for (auto const& assignment : said)
        applier.apply(assignment);
    return result;
}

} // namespace mitori::journal
