// Where the recorder writes: the store, and what goes elsewhere besides (a syslog daemon, the container's stdout).
// Never fails towards those who write: what the disk has no room for is counted, and said as soon as there is room
// again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/fd.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "journal/console_outlet.hpp"
#include "journal/journald_conf.hpp"
#include "journal/origin.hpp"
#include "journal/rate_limit.hpp"
#include "journal/store.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

/// An entry with what its other readers want to know of it.
struct Words {
    Entry entry;
    std::uint8_t level = 6;
    std::uint8_t facility = 3;
    std::string_view owner; ///< for whom losses are counted: the unit, or else the identifier
    std::string_view identifier;
    pid_t pid = 0;
    std::string_view text;
    /// What came through /dev/log goes to a syslog daemon as it came.
    std::string_view raw;
    Origin::Console console = Origin::Console::no;
};

struct BookOptions {
    JournaldConf conf;
    Machine machine;
    std::string folder; ///< of the store: for its free space
    /// Where a syslog daemon may listen; empty: nobody is told.
    std::string syslog_path;
    /// What goes to the console: everything, or what asks for it (journal+console).
    enum class ToConsole : std::uint8_t { what_asks, everything } to_console = ToConsole::what_asks;
};

class Book {
public:
    /// The store and the loop outlive it; `console` may be null.
    Book(loop::Loop& loop, Store& store, BookOptions options, std::unique_ptr<ConsoleOutlet> console);
    ~Book();

    /// Returns how many entries are known to be lost now: 0, or this one and those gathered before it. What is less
    /// important than MaxLevelStore= is only passed on.
    std::uint64_t write(Words const& words);
    [[nodiscard]] bool stores(std::uint8_t level) const { return level <= options_.conf.max_level_store; }
    /// Entries from here to commit() cost a fraction, and come into the journal together.
    void gather();
    /// Returns how many of them are lost.
    std::uint64_t commit(std::string_view owner);
    /// The recorder's own words: to the journal, and to stderr. Never inside a batch.
    void tell(base::Priority priority, std::string_view text);
    /// The same from inside a batch: said when settle() is called next.
    void tell_later(base::Priority priority, std::string text);
    /// Says what was lost, if it can be said by now. Before a batch, never inside one.
    void settle();
    [[nodiscard]] std::uint64_t last_entry() const { return store_.last_entry(); }
    /// Of the store's disk; looked up once a second at most.
    [[nodiscard]] std::uint64_t free_space();
    /// What a unit has logged so far, for its rate limit: all its processes and all the ways in which they speak
    /// count together, also the next ones after a restart. Good until the next call.
    [[nodiscard]] RateState& rate_of(std::string const& owner);
    [[nodiscard]] RateRules rules_of(Origin const& origin) const;
    void sync();
    /// Waits at most so long until the console has taken everything: for the very end.
    void flush_console(int milliseconds);
    [[nodiscard]] BookOptions const& options() const { return options_; }

private:
    void forward(Words const& words);
    void sync_later(std::uint8_t level);
    void settle_later();
    std::uint64_t close_gathering(std::string_view owner, base::Error reason);
    base::Result<void> append_own(base::Priority priority, std::string_view text, std::string_view unit);
    void count_loss(std::string_view owner, std::uint64_t count, base::Error const& error);
    [[nodiscard]] bool settle_losses();
    [[nodiscard]] bool end_outage();

    loop::Loop& loop_;
    Store& store_;
    BookOptions options_;
    std::unique_ptr<ConsoleOutlet> console_;
    base::Fd syslog_;
    std::uint64_t syslog_missed_ = 0;
    struct Loss {
        std::uint64_t count = 0;
        std::string reason;
    };
    std::map<std::string, Loss, std::less<>> losses_; ///< not told yet
    /// From the first line that the disk had no room for until it can be told: said once at its begin and once at its
    /// end, however many units lose lines.
    struct Outage {
        std::uint64_t lines = 0; ///< told already, unit by unit
        std::size_t units = 0;
        std::string reason;
    };
    std::optional<Outage> outage_;
    std::vector<std::pair<base::Priority, std::string>> to_tell_;
    std::unordered_map<std::string, RateState> rates_;
    std::map<int, Label> own_labels_;
    loop::WatchPtr retry_;
    loop::WatchPtr sync_;
    bool gathering_ = false;
    std::uint64_t gathered_ = 0;      ///< entries since gather()
    std::uint64_t before_gather_ = 0; ///< the store's last entry then
    std::uint64_t free_space_ = 0;
    base::Usec free_space_at_{0};
};

} // namespace mitori::journal
