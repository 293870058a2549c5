#include "cli/detail/exit_words.hpp"

#include <csignal>
#include <fmt/format.h>

#include "base/signal.hpp"
#include "process/stage.hpp"

namespace mitori::cli::detail {

namespace {

std::string_view code_word(std::int64_t code) {
    switch (code) {
    case CLD_EXITED: return "exited";
    case CLD_KILLED: return "killed";
    case CLD_DUMPED: return "dumped";
    case CLD_TRAPPED: return "trapped";
    case CLD_STOPPED: return "stopped";
    case CLD_CONTINUED: return "continued";
    default: return "n/a";
    }
}

} // namespace

std::string exit_words(std::int64_t code, std::int64_t status) {
    auto const number = static_cast<int>(status);
    if (code != CLD_EXITED)
        return fmt::format("code={}, signal={}", code_word(code), base::signal_name({.number = number}));
    auto const name = process::exit_status_name(number);
    return fmt::format("code=exited, status={}{}{}", number, name.empty() ? "" : "/", name);
}

bool is_clean_exit(std::int64_t code, std::int64_t status) {
    if (code == CLD_EXITED) return status == 0;
    return code == CLD_KILLED && (status == SIGHUP || status == SIGINT || status == SIGTERM || status == SIGPIPE);
}

} // namespace mitori::cli::detail
