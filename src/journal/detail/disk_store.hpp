// The store of files on a disk. Split: append and its policy in store_append.cpp, the files in store_files.cpp.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "journal/detail/folder.hpp"
#include "journal/detail/journal_file.hpp"
#include "journal/store.hpp"
#include "journal/undo.hpp"

namespace mitori::journal::detail {

class DiskStore final : public Store {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<DiskStore>> open(StoreOptions options);
    ~DiskStore() override;

    [[nodiscard]] base::Result<void> append(Entry const& entry) override;
    void gather() override;
    [[nodiscard]] base::Result<void> commit() override;
    [[nodiscard]] std::uint64_t last_entry() const override { return committed_; }
    [[nodiscard]] base::Result<void> rotate() override;
    [[nodiscard]] base::Result<void> sync() override;

private:
    DiskStore(StoreOptions options, base::Fd lock, Undo undo)
        : options_(std::move(options)),
          lock_(std::move(lock)),
          undo_(std::move(undo)) {}

    [[nodiscard]] std::string active_path() const { return options_.folder + "/" + options_.name + ".journal"; }
    [[nodiscard]] base::Result<void> read_ids();
    /// Goes on with the file that is there, or puts it away.
    [[nodiscard]] base::Result<void> take_over();
    /// Where no file tells: the numbers of the archived ones go on.
    void follow_archived();
    void follow(Header const& header);
    [[nodiscard]] base::Result<void> archive(std::string const& path, Header const& header);
    [[nodiscard]] base::Result<void> set_aside();

    /// A file to write to, if there is none.
    [[nodiscard]] base::Result<void> need_file();
    [[nodiscard]] base::Result<void> begin_file();
    [[nodiscard]] base::Result<void> end_file();
    /// Nothing of it is staged: a file that somebody has cut off is put aside before it does harm.
    void look_at_file();
    /// To the disk, elsewhere: the next file does not wait for it.
    void write_through(JournalFile const& ended);
    /// Removes archived files for a file that takes, or will take, so much.
    [[nodiscard]] base::Result<void> vacuum(std::uint64_t active);
    [[nodiscard]] base::Result<void> remove_oldest();
    [[nodiscard]] base::Result<void> make_room(std::uint64_t wanted);
    [[nodiscard]] base::Result<void> put_in();
    /// After an error that left the file in doubt.
    void give_up_file(base::Error const& error);
    [[nodiscard]] bool due(base::Stamp at) const;
    [[nodiscard]] base::Stamp in_order(base::Stamp at) const;
    [[nodiscard]] base::Result<bool> try_append(Entry const& entry);

    StoreOptions options_;
    base::Fd lock_;
    Undo undo_;
    Limits limits_;
    FileOptions file_options_;
    Id seqnum_id_{};
    std::uint64_t committed_ = 0; ///< the last entry that is in
    std::unique_ptr<JournalFile> file_;
    std::vector<Archived> archived_; ///< as of the last look
    bool gathering_ = false;
    /// Writes an ended file through; it gives back the errno. Waited for before the next one, and at the end.
    std::future<int> writing_through_;
};

} // namespace mitori::journal::detail
