// A query's conditions as matches of sd-journal: journalctl's, so that both show the same entries.
#pragma once

#include <string>
#include <vector>

#include "control/logs.hpp"
#include "journal/reader.hpp"

namespace mitori::local::detail {

/// Unit patterns become the names that the journal knows: for that all files must be open. ENODATA where none matches.
[[nodiscard]] base::Result<void> add_matches(journal::Reader& reader, control::LogQuery const& query);
[[nodiscard]] bool has_patterns(control::LogQuery const& query);

} // namespace mitori::local::detail
