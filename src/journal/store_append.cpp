// Appending: where an entry goes, and when the next file begins.
#include <algorithm>
#include <cerrno>

#include "base/sys.hpp"
#include "journal/detail/disk_store.hpp"

namespace mitori::journal::detail {

namespace {

/// Clocks of several sources may differ a little: entries a moment out of order stay in one file.
constexpr base::Usec moment = std::chrono::seconds(1);

[[nodiscard]] base::Usec usec(std::uint64_t value) { return base::Usec(static_cast<std::int64_t>(value)); }
[[nodiscard]] bool no_room(base::Error const& error) { return error.number == ENOSPC || error.number == EDQUOT; }
/// By a descriptor's number nobody knows which disk is full.
[[nodiscard]] base::Error of_folder(base::Error const& error, std::string const& folder) {
    return no_room(error) ? base::Error{error.number, "make room in", folder} : error;
}

} // namespace

base::Result<void> DiskStore::append(Entry const& entry) {
    TRY(check_entry(entry));
    if (entry.at.realtime.count() <= 0 || entry.at.monotonic.count() < 0)
        return base::make_error(EINVAL, "append", "entry without time");
    if (!gathering_) look_at_file();
    while (!TRY(try_append(entry)))
        ;
    return gathering_ ? base::Result<void>{} : put_in();
}

/// Whether the next entry belongs into a new file. Readers search a file by time, so a clock that was set back begins
/// another one; and within a boot the monotonic clock must not go back in a file at all.
bool DiskStore::due(base::Stamp at) const {
    auto const& header = file_->header();
    if (header.n_entries == 0) return false;
    constexpr std::uint64_t full = 800; // hundredths: chains of the table have eight objects
    if (file_->writer().fill() >= full) return true;
    if (base::plus(usec(header.head_entry_realtime), limits_.max_file_age) < at.realtime) return true;
    if (at.realtime + moment < usec(header.tail_entry_realtime)) return true;
    return header.tail_entry_boot_id == file_options_.boot && at.monotonic + moment < usec(header.tail_entry_monotonic);
}

base::Stamp DiskStore::in_order(base::Stamp at) const {
    auto const& header = file_->header();
    if (header.n_entries > 0 && header.tail_entry_boot_id == file_options_.boot)
        at.monotonic = std::max(at.monotonic, usec(header.tail_entry_monotonic));
    return at;
}

/// One step; false when something was done that lets the next try go further.
base::Result<bool> DiskStore::try_append(Entry const& entry) {
    if (auto file = need_file(); !file) return std::unexpected(of_folder(file.error(), options_.folder));
    if (due(entry.at)) {
        TRY(end_file());
        return false;
    }
    auto& writer = file_->writer();
    auto const outcome = writer.stage(entry, committed_ + writer.staged() + 1, in_order(entry.at));
    if (!outcome) {
        if (outcome.error().number == EBADMSG) give_up_file(outcome.error());
        return std::unexpected(outcome.error());
    }
    switch (*outcome) {
    case Writer::Outcome::staged: return true;
    case Writer::Outcome::commit_first: TRY(put_in()); return false;
    case Writer::Outcome::grow_first: break;
    }
    if (writer.wanted() <= file_->max_size())
        TRY(make_room(writer.wanted()));
    else if (file_->header().n_entries > 0)
        TRY(end_file());
    else
        return base::make_error(EMSGSIZE, "append", "entry larger than a file");
    return false;
}

base::Result<void> DiskStore::make_room(std::uint64_t wanted) {
    auto const step = growth_step(file_->max_size());
    auto const page = std::uint64_t{4096};
    auto const ample = std::min(file_->max_size(), wanted + step);
    TRY(vacuum(ample));
    auto grown = file_->grow(ample / page * page);
    // The disk is full of something: first without the step, then with fewer old files.
    while (!grown && no_room(grown.error())) {
        grown = file_->grow(std::min(file_->max_size(), (wanted + page - 1) / page * page));
        if (grown || !no_room(grown.error()) || archived_.empty()) break;
        TRY(remove_oldest());
    }
    if (!grown) return std::unexpected(of_folder(grown.error(), options_.folder));
    return grown;
}

base::Result<void> DiskStore::put_in() {
    if (!file_) return {};
    auto const count = file_->writer().staged();
    auto done = file_->writer().commit();
    if (done)
        committed_ += count;
    else
        give_up_file(done.error());
    return done;
}

void DiskStore::gather() {
    look_at_file();
    gathering_ = true;
}

base::Result<void> DiskStore::commit() {
    gathering_ = false;
    return put_in();
}

base::Result<void> DiskStore::rotate() {
    TRY(need_file());
    return end_file();
}

base::Result<void> DiskStore::sync() {
    TRY(put_in());
    return file_ ? file_->sync() : base::Result<void>{};
}

} // namespace mitori::journal::detail
