#include "unit/detail/consistency.hpp"

#include <fmt/format.h>

#include "unit/name.hpp"
#include "unit/settings/names.hpp"

namespace mitori::unit::detail {
namespace {

std::optional<std::string> missing_command(Unit const& unit) {
    auto const& service = unit.service;
    bool const acts = unit.info.success_action != EmergencyAction::none;
    if (!service.exec_start.empty()) return std::nullopt;
    if (service.exec_stop.empty() && !acts) return "the service has no ExecStart=, ExecStop= or SuccessAction=";
    if (unit.service_type() != ServiceType::oneshot)
        return "the service has no ExecStart=, which only Type=oneshot may leave out";
    if (!service.remain_after_exit && !acts)
        return "the service has no ExecStart= and no SuccessAction=, and no RemainAfterExit=yes";
    return std::nullopt;
}

std::optional<std::string> wrong_for_oneshot(Service const& service) {
    if (service.restart == Restart::always || service.restart == Restart::on_success)
        return fmt::format("Restart={} is not allowed for Type=oneshot", base::word(service.restart));
    if (!service.restart_force->empty()) return "RestartForceExitStatus= is not allowed for Type=oneshot";
    if (service.exit_type == ExitType::cgroup) return "ExitType=cgroup is not allowed for Type=oneshot";
    return std::nullopt;
}

std::optional<std::string> service_contradiction(Unit const& unit) {
    if (auto missing = missing_command(unit)) return missing;
    auto const type = unit.service_type();
    if (type != ServiceType::oneshot && unit.service.exec_start.size() > 1)
        return "the service has more than one ExecStart=, which only Type=oneshot may have";
    if (type == ServiceType::oneshot) return wrong_for_oneshot(unit.service);
    if (type == ServiceType::dbus && unit.service.bus_name.empty()) return "Type=dbus needs a BusName=";
    return std::nullopt;
}

std::optional<std::string> slice_contradiction(Unit const& unit) {
    auto const parts = parse_name(unit.id);
    if (!parts || parts->instance) return "a slice can be no template";
    auto const& prefix = parts->prefix;
    if (prefix == "-") return std::nullopt;
    if (prefix.starts_with('-') || prefix.ends_with('-') || prefix.find("--") != std::string::npos)
        return "the name of a slice has an empty part between its dashes";
    return std::nullopt;
}

} // namespace

std::optional<std::string> contradiction(Unit const& unit) {
    if (unit.type == Type::service) return service_contradiction(unit);
    if (unit.type == Type::slice) return slice_contradiction(unit);
    return std::nullopt;
}

std::vector<std::string> settings_without_effect(Unit const& unit) {
    std::vector<std::string> found;
    if (unit.type != Type::service) return found;
    auto const& service = unit.service;
    auto const type = unit.service_type();
    if (type == ServiceType::oneshot && service.runtime_max != base::infinity)
        found.emplace_back("RuntimeMaxSec= has no effect with Type=oneshot");
    if (service.runtime_max == base::infinity && service.runtime_randomized_extra.count() != 0)
        found.emplace_back("RuntimeRandomizedExtraSec= has no effect without RuntimeMaxSec=");
    if (!service.pid_file.empty() && type == ServiceType::oneshot)
        found.emplace_back("PIDFile= has no effect with Type=oneshot");
    if (unit.kill.mode == KillMode::none)
        found.emplace_back("KillMode=none leaves processes behind when the service stops");
    return found;
}

} // namespace mitori::unit::detail
