#pragma once

#include <cstdint>
#include <string>

namespace mitori::cli::detail {

/// How a process ended, by waitid's si_code and si_status: "code=exited, status=203/EXEC", "code=killed, signal=TERM".
[[nodiscard]] std::string exit_words(std::int64_t code, std::int64_t status);
/// Whether that is an end that nobody need look at: 0, or a signal that asks politely.
[[nodiscard]] bool is_clean_exit(std::int64_t code, std::int64_t status);

} // namespace mitori::cli::detail
