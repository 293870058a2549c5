#include "cli/detail/log_header.hpp"

#include <array>
#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

using status::LogFile;

struct Flag {
    std::uint32_t bit;
    std::string_view word;
};
constexpr auto compatible = std::to_array<Flag>({{1, "SEALED"}});
constexpr auto incompatible = std::to_array<Flag>(
    {{1, "COMPRESSED-XZ"}, {2, "COMPRESSED-LZ4"}, {8, "COMPRESSED-ZSTD"}, {4, "KEYED-HASH"}, {16, "COMPACT"}});

template <std::size_t N>
std::string show_flags(std::uint32_t flags, std::array<Flag, N> const& known) {
    std::string text;
    for (auto const& flag : known) {
        if ((flags & flag.bit) != 0) text += fmt::format(" {}", flag.word);
        flags &= ~flag.bit;
    }
    return flags == 0 ? text : text + " ???";
}

std::string_view show_state(std::uint8_t state) {
    constexpr std::array<std::string_view, 3> words{"OFFLINE", "ONLINE", "ARCHIVED"};
    return state < words.size() ? words.at(state) : "UNKNOWN";
}

/// Milliseconds are enough.
std::string show_rounded(base::Usec span) {
    constexpr std::int64_t milli = 1000;
    auto text = base::show_span(base::Usec(span.count() / milli * milli));
    if (text.find('.') != std::string::npos && text.ends_with("000s")) text.erase(text.size() - 4, 3);
    return text;
}

/// journald's rules for when a file is better ended: tables too full, chains too long, or a format of old.
bool is_due(LogFile const& file) {
    constexpr std::uint64_t header_now = 272;
    constexpr std::uint64_t long_chain = 100;
    auto const crowded = [](std::optional<std::uint64_t> count, std::uint64_t buckets) {
        return count && *count * 4 > buckets * 3;
    };
    return file.header_size < header_now || crowded(file.data, file.data_buckets) ||
           crowded(file.fields, file.field_buckets) || file.data_depth.value_or(0) > long_chain ||
           file.field_depth.value_or(0) > long_chain || (file.data.value_or(0) > 0 && file.fields && *file.fields == 0);
}

void add(std::string& text, std::string_view name, std::optional<std::uint64_t> count) {
    if (count) text += fmt::format("{}: {}\n", name, *count);
}

void add_table(std::string& text, std::string_view name, std::optional<std::uint64_t> count, std::uint64_t buckets) {
    if (!count) return;
    text += fmt::format("{} objects: {}\n{} hash table fill: {:.1f}%\n", name, *count, name,
                        buckets == 0 ? 0.0 : 100.0 * static_cast<double>(*count) / static_cast<double>(buckets));
}

} // namespace

std::string show_log_header(LogFile const& file) {
    auto text =
        fmt::format("File path: {}\nFile ID: {}\nMachine ID: {}\nBoot ID: {}\nSequential number ID: {}\n"
                    "State: {}\nCompatible flags:{}\nIncompatible flags:{}\n",
                    file.path, file.file_id, file.machine_id, file.boot_id, file.sequence_id, show_state(file.state),
                    show_flags(file.compatible_flags, compatible), show_flags(file.incompatible_flags, incompatible));
    text += fmt::format("Header size: {}\nArena size: {}\nData hash table size: {}\nField hash table size: {}\n"
                        "Rotate suggested: {}\nHead sequential number: {} ({:x})\nTail sequential number: {} ({:x})\n",
                        file.header_size, file.arena_size, file.data_buckets, file.field_buckets,
                        is_due(file) ? "yes" : "no", file.head_number, file.head_number, file.tail_number,
                        file.tail_number);
    text += fmt::format("Head realtime timestamp: {} ({:x})\nTail realtime timestamp: {} ({:x})\n"
                        "Tail monotonic timestamp: {} ({:x})\nObjects: {}\nEntry objects: {}\n",
                        base::show_timestamp(file.head_realtime), file.head_realtime.count(),
                        base::show_timestamp(file.tail_realtime), file.tail_realtime.count(),
                        show_rounded(file.tail_monotonic), file.tail_monotonic.count(), file.objects, file.entries);
    add_table(text, "Data", file.data, file.data_buckets);
    add_table(text, "Field", file.fields, file.field_buckets);
    add(text, "Tag objects", file.tags);
    add(text, "Entry array objects", file.entry_arrays);
    add(text, "Deepest field hash chain", file.field_depth);
    add(text, "Deepest data hash chain", file.data_depth);
    return text + fmt::format("Disk usage: {}\n", base::show_size(file.disk_usage));
}

} // namespace mitori::cli::detail
