#pragma once

#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "bin/up_arguments.hpp"
#include "unit/procfile.hpp"

namespace mitori::bin {

/// What `up` shall run, found in its arguments and on disk.
struct UpApplication {
    std::vector<std::string> folders;    ///< of unit files, absolute
    std::vector<std::string> unit_files; ///< names to start, sorted, each once
    std::vector<unit::Unit> processes;   ///< of the Procfile
    bool has_procfile = false;
    std::vector<std::string> remarks; ///< what was odd and is no reason to stop

    [[nodiscard]] std::vector<std::string> names() const; ///< of all of them
};

/// Every sentence that says what is wrong, one a line, where something is.
[[nodiscard]] std::expected<UpApplication, std::string> find_application(UpArguments const& arguments);

} // namespace mitori::bin
