#include "journal/reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <poll.h>
#include <systemd/sd-journal.h>

#include "base/sys.hpp"

namespace mitori::journal {
namespace {

using base::Result;
using base::Usec;

/// sd-journal's answers are negative errno values.
std::unexpected<base::Error> failed(int answer, std::string operation, std::string subject = {}) {
    return base::make_error(-answer, std::move(operation), std::move(subject));
}

std::string hex(sd_id128_t id) {
    char text[SD_ID128_STRING_MAX];
    return sd_id128_to_string(id, text);
}

std::string_view text_of(void const* data, std::size_t size) { return {static_cast<char const*>(data), size}; }

Usec usec(std::uint64_t count) { return Usec(static_cast<std::int64_t>(count)); }

} // namespace

void Reader::Close::operator()(sd_journal* journal) const { sd_journal_close(journal); }

Reader::Reader(sd_journal* journal) : journal_(journal) {
    // Fields come whole, however long they are: to cut is the formats' matter.
    static_cast<void>(sd_journal_set_data_threshold(journal, 0));
}

Result<Reader> Reader::open_files(std::vector<std::string> const& paths) {
    std::vector<char const*> names;
    names.reserve(paths.size() + 1);
    for (auto const& path : paths)
        names.push_back(path.c_str());
    names.push_back(nullptr);
    sd_journal* journal = nullptr;
    if (int const answer = sd_journal_open_files(&journal, names.data(), 0); answer < 0)
        return failed(answer, "open journal files", paths.size() == 1 ? paths.front() : std::string());
    return Reader(journal);
}

Result<Reader> Reader::open_folder(std::string const& path) {
    sd_journal* journal = nullptr;
    if (int const answer = sd_journal_open_directory(&journal, path.c_str(), 0); answer < 0)
        return failed(answer, "open journal folder", path);
    return Reader(journal);
}

Result<void> Reader::match(std::string_view field_and_value) {
    int const answer = sd_journal_add_match(journal_.get(), field_and_value.data(), field_and_value.size());
    if (answer < 0) return failed(answer, "add match", std::string(field_and_value));
    return {};
}

Result<void> Reader::or_else() {
    if (int const answer = sd_journal_add_disjunction(journal_.get()); answer < 0) return failed(answer, "add match");
    return {};
}

Result<void> Reader::and_also() {
    if (int const answer = sd_journal_add_conjunction(journal_.get()); answer < 0) return failed(answer, "add match");
    return {};
}

void Reader::match_all() { sd_journal_flush_matches(journal_.get()); }

Result<void> Reader::seek_head() {
    if (int const answer = sd_journal_seek_head(journal_.get()); answer < 0) return failed(answer, "seek to head");
    return {};
}

Result<void> Reader::seek_tail() {
    if (int const answer = sd_journal_seek_tail(journal_.get()); answer < 0) return failed(answer, "seek to tail");
    return {};
}

Result<void> Reader::seek_realtime(Usec when) {
    auto const count = static_cast<std::uint64_t>(when.count());
    if (int const answer = sd_journal_seek_realtime_usec(journal_.get(), count); answer < 0)
        return failed(answer, "seek to date");
    return {};
}

Result<void> Reader::seek_cursor(std::string const& cursor) {
    if (int const answer = sd_journal_seek_cursor(journal_.get(), cursor.c_str()); answer < 0)
        return failed(answer, "seek to cursor", cursor);
    return {};
}

Result<bool> Reader::is_at(std::string const& cursor) {
    int const answer = sd_journal_test_cursor(journal_.get(), cursor.c_str());
    if (answer < 0) return failed(answer, "compare cursor", cursor);
    return answer > 0;
}

Result<bool> Reader::forward() {
    int const answer = sd_journal_next(journal_.get());
    if (answer < 0) return failed(answer, "read the next journal entry");
    return answer > 0;
}

Result<bool> Reader::back() {
    int const answer = sd_journal_previous(journal_.get());
    if (answer < 0) return failed(answer, "read the previous journal entry");
    return answer > 0;
}

Result<Usec> Reader::realtime() {
    std::uint64_t count = 0;
    if (int const answer = sd_journal_get_realtime_usec(journal_.get(), &count); answer < 0)
        return failed(answer, "read an entry's time");
    return usec(count);
}

Result<Reader::Moment> Reader::monotonic() {
    std::uint64_t count = 0;
    sd_id128_t boot{};
    if (int const answer = sd_journal_get_monotonic_usec(journal_.get(), &count, &boot); answer < 0)
        return failed(answer, "read an entry's time");
    return Moment{usec(count), hex(boot)};
}

Result<std::string> Reader::cursor() {
    char* text = nullptr;
    if (int const answer = sd_journal_get_cursor(journal_.get(), &text); answer < 0)
        return failed(answer, "read an entry's cursor");
    std::unique_ptr<char, decltype(&::free)> const owner(text, ::free);
    return std::string(text);
}

Result<std::optional<std::string>> Reader::field(std::string_view name) {
    void const* data = nullptr;
    std::size_t size = 0;
    int const answer = sd_journal_get_data(journal_.get(), std::string(name).c_str(), &data, &size);
    if (answer == -ENOENT) return std::nullopt;
    if (answer < 0) return failed(answer, "read an entry's field", std::string(name));
    return std::string(text_of(data, size).substr(name.size() + 1));
}

Result<status::LogEntry> Reader::read() {
    status::LogEntry entry;
    entry.realtime = TRY(realtime());
    auto moment = TRY(monotonic());
    entry.monotonic = moment.monotonic;
    entry.boot = std::move(moment.boot);
    entry.cursor = TRY(cursor());
    void const* data = nullptr;
    std::size_t size = 0;
    sd_journal_restart_data(journal_.get());
    for (;;) {
        int const answer = sd_journal_enumerate_available_data(journal_.get(), &data, &size);
        if (answer < 0) return failed(answer, "read an entry's fields");
        if (answer == 0) return entry;
        auto const text = text_of(data, size);
        auto const equals = text.find('=');
        if (equals == std::string_view::npos) return failed(-EBADMSG, "read an entry's fields");
        entry.fields.push_back({std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))});
    }
}

Result<std::optional<std::string>> Reader::explanation() {
    char* text = nullptr;
    int const answer = sd_journal_get_catalog(journal_.get(), &text);
    if (answer == -ENOENT) return std::nullopt;
    if (answer < 0) return failed(answer, "look up the catalog");
    std::unique_ptr<char, decltype(&::free)> const owner(text, ::free);
    return std::string(text);
}

Result<std::vector<std::string>> Reader::values(std::string const& name) {
    if (int const answer = sd_journal_query_unique(journal_.get(), name.c_str()); answer < 0)
        return failed(answer, "query the values of field", name);
    std::vector<std::string> found;
    void const* data = nullptr;
    std::size_t size = 0;
    sd_journal_restart_unique(journal_.get());
    for (;;) {
        int const answer = sd_journal_enumerate_available_unique(journal_.get(), &data, &size);
        if (answer < 0) return failed(answer, "query the values of field", name);
        if (answer == 0) return found;
        found.emplace_back(text_of(data, size).substr(name.size() + 1));
    }
}

Result<std::vector<std::string>> Reader::field_names() {
    std::vector<std::string> found;
    char const* name = nullptr;
    sd_journal_restart_fields(journal_.get());
    for (;;) {
        int const answer = sd_journal_enumerate_fields(journal_.get(), &name);
        if (answer < 0) return failed(answer, "query the names of fields");
        if (answer == 0) return found;
        found.emplace_back(name);
    }
}

Result<std::uint64_t> Reader::usage() {
    std::uint64_t bytes = 0;
    if (int const answer = sd_journal_get_usage(journal_.get(), &bytes); answer < 0)
        return failed(answer, "sum up the journal's size");
    return bytes;
}

Result<std::optional<Usec>> Reader::oldest_of(std::string const& boot) {
    sd_id128_t id{};
    if (int const answer = sd_id128_from_string(boot.c_str(), &id); answer < 0)
        return failed(answer, "read boot identity", boot);
    std::uint64_t from = 0;
    int const answer = sd_journal_get_cutoff_monotonic_usec(journal_.get(), id, &from, nullptr);
    if (answer < 0) return failed(answer, "find the oldest entry of boot", boot);
    if (answer == 0) return std::nullopt;
    return usec(from);
}

Result<void> Reader::wait(Usec most) {
    auto const count = most == base::infinity ? UINT64_MAX : static_cast<std::uint64_t>(most.count());
    int const answer = sd_journal_wait(journal_.get(), count);
    if (answer < 0) return failed(answer, "wait for journal entries");
    return {};
}

Result<void> Reader::begin_watching() {
    if (int const fd = sd_journal_get_fd(journal_.get()); fd < 0) return failed(fd, "watch journal files");
    return {};
}

Result<void> Reader::wait_for_any(std::span<Reader* const> readers, Usec most) {
    std::vector<pollfd> waits;
    auto until = most;
    for (auto* const reader : readers) {
        int const fd = sd_journal_get_fd(reader->journal_.get());
        if (fd < 0) return failed(fd, "wait for journal entries");
        int const events = sd_journal_get_events(reader->journal_.get());
        if (events < 0) return failed(events, "wait for journal entries");
        waits.push_back({.fd = fd, .events = static_cast<short>(events), .revents = 0});
        // Where a file system tells of no changes, libsystemd wants to look by itself now and then.
        std::uint64_t moment = UINT64_MAX;
        if (sd_journal_get_timeout(reader->journal_.get(), &moment) > 0 && moment != UINT64_MAX)
            until = std::min(until, std::max(usec(moment) - base::sys::now_monotonic(), Usec(0)));
    }
    constexpr Usec longest = std::chrono::hours(1);
    auto const rest = std::chrono::ceil<std::chrono::milliseconds>(std::min(until, longest));
    if (::poll(waits.data(), waits.size(), static_cast<int>(rest.count())) < 0 && errno != EINTR)
        return base::errno_error("poll", "journal files");
    for (auto* const reader : readers)
        if (int const answer = sd_journal_process(reader->journal_.get()); answer < 0)
            return failed(answer, "wait for journal entries");
    return {};
}

Result<std::string> this_boot() {
    sd_id128_t id{};
    if (int const answer = sd_id128_get_boot(&id); answer < 0) return failed(answer, "read the boot's identity");
    return hex(id);
}

Result<std::string> this_machine() {
    sd_id128_t id{};
    if (int const answer = sd_id128_get_machine(&id); answer < 0) return failed(answer, "read the machine's identity");
    return hex(id);
}

} // namespace mitori::journal
