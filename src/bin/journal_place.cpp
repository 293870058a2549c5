#include "bin/journal_place.hpp"

#include <array>
#include <cstdlib>
#include <fmt/format.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view lasting_root = "/var/log/journal";

std::string state_home() {
    if (char const* const given = std::getenv("XDG_STATE_HOME"); given != nullptr && *given == '/') return given;
    if (char const* const home = std::getenv("HOME"); home != nullptr && *home == '/')
        return std::string(home) + "/.local/state";
    return {};
}

} // namespace

JournalPlace decide_journal_place(JournalWish const& wish, journal::Storage storage, std::string const& machine,
                                  bool var_log_journal_exists, std::string const& home) {
    auto const own = wish.runtime_directory + "/journal.files";
    if (!wish.folder.empty()) return {.lasting = {wish.folder}, .passing = {own}};
    if (wish.stands_in == JournalWish::StandsIn::yes) {
        auto const lasting = fmt::format("{}/{}", lasting_root, machine);
        auto const passing = fmt::format("/run/log/journal/{}", machine);
        using enum journal::Storage;
        if (storage == none) return {.none = true};
        if (storage == runtime || (storage == automatic && !var_log_journal_exists)) return {.passing = {passing, own}};
        return {.lasting = {lasting}, .passing = {passing, own}};
    }
    if (wish.beside == JournalWish::Beside::yes) return {.passing = {own}};
    if (wish.scope == journal::Scope::system) return {.lasting = {"/var/log/mitori/journal"}, .passing = {own}};
    if (home.empty()) return {.passing = {own}};
    return {.lasting = {home + "/mitori/journal"}, .passing = {own}};
}

JournalPlace read_journal_place(JournalWish const& wish, journal::Storage storage) {
    auto const machine = read_machine_id(wish.runtime_directory);
    auto const lasting = base::sys::stat(std::string(lasting_root));
    return decide_journal_place(wish, storage, machine.value_or("unknown"), lasting && S_ISDIR(lasting->st_mode),
                                state_home());
}

base::Result<std::string> read_machine_id(std::string const& runtime_directory) {
    constexpr std::size_t length = 32;
    auto const own = runtime_directory + "/machine-id";
    for (auto const& path : {std::string("/etc/machine-id"), own})
        if (auto const text = base::sys::read_file(path); text && base::trim(*text).size() == length)
            return std::string(base::trim(*text));
    std::array<std::byte, length / 2> bytes{};
    TRY(base::sys::random_bytes(bytes));
    std::string id;
    for (auto const byte : bytes)
        id += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    TRY(base::sys::write_file(own, id + "\n", 0444));
    return id;
}

} // namespace mitori::bin
