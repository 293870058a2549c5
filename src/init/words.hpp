// The C library's words for signals and errors, which we do not have.
#pragma once

#include <string_view>

#include "base/signal.hpp"

namespace mitori::init {

class Text;

/// "SIGTERM", "TERM", "15", "RTMIN+3", "SIGRTMAX-1"; number 0 where it is none of them. "0" is none either.
[[nodiscard]] base::Signal read_signal(std::string_view text);
/// As strsignal(3): "Terminated", "Real-time signal 3".
void say_signal(Text& to, base::Signal signal);
/// As strerror(3), for the errors that starting a program has; others "Unknown error N".
void say_error(Text& to, long number);

} // namespace mitori::init
