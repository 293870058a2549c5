// The file that is written: made, opened again, grown, closed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "journal/detail/writer.hpp"

namespace mitori::journal::detail {

struct FileOptions {
    std::uint64_t max_size = 0;
    Compact compact = Compact::yes;
    std::uint64_t compress_above = 512;
    mode_t mode = 0640;
    Id machine{};
    Id boot{};
};

/// How much a file is allocated ahead of what is written.
[[nodiscard]] std::uint64_t growth_step(std::uint64_t max_size);

class JournalFile {
public:
    /// A new file, complete before it has this name. The undo record is its own from then on. Until it has entries it
    /// tells `last`, the number of the last entry in the file before it.
    [[nodiscard]] static base::Result<std::unique_ptr<JournalFile>>
    create(std::string const& path, FileOptions const& options, Id const& seqnum_id, std::uint64_t last, Undo& undo);
    /// An old one, to append to. What a killed writer left half done is undone. EBADMSG: it is damaged, or was not
    /// closed and nobody knows how far it was written; EPROTO: whole, but not of a kind that we append to.
    [[nodiscard]] static base::Result<std::unique_ptr<JournalFile>> open(std::string const& path,
                                                                         FileOptions const& options, Undo& undo);

    [[nodiscard]] Writer& writer() { return *writer_; }
    [[nodiscard]] Header const& header() const { return space_->header; }
    /// On the disk.
    [[nodiscard]] std::uint64_t size() const { return space_->size(); }
    /// The file at hand, or the most that it may grow to, is this long.
    [[nodiscard]] std::uint64_t max_size() const { return space_->reserved(); }
    [[nodiscard]] base::Result<void> grow(std::uint64_t wanted) { return space_->grow(wanted); }
    [[nodiscard]] base::Result<void> sync();
    [[nodiscard]] base::Result<void> check_length() const { return space_->check_length(); }
    [[nodiscard]] int file() const { return space_->file(); }
    /// Nothing may be staged. offline: it can be opened again; archived: nothing will be appended.
    [[nodiscard]] base::Result<void> close(State state);

private:
    JournalFile(std::unique_ptr<Space> space, std::unique_ptr<Writer> writer)
        : space_(std::move(space)),
          writer_(std::move(writer)) {}

    std::unique_ptr<Space> space_;
    std::unique_ptr<Writer> writer_;
};

/// The header of any journal file, without opening it to write; nothing where it is none.
[[nodiscard]] base::Result<Header> read_header(std::string const& path);

} // namespace mitori::journal::detail
