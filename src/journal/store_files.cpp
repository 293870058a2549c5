// The files of a store: found again, begun, ended, put away.
#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "journal/detail/disk_store.hpp"

namespace mitori::journal {

base::Result<std::unique_ptr<Store>> Store::open(StoreOptions options) {
    return TRY(detail::DiskStore::open(std::move(options)));
}

namespace detail {

namespace {

/// 32 hexadecimal digits, with or without dashes; zeroes where there are others.
[[nodiscard]] Id parse_id(std::string text) {
    std::erase(text, '-');
    Id id{};
    for (std::size_t n = 0; n < id.size(); ++n) {
        if (text.size() < 2 * n + 2) return {};
        auto const byte = base::parse_integer<std::uint8_t>(std::string_view(text).substr(2 * n, 2), 16);
        if (!byte) return {};
        id[n] = *byte;
    }
    return id;
}

} // namespace

base::Result<std::unique_ptr<DiskStore>> DiskStore::open(StoreOptions options) {
    TRY(base::sys::make_directories(options.folder));
    auto lock = TRY(base::sys::lock_file(options.folder + "/." + options.name + ".lock"));
    auto undo = TRY(Undo::open(options.undo_path));
    if (options.before_change) undo.watch(options.before_change);
    std::unique_ptr<DiskStore> store(new DiskStore(std::move(options), std::move(lock), std::move(undo)));
    TRY(store->read_ids());
    TRY(store->take_over());
    // A full disk is no reason not to begin: append says it, until there is room.
    if (auto const begun = store->need_file(); !begun && begun.error().number != ENOSPC)
        return std::unexpected(begun.error());
    return store;
}

DiskStore::~DiskStore() {
    if (!file_ || !put_in() || !file_) return;
    static_cast<void>(file_->close(State::offline));
}

base::Result<void> DiskStore::read_ids() {
    limits_ = decide_limits(options_.limits, TRY(base::sys::room_at(options_.folder)));
    auto const machine = base::sys::read_file("/etc/machine-id");
    file_options_ = {.max_size = limits_.max_file_size,
                     .compact = options_.compact,
                     .compress_above = options_.compress_above,
                     .mode = options_.mode,
                     .machine = machine ? parse_id(std::string(base::trim(*machine))) : Id{},
                     .boot = parse_id(TRY(base::sys::read_file("/proc/sys/kernel/random/boot_id")))};
    return {};
}

void DiskStore::follow(Header const& header) {
    committed_ = std::max(committed_, header.tail_entry_seqnum);
    seqnum_id_ = header.seqnum_id;
}

void DiskStore::follow_archived() {
    std::vector<Header> headers;
    for (auto const& file : archived_)
        if (auto const header = read_header(file.path); header && header->seqnum_id != Id{}) headers.push_back(*header);
    auto const latest = std::ranges::max_element(headers, {}, &Header::tail_entry_realtime);
    if (latest == headers.end()) return;
    // Each file of those numbers: where the clock was set back, the latest is not the one with the last entry.
    auto const id = latest->seqnum_id;
    for (auto const& header : headers)
        if (header.seqnum_id == id) follow(header);
}

base::Result<void> DiskStore::take_over() {
    auto const path = active_path();
    archived_ = TRY(list_archived(options_.folder, options_.name));
    if (!base::sys::lstat(path)) {
        follow_archived();
        return {};
    }
    auto opened = JournalFile::open(path, file_options_, undo_);
    if (opened) {
        file_ = std::move(*opened);
        follow(file_->header());
        return {};
    }
    auto const header = read_header(path);
    if (header) follow(*header);
    if (opened.error().number == EPROTO && header && header->n_entries > 0) return archive(path, *header);
    if (opened.error().number == EPROTO) return base::sys::unlink(path);
    if (opened.error().number != EBADMSG) return std::unexpected(opened.error());
    if (!header) follow_archived();
    return set_aside();
}

base::Result<void> DiskStore::archive(std::string const& path, Header const& header) {
    return base::sys::rename(path, options_.folder + "/" + archive_name(options_.name, header));
}

base::Result<void> DiskStore::set_aside() {
    std::uint64_t random = 0;
    TRY(base::sys::random_bytes(std::as_writable_bytes(std::span(&random, 1))));
    auto const name = set_aside_name(options_.name, base::sys::now_realtime(), random);
    base::log(base::Priority::warning, "journal {} was not closed, or is damaged: put aside as {}", active_path(),
              name);
    return base::sys::rename(active_path(), options_.folder + "/" + name);
}

base::Result<void> DiskStore::need_file() {
    if (file_) return {};
    if (seqnum_id_ == Id{}) TRY(base::sys::random_bytes(std::as_writable_bytes(std::span(seqnum_id_))));
    TRY(vacuum(growth_step(file_options_.max_size)));
    for (;;) {
        auto begun = begin_file();
        if (begun || begun.error().number != ENOSPC || archived_.empty()) return begun;
        TRY(remove_oldest());
    }
}

base::Result<void> DiskStore::begin_file() {
    file_ = TRY(JournalFile::create(active_path(), file_options_, seqnum_id_, committed_, undo_));
    return {};
}

base::Result<void> DiskStore::end_file() {
    TRY(put_in());
    if (!file_ || file_->header().n_entries == 0) return {};
    TRY(file_->close(State::archived));
    auto const ended = std::exchange(file_, nullptr);
    TRY(archive(active_path(), ended->header()));
    write_through(*ended);
    return need_file();
}

void DiskStore::look_at_file() {
    if (!file_) return;
    if (auto const whole = file_->check_length(); !whole) give_up_file(whole.error());
}

/// As systemd-journald does it: on a thread of its own, that knows a descriptor and nothing else.
void DiskStore::write_through(JournalFile const& ended) {
    if (writing_through_.valid())
        if (int const number = writing_through_.get(); number != 0)
            base::log(base::Priority::err, "an ended journal file could not be written through: {}",
                      base::Error{.number = number}.message());
    // Without room for a descriptor or a thread it is waited for.
    auto copy = base::sys::duplicate(ended.file());
    if (!copy) return static_cast<void>(base::sys::sync(ended.file()));
    try {
        writing_through_ = std::async(std::launch::async, [file = *std::move(copy)] {
            auto const synced = base::sys::sync(file.get());
            return synced ? 0 : synced.error().number;
        });
    } catch (std::system_error const&) {
        static_cast<void>(base::sys::sync(ended.file()));
    }
}

void DiskStore::give_up_file(base::Error const& error) {
    file_ = nullptr;
    // What was half done in it is undone before anyone looks at it, as after a kill.
    auto const done = error.number == EBADMSG ? set_aside() : take_over();
    if (!done) base::log(base::Priority::err, "journal {}: {}", active_path(), done.error().message());
}

base::Result<void> DiskStore::vacuum(std::uint64_t active) {
    archived_ = TRY(list_archived(options_.folder, options_.name));
    if (archived_.empty()) return {};
    auto const room = TRY(base::sys::room_at(options_.folder));
    auto gone = decide_vacuum(archived_, limits_,
                              {.active = active, .available = room.available, .now = base::sys::now_realtime()});
    for (; gone > 0; --gone)
        TRY(remove_oldest());
    return {};
}

base::Result<void> DiskStore::remove_oldest() {
    auto const path = archived_.front().path;
    archived_.erase(archived_.begin());
    auto removed = base::sys::unlink(path);
    return !removed && removed.error().number == ENOENT ? base::Result<void>{} : removed;
}

} // namespace detail

} // namespace mitori::journal
