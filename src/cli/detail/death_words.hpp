// A death in words: who, killed by what, when and by whom, for how long it had run, and what followed. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "status/death.hpp"

namespace mitori::cli::detail {

struct DeathStory {
    status::Death death;
    /// Of its unit's main processes, up to this one and with it, in ten minutes.
    std::uint64_t recent = 1;
    std::vector<std::string> last_lines;
};

/// What the words are made with: the moment that "today" is, and names of users.
struct Teller {
    base::Usec now{0};
    std::function<std::string(uid_t)> user_name;
};

/// Sentences, and the last lines below them; ends with a newline. Times are local.
[[nodiscard]] std::string tell(DeathStory const& story, Teller const& teller);

/// "killed by SIGKILL", "exited with code 3", "killed by SIGSEGV, and dumped core".
[[nodiscard]] std::string how_it_ended(status::Death const& death);
/// In a few words for a table: "the kernel: MemoryMax=512M", "pid 4321 (kill)", "unknown".
[[nodiscard]] std::string whose_doing(status::Death const& death);
/// "3 d 4 h", "5 min 2 s", "1.5 s", "100 ms".
[[nodiscard]] std::string words_for_span(base::Usec span);
/// "12:03:01.512"; with its date where that is not today's.
[[nodiscard]] std::string words_for_moment(base::Usec realtime, base::Usec now);
/// "1st", "2nd", "3rd", "11th".
[[nodiscard]] std::string ordinal(std::uint64_t number);

} // namespace mitori::cli::detail
