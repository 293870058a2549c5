// A plan as one child walks it: its own relocated bytes and its own slots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "process/detail/block.hpp"

namespace mitori::process::detail {

/// `block` must have passed check_block for as many sources as there are. Must not be copied or moved from while a
/// child walks it.
class PrivateCopy {
public:
    PrivateCopy(std::span<std::byte const> block, std::span<int const> sources);
    [[nodiscard]] std::byte* block() { return reinterpret_cast<std::byte*>(words_.data()); }
    [[nodiscard]] int* slots() { return slots_.data(); }

private:
    std::vector<std::uint64_t> words_; ///< for their alignment
    std::vector<int> slots_;
};

} // namespace mitori::process::detail
