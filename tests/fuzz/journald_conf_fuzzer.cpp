// Any bytes as journald.conf: reading returns notes and settings that hold, and never fails.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "journal/journald_conf.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string const text(reinterpret_cast<char const*>(data), size);
    std::array<ConfText, 2> const texts{{{"a.conf", text}, {"b.conf", "[Journal]\n" + text}}};
    auto const result = parse_journald_conf(texts);
    must(result.conf.line_max >= least_line_max && result.conf.max_level_store < 8);
    must(result.conf.rate.interval.count() >= 0 && result.conf.sync_interval.count() >= 0);
    must(result.conf.system.max_retention.count() >= 0 && result.conf.console_path.starts_with('/'));
    for (auto const& note : result.notes)
        must(note.line > 0 && note.message().find('\n') == std::string::npos);
    return 0;
}
