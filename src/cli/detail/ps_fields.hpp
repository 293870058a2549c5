// The columns that `ps -o` knows: ps(1)'s by ps(1)'s names and headers, and ours. One row each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/detail/ps_desk.hpp"
#include "cli/detail/table.hpp"

namespace mitori::cli::detail {

/// One process on the desk.
struct PsCell {
    procfs::Row const& row;
    PsDesk& desk;
};

struct PsField {
    std::string_view name;
    std::string_view header;
    Align align = Align::left;
    procfs::Parts parts;
    /// What stands there; printable.
    std::string (*show)(PsCell const& cell) = nullptr;
    /// What it is sorted by, and in JSON a number; without one it is sorted by its text.
    double (*number)(PsCell const& cell) = nullptr;
    bool is_command = false; ///< may hold the branches of a forest before it
};

[[nodiscard]] std::span<PsField const> ps_fields();
/// Nothing for an unknown name.
[[nodiscard]] PsField const* find_ps_field(std::string_view name);

/// ps(1)'s state codes: "Ss+", "R<l". `L` is told only with Part::status.
[[nodiscard]] std::string process_state(procfs::Row const& row);
/// The command with its arguments, or the name in brackets; a zombie is marked.
[[nodiscard]] std::string command_of(procfs::Row const& row);
/// Why it is there, in words: see ps_reason.cpp.
[[nodiscard]] std::string reason_of(PsCell const& cell);

// ps_times.cpp: as ps(1) prints times.
[[nodiscard]] std::string show_cpu_time(PsCell const& cell);     ///< 00:01:02, 1-00:00:00
[[nodiscard]] std::string show_bsd_cpu_time(PsCell const& cell); ///< 1:02
[[nodiscard]] std::string show_elapsed(PsCell const& cell);      ///< 01:02, 1-02:03:04
[[nodiscard]] std::string show_start(PsCell const& cell);        ///< 12:34, Nov22, 2025
[[nodiscard]] std::string show_started(PsCell const& cell);      ///< 12:34:56, Nov 22
[[nodiscard]] std::string show_long_start(PsCell const& cell);   ///< Sun Nov 22 12:34:56 2026
[[nodiscard]] std::string show_bsd_start(PsCell const& cell);    ///< 12:34, Nov 22

} // namespace mitori::cli::detail
