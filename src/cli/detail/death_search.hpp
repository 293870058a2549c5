// Which deaths a question is about, and what belongs to the story of one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/detail/death_words.hpp"
#include "control/deaths.hpp"
#include "control/logs.hpp"

namespace mitori::cli::detail {

/// The last `count` of them, oldest first.
[[nodiscard]] base::Result<std::vector<status::Death>> last_deaths(control::Deaths& deaths, status::DeathFilter filter,
                                                                   std::uint64_t count);
/// The last of a process of that number.
[[nodiscard]] base::Result<std::optional<status::Death>> last_of_pid(control::Deaths& deaths, pid_t pid);
/// The last of the unit's main process, but where a process of it has failed since (ExecStartPre=, say) that one's.
[[nodiscard]] base::Result<std::optional<status::Death>> last_of_unit(control::Deaths& deaths, std::string const& unit);
/// The death, with how many its unit has had lately and, where there is a log, its last lines.
[[nodiscard]] base::Result<DeathStory> story_of(control::Deaths& deaths, control::Logs* logs,
                                                status::Death const& death);
/// For death_words: who a user is, by /etc/passwd and its like.
[[nodiscard]] std::string name_of_user(uid_t uid);

/// Whether it ended otherwise than by exit(0).
[[nodiscard]] inline bool has_failed(status::Death const& death) {
    return death.kind != status::DeathKind::exited || death.status != 0;
}

} // namespace mitori::cli::detail
