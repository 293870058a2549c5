#include "local/detail/log_matches.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::local::detail {
namespace {

using base::Result;
using control::LogQuery;
using journal::Reader;

/// What systemd's own sender of core dumps is known by: its MESSAGE_ID.
constexpr std::string_view coredump = "MESSAGE_ID=fc2e22bc6ee647b6b90729ab34a250b1";

bool is_pattern(std::string_view text) { return text.find_first_of("*?[") != std::string_view::npos; }

using Terms = std::vector<std::string>;

/// One alternative: all terms must hold.
Result<void> add_alternative(Reader& reader, Terms const& terms) {
    for (auto const& term : terms)
        TRY(reader.match(term));
    return reader.or_else();
}

/// A unit's own words, and what others who may say so said of it: process 1, the maker of core dumps, and root's
/// daemons (mitori beside another init is one of those).
Result<void> add_unit(Reader& reader, std::string const& unit) {
    TRY(add_alternative(reader, {"_SYSTEMD_UNIT=" + unit}));
    TRY(add_alternative(reader, {std::string(coredump), "_UID=0", "COREDUMP_UNIT=" + unit}));
    TRY(add_alternative(reader, {"_PID=1", "UNIT=" + unit}));
    TRY(add_alternative(reader, {"_UID=0", "OBJECT_SYSTEMD_UNIT=" + unit}));
    if (unit.ends_with(".slice")) return add_alternative(reader, {"_SYSTEMD_SLICE=" + unit});
    return {};
}

Result<void> add_user_unit(Reader& reader, std::string const& unit) {
    auto const uid = fmt::format("_UID={}", ::getuid());
    TRY(add_alternative(reader, {"_SYSTEMD_USER_UNIT=" + unit, uid}));
    TRY(add_alternative(reader, {"USER_UNIT=" + unit, uid}));
    TRY(add_alternative(reader, {std::string(coredump), uid, "_UID=0", "COREDUMP_USER_UNIT=" + unit}));
    TRY(add_alternative(reader, {uid, "_UID=0", "OBJECT_SYSTEMD_USER_UNIT=" + unit}));
    if (unit.ends_with(".slice")) return add_alternative(reader, {"_SYSTEMD_USER_SLICE=" + unit, uid});
    return {};
}

constexpr auto system_fields =
    std::to_array<char const*>({"_SYSTEMD_UNIT", "COREDUMP_UNIT", "UNIT", "OBJECT_SYSTEMD_UNIT", "_SYSTEMD_SLICE"});
constexpr auto user_fields = std::to_array<char const*>(
    {"_SYSTEMD_USER_UNIT", "USER_UNIT", "COREDUMP_USER_UNIT", "OBJECT_SYSTEMD_USER_UNIT", "_SYSTEMD_USER_SLICE"});

/// The names as they are, and for patterns those that the journal holds.
Result<std::set<std::string>> expand(Reader& reader, std::vector<std::string> const& typed,
                                     std::span<char const* const> fields) {
    std::set<std::string> names;
    std::ranges::copy_if(typed, std::inserter(names, names.end()), [](auto const& word) { return !is_pattern(word); });
    if (std::ranges::none_of(typed, is_pattern)) return names;
    for (auto const* field : fields)
        for (auto& value : TRY(reader.values(field)))
            if (std::ranges::any_of(
                    typed, [&](auto const& word) { return is_pattern(word) && base::glob_match(word, value); }))
                names.insert(std::move(value));
    return names;
}

Result<void> add_units(Reader& reader, LogQuery const& query) {
    if (query.units.empty() && query.user_units.empty()) return {};
    auto const units = TRY(expand(reader, query.units, system_fields));
    auto const user_units = TRY(expand(reader, query.user_units, user_fields));
    if (units.empty() && user_units.empty()) return base::make_error(ENODATA, "add filter for units");
    for (auto const& unit : units)
        TRY(add_unit(reader, unit));
    for (auto const& unit : user_units)
        TRY(add_user_unit(reader, unit));
    return reader.and_also();
}

template <class Range>
Result<void> add_any(Reader& reader, std::string_view field, Range const& values) {
    if (std::ranges::empty(values)) return {};
    for (auto const& value : values)
        TRY(reader.match(fmt::format("{}={}", field, value)));
    return reader.and_also();
}

Result<void> add_priorities(Reader& reader, LogQuery const& query) {
    constexpr std::uint8_t debug = 7;
    if (query.most_important == 0 && query.least_important >= debug) return {};
    std::vector<int> levels;
    for (int level = query.most_important; level <= query.least_important; ++level)
        levels.push_back(level);
    return add_any(reader, "PRIORITY", levels);
}

Result<void> add_invocation(Reader& reader, LogQuery const& query) {
    if (!query.invocation) return {};
    for (auto const* field :
         {"_SYSTEMD_INVOCATION_ID", "INVOCATION_ID", "USER_INVOCATION_ID", "OBJECT_SYSTEMD_INVOCATION_ID"})
        TRY(add_alternative(reader, {fmt::format("{}={}", field, *query.invocation)}));
    return reader.and_also();
}

/// What a program that starts with "#!" is run as.
std::optional<std::string> interpreter_of(std::string const& path) {
    auto const fd = base::sys::open(path, O_RDONLY | O_NOCTTY);
    std::array<std::byte, 256> bytes{};
    auto const got = fd ? base::sys::read(fd->get(), bytes) : base::Result<std::size_t>(0);
    if (!got) return std::nullopt;
    std::string_view text(reinterpret_cast<char const*>(bytes.data()), *got);
    if (!text.starts_with("#!")) return std::nullopt;
    auto const words = base::split(text.substr(2, text.find('\n') - 2));
    if (words.empty()) return std::nullopt;
    return std::string(words.front());
}

/// The path of a program: the entries of who ran it. journalctl(1): device nodes are known there, too.
Result<void> add_path(Reader& reader, std::string const& typed) {
    std::error_code error;
    auto const path = std::filesystem::canonical(typed, error).string();
    if (error) return base::make_error(error.value(), "canonicalize path", typed);
    auto const info = TRY(base::sys::stat(path));
    if (!S_ISREG(info.st_mode) || (info.st_mode & S_IXUSR) == 0)
        return base::make_error(EINVAL, "read match", typed + " is no program");
    constexpr std::size_t comm = 15; // the kernel cuts a process's name there
    if (auto const interpreter = interpreter_of(path)) {
        TRY(reader.match("_COMM=" + std::filesystem::path(path).filename().string().substr(0, comm)));
        return reader.match("_EXE=" + *interpreter);
    }
    return reader.match("_EXE=" + path);
}

Result<void> add_typed(Reader& reader, std::vector<std::string> const& words) {
    for (auto const& word : words) {
        if (word == "+")
            TRY(reader.or_else());
        else if (word.starts_with('/'))
            TRY(add_path(reader, word));
        else if (auto const matched = reader.match(word); !matched)
            return base::make_error(EINVAL, "add match", word);
    }
    return {};
}

} // namespace

bool has_patterns(LogQuery const& query) {
    return std::ranges::any_of(query.units, is_pattern) || std::ranges::any_of(query.user_units, is_pattern);
}

Result<void> add_matches(Reader& reader, LogQuery const& query) {
    if (query.boot) {
        auto const boot = query.boot->empty() ? TRY(journal::this_boot()) : *query.boot;
        TRY(add_any(reader, "_BOOT_ID", std::array{boot}));
    }
    if (query.kernel) TRY(add_any(reader, "_TRANSPORT", std::array{"kernel"}));
    TRY(add_units(reader, query));
    TRY(add_any(reader, "SYSLOG_IDENTIFIER", query.identifiers));
    TRY(add_priorities(reader, query));
    TRY(add_any(reader, "SYSLOG_FACILITY", query.facilities));
    TRY(add_invocation(reader, query));
    return add_typed(reader, query.matches);
}

} // namespace mitori::local::detail
