#include "journal/detail/space.hpp"

#include <algorithm>
#include <cerrno>
#include <span>
#include <sys/stat.h>

#include "base/sys_disk.hpp"

namespace mitori::journal::detail {

namespace {

constexpr std::uint64_t usual_capacity = 512U << 10;

} // namespace

std::byte* Staged::extend(std::uint64_t count) {
    if (size_ + count > capacity_) {
        capacity_ = std::max({usual_capacity, 2 * capacity_, size_ + count});
        auto bigger = std::make_unique_for_overwrite<std::byte[]>(capacity_);
        if (size_ > 0) std::memcpy(bigger.get(), bytes_.get(), size_);
        bytes_ = std::move(bigger);
    }
    std::byte* const at = bytes_.get() + size_;
    size_ += count;
    return at;
}

void Staged::clear() {
    size_ = 0;
    if (capacity_ <= 4 * usual_capacity) return;
    bytes_.reset();
    capacity_ = 0;
}

base::Result<std::unique_ptr<Space>> Space::map(base::Fd file, std::uint64_t reserved, Undo& undo) {
    struct stat status{};
    if (::fstat(file.get(), &status) < 0) return base::errno_error("stat", "journal file");
    auto const size = static_cast<std::uint64_t>(status.st_size);
    auto mapping = TRY(base::sys::Mapping::of(file.get(), std::max(reserved, size)));
    std::unique_ptr<Space> space(new Space(std::move(file), std::move(mapping), size, undo));
    if (size < sizeof(Header)) return space;
    space->header = *reinterpret_cast<Header const*>(space->mapping_.data());
    auto const tail = space->header.tail_object_offset;
    if (tail % 8 == 0 && tail <= size - sizeof(ObjectHeader))
        space->end_ = tail + aligned(reinterpret_cast<ObjectHeader const*>(space->mapping_.data() + tail)->size);
    return space;
}

void Space::count(ObjectType type) {
    ++header.n_objects;
    switch (type) {
    case ObjectType::data: ++header.n_data; break;
    case ObjectType::field: ++header.n_fields; break;
    case ObjectType::entry: ++header.n_entries; break;
    case ObjectType::entry_array: ++header.n_entry_arrays; break;
    case ObjectType::data_table:
    case ObjectType::field_table: break;
    }
}

namespace {

/// The object's header, and zeroes for the bytes behind it that only align the next one.
void begin_object(std::byte* at, ObjectType type, std::uint64_t size) {
    std::memset(at + aligned(size) - 8, 0, 8);
    ObjectHeader const header{.type = type, .flags = 0, .reserved = {}, .size = size};
    std::memcpy(at, &header, sizeof header);
}

} // namespace

std::uint64_t Space::stage_data(ObjectType type, std::uint64_t size) {
    last_data_ = end_ + data_.size();
    begin_object(data_.extend(aligned(size)), type, size);
    count(type);
    return last_data_;
}

std::uint64_t Space::stage_rest(ObjectType type, std::uint64_t size) {
    last_rest_ = rest_.size();
    begin_object(rest_.extend(aligned(size)), type, size);
    count(type);
    return rest_begin() + last_rest_;
}

base::Result<void> Space::write_unseen(std::uint64_t offset, std::span<std::byte const> words) {
    // Few words are stored through the mapping, whose page is there after the first time; many are one write.
    constexpr std::size_t few = 256;
    if (offset >= end_ || words.size() <= few) {
        std::memcpy(bytes(offset), words.data(), words.size());
        return {};
    }
    std::string_view const text(reinterpret_cast<char const*>(words.data()), words.size());
    return base::sys::write_all_at(file_.get(), text, static_cast<off_t>(offset));
}

base::Result<void> Space::grow(std::uint64_t wanted) {
    if (wanted <= size_) return {};
    if (wanted > mapping_.size()) return base::make_error(EFBIG, "grow", "journal file");
    TRY(base::sys::allocate(file_.get(), size_, wanted - size_));
    size_ = wanted;
    header.arena_size = size_ - sizeof(Header);
    // Readers refuse what is beyond it, so it is told before anything is there. It is true at any time: no note.
    at<Header>(0).arena_size = header.arena_size;
    return {};
}

namespace {

base::Result<void> write_staged(int file, std::uint64_t offset, Staged const& staged) {
    if (staged.size() == 0) return {};
    std::string_view const text(reinterpret_cast<char const*>(staged.data()), staged.size());
    return base::sys::write_all_at(file, text, static_cast<off_t>(offset));
}

} // namespace

base::Result<void> Space::check_length() const {
    struct stat status{};
    if (::fstat(file_.get(), &status) < 0) return base::errno_error("stat", "journal file");
    if (static_cast<std::uint64_t>(status.st_size) < size_)
        return base::make_error(EBADMSG, "append", "journal file: cut off by somebody else");
    return {};
}

base::Result<void> Space::flush() {
    TRY(check_length());
    TRY(write_staged(file_.get(), end_, data_));
    TRY(write_staged(file_.get(), rest_begin(), rest_));
    // Most data objects get a successor in their chain one day.
    constexpr std::uint64_t worth_a_call = 32U << 10;
    if (data_.size() >= worth_a_call) base::sys::make_ready(mapping_.data() + end_, data_.size());
    for (auto const& change : changes_) {
        auto& word = at<std::uint64_t volatile>(change.offset);
        undo_.note(change.offset, word);
        word = change.value;
    }
    changes_.clear();
    if (rest_.size() > 0)
        header.tail_object_offset = rest_begin() + last_rest_;
    else if (data_.size() > 0)
        header.tail_object_offset = last_data_;
    TRY(write_header());
    end_ = staged_end();
    data_.clear();
    rest_.clear();
    return {};
}

base::Result<void> Space::write_header() {
    using Words = std::array<std::uint64_t, sizeof(Header) / 8>;
    auto const words = std::bit_cast<Words>(header);
    auto const* const old = reinterpret_cast<std::uint64_t const*>(mapping_.data());
    for (std::size_t n = 0; n < words.size(); ++n)
        if (words[n] != old[n]) undo_.note(n * 8, old[n]);
    // By write(2), so that who waits for the file by inotify(7) wakes, and finds everything else in its place.
    std::string_view const text(reinterpret_cast<char const*>(&header), sizeof header);
    TRY(base::sys::write_all_at(file_.get(), text, 0));
    undo_.clear();
    return {};
}

base::Result<void> Space::trim() {
    // Told first: readers take a file that is shorter than it says for damaged.
    header.arena_size = end_ - sizeof(Header);
    TRY(write_header());
    size_ = end_;
    return base::sys::truncate(file_.get(), static_cast<off_t>(end_));
}

} // namespace mitori::journal::detail
