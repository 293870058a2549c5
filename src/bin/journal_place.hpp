// Where the journal of a manager lies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "journal/journald_conf.hpp"
#include "journal/origin.hpp"

namespace mitori::bin {

struct JournalWish {
    journal::Scope scope = journal::Scope::system;
    std::string runtime_directory;
    /// --journal-dir; empty: the usual place.
    std::string folder;
    /// The runtime folder is not the usual one: this manager stands beside another one, and so does its journal.
    enum class Beside : bool { no, yes } beside = Beside::no;
    /// We stand in for systemd: the journal lies where journald's would.
    enum class StandsIn : bool { no, yes } stands_in = StandsIn::no;
};

/// Folders to try in order. The limits of journald.conf(5) are other ones for what is in memory (Runtime…=).
struct JournalPlace {
    std::vector<std::string> lasting;
    std::vector<std::string> passing;
    /// Storage=none: entries are only passed on.
    bool none = false;
};

/// `machine` names the folder below /var/log/journal.
[[nodiscard]] JournalPlace decide_journal_place(JournalWish const& wish, journal::Storage storage,
                                                std::string const& machine, bool var_log_journal_exists,
                                                std::string const& state_home);

/// The same with what this machine has.
[[nodiscard]] JournalPlace read_journal_place(JournalWish const& wish, journal::Storage storage);

/// /etc/machine-id; where there is none, one that is made for the life of the runtime folder.
[[nodiscard]] base::Result<std::string> read_machine_id(std::string const& runtime_directory);

} // namespace mitori::bin
