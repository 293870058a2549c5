#include "journal/inbox.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"

namespace mitori::journal {
namespace {

constexpr std::uint64_t magic = 0x32'7463'6572'6f74'69ULL; // changes with the layout
constexpr std::size_t slot_count = 16384;
constexpr std::size_t slots_at_once = 256;
constexpr std::size_t header_size = 4096;

// A stream's part of recorder.carry: two places for the rest of a line, used in turn, and one for a header. LineMax= is
// far below it; the file is sparse.
constexpr off_t region = 1 << 20;
constexpr off_t regions_per_slot = 3;
constexpr off_t header_region = 2;

enum class Phase : std::uint64_t { idle, taking, finishing };

/// The carry in force, in one word: which of the two places, and how long it is.
constexpr std::uint64_t place_bit = std::uint64_t{1} << 63;
std::uint64_t length_of(std::uint64_t carry) { return carry & ~place_bit; }
off_t place_of(std::uint64_t carry) { return (carry & place_bit) != 0 ? 1 : 0; }

off_t offset_of(SlotNumber slot, off_t which) { return (static_cast<off_t>(slot) * regions_per_slot + which) * region; }

} // namespace

struct Inbox::Header {
    std::uint64_t magic;
    std::uint64_t phase;
    std::uint64_t kind;
    std::uint64_t id;
    std::uint64_t slot;
    std::uint64_t first;
    std::uint64_t size;
    std::uint64_t lost;
    std::int64_t realtime;
    std::int64_t monotonic;
    std::uint64_t next_carry;
    std::uint64_t next_header; ///< 0: stays
    std::uint64_t free_space;
    RateState first_rate;
    RateState next_rate;
    std::uint64_t said;
    std::uint64_t used_slots; ///< behind them there is nothing
    std::byte first_byte;
    std::byte marker;
};

struct Inbox::Slot {
    std::uint64_t id; ///< 0: free
    std::uint64_t carry;
    std::uint64_t header; ///< its length
    RateState rate;
};

namespace {

/// The stores before it are in memory before `phase` says so, for whoever looks after a kill.
void set_phase(std::uint64_t& phase, Phase value) {
    std::atomic_ref<std::uint64_t>(phase).store(static_cast<std::uint64_t>(value), std::memory_order_release);
    std::atomic_signal_fence(std::memory_order_seq_cst);
}

} // namespace

Inbox::~Inbox() = default;

Inbox::Header& Inbox::header_of_state() const { return *reinterpret_cast<Header*>(mapping_.data()); }

Inbox::Slot& Inbox::slot(SlotNumber number) const {
    return reinterpret_cast<Slot*>(mapping_.data() + header_size)[static_cast<std::size_t>(number)];
}

base::Result<std::unique_ptr<Inbox>> Inbox::open(std::string const& folder, std::function<void()> step) {
    static_assert(sizeof(Header) <= header_size);
    std::unique_ptr<Inbox> inbox(new Inbox);
    auto const open_in = [&folder](char const* name) {
        return base::sys::open(folder + "/" + name, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    };
    constexpr auto state_size = header_size + slot_count * sizeof(Slot);
    inbox->state_ = TRY(open_in("recorder.state"));
    inbox->inbox_ = TRY(open_in("recorder.inbox"));
    inbox->carry_ = TRY(open_in("recorder.carry"));
    auto const make_room = [&]() -> base::Result<void> {
        TRY(base::sys::truncate(inbox->state_.get(), static_cast<off_t>(state_size)));
        // What is mapped must have its storage: a full disk would be a SIGBUS.
        return base::sys::allocate(inbox->state_.get(), 0, header_size + slots_at_once * sizeof(Slot));
    };
    TRY(make_room());
    inbox->mapping_ = TRY(base::sys::Mapping::of(inbox->state_.get(), state_size));
    if (auto const found = inbox->header_of_state().magic; found != magic) {
        // A new file, or one of another layout, which nobody can read any more.
        TRY(base::sys::truncate(inbox->state_.get(), 0));
        TRY(base::sys::truncate(inbox->inbox_.get(), 0));
        TRY(make_room());
        inbox->header_of_state().magic = magic;
    }
    inbox->find_unfinished();
    inbox->step_ = std::move(step);
    return inbox;
}

void Inbox::find_unfinished() {
    auto const& header = header_of_state();
    auto const phase = static_cast<Phase>(header.phase);
    if (phase == Phase::idle) return settle();
    unfinished_ = {.batch = {.kind = static_cast<BatchKind>(header.kind),
                             .id = header.id,
                             .slot = static_cast<SlotNumber>(header.slot),
                             .first = header.first,
                             .at = {.realtime = base::Usec(header.realtime), .monotonic = base::Usec(header.monotonic)},
                             .size = header.size,
                             .free_space = header.free_space,
                             .rate = header.first_rate},
                   .finishing = phase == Phase::finishing,
                   .first = header.first_byte,
                   .lost = header.lost};
    auto const kind = unfinished_->batch.kind;
    if (unfinished_->finishing && (kind == BatchKind::pipe || kind == BatchKind::end)) {
        settle();
        unfinished_.reset();
    }
}

// -- streams

base::Result<SlotNumber> Inbox::slot_of(std::uint64_t id) {
    auto& header = header_of_state();
    std::optional<std::size_t> free;
    for (std::size_t i = 0; i < header.used_slots; ++i) {
        auto const found = slot(static_cast<SlotNumber>(i)).id;
        if (found == id) return static_cast<SlotNumber>(i);
        if (found == 0 && !free) free = i;
    }
    if (!free) {
        if (header.used_slots == slot_count) return base::make_error(ENOSPC, "slot of a stream");
        free = header.used_slots;
        if (*free % slots_at_once == 0)
            TRY(base::sys::allocate(state_.get(), header_size + *free * sizeof(Slot), slots_at_once * sizeof(Slot)));
        ++header.used_slots;
    }
    auto& taken = slot(static_cast<SlotNumber>(*free));
    taken.carry = 0;
    taken.header = 0;
    taken.rate = {};
    std::atomic_ref<std::uint64_t>(taken.id).store(id, std::memory_order_release);
    return static_cast<SlotNumber>(*free);
}

std::vector<Inbox::Known> Inbox::known() const {
    std::vector<Known> all;
    for (std::size_t i = 0; i < header_of_state().used_slots; ++i)
        if (auto const number = static_cast<SlotNumber>(i); slot(number).id != 0)
            all.push_back({.id = slot(number).id, .slot = number});
    return all;
}

void Inbox::release(SlotNumber number) { slot(number).id = 0; }

base::Result<std::string> Inbox::carry(SlotNumber number) const {
    auto const word = slot(number).carry;
    std::string text(length_of(word), '\0');
    auto const got = TRY(base::sys::read_at(carry_.get(), text, offset_of(number, place_of(word))));
    text.resize(got);
    return text;
}

RateState Inbox::rate(SlotNumber number) const { return slot(number).rate; }

base::Result<std::string> Inbox::header(SlotNumber number) const {
    std::string text(slot(number).header, '\0');
    auto const got = TRY(base::sys::read_at(carry_.get(), text, offset_of(number, header_region)));
    text.resize(got);
    return text;
}

// -- a batch

void Inbox::enter(Batch const& batch) {
    auto& header = header_of_state();
    header.kind = static_cast<std::uint64_t>(batch.kind);
    header.id = batch.id;
    header.slot = static_cast<std::uint64_t>(batch.slot);
    header.first = batch.first;
    header.size = batch.size;
    header.lost = 0;
    header.next_header = 0;
    header.free_space = batch.free_space;
    header.first_rate = batch.rate;
    header.realtime = batch.at.realtime.count();
    header.monotonic = batch.at.monotonic.count();
    step();
    set_phase(header.phase, Phase::taking);
    step();
}

void Inbox::begin(Batch const& batch) { enter(batch); }

void Inbox::begin_seen(Batch const& batch, std::byte first) {
    auto& header = header_of_state();
    header.first_byte = first;
    header.marker = ~first;
    enter(batch);
}

base::Result<std::size_t> Inbox::begin_pipe(Batch const& batch, int pipe, std::size_t most) {
    enter(batch);
    auto moved = base::sys::splice_into(pipe, inbox_.get(), 0, most);
    step();
    if (moved && *moved > 0) return moved;
    cancel();
    return moved;
}

base::Result<void> Inbox::read_into(std::string& into) const {
    struct stat status{};
    if (::fstat(inbox_.get(), &status) < 0) return base::errno_error("stat", "recorder.inbox");
    auto const before = into.size();
    auto const size = static_cast<std::size_t>(status.st_size);
    into.resize_and_overwrite(before + size, [](char*, std::size_t whole) { return whole; });
    auto const got = TRY(base::sys::read_at(inbox_.get(), std::span(into).subspan(before), 0));
    into.resize(before + got);
    return {};
}

void Inbox::note_lost(std::uint64_t count) { header_of_state().lost += count; }

base::Result<void> Inbox::keep_header(std::string_view text) {
    auto& header = header_of_state();
    if (text.size() > static_cast<std::size_t>(region)) return base::make_error(EFBIG, "header of a stream");
    TRY(base::sys::write_all_at(carry_.get(), text, offset_of(static_cast<SlotNumber>(header.slot), header_region)));
    header.next_header = text.size();
    return {};
}

/// The new carry and rate are noted; from here on the batch can only be completed.
base::Result<void> Inbox::enter_finishing(std::string_view rest, RateState const& rate) {
    auto& header = header_of_state();
    auto const number = static_cast<SlotNumber>(header.slot);
    auto const old = slot(number).carry;
    auto const other = (old & place_bit) ^ place_bit;
    base::Result<void> kept;
    if (rest.size() > static_cast<std::size_t>(region))
        kept = base::make_error(EFBIG, "rest of a line");
    else if (!rest.empty())
        kept = base::sys::write_all_at(carry_.get(), rest, offset_of(number, other != 0 ? 1 : 0));
    header.next_carry = kept ? other | rest.size() : other;
    header.next_rate = rate;
    step();
    set_phase(header.phase, Phase::finishing);
    step();
    return kept;
}

/// What `finishing` says is in force, and nothing is under way.
void Inbox::settle() {
    auto& header = header_of_state();
    if (static_cast<Phase>(header.phase) == Phase::finishing) {
        auto const kind = static_cast<BatchKind>(header.kind);
        if (kind == BatchKind::pipe || kind == BatchKind::end || kind == BatchKind::connection) {
            auto& of = slot(static_cast<SlotNumber>(header.slot));
            of.carry = header.next_carry;
            step();
            of.rate = header.next_rate;
            if (header.next_header != 0) of.header = header.next_header;
        }
    }
    // Before the phase: bytes in the inbox of nobody must not be taken for the next batch's.
    step();
    static_cast<void>(base::sys::truncate(inbox_.get(), 0));
    step();
    set_phase(header.phase, Phase::idle);
    step();
}

base::Result<void> Inbox::finish(std::string_view rest, RateState const& rate) {
    auto const kept = enter_finishing(rest, rate);
    settle();
    unfinished_.reset();
    return kept;
}

base::Result<void> Inbox::finish_seen(int socket, std::string_view rest, RateState const& rate) {
    auto const kept = enter_finishing(rest, rate);
    complete(socket);
    return kept;
}

void Inbox::complete(int socket) {
    auto& header = header_of_state();
    bool const taken = header.size == 0 || header.marker == header.first_byte;
    if (!taken && socket >= 0)
        static_cast<void>(
            base::sys::receive_nowhere(socket, &header.marker, header.size)); // EAGAIN: there was nothing to take
    step();
    settle();
    unfinished_.reset();
}

void Inbox::cancel() {
    settle();
    unfinished_.reset();
}

// -- after a kill

std::uint64_t Inbox::done(std::uint64_t last_entry) const {
    if (!unfinished_) return 0;
    auto const first = unfinished_->batch.first;
    auto const in = last_entry >= first ? last_entry - first + 1 : 0;
    return in + unfinished_->lost;
}

std::uint64_t Inbox::last_said() const { return header_of_state().said; }

void Inbox::note_said(std::uint64_t number) { header_of_state().said = number; }

} // namespace mitori::journal
