// The table of `ps`, as text or as JSON.
#pragma once

#include <iosfwd>
#include <vector>

#include "cli/detail/ps_select.hpp"

namespace mitori::cli::detail {

/// Each column as wide as what stands in it; the last one is cut to `width`, where that is not 0.
[[nodiscard]] std::string ps_table(PsOptions const& options, std::vector<PsLine> const& lines, PsDesk& desk,
                                   std::size_t width);
/// An array of objects with the names of fields as keys; numbers where the field is one, null where it says nothing.
[[nodiscard]] std::string ps_json(PsOptions const& options, std::vector<PsLine> const& lines, PsDesk& desk);

} // namespace mitori::cli::detail
