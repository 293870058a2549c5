#include "local/deaths.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

#include "base/text.hpp"
#include "ledger/reader.hpp"

namespace mitori::local {
namespace {

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
        if (reader) return *std::move(reader);
        if (reader.error().number != ENOENT) return std::unexpected(reader.error());
    }
    return base::make_error(ENOENT, "find a ledger", base::join(files, ", "));
}

} // namespace mitori::local
