#include "journal/book.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"
#include "base/sys_streams.hpp"
#include "journal/syslog_message.hpp"

namespace mitori::journal {
namespace {

// While entries are being lost somebody looks whether there is room again, also when nobody writes any more.
constexpr base::Usec retry_interval = std::chrono::seconds(5);
constexpr base::Usec free_space_age = std::chrono::seconds(1);
// systemd-journald writes through at once what is that important.
constexpr std::uint8_t written_through = 2;
constexpr std::uint8_t daemon_facility = 3;

std::string local_time(base::Usec realtime) {
    auto const seconds = static_cast<std::time_t>(realtime.count() / 1'000'000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    // Not %b: the names of RFC 3164 are English whatever the locale is.
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    auto const size = std::strftime(text.data(), text.size(), "%e %H:%M:%S", &parts);
    return fmt::format("{} {}", months.at(static_cast<std::size_t>(parts.tm_mon)), std::string_view(text.data(), size));
}

std::string lines_words(std::uint64_t count) { return fmt::format("{} {}", count, count == 1 ? "line" : "lines"); }

} // namespace

Book::Book(loop::Loop& loop, Store& store, BookOptions options, std::unique_ptr<ConsoleOutlet> console)
    : loop_(loop),
      store_(store),
      options_(std::move(options)),
      console_(std::move(console)) {
    if (options_.syslog_path.empty()) return;
    if (auto socket = base::sys::datagram_socket()) syslog_ = *std::move(socket);
}

Book::~Book() = default;

std::uint64_t Book::write(Words const& words) {
    forward(words);
    if (!stores(words.level)) return 0;
    auto const appended = store_.append(words.entry);
    if (appended) sync_later(words.level);
    if (gathering_) {
        ++gathered_;
        if (appended) return 0;
        // What is gathered goes in now, or is lost with this one: only so they can be told apart.
        auto const lost = close_gathering(words.owner, appended.error());
        gather();
        return lost;
    }
    if (!appended) count_loss(words.owner, 1, appended.error());
    return appended ? 0 : 1;
}

void Book::gather() {
    gathering_ = true;
    gathered_ = 0;
    before_gather_ = store_.last_entry();
    store_.gather();
}

std::uint64_t Book::commit(std::string_view owner) { return close_gathering(owner, {}); }

/// `reason` is that of an append, if one failed.
std::uint64_t Book::close_gathering(std::string_view owner, base::Error reason) {
    gathering_ = false;
    auto const committed = store_.commit();
    if (!committed && reason == base::Error{}) reason = committed.error();
    auto const lost = gathered_ - (store_.last_entry() - before_gather_);
    if (lost > 0) count_loss(owner, lost, reason);
    return lost;
}

void Book::forward(Words const& words) {
    bool const everything = options_.to_console == BookOptions::ToConsole::everything;
    bool const to_console =
        words.console == Origin::Console::yes || (everything && words.console != Origin::Console::never);
    if (console_ && to_console) console_->show(words.entry, words.text);
    auto const& syslog = options_.conf.syslog;
    if (!syslog_ || !syslog.on || words.level > syslog.max_level) return;
    std::string const made = words.raw.empty() ? show_syslog({.level = words.level,
                                                              .facility = words.facility,
                                                              .local_time = local_time(words.entry.at.realtime),
                                                              .identifier = words.identifier,
                                                              .pid = words.pid,
                                                              .text = words.text})
                                               : std::string(words.raw);
    auto const sent = base::sys::send_to(syslog_.get(), made, options_.syslog_path);
    // Nobody there is the usual case, not a loss.
    if (!sent && (sent.error().number == EAGAIN || sent.error().number == ENOBUFS)) ++syslog_missed_;
}

void Book::count_loss(std::string_view owner, std::uint64_t count, base::Error const& error) {
    if (!outage_) {
        outage_ = Outage{.lines = 0, .units = 0, .reason = {}};
        base::log(base::Priority::err, "lines cannot be written to the journal: {}", error.message());
    }
    auto found = losses_.find(owner);
    if (found == losses_.end()) found = losses_.emplace(std::string(owner), Loss{}).first;
    found->second.count += count;
    found->second.reason = outage_->reason = base::Error{.number = error.number}.message();
    settle_later();
}

void Book::settle_later() {
    if (retry_) return;
    auto watch = loop_.at(loop_.now().monotonic + retry_interval, retry_interval / 4, [this] {
        retry_.reset();
        settle();
    });
    if (watch) retry_ = std::move(*watch);
}

void Book::tell_later(base::Priority priority, std::string text) { to_tell_.emplace_back(priority, std::move(text)); }

void Book::settle() {
    for (auto const& [priority, text] : std::exchange(to_tell_, {}))
        tell(priority, text);
    if (outage_ && (!settle_losses() || !end_outage())) settle_later();
    if (syslog_missed_ == 0) return;
    auto const text = fmt::format("Forwarding to syslog missed {} messages.", syslog_missed_);
    if (append_own(base::Priority::warning, text, {})) syslog_missed_ = 0;
}

/// Each unit's share goes into the unit's log; false when there is no room for that either.
bool Book::settle_losses() {
    while (!losses_.empty()) {
        auto const& [owner, loss] = *losses_.begin();
        auto const text = fmt::format("{}: {} could not be written: {}", owner, lines_words(loss.count), loss.reason);
        if (!append_own(base::Priority::warning, text, owner)) return false;
        outage_->lines += loss.count;
        ++outage_->units;
        losses_.erase(losses_.begin());
    }
    return true;
}

bool Book::end_outage() {
    auto const text = fmt::format("lines are written to the journal again: {} of {} {} could not be written: {}",
                                  lines_words(outage_->lines), outage_->units, outage_->units == 1 ? "unit" : "units",
                                  outage_->reason);
    if (!append_own(base::Priority::warning, text, {})) return false;
    base::log(base::Priority::warning, "{}", text);
    outage_.reset();
    return true;
}

base::Result<void> Book::append_own(base::Priority priority, std::string_view text, std::string_view unit) {
    auto& label = own_labels_[static_cast<int>(priority)];
    if (!label) {
        std::vector<std::string> fields{fmt::format("PRIORITY={}", static_cast<int>(priority)),
                                        fmt::format("SYSLOG_FACILITY={}", daemon_facility),
                                        "SYSLOG_IDENTIFIER=mitori",
                                        "_TRANSPORT=driver",
                                        fmt::format("_PID={}", ::getpid()),
                                        fmt::format("_UID={}", ::geteuid()),
                                        "_COMM=mitori"};
        if (!options_.machine.boot.empty()) fields.push_back("_BOOT_ID=" + options_.machine.boot);
        if (!options_.machine.host_name.empty()) fields.push_back("_HOSTNAME=" + options_.machine.host_name);
        label = make_label(std::move(fields));
    }
    auto const message = fmt::format("MESSAGE={}", text);
    auto const of_unit = fmt::format("UNIT={}", unit);
    std::array<std::string_view, 2> const fields{message, of_unit};
    return store_.append(
        {.at = loop_.now(), .label = label, .fields = std::span(fields).first(unit.empty() ? 1U : 2U)});
}

void Book::tell(base::Priority priority, std::string_view text) {
    base::log(priority, "{}", text);
    static_cast<void>(append_own(priority, text, {})); // stderr has it
}

std::uint64_t Book::free_space() {
    auto const now = loop_.now().monotonic;
    if (free_space_at_.count() != 0 && now - free_space_at_ < free_space_age) return free_space_;
    free_space_at_ = now;
    if (auto const room = base::sys::room_at(options_.folder)) free_space_ = room->available;
    return free_space_;
}

RateState& Book::rate_of(std::string const& owner) {
    // Units come and go, and those that are not units too (pids): what all of them said an hour ago counts no more.
    constexpr std::size_t most = 4096;
    constexpr base::Usec old = std::chrono::hours(1);
    if (rates_.size() > most && !rates_.contains(owner)) {
        auto const since = (loop_.now().monotonic - old).count();
        std::erase_if(rates_, [since](auto const& pair) {
            return std::ranges::all_of(pair.second.pools, [since](auto const& pool) { return pool.begin < since; });
        });
    }
    return rates_[owner];
}

RateRules Book::rules_of(Origin const& origin) const {
    auto rules = options_.conf.rate;
    if (origin.rate_interval) rules.interval = *origin.rate_interval;
    if (origin.rate_burst) rules.burst = *origin.rate_burst;
    return rules;
}

void Book::sync_later(std::uint8_t level) {
    if (level <= written_through) return sync();
    if (sync_) return;
    auto const interval = options_.conf.sync_interval;
    auto watch = loop_.at(loop_.now().monotonic + interval, interval / 10, [this] { sync(); });
    if (watch) sync_ = std::move(*watch);
}

void Book::sync() {
    sync_.reset();
    if (auto synced = store_.sync(); !synced)
        base::log(base::Priority::err, "the journal cannot be written through: {}", synced.error().message());
}

void Book::flush_console(int milliseconds) {
    if (console_) console_->flush(milliseconds);
}

} // namespace mitori::journal
