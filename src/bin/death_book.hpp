// The ledger of a manager, as the process that writes it has it: the recorder, or `mitori up` itself.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bin/journal_place.hpp"
#include "ledger/ledger.hpp"
#include "status/death.hpp"

namespace mitori::bin {

/// Where the ledger goes: files to try in order. One that stands beside another manager keeps its own in its runtime
/// folder; the others share the machine's, or the user's.
[[nodiscard]] std::vector<std::string> decide_ledger_files(journal::Scope scope, JournalWish::Beside beside,
                                                           std::string const& runtime_directory,
                                                           std::string const& state_home);
/// The same with what this user has.
[[nodiscard]] std::vector<std::string> read_ledger_files(journal::Scope scope, JournalWish::Beside beside,
                                                         std::string const& runtime_directory);

class DeathBook {
public:
    /// The first of the files that can be opened. Where none can it says so, and counts what it cannot keep.
    explicit DeathBook(std::vector<std::string> const& files);

    /// Empty where none could be opened.
    [[nodiscard]] std::string path() const { return ledger_ ? ledger_->path() : std::string(); }
    /// Keeps them in one batch; `missed` more are known to have been. What cannot be kept now (the disk is full) is
    /// counted, and the count is kept when it can be again.
    void keep(std::span<status::Death const> deaths, std::uint64_t missed);
    /// So many that another source than the manager could not tell.
    void keep_lost(std::uint64_t count, std::string const& why);
    /// As the manager's messages give them.
    void keep_texts(std::vector<std::vector<std::string>> const& texts, std::uint64_t missed);

private:
    base::Result<void> write(std::span<status::Death const> deaths);

    std::unique_ptr<ledger::Ledger> ledger_;
    std::uint64_t lost_ = 0;
    bool complained_ = false;
};

} // namespace mitori::bin
