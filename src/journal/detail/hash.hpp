// The two hashes of journal files. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "journal/detail/format.hpp"

namespace mitori::journal::detail {

/// SipHash-2-4 (Aumasson and Bernstein, 2012), keyed by the file's id: places in its hash tables cannot be guessed.
[[nodiscard]] std::uint64_t siphash24(std::string_view bytes, Id const& key);

/// Jenkins' lookup3 hash of both seeds zero, its first word the higher half: of an entry's xor_hash.
[[nodiscard]] std::uint64_t jenkins_hash(std::string_view bytes);

} // namespace mitori::journal::detail
