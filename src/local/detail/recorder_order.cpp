#include "local/detail/recorder_order.hpp"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/inotify.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "journal/orders.hpp"

namespace mitori::local::detail {

using base::Result;

namespace {

/// The recorder, if that pid is one: a number in a file may be somebody else's by now.
Result<base::Fd> find_recorder(std::string const& runtime_directory) {
    auto const path = runtime_directory + "/" + std::string(journal::recorder_pid_file);
    auto const text = base::sys::read_file(path);
    auto const none = base::make_error(ENOENT, "find the recorder of", runtime_directory);
    auto const pid = text ? base::parse_integer<pid_t>(base::trim(*text)) : std::nullopt;
    if (!pid) return none;
    auto pidfd = base::sys::pidfd_open(*pid);
    if (!pidfd) return none;
    // Asked after it is held: what is true of the pid now is true of who is held.
    auto const name = base::sys::read_file("/proc/" + std::to_string(*pid) + "/comm");
    if (!name || base::trim(*name) != journal::recorder_process_name) return none;
    return pidfd;
}

bool is_done(std::string const& stamp, base::Usec since) {
    auto const text = base::sys::read_file(stamp);
    auto const when = text ? base::parse_integer<std::int64_t>(base::trim(*text)) : std::nullopt;
    return when && base::Usec(*when) >= since;
}

} // namespace

Result<void> order_recorder(std::string const& runtime_directory, control::Logs::Order what) {
    bool const sync = what == control::Logs::Order::sync;
    auto const stamp = runtime_directory + "/" + std::string(sync ? journal::synced_stamp : journal::rotated_stamp);
    auto const recorder = TRY(find_recorder(runtime_directory));
    auto const changes = TRY(base::sys::inotify_open());
    TRY(base::sys::inotify_add(changes.get(), runtime_directory, IN_MOVED_TO | IN_CLOSE_WRITE));
    auto const begin = base::sys::now_monotonic();
    TRY(base::sys::pidfd_send_signal(recorder.get(), sync ? journal::sync_signal() : journal::rotate_signal()));
    constexpr base::Usec patience = std::chrono::seconds(60);
    while (!is_done(stamp, begin)) {
        auto const left = begin + patience - base::sys::now_monotonic();
        if (left.count() <= 0) return base::make_error(ETIMEDOUT, "wait for the recorder of", runtime_directory);
        pollfd waits[] = {{.fd = changes.get(), .events = POLLIN, .revents = 0},
                          {.fd = recorder.get(), .events = POLLIN, .revents = 0}};
        ::poll(waits, 2, static_cast<int>(left.count() / 1000 + 1));
        if (waits[1].revents != 0 && !is_done(stamp, begin))
            return base::make_error(ESRCH, "the recorder has ended meanwhile", runtime_directory);
        std::byte buffer[4096];
        static_cast<void>(base::sys::read(changes.get(), buffer)); // which file it was shows is_done()
    }
    return {};
}

} // namespace mitori::local::detail
