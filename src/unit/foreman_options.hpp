// A .foreman file: options for `mitori up` that stand in a file, as ruby's foreman reads them. A small part of YAML,
// and more is never in it:
//
//     # a comment
//     port: 7000
//     formation: "web=2,worker=1"
//     env: .env,.env.local
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mitori::unit {

struct ForemanOptions {
    struct Option {
        std::string name; ///< with "-" for "_"
        std::string value;
        unsigned line = 0;
    };
    std::vector<Option> options; ///< in the order of the file
    std::vector<unsigned> wrong; ///< lines that are none
};

/// Pure.
[[nodiscard]] ForemanOptions parse_foreman_options(std::string_view text);

} // namespace mitori::unit
