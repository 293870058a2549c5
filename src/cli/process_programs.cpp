#include "cli/process_programs.hpp"

#include <algorithm>
#include <array>

namespace mitori::cli {
namespace {

bool always(std::vector<std::string> const&) { return true; }

constexpr auto programs = std::to_array<ProcessProgram>({
    {"ps", run_ps, always},
    {"tree", run_tree, always},
    {"sessions", run_sessions, always},
    {"inspect", run_inspect, always},
    {"top", run_top, always},
    {"kill", run_kill, kill_takes},
});

} // namespace

ProcessProgram const* find_process_program(std::string_view name, std::vector<std::string> const& words) {
    auto const* const found = std::ranges::find(programs, name, &ProcessProgram::name);
    return found == programs.end() || !found->takes(words) ? nullptr : &*found;
}

} // namespace mitori::cli
