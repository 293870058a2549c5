#include "bin/death_book.hpp"

#include <cstdlib>
#include <filesystem>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "status/death_text.hpp"

namespace mitori::bin {
namespace {

std::string state_home() {
    if (char const* const given = std::getenv("XDG_STATE_HOME"); given != nullptr && *given == '/') return given;
    if (char const* const home = std::getenv("HOME"); home != nullptr && *home == '/')
        return std::string(home) + "/.local/state";
    return {};
}

base::Result<std::unique_ptr<ledger::Ledger>> open(std::string const& path) {
    TRY(base::sys::make_directories(std::filesystem::path(path).parent_path()));
    return ledger::Ledger::open(path);
}

} // namespace

std::vector<std::string> decide_ledger_files(journal::Scope scope, JournalWish::Beside beside,
                                             std::string const& runtime_directory, std::string const& home) {
    std::vector<std::string> files;
    bool const own = beside == JournalWish::Beside::yes;
    if (!own && scope == journal::Scope::system) files.emplace_back("/var/lib/mitori/ledger.sqlite");
    if (!own && scope == journal::Scope::user && !home.empty()) files.push_back(home + "/mitori/ledger.sqlite");
    if (!runtime_directory.empty()) files.push_back(runtime_directory + "/ledger.sqlite");
    return files;
}

std::vector<std::string> read_ledger_files(journal::Scope scope, JournalWish::Beside beside,
                                           std::string const& runtime_directory) {
    return decide_ledger_files(scope, beside, runtime_directory, state_home());
}

DeathBook::DeathBook(std::vector<std::string> const& files) {
    for (auto const& file : files) {
        auto opened = open(file);
        if (opened) {
            ledger_ = *std::move(opened);
            return;
        }
        base::log(base::Priority::warning, "no ledger: {}", opened.error().message());
    }
    if (!files.empty()) base::log(base::Priority::err, "no ledger of deaths can be kept");
}

base::Result<void> DeathBook::write(std::span<status::Death const> deaths) {
    if (!deaths.empty()) TRY(ledger_->add(deaths));
    if (lost_ == 0) return {};
    TRY(ledger_->add_lost(
        {.at = base::sys::now_realtime(), .count = lost_, .why = "the manager's ledger could not take them"}));
    lost_ = 0;
    return {};
}

void DeathBook::keep(std::span<status::Death const> deaths, std::uint64_t missed) {
    if (!ledger_) return;
    lost_ += missed;
    auto const written = write(deaths);
    if (written) {
        complained_ = false;
        return;
    }
    lost_ += deaths.size();
    if (std::exchange(complained_, true)) return;
    base::log(base::Priority::err, "deaths are not recorded: {}", written.error().message());
}

void DeathBook::keep_lost(std::uint64_t count, std::string const& why) {
    if (!ledger_) return;
    base::log(base::Priority::warning, "{} deaths are missing in the ledger: {}", count, why);
    auto const kept = ledger_->add_lost({.at = base::sys::now_realtime(), .count = count, .why = why});
    if (!kept) base::log(base::Priority::err, "nor is that recorded: {}", kept.error().message());
}

void DeathBook::keep_texts(std::vector<std::vector<std::string>> const& texts, std::uint64_t missed) {
    std::vector<status::Death> deaths;
    deaths.reserve(texts.size());
    for (auto const& text : texts) {
        auto death = status::parse_death(text);
        if (death)
            deaths.push_back(*std::move(death));
        else
            base::log(base::Priority::err, "a death that cannot be read: {}", death.error().message());
    }
    keep(deaths, missed);
}

} // namespace mitori::bin
