// One entry of the log, as readers show it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace mitori::status {

struct LogEntry {
    base::Usec realtime{0};
    base::Usec monotonic{0};
    std::string boot;   ///< 32 hex digits
    std::string cursor; ///< journalctl's, opaque
    /// In the order of the file; a name may come more than once, a value may hold any bytes.
    struct Field {
        std::string name;
        std::string value;
    };
    std::vector<Field> fields;

    /// The part of MESSAGE that was searched for, in bytes; empty where nothing was.
    struct Span {
        std::size_t begin = 0;
        std::size_t end = 0;
    } found;
    std::string explanation; ///< the catalog's, where it was asked for

    /// The first value of that name; empty where there is none.
    [[nodiscard]] std::string_view field(std::string_view name) const {
        for (auto const& field : fields)
            if (field.name == name) return field.value;
        return {};
    }
};

/// One run of the machine, as far as the log knows it.
struct LogBoot {
    std::string id; ///< 32 hex digits
    base::Usec first{0};
    base::Usec last{0};
};

} // namespace mitori::status
