// Fields that many entries share: whose words they are. Made once for a stream, stored once in each file.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace mitori::journal {

/// "NAME=value" each; the values may hold any bytes. The names are journald's (systemd.journal-fields(7)): trusted ones
/// begin with an underscore. Immutable; a store remembers where it put the fields of a label that it has seen.
using Label = std::shared_ptr<std::vector<std::string> const>;

[[nodiscard]] inline Label make_label(std::vector<std::string> fields) {
    return std::make_shared<std::vector<std::string> const>(std::move(fields));
}

} // namespace mitori::journal
