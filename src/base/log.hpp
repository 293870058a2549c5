// What the programs themselves have to say: one line to stderr with a priority, nothing more. Services' output and the
// record of deaths go other ways (journal, ledger).
#pragma once

#include <fmt/format.h>
#include <functional>
#include <string>
#include <string_view>

namespace mitori::base {

/// syslog(3)'s words and numbers.
enum class Priority { err = 3, warning = 4, notice = 5, info = 6, debug = 7 };

/// Everything that log() is given goes here; the default writes "mitori: text\n" to stderr with one write(2), or
/// "<4>text\n" when stderr is the journal's ($JOURNAL_STREAM names it) or the kernel's log (/dev/kmsg). Control
/// characters are shown as escapes, so a line stays a line. Not thread-safe: sink and level are set before threads
/// begin; an empty sink restores the default.
using LogSink = std::function<void(Priority, std::string_view)>;
void set_log_sink(LogSink sink);
/// Less important lines are dropped. Default: info.
void set_log_level(Priority least);
void log_line(Priority priority, std::string_view text);
/// Whether set_log_level() lets it pass.
[[nodiscard]] bool is_logged(Priority priority);
/// What the default does, whatever the level is: for a sink that does something besides.
void log_to_stderr(Priority priority, std::string_view text);

template <class... Args>
void log(Priority priority, fmt::format_string<Args...> format, Args&&... args) {
    log_line(priority, fmt::format(format, std::forward<Args>(args)...));
}

} // namespace mitori::base
