#include "unit/unit.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "unit/unit_names.hpp"

namespace mitori::unit {

std::string Diagnostic::message() const {
    std::string place = file;
    if (line != 0) place += fmt::format(":{}", line);
    if (line != 0 && column != 0) place += fmt::format(":{}", column);
    if (!place.empty()) place += ": ";
    return fmt::format("{}{}: {}{}{}", place, base::word(severity), base::printable(text), hint.empty() ? "" : "; ",
                       base::printable(hint));
}

std::string_view Unit::instance() const {
    std::string_view const name = id;
    auto const at = name.find('@');
    auto const dot = name.rfind('.');
    if (at == std::string_view::npos || dot == std::string_view::npos || dot < at) return {};
    return name.substr(at + 1, dot - at - 1);
}

ServiceType Unit::service_type() const {
    if (service.type) return *service.type;
    if (!service.bus_name.empty()) return ServiceType::dbus;
    return service.exec_start.empty() ? ServiceType::oneshot : ServiceType::simple;
}

NotifyAccess Unit::notify_access() const {
    auto const asked = service.notify_access.value_or(NotifyAccess::none);
    if (asked != NotifyAccess::none) return asked;
    auto const what = service_type();
    // A service that is to tell something must be heard, whatever its file says: systemd.service(5), NotifyAccess=.
    bool const tells =
        what == ServiceType::notify || what == ServiceType::notify_reload || service.watchdog.count() != 0;
    return tells ? NotifyAccess::main : NotifyAccess::none;
}

} // namespace mitori::unit
