#include "base/log.hpp"

#include <cstdlib>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/text.hpp"

namespace mitori::base {
namespace {

Priority& least_important() {
    static Priority level = Priority::info;
    return level;
}

/// Who reads stderr takes "<4>" at a line's start for its priority: the journal (systemd.exec(5), $JOURNAL_STREAM names
/// its descriptor), and the kernel's log.
bool wants_prefix() {
    struct stat status{};
    if (::fstat(STDERR_FILENO, &status) != 0) return false;
    constexpr dev_t kmsg_minor = 11;
    if (S_ISCHR(status.st_mode)) return major(status.st_rdev) == 1 && minor(status.st_rdev) == kmsg_minor;
    char const* stream = std::getenv("JOURNAL_STREAM");
    return stream != nullptr && fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

LogSink& current_sink() {
    static LogSink sink = log_to_stderr;
    return sink;
}

} // namespace

void log_to_stderr(Priority priority, std::string_view text) {
    std::string line = wants_prefix() ? fmt::format("<{}>", static_cast<int>(priority)) : "mitori: ";
    line += printable(text);
    line += '\n';
    // Where stderr is gone there is nobody to tell, so the answer does not matter.
    [[maybe_unused]] ssize_t const written = ::write(STDERR_FILENO, line.data(), line.size());
}

void set_log_sink(LogSink sink) { current_sink() = sink ? std::move(sink) : LogSink(log_to_stderr); }

void set_log_level(Priority least) { least_important() = least; }

bool is_logged(Priority priority) { return priority <= least_important(); }

void log_line(Priority priority, std::string_view text) {
    if (is_logged(priority)) current_sink()(priority, text);
}

} // namespace mitori::base
