#include "process/detail/private_copy.hpp"

#include <algorithm>
#include <cstring>

namespace mitori::process::detail {

PrivateCopy::PrivateCopy(std::span<std::byte const> block, std::span<int const> sources)
    : words_((block.size() + 7) / 8) {
    std::memcpy(words_.data(), block.data(), block.size());
    Header header;
    std::memcpy(&header, block.data(), sizeof header);
    slots_.resize(header.slots, -1);
    std::ranges::copy(sources, slots_.begin());
    relocate({this->block(), block.size()});
}

} // namespace mitori::process::detail
