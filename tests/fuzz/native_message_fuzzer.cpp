// Any bytes as a native message, under small limits and journald's own.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "journal/native_message.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

void check(std::string_view bytes, NativeLimits const& limits) {
    auto const message = parse_native(bytes, limits);
    for (auto const& entry : message.entries) {
        must(!entry.fields.empty() && entry.fields.size() <= limits.fields && entry.level < 8);
        std::size_t sum = 0;
        for (auto const field : entry.fields) {
            auto const equals = field.find('=');
            must(equals != field.npos && is_client_field(field.substr(0, equals)));
            must(field.size() <= limits.field_bytes);
            sum += field.size();
        }
        must(sum <= limits.entry_bytes && sum <= bytes.size());
    }
    for (auto const& note : message.notes)
        must(!note.empty() && note.find('\n') == note.npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    check(bytes, {});
    check(bytes, {.fields = 2, .field_bytes = 12, .entry_bytes = 20});
    return 0;
}
