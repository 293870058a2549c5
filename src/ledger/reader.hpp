// Reading a ledger, while somebody else may write it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "control/deaths.hpp"

namespace mitori::ledger {

/// The face of deaths, over one file; and what only its tests and its own room ask. Not thread-safe.
class Reader : public control::Deaths {
public:
    /// ENOENT, EACCES of the file itself. One of a newer version than ours is EPROTO; an older one is read as it lies.
    [[nodiscard]] static base::Result<std::unique_ptr<Reader>> open(std::string const& path);

    [[nodiscard]] virtual base::Result<std::optional<status::Death>> find(std::int64_t number) = 0;
};

} // namespace mitori::ledger
