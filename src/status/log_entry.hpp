// One entry of the log, as readers show it.
#pragma once

#include <cstdint>
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

    /// The first value of that name; empty where there is none.
    [[nodiscard]] std::string_view field(std::string_view name) const {
        for (auto const& field : fields)
            if (field.name == name) return field.value;
        return {};
    }
};

} // namespace mitori::status
