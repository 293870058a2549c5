#include "local/logs.hpp"

#include <algorithm>
#include <cerrno>

#include "base/sys.hpp"
#include "journal/files.hpp"
#include "journal/reader.hpp"
#include "local/detail/log_files.hpp"
#include "local/detail/log_followers.hpp"
#include "local/detail/log_matches.hpp"
#include "local/detail/log_vacuum.hpp"
#include "local/detail/log_walk.hpp"
#include "local/detail/recorder_order.hpp"

namespace mitori::local {
namespace {

using base::Result;
using control::LogQuery;
using detail::LogWalk;
using journal::FileHead;
using journal::Reader;

class Logs final : public control::Logs {
public:
    explicit Logs(LogPlaces places) : places_(std::move(places)) {}

    Result<std::unique_ptr<control::LogCursor>> open(LogQuery const& query) override;
    Result<std::vector<std::string>> values(LogQuery const& query, std::string const& field) override;
    Result<std::vector<std::string>> field_names(LogQuery const& query) override;
    Result<std::vector<status::LogBoot>> boots(LogQuery const& query) override;
    Result<std::uint64_t> usage(LogQuery const& query) override;
    Result<std::optional<base::Usec>> oldest_of_this_boot(LogQuery const& query) override;
    Result<std::vector<status::LogFile>> heads(LogQuery const& query) override;
    Result<void> order(Order what) override { return detail::order_recorder(places_.runtime_directory, what); }
    Result<std::vector<control::LogVacuumed>> vacuum(LogQuery const& query, control::LogLimits const& keep) override;

private:
    Result<std::vector<FileHead>> files(LogQuery const& query) {
        return TRY(detail::find_files(places_, query)).newest_first;
    }
    Result<Reader> reader(LogQuery const& query) {
        auto const found = TRY(files(query));
        return Reader::open_files(detail::paths_of(found));
    }
    LogPlaces places_;
};

/// Files that hold nothing of the time that is asked for.
void leave_out_of_time(std::vector<FileHead>& files, LogQuery const& query) {
    std::erase_if(files, [&](FileHead const& file) {
        return (query.since && !file.active && file.last < *query.since) || (query.until && file.first > *query.until);
    });
}

/// How many of the newest files are opened first: those that would hold the last `lines` of a journal in which one
/// entry of eight is asked for, and no less than two.
std::size_t first_guess(std::vector<FileHead> const& files, std::uint64_t lines) {
    constexpr std::uint64_t share = 8;
    std::uint64_t entries = 0;
    std::size_t count = 0;
    for (; count < files.size() && (count < 2 || entries / share < lines); ++count)
        entries += files[count].entries;
    return count;
}

/// The last lines of many files: opens the newest, and more until older ones can add nothing.
Result<std::unique_ptr<control::LogCursor>> open_newest(std::vector<FileHead> const& files, LogQuery const& query) {
    std::size_t count = first_guess(files, *query.lines);
    for (;;) {
        std::vector<FileHead> const chosen(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(count));
        auto reader = TRY(Reader::open_files(detail::paths_of(chosen)));
        TRY(detail::add_matches(reader, query));
        auto walk = TRY(LogWalk::begin(std::move(reader), query));
        auto const complete = [&](FileHead const& left_out) {
            return walk->oldest() && journal::is_before(left_out, *walk->oldest());
        };
        if (std::all_of(files.begin() + static_cast<std::ptrdiff_t>(count), files.end(), complete)) return walk;
        count = std::min(files.size(), count * 2);
    }
}

Result<std::unique_ptr<control::LogCursor>> open_all(Reader reader, LogQuery const& query) {
    TRY(detail::add_matches(reader, query));
    return LogWalk::begin(std::move(reader), query);
}

/// A follower sees files that come: the folders are watched, even while they are empty.
Result<std::unique_ptr<control::LogCursor>> follow(std::vector<std::string> const& folders, LogQuery const& query) {
    if (folders.size() == 1) return open_all(TRY(Reader::open_folder(folders.front())), query);
    std::vector<std::unique_ptr<LogWalk>> walks;
    for (auto const& folder : folders) {
        auto reader = TRY(Reader::open_folder(folder));
        TRY(reader.begin_watching());
        TRY(detail::add_matches(reader, query));
        walks.push_back(TRY(LogWalk::begin(std::move(reader), query)));
    }
    return detail::LogFollowers::begin(std::move(walks), query);
}

Result<std::unique_ptr<control::LogCursor>> Logs::open(LogQuery const& query) {
    auto found = detail::find_files(places_, query);
    auto const folders = detail::find_folders(places_, query);
    if (query.follow && query.files.empty() && !folders.empty()) return follow(folders, query);
    if (!found) return std::unexpected(std::move(found).error());
    auto& files = found->newest_first;
    bool const by_count = query.lines && *query.lines > 0 && !query.follow && !query.cursor && !query.after_cursor;
    bool const all = detail::has_patterns(query) || query.follow;
    if (!all) leave_out_of_time(files, query);
    if (!all && by_count && !query.reverse && !files.empty()) return open_newest(files, query);
    auto reader = TRY(Reader::open_files(detail::paths_of(files)));
    return open_all(std::move(reader), query);
}

Result<std::vector<std::string>> Logs::values(LogQuery const& query, std::string const& field) {
    return TRY(reader(query)).values(field);
}

Result<std::vector<std::string>> Logs::field_names(LogQuery const& query) { return TRY(reader(query)).field_names(); }

Result<std::vector<status::LogBoot>> Logs::boots(LogQuery const& query) {
    auto open = TRY(reader(query));
    std::vector<status::LogBoot> boots;
    for (auto& id : TRY(open.values("_BOOT_ID"))) {
        open.match_all();
        TRY(open.match("_BOOT_ID=" + id));
        TRY(open.seek_head());
        if (!TRY(open.forward())) continue;
        auto const first = TRY(open.realtime());
        TRY(open.seek_tail());
        if (!TRY(open.back())) continue;
        boots.push_back({std::move(id), first, TRY(open.realtime())});
    }
    std::ranges::sort(boots, {}, &status::LogBoot::first);
    return boots;
}

Result<std::uint64_t> Logs::usage(LogQuery const& query) {
    std::uint64_t bytes = 0;
    for (auto const& file : TRY(files(query)))
        bytes += file.bytes;
    return bytes;
}

Result<std::optional<base::Usec>> Logs::oldest_of_this_boot(LogQuery const& query) {
    auto const boot = TRY(journal::this_boot());
    return TRY(reader(query)).oldest_of(boot);
}

Result<std::vector<status::LogFile>> Logs::heads(LogQuery const& query) {
    auto paths = detail::paths_of(TRY(files(query)));
    std::ranges::sort(paths);
    std::vector<status::LogFile> all;
    for (auto const& path : paths)
        all.push_back(TRY(journal::read_whole_head(path)));
    return all;
}

Result<std::vector<control::LogVacuumed>> Logs::vacuum(LogQuery const& query, control::LogLimits const& keep) {
    std::vector<control::LogVacuumed> all;
    auto own = query;
    if (own.whose == LogQuery::Whose::both) own.whose = LogQuery::Whose::user; // the system's is not ours to clear
    for (auto const& folder : detail::find_folders(places_, own))
        all.push_back(TRY(detail::vacuum_folder(folder, keep)));
    return all;
}

} // namespace

std::unique_ptr<control::Logs> make_logs(LogPlaces places) { return std::make_unique<Logs>(std::move(places)); }

} // namespace mitori::local
