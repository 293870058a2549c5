// Sessions, their process groups and their processes, as the textbooks draw them: the terminal belongs to the session,
// one group of it is in the foreground, the leader is the controlling process. credentials(7), Advanced Programming in
// the UNIX Environment, chapter 9.
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/detail/ps_fields.hpp"

namespace mitori::cli::detail {

enum class Place { foreground, background, no_terminal };

struct GroupPicture {
    pid_t group = 0;
    Place place = Place::no_terminal;
    bool orphaned = false; ///< nobody is left who could continue it
    std::vector<procfs::Row const*> processes;
};

struct SessionPicture {
    pid_t session = 0;
    std::string terminal;                ///< "" without one
    procfs::Row const* leader = nullptr; ///< null: it has ended
    std::vector<GroupPicture> groups;
    bool is_kernels = false; ///< all of them are kernel threads
};

/// By session, group and process number.
[[nodiscard]] std::vector<SessionPicture> sessions_of(PsDesk& desk);

[[nodiscard]] std::vector<std::string> draw_sessions(std::vector<SessionPicture> const& sessions, PsDesk& desk,
                                                     Screen const& screen);
[[nodiscard]] std::string sessions_json(std::vector<SessionPicture> const& sessions, PsDesk& desk);

} // namespace mitori::cli::detail
