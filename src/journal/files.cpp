#include "journal/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <endian.h>
#include <fmt/format.h>
#include <glob.h>
#include <map>
#include <span>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::journal {
namespace {

using base::Result;

/// Where words of the header lie, in bytes from the beginning of the file.
enum : std::size_t {
    at_signature = 0,
    at_state = 16,
    at_sequence = 72,
    at_entries = 152,
    at_last_number = 160,
    at_first_number = 168,
    at_first = 184,
    at_last = 192,
    head_size = 208,
};
constexpr std::string_view signature = "LPKSHHRH";
constexpr std::byte online{1};

using Head = std::array<std::byte, head_size>;

std::uint64_t word(Head const& head, std::size_t at) {
    std::uint64_t raw = 0;
    std::memcpy(&raw, head.data() + at, sizeof raw);
    return le64toh(raw);
}

base::Usec moment(Head const& head, std::size_t at) { return base::Usec(static_cast<std::int64_t>(word(head, at))); }

std::string hex(std::span<std::byte const> bytes) {
    std::string text;
    for (auto const byte : bytes)
        text += fmt::format("{:02x}", static_cast<unsigned>(byte));
    return text;
}

bool is_identity(std::string_view name) {
    return name.size() == 32 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Of one writer's files the numbers tell the order, whatever the clock did meanwhile: they change places among
/// themselves only.
void sort_newest_first(std::vector<FileHead>& heads) {
    std::ranges::sort(heads, std::ranges::greater(), &FileHead::last);
    std::map<std::string, std::vector<std::size_t>> places;
    for (std::size_t i = 0; i < heads.size(); ++i)
        places[heads[i].sequence].push_back(i);
    for (auto const& [sequence, mine] : places) {
        std::vector<FileHead> group;
        for (auto const i : mine)
            group.push_back(std::move(heads[i]));
        std::ranges::stable_sort(group, std::ranges::greater(), &FileHead::last_number);
        for (std::size_t i = 0; i < mine.size(); ++i)
            heads[mine[i]] = std::move(group[i]);
    }
}

bool is_journal(std::string_view name) { return name.ends_with(".journal") || name.ends_with(".journal~"); }

} // namespace

Result<FileHead> read_head(std::string const& path) {
    auto const fd = TRY(base::sys::open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
    Head head{};
    auto const got = TRY(base::sys::read(fd.get(), head));
    if (got != head.size() || std::memcmp(head.data() + at_signature, signature.data(), signature.size()) != 0)
        return base::make_error(EBADMSG, "read journal file", path);
    auto const info = TRY(base::sys::stat(path));
    constexpr std::uint64_t block = 512; // stat(2): the unit of st_blocks
    return FileHead{
        .path = path,
        .sequence = hex(std::span(head).subspan(at_sequence, 16)),
        .first_number = word(head, at_first_number),
        .last_number = word(head, at_last_number),
        .entries = word(head, at_entries),
        .first = moment(head, at_first),
        .last = moment(head, at_last),
        .bytes = static_cast<std::uint64_t>(info.st_blocks) * block,
        .active = head[at_state] == online,
    };
}

Result<std::vector<std::string>> list_files(std::string const& folder) {
    std::vector<std::string> found;
    for (auto const& name : TRY(base::sys::list_directory(folder))) {
        auto const path = folder + "/" + name;
        if (is_journal(name)) found.push_back(path);
        // A folder may carry a namespace after the machine's identity: "IDENTITY.NAME" is not ours.
        if (!is_identity(name)) continue;
        auto const below = base::sys::list_directory(path);
        if (!below) continue;
        for (auto const& inner : *below)
            if (is_journal(inner)) found.push_back(path + "/" + inner);
    }
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> match_files(std::string const& pattern) {
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(pattern.c_str(), GLOB_NOCHECK | GLOB_BRACE, nullptr, &found) == 0)
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    return paths;
}

Heads read_heads(std::vector<std::string> const& paths) {
    Heads all;
    for (auto const& path : paths) {
        auto head = read_head(path);
        if (head)
            all.heads.push_back(std::move(*head));
        else if (head.error().number != ENOENT) // rotated away meanwhile
            all.unreadable.push_back(std::move(head).error());
    }
    sort_newest_first(all.heads);
    return all;
}

bool is_before(FileHead const& older, Place const& place) {
    if (older.entries == 0) return true;
    return older.sequence == place.sequence ? older.last_number < place.number : older.last < place.realtime;
}

Result<Place> place_of(std::string const& cursor) {
    Place place;
    for (auto const part : base::split(cursor, ";")) {
        if (part.size() < 3 || part[1] != '=') continue;
        auto const value = part.substr(2);
        if (part[0] == 's') place.sequence = value;
        auto const number = base::parse_integer<std::uint64_t>(value, 16);
        if (part[0] == 'i' && number) place.number = *number;
        if (part[0] == 't' && number) place.realtime = base::Usec(static_cast<std::int64_t>(*number));
    }
    if (place.sequence.empty()) return base::make_error(EINVAL, "read cursor", cursor);
    return place;
}

} // namespace mitori::journal
