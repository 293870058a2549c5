#include "journal/detail/folder.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <tuple>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::journal::detail {

namespace {

constexpr std::uint64_t MiB = 1U << 20;
constexpr std::uint64_t GiB = 1U << 30;
constexpr std::uint64_t smallest_file = 512U << 10;
constexpr std::uint64_t smallest_use = MiB;
/// So much is kept also where others have filled the disk.
constexpr std::uint64_t kept_anyway = 16 * MiB;
constexpr std::uint64_t compact_most = UINT32_MAX / 4096 * 4096;

[[nodiscard]] std::string hex(Id const& id) {
    std::string text;
    for (auto const byte : id)
        text += fmt::format("{:02x}", byte);
    return text;
}

/// Seqnum and realtime of a name's part behind the "@"; nothing where it is not one of ours.
[[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_name(std::string_view rest) {
    constexpr std::string_view archived = ".journal";
    constexpr std::string_view set_aside = ".journal~";
    constexpr std::size_t id = 32;
    constexpr std::size_t number = 16;
    auto const at = [&](std::size_t from) { return base::parse_integer<std::uint64_t>(rest.substr(from, number), 16); };
    if (rest.ends_with(archived) && rest.size() == id + 2 * (1 + number) + archived.size()) {
        auto const seqnum = at(id + 1);
        auto const realtime = at(id + 1 + number + 1);
        if (seqnum && realtime) return std::pair(*seqnum, *realtime);
    }
    if (rest.ends_with(set_aside) && rest.size() == 2 * number + 1 + set_aside.size())
        if (auto const realtime = at(0)) return std::pair(std::uint64_t{0}, *realtime);
    return std::nullopt;
}

} // namespace

std::string archive_name(std::string const& name, Header const& header) {
    return fmt::format("{}@{}-{:016x}-{:016x}.journal", name, hex(header.seqnum_id), header.head_entry_seqnum,
                       header.head_entry_realtime);
}

std::string set_aside_name(std::string const& name, base::Usec realtime, std::uint64_t random) {
    return fmt::format("{}@{:016x}-{:016x}.journal~", name, realtime.count(), random);
}

base::Result<std::vector<Archived>> list_archived(std::string const& folder, std::string const& name) {
    std::vector<Archived> found;
    auto const prefix = name + "@";
    for (auto const& file : TRY(base::sys::list_directory(folder))) {
        if (!file.starts_with(prefix)) continue;
        auto const parsed = parse_name(std::string_view(file).substr(prefix.size()));
        if (!parsed) continue;
        auto path = folder + "/" + file;
        auto const status = base::sys::lstat(path);
        if (!status || !S_ISREG(status->st_mode)) continue; // gone, or no business of ours
        constexpr std::uint64_t block = 512;                // stat(2)
        found.push_back({.path = std::move(path),
                         .seqnum = parsed->first,
                         .realtime = base::Usec(parsed->second),
                         .size = static_cast<std::uint64_t>(status->st_blocks) * block});
    }
    std::ranges::sort(found, {}, [](Archived const& file) { return std::tuple(file.realtime, file.seqnum); });
    return found;
}

Limits decide_limits(Limits limits, base::sys::Room room) {
    auto const part = [&](std::uint64_t percent) { return room.total / 100 * percent; };
    if (limits.max_use == 0) limits.max_use = std::min(part(10), 4 * GiB);
    limits.max_use = std::max(limits.max_use, smallest_use);
    if (limits.keep_free == 0) limits.keep_free = std::min(part(15), 4 * GiB);
    if (limits.max_file_size == 0) limits.max_file_size = std::min(limits.max_use / 8, 128 * MiB);
    limits.max_file_size = std::clamp(limits.max_file_size, smallest_file, compact_most) / 4096 * 4096;
    // With less than two files there would be nothing left after each rotation.
    limits.max_use = std::max(limits.max_use, 2 * limits.max_file_size);
    if (limits.max_files == 0) limits.max_files = 100;
    if (limits.max_file_age.count() == 0) limits.max_file_age = std::chrono::hours(24 * 30);
    return limits;
}

std::size_t decide_vacuum(std::vector<Archived> const& archived, Limits const& limits, Usage const& usage) {
    std::uint64_t use = usage.active;
    for (auto const& file : archived)
        use += file.size;
    auto available = usage.available;
    std::size_t gone = 0;
    for (; gone < archived.size(); ++gone) {
        auto const& oldest = archived[gone];
        auto const expired = limits.max_retention.count() > 0 && oldest.realtime + limits.max_retention < usage.now;
        auto const short_of_room = available < limits.keep_free && use > kept_anyway;
        if (!expired && !short_of_room && use <= limits.max_use && archived.size() - gone <= limits.max_files) break;
        use -= oldest.size;
        available += oldest.size;
    }
    return gone;
}

} // namespace mitori::journal::detail
