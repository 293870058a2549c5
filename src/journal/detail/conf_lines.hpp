// The syntax of systemd's configuration files (systemd.syntax(7)), as far as journald.conf uses it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "journal/journald_conf.hpp"

namespace mitori::journal::detail {

struct Assignment {
    std::string key;
    std::string value; ///< without whitespace around it; continued lines are joined by a space
    std::string file;
    std::size_t line = 0; ///< of its beginning
};

/// The assignments of the section [Journal], in order; what is none is noted.
[[nodiscard]] std::vector<Assignment> read_assignments(ConfText const& text, std::vector<ConfNote>& notes);

} // namespace mitori::journal::detail
