// How sys_*.cpp make a call: retried over EINTR, its errno turned into an Error. Private to the wall.
#pragma once

#include <cerrno>
#include <string>

#include "base/result.hpp"

namespace mitori::base::sys::detail {

/// Calls until the answer is not "interrupted".
template <class Call>
auto retry(Call call) {
    for (;;) {
        auto const answer = call();
        if (answer != -1 || errno != EINTR) return answer;
    }
}

/// For calls that only succeed or fail.
template <class Answer>
[[nodiscard]] Result<void> check(Answer answer, char const* operation, std::string const& subject = {}) {
    if (answer == -1) return errno_error(operation, subject);
    return {};
}

/// "/proc/self/fd/7"-like subjects cost a lookup; the number alone says enough in a message.
[[nodiscard]] inline std::string fd_name(int fd) { return "descriptor " + std::to_string(fd); }

} // namespace mitori::base::sys::detail
