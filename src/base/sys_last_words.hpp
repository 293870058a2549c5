// What a process says when a signal that it cannot survive ends it.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "base/signal.hpp"

namespace mitori::base::sys {

/// Before this process dies of the signal, `words` go to stderr; then it dies of it. One set of words for all signals;
/// they live as long as the process. sigaction(2).
[[nodiscard]] Result<void> set_last_words(Signal signal, std::string_view words);

} // namespace mitori::base::sys
