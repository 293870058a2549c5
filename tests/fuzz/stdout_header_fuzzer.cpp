// Any bytes as the head of a stdout stream: what it is does not depend on how much of it is there.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "journal/stdout_header.hpp"

namespace {

using namespace mitori::journal;

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const bytes(reinterpret_cast<char const*>(data), size);
    auto const header = parse_stdout_header(bytes);
    if (!header) {
        must(!header.error().message().empty());
        return 0;
    }
    if (!*header) {
        must(size < stdout_header_max);
        return 0;
    }
    auto const length = (*header)->bytes;
    must(length <= size && length <= stdout_header_max && (*header)->level < 8);
    // Exactly so many bytes are needed.
    auto const exact = parse_stdout_header(bytes.substr(0, length));
    must(exact && *exact && (*exact)->identifier == (*header)->identifier);
    auto const short_of_one = parse_stdout_header(bytes.substr(0, length - 1));
    must(short_of_one && !*short_of_one);
    return 0;
}
