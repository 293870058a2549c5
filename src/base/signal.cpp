#include "base/signal.hpp"

#include <array>
#include <fmt/format.h>

#include "base/names.hpp"
#include "base/text.hpp"

namespace mitori::base {
namespace {

constexpr int highest_signal = 64;

/// systemd's words; where signal(7) has two for one number the first is shown.
constexpr auto names = std::to_array<Name<int>>({
    {SIGHUP, "HUP"},       {SIGINT, "INT"},   {SIGQUIT, "QUIT"},   {SIGILL, "ILL"},   {SIGTRAP, "TRAP"},
    {SIGABRT, "ABRT"},     {SIGBUS, "BUS"},   {SIGFPE, "FPE"},     {SIGKILL, "KILL"}, {SIGUSR1, "USR1"},
    {SIGSEGV, "SEGV"},     {SIGUSR2, "USR2"}, {SIGPIPE, "PIPE"},   {SIGALRM, "ALRM"}, {SIGTERM, "TERM"},
    {SIGSTKFLT, "STKFLT"}, {SIGCHLD, "CHLD"}, {SIGCONT, "CONT"},   {SIGSTOP, "STOP"}, {SIGTSTP, "TSTP"},
    {SIGTTIN, "TTIN"},     {SIGTTOU, "TTOU"}, {SIGURG, "URG"},     {SIGXCPU, "XCPU"}, {SIGXFSZ, "XFSZ"},
    {SIGVTALRM, "VTALRM"}, {SIGPROF, "PROF"}, {SIGWINCH, "WINCH"}, {SIGIO, "IO"},     {SIGPWR, "PWR"},
    {SIGSYS, "SYS"},       {SIGIO, "POLL"},   {SIGABRT, "IOT"},    {SIGCHLD, "CLD"},
});

std::optional<Signal> valid(int number) {
    if (number < 1 || number > highest_signal) return std::nullopt;
    return Signal{number};
}

/// "RTMIN", "RTMIN+3", "RTMAX-1". glibc keeps the first two real-time signals for itself: SIGRTMIN is no constant.
std::optional<Signal> parse_realtime(std::string_view word) {
    bool const from_min = word.starts_with("RTMIN");
    if (!from_min && !word.starts_with("RTMAX")) return std::nullopt;
    std::string_view const rest = word.substr(5);
    int offset = 0;
    if (!rest.empty()) {
        if (rest.front() != (from_min ? '+' : '-')) return std::nullopt;
        auto const parsed = parse_integer<unsigned short>(rest.substr(1));
        if (!parsed) return std::nullopt;
        offset = *parsed;
    }
    if (offset > SIGRTMAX - SIGRTMIN) return std::nullopt;
    return valid(from_min ? SIGRTMIN + offset : SIGRTMAX - offset);
}

} // namespace

std::optional<Signal> parse_signal(std::string_view text) {
    if (auto const number = parse_integer<int>(text)) return valid(*number);
    std::string_view const word = text.starts_with("SIG") ? text.substr(3) : text;
    for (auto const& name : names)
        if (name.word == word) return Signal{name.value};
    return parse_realtime(word);
}

std::string signal_name(Signal signal) {
    for (auto const& name : names)
        if (name.value == signal.number) return std::string(name.word);
    if (signal.number >= SIGRTMIN && signal.number <= SIGRTMAX)
        return fmt::format("RTMIN+{}", signal.number - SIGRTMIN);
    return fmt::format("{}", signal.number);
}

} // namespace mitori::base
