#include "manager/notify_message.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace mitori::manager {
namespace {

template <class Int>
void read_number(std::string_view key, std::string_view value, std::optional<Int>& into, std::string& notes) {
    if (auto number = base::parse_integer<Int>(value))
        into = *number;
    else
        notes += fmt::format("{}{}=\"{}\" is no number", notes.empty() ? "" : ", ", key,
                             base::printable(value.substr(0, 40)));
}

void read_usec(std::string_view key, std::string_view value, std::optional<base::Usec>& into, std::string& notes) {
    std::optional<std::int64_t> usec;
    read_number(key, value, usec, notes);
    if (usec && *usec >= 0) into = base::Usec(*usec);
}

void read_assignment(std::string_view key, std::string_view value, NotifyMessage& message) {
    if (key == "READY")
        message.ready = value == "1";
    else if (key == "RELOADING")
        message.reloading = value == "1";
    else if (key == "STOPPING")
        message.stopping = value == "1";
    else if (key == "BARRIER")
        message.barrier = value == "1";
    else if (key == "WATCHDOG") {
        message.watchdog = value == "1";
        message.watchdog_trigger = value == "trigger";
    } else if (key == "STATUS")
        message.status = base::printable(value);
    else if (key == "ERRNO")
        read_number(key, value, message.error_number, message.notes);
    else if (key == "MAINPID")
        read_number(key, value, message.main_pid, message.notes);
    else if (key == "WATCHDOG_USEC")
        read_usec(key, value, message.watchdog_interval, message.notes);
    else if (key == "EXTEND_TIMEOUT_USEC")
        read_usec(key, value, message.extend_timeout, message.notes);
}

} // namespace

NotifyMessage parse_notify(std::string_view datagram) {
    NotifyMessage message;
    for (auto line : base::split(datagram, "\n")) {
        auto const equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        read_assignment(line.substr(0, equals), line.substr(equals + 1), message);
    }
    if (message.main_pid && *message.main_pid <= 1) message.main_pid.reset();
    return message;
}

} // namespace mitori::manager
