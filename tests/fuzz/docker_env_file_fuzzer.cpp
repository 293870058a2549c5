// Any bytes as a file of docker's dialect: entries that a child's environment can hold, which written down again mean
// the same, or an error that says no more than a few lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "run/env_file.hpp"

namespace {

using namespace mitori;

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unit::EnvironmentSetting const own{{"OWN", "passed"}, {"A", ""}};
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const read = run::parse_env_file(run::Dialect::docker, text, "x", own);
    if (!read) {
        must(!read.error().empty() && std::ranges::count(read.error(), '\n') <= 5 && read.error().size() < 2000);
        must(base::is_utf8(read.error()));
        return 0;
    }
    std::string again = "\n"; // a byte order mark is none on the second line
    for (auto const& entry : read->entries) {
        must(!entry.name.empty() && entry.name.find_first_of("= \t\n") == std::string::npos);
        must(!entry.value.contains('\0') && base::is_utf8(entry.name) && base::is_utf8(entry.value));
        again += entry.name + "=" + entry.value + "\r\n";
    }
    auto const second = run::parse_env_file(run::Dialect::docker, again, "x", {});
    must(second && second->entries == read->entries && second->remarks.empty());
    return 0;
}
