// Which rows `ps` shows, and in which order. No system call: who asks is passed in.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/detail/ps_options.hpp"

namespace mitori::cli::detail {

/// Who asks: the default is what belongs to that one.
struct PsAsker {
    std::uint32_t user = 0; ///< effective
    std::uint32_t terminal = 0;
};

/// The parts that choosing, sorting and showing need.
[[nodiscard]] procfs::Parts parts_for(PsOptions const& options);
/// Whether something needs the rows of other processes, too.
[[nodiscard]] bool needs_all_rows(PsOptions const& options);

[[nodiscard]] bool is_selected(PsSelection const& selection, procfs::Row const& row, PsAsker const& asker);
/// The rows on the desk that are to be shown, in their order.
[[nodiscard]] std::vector<procfs::Row const*> chosen_rows(PsOptions const& options, PsDesk& desk, PsAsker const& asker);

/// A row with the branches that are drawn before its command.
struct PsLine {
    procfs::Row const* row = nullptr;
    std::string branches;
};
/// Every parent before its children, whose order stays.
[[nodiscard]] std::vector<PsLine> forest_of(std::vector<procfs::Row const*> const& rows);

} // namespace mitori::cli::detail
