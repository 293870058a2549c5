// Part of the child's side (child.cpp): what the walk knows, and how a payload's offsets become pointers.
#pragma once

#include <cstdint>

#include "process/detail/block.hpp"
#include "process/detail/child.hpp"

namespace mitori::process::detail {

struct Walk {
    ChildArgs* args = nullptr;
    std::byte* block = nullptr;
    int* slots = nullptr; ///< -1 where no descriptor is
    int slot_count = 0;
    std::uint64_t mask = 0; ///< the signals that the program begins with blocked
    char** environment = nullptr;
    std::uint16_t step = before_steps; ///< the one that we are at
};

static inline char* text_at(Walk const& walk, Text text) { return reinterpret_cast<char*>(walk.block + text.at); }

/// The list as execve takes it: the block has been relocated.
static inline char** list_at(Walk const& walk, List list) { return reinterpret_cast<char**>(walk.block + list.at); }

static inline std::uint32_t* numbers_at(Walk const& walk, Numbers numbers) {
    return reinterpret_cast<std::uint32_t*>(walk.block + numbers.at);
}

} // namespace mitori::process::detail
