// What the recorder is in the middle of, in memory that outlives it: so that a kill at any instruction neither loses a
// line nor writes one twice.
//
// Bytes leave a pipe by splice(2) into the inbox, a file: its size is the count of what was taken, and it is the
// kernel's, so that no kill falls between taking and counting. Bytes of sockets are looked at first (MSG_PEEK) and
// taken when their entries are in; the first byte lands in a mapped word that was set to its complement before, which
// tells afterwards whether they were taken. One batch goes like this, and each arrow is one store of `phase`:
//
//     idle ──begin_*──► taking   first sequence number, moment, stream; bytes in the inbox, or looked at
//          ──…append…──          entries go into the store; what the disk had no room for is counted (note_lost)
//          ──finish────► finishing   the rest of a line is in the stream's other carry, the new rate state is noted
//          ────────────► idle    carry and rate are in force, the inbox is empty, the socket's bytes are taken
//
// After a kill in `taking`, the same carry and the same bytes are cut into the same lines, by the same moment for the
// rate limit; the first `done(last entry)` of them are in already and are passed over. In `finishing`, what is left to
// do is done again. Files, in the runtime folder: recorder.state (mapped), recorder.inbox, recorder.carry.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/sys_streams.hpp"
#include "base/time.hpp"
#include "journal/rate_limit.hpp"

namespace mitori::journal {

/// A stream's place in the state file.
enum class SlotNumber : std::uint32_t {};

/// What a batch is made of.
enum class BatchKind : std::uint64_t { pipe, end, connection, datagram, say };

struct Batch {
    BatchKind kind = BatchKind::pipe;
    std::uint64_t id = 0; ///< stream, socket, or the number of the say
    SlotNumber slot{};
    std::uint64_t first = 0; ///< sequence number that its first entry gets
    base::Stamp at;
    std::uint64_t size = 0;       ///< bytes looked at, of a socket
    std::uint64_t free_space = 0; ///< of the disk, as the rate limit knew it
    RateState rate;               ///< of the stream's unit, before the batch
};

class Inbox {
public:
    /// Opens or makes the files. What an earlier recorder left there is `unfinished()`.
    /// `step` is for tests of kills: called between any two changes that outlive us.
    [[nodiscard]] static base::Result<std::unique_ptr<Inbox>> open(std::string const& folder,
                                                                   std::function<void()> step = {});
    ~Inbox();

    // -- streams
    /// The slot of this stream: the one that it had, or a free one (ENOSPC where there is none).
    [[nodiscard]] base::Result<SlotNumber> slot_of(std::uint64_t id);
    void release(SlotNumber slot);
    struct Known {
        std::uint64_t id;
        SlotNumber slot;
    };
    /// Every stream that has a slot.
    [[nodiscard]] std::vector<Known> known() const;
    /// The rest of a line that was kept.
    [[nodiscard]] base::Result<std::string> carry(SlotNumber slot) const;
    [[nodiscard]] RateState rate(SlotNumber slot) const;
    /// A connection's header, once it is whole; empty before.
    [[nodiscard]] base::Result<std::string> header(SlotNumber slot) const;

    // -- a batch
    /// Moves what is in the pipe, at most so much. 0: its end; EAGAIN: nothing there now; both leave no batch.
    [[nodiscard]] base::Result<std::size_t> begin_pipe(Batch const& batch, int pipe, std::size_t most);
    /// Without bytes of its own (the end of a stream, words of the manager).
    void begin(Batch const& batch);
    /// Of a socket: `first` is the first byte that was seen, the batch's size how many.
    void begin_seen(Batch const& batch, std::byte first);
    /// What begin_pipe moved, read into the end of `into`, behind what is there.
    [[nodiscard]] base::Result<void> read_into(std::string& into) const;
    void note_lost(std::uint64_t count);
    /// A connection's header has been found: it is in force when this batch is over.
    base::Result<void> keep_header(std::string_view header);
    /// `rest` and the rate are what the stream and its unit go on with. An error (no room for the rest) leaves the old
    /// carry; the batch is over all the same.
    base::Result<void> finish(std::string_view rest, RateState const& rate);
    /// As finish, and takes the bytes from the socket.
    base::Result<void> finish_seen(int socket, std::string_view rest, RateState const& rate);
    /// The batch came to nothing.
    void cancel();

    // -- after a kill
    struct Unfinished {
        Batch batch;
        bool finishing = false; ///< entries are in; a socket's bytes may have to be taken still
        std::byte first{};
        std::uint64_t lost = 0;
    };
    [[nodiscard]] std::optional<Unfinished> const& unfinished() const { return unfinished_; }
    /// How many lines of the unfinished batch are dealt with, when the store's last entry is this one.
    [[nodiscard]] std::uint64_t done(std::uint64_t last_entry) const;
    /// Of a batch that was finishing: brings it to its end. `socket` is -1 where it is gone.
    void complete(int socket);

    /// The number of the last words of the manager that are in.
    [[nodiscard]] std::uint64_t last_said() const;
    void note_said(std::uint64_t number);

private:
    struct Header;
    struct Slot;
    Inbox() = default;
    [[nodiscard]] Header& header_of_state() const;
    [[nodiscard]] Slot& slot(SlotNumber number) const;
    void find_unfinished();
    void enter(Batch const& batch);
    base::Result<void> enter_finishing(std::string_view rest, RateState const& rate);
    void settle();
    void step() const {
        if (step_) step_();
    }

    base::Fd state_;
    base::Fd inbox_;
    base::Fd carry_;
    base::sys::Mapping mapping_;
    std::optional<Unfinished> unfinished_;
    std::function<void()> step_;
};

} // namespace mitori::journal
