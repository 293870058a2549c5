// Options of `mitori run` that are directives of unit files under the names of other tools: nice, ionice, chrt,
// taskset, prlimit, setpriv. They are read by the directives' own rows, so that both mean the same.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "unit/settings/exec.hpp"

namespace mitori::run {

struct Attribute {
    std::string option;    ///< as it was typed, for messages: "--limit nofile=1:2"
    std::string directive; ///< "LimitNOFILE"
    std::string text;      ///< "1:2"
};

/// The directives that an option stands for; empty where the option is no attribute. `option` is its long name, "nice".
[[nodiscard]] std::vector<Attribute> attributes_of(std::string_view option, std::string_view text);

/// The error is a line for each attribute that makes no sense.
[[nodiscard]] std::expected<unit::Exec, std::string> read_attributes(std::vector<Attribute> const& attributes);

} // namespace mitori::run
