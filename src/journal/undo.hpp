// The undo record: what a word of a journal file was before it was changed. A small file that is mapped, so that what
// is stored in it outlives this process; the only threat is a kill, for which the order of stores in the program is
// enough. (After a crash of the machine it is not to be trusted: the boot it was made in tells.)
//
// A change is made in three steps: note the old words; store the new ones; clear. A kill in between leaves notes, and
// the next to open the file puts the old words back, last first.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/result.hpp"
#include "base/sys_streams.hpp"
#include "journal/detail/format.hpp"

namespace mitori::journal {

class Undo {
public:
    /// Notes that fit; who changes more words at once does it in parts.
    static constexpr std::size_t capacity = 16384;

    /// Opens or makes the file, 256 KiB. With an empty path the record is of this process alone.
    [[nodiscard]] static base::Result<Undo> open(std::string const& path);

    /// Whether it was kept, in this boot, for the file.
    [[nodiscard]] bool belongs_to(detail::Id const& file, detail::Id const& boot) const;
    /// From now on it is kept for this file; it is empty.
    void begin(detail::Id const& file, detail::Id const& boot);
    /// Before the word at `offset` of the file is changed. `offset` is a multiple of 8.
    void note(std::uint64_t offset, std::uint64_t old) {
        if (before_) before_();
        Note& next = notes()[head().count];
        next = {offset, old};
        std::atomic_signal_fence(std::memory_order_release);
        head().count = head().count + 1;
        std::atomic_signal_fence(std::memory_order_seq_cst);
        if (before_) before_();
    }
    /// What was noted is done.
    void clear();
    [[nodiscard]] std::size_t count() const { return head().count; }
    /// Puts the old words back into the file's bytes, and clears. EBADMSG where a note points outside of them.
    [[nodiscard]] base::Result<void> roll_back(std::span<std::byte> file);
    /// For tests of kills: called before and after each note, and before clearing.
    void watch(std::function<void()> before) { before_ = std::move(before); }

private:
    struct Head {
        std::uint64_t magic;
        detail::Id file;
        detail::Id boot;
        std::uint64_t volatile count;
    };
    struct Note {
        std::uint64_t offset;
        std::uint64_t old;
    };
    static constexpr std::size_t size = sizeof(Head) + capacity * sizeof(Note);

    explicit Undo(base::sys::Mapping mapping) : mapping_(std::move(mapping)) {}
    [[nodiscard]] Head& head() const { return *reinterpret_cast<Head*>(mapping_.data()); }
    [[nodiscard]] Note* notes() const { return reinterpret_cast<Note*>(mapping_.data() + sizeof(Head)); }

    base::sys::Mapping mapping_;
    std::function<void()> before_;
};

} // namespace mitori::journal
