// Any bytes as an EnvironmentFile=: entries that a child's environment can hold, which in quotes mean the same again,
// and a note for each line that is none.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "exec/facts.hpp"

namespace {

using namespace mitori;

void must(bool holds) {
    if (!holds) std::abort();
}

std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (char const c : value) {
        if (std::string_view("\"\\`$").contains(c)) text += '\\';
        text += c;
    }
    return text + "\"\n";
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    std::vector<std::string> notes;
    auto const entries = exec::parse_environment_file(text, "x", notes);
    for (auto const& note : notes)
        must(note.starts_with("x:") && !note.contains('\n'));
    std::string again;
    for (auto const& entry : entries) {
        must(!entry.name.empty() && entry.name.find_first_of("= \t\n") == std::string::npos);
        must(!entry.value.contains('\0') && base::is_utf8(entry.value));
        again += entry.name + "=" + quoted(entry.value);
    }
    notes.clear();
    must(exec::parse_environment_file(again, "x", notes) == entries && notes.empty());
    return 0;
}
