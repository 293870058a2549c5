// A daemon that tells its manager how it is: Type=notify with a watchdog, by the protocol of sd_notify(3) and
// sd_watchdog_enabled(3), which is one datagram of text a message.
//
// It counts seconds. SIGHUP reads the clock anew (a reload), SIGTERM and SIGINT end it.
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

namespace {

using Usec = std::chrono::microseconds;

[[noreturn]] void fail(char const* what) {
    std::fprintf(stderr, "%s: %s\n", what, std::strerror(errno));
    std::exit(EXIT_FAILURE);
}

/// Speaks to the manager; silent when there is none ($NOTIFY_SOCKET is not set).
class Notifier {
public:
    Notifier() {
        char const* const path = std::getenv("NOTIFY_SOCKET");
        if (path == nullptr) return;
        std::string_view const name = path;
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        if (name.empty() || name.size() >= sizeof address.sun_path) return;
        name.copy(address.sun_path, name.size());
        if (name.front() == '@') address.sun_path[0] = '\0'; // the abstract name space, unix(7)
        socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (socket_ < 0) fail("socket");
        auto const length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        if (::connect(socket_, reinterpret_cast<sockaddr const*>(&address), length) != 0)
            fail("connect $NOTIFY_SOCKET");
    }
    Notifier(Notifier const&) = delete;
    Notifier& operator=(Notifier const&) = delete;
    ~Notifier() {
        if (socket_ >= 0) ::close(socket_);
    }

    /// A message that is lost is not worth dying for: the watchdog notices if the manager cares.
    void say(std::string_view text) const {
        if (socket_ >= 0 && ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) < 0) std::perror("notify");
    }

private:
    int socket_ = -1;
};

std::optional<std::uint64_t> number_of(char const* variable) {
    char const* const text = std::getenv(variable);
    if (text == nullptr) return std::nullopt;
    std::uint64_t number = 0;
    auto const [end, error] = std::from_chars(text, text + std::strlen(text), number);
    return error == std::errc{} && *end == '\0' ? std::optional(number) : std::nullopt;
}

/// How often the manager wants to hear from us: twice in the time that it grants. Zero: never.
Usec watchdog_interval() {
    auto const pid = number_of("WATCHDOG_PID");
    if (pid && *pid != static_cast<std::uint64_t>(::getpid())) return Usec(0); // meant for another process
    return Usec(number_of("WATCHDOG_USEC").value_or(0) / 2);
}

/// Readable once in each interval; never when that is zero.
int make_ticker(Usec interval) {
    int const timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer < 0) fail("timerfd_create");
    auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(interval);
    timespec const every{.tv_sec = seconds.count(), .tv_nsec = std::chrono::nanoseconds(interval - seconds).count()};
    itimerspec const schedule{.it_interval = every, .it_value = every};
    if (::timerfd_settime(timer, 0, &schedule, nullptr) != 0) fail("timerfd_settime");
    return timer;
}

/// Blocks the signals that we answer, so that they wait in a descriptor.
int take_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (int const signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) fail("sigprocmask");
    int const descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC);
    if (descriptor < 0) fail("signalfd");
    return descriptor;
}

std::uint64_t read_ticks(int timer) {
    std::uint64_t ticks = 0;
    return ::read(timer, &ticks, sizeof ticks) == sizeof ticks ? ticks : 0;
}

std::string reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    auto const stamp = Usec(std::chrono::seconds(now.tv_sec)).count() + now.tv_nsec / 1000;
    return "RELOADING=1\nMONOTONIC_USEC=" + std::to_string(stamp);
}

class Clock {
public:
    explicit Clock(Notifier const& manager) : manager_(manager) {}

    void tick(std::uint64_t ticks) {
        seconds_ += ticks;
        manager_.say("STATUS=" + std::to_string(seconds_) + " s on the clock");
    }
    void reload() {
        manager_.say(reloading());
        seconds_ = 0;
        manager_.say("READY=1\nSTATUS=the clock was set back");
    }

private:
    Notifier const& manager_;
    std::uint64_t seconds_ = 0;
};

} // namespace

int main() {
    int const signals = take_signals();
    int const seconds = make_ticker(std::chrono::seconds(1));
    int const watchdog = make_ticker(watchdog_interval());
    Notifier const manager;
    Clock clock(manager);
    manager.say("READY=1\nSTATUS=the clock is running");

    for (;;) {
        std::array<pollfd, 3> wanted{{{signals, POLLIN, 0}, {seconds, POLLIN, 0}, {watchdog, POLLIN, 0}}};
        if (::poll(wanted.data(), wanted.size(), -1) < 0) {
            if (errno == EINTR) continue;
            fail("poll");
        }
        if (wanted[1].revents != 0) clock.tick(read_ticks(seconds));
        if (wanted[2].revents != 0 && read_ticks(watchdog) != 0) manager.say("WATCHDOG=1");
        if (wanted[0].revents == 0) continue;
        signalfd_siginfo signal{};
        if (::read(signals, &signal, sizeof signal) != sizeof signal) fail("read signals");
        if (signal.ssi_signo != SIGHUP) break;
        clock.reload();
    }
    manager.say("STOPPING=1\nSTATUS=the clock is being stopped");
    return EXIT_SUCCESS;
}
