#include "local/deaths.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

#include "base/text.hpp"
#include "ledger/reader.hpp"

namespace mitori::local {
namespace {

class Deaths final : public control::Deaths {
public:
    explicit Deaths(std::unique_ptr<ledger::Reader> reader) : reader_(std::move(reader)) {}

    base::Result<void> for_each(status::DeathFilter const& filter,
                                std::function<bool(status::Death const&)> const& take) override {
        return reader_->for_each(filter, take);
    }
    base::Result<std::uint64_t> count(status::DeathFilter const& filter) override { return reader_->count(filter); }
    base::Result<std::vector<status::DeathTotals>> totals(status::DeathFilter const& filter, By by) override {
        return reader_->totals(filter, by == By::unit ? ledger::Reader::By::unit : ledger::Reader::By::comm);
    }
    base::Result<std::vector<status::LostDeaths>> lost(base::Usec since) override { return reader_->lost(since); }
    base::Result<void> sql(std::string const& statement, Answer const& answer) override {
        return reader_->sql(statement, {.columns = answer.columns, .row = answer.row});
    }
    base::Result<void> wait(base::Usec most) override { return reader_->wait(most); }

private:
    std::unique_ptr<ledger::Reader> reader_;
};

std::string state_folder() {
    if (char const* const given = std::getenv("XDG_STATE_HOME"); given != nullptr && *given == '/') return given;
    if (char const* const home = std::getenv("HOME"); home != nullptr && *home == '/')
        return std::string(home) + "/.local/state";
    return {};
}

} // namespace

std::vector<std::string> standard_ledgers(std::string const& runtime_directory) {
    std::vector<std::string> files;
    if (!runtime_directory.empty()) files.push_back(runtime_directory + "/ledger");
    auto const own = state_folder();
    if (::geteuid() != 0 && !own.empty()) files.push_back(own + "/mitori/ledger.sqlite");
    files.emplace_back("/var/lib/mitori/ledger.sqlite");
    return files;
}

base::Result<std::unique_ptr<control::Deaths>> open_deaths(std::vector<std::string> const& files) {
    for (auto const& file : files) {
        // The link in a runtime folder is followed here: SQLite looks for its log beside the name that it is given.
        char* const real = ::realpath(file.c_str(), nullptr);
        std::string const path = real != nullptr ? real : file;
        std::free(real); // NOLINT(cppcoreguidelines-no-malloc): realpath(3) gives it so
        auto reader = ledger::Reader::open(path);
        if (reader) return std::make_unique<Deaths>(*std::move(reader));
        if (reader.error().number != ENOENT) return std::unexpected(reader.error());
    }
    return base::make_error(ENOENT, "find a ledger", base::join(files, ", "));
}

} // namespace mitori::local
