// Any bytes as a .env file: parsing may only return entries that a child's environment can hold, and diagnostics.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/utf8.hpp"
#include "unit/dotenv.hpp"

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mitori::unit;
    auto const read = parse_dotenv({reinterpret_cast<char const*>(data), size}, ".env");
    for (auto const& entry : read.entries) {
        must(!entry.name.empty() && entry.name.find_first_of("= \t\n") == std::string::npos);
        must(entry.value.find('\0') == std::string::npos && mitori::base::is_utf8(entry.value));
    }
    for (auto const& diagnostic : read.diagnostics)
        must(!diagnostic.message().empty());
    EnvironmentSetting merged;
    merge_environment(merged, read.entries);
    must(merged.size() <= read.entries.size());
    for (auto const& entry : merged)
        must(find_value(merged, entry.name) == &entry.value);
    return 0;
}
