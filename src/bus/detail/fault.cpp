#include "bus/detail/fault.hpp"

#include <array>
#include <cerrno>

namespace mitori::bus::detail {
using control::Reason;

namespace {

struct Row {
    Reason reason;
    std::string_view name;
};

// The first row of a reason is the one that is sent; all are read.
constexpr auto rows = std::to_array<Row>({
    {Reason::no_such_unit, "org.freedesktop.systemd1.NoSuchUnit"},
    {Reason::load_failed, "org.freedesktop.systemd1.LoadFailed"},
    {Reason::bad_unit_setting, "org.freedesktop.systemd1.BadUnitSetting"},
    {Reason::unit_masked, "org.freedesktop.systemd1.UnitMasked"},
    {Reason::job_type_not_applicable, "org.freedesktop.systemd1.JobTypeNotApplicable"},
    {Reason::only_by_dependency, "org.freedesktop.systemd1.OnlyByDependency"},
    {Reason::transaction_is_destructive, "org.freedesktop.systemd1.TransactionIsDestructive"},
    {Reason::transaction_jobs_conflicting, "org.freedesktop.systemd1.TransactionJobsConflicting"},
    {Reason::transaction_order_is_cyclic, "org.freedesktop.systemd1.TransactionOrderIsCyclic"},
    {Reason::no_such_job, "org.freedesktop.systemd1.NoSuchJob"},
    {Reason::no_such_process, "org.freedesktop.systemd1.NoSuchProcess"},
    {Reason::no_unit_for_pid, "org.freedesktop.systemd1.NoUnitForPID"},
    {Reason::unit_inactive, "org.freedesktop.systemd1.UnitInactive"},
    {Reason::shutting_down, "org.freedesktop.systemd1.ShuttingDown"},
    {Reason::access_denied, "org.freedesktop.DBus.Error.AccessDenied"},
    {Reason::invalid_args, "org.freedesktop.DBus.Error.InvalidArgs"},
    {Reason::not_supported, "org.freedesktop.DBus.Error.NotSupported"},
    {Reason::no_server, "org.freedesktop.DBus.Error.NoServer"},
    {Reason::disconnected, "org.freedesktop.DBus.Error.Disconnected"},
    {Reason::timeout, "org.freedesktop.DBus.Error.Timeout"},
    {Reason::unknown_object, "org.freedesktop.DBus.Error.UnknownObject"},
    {Reason::failed, "org.freedesktop.DBus.Error.Failed"},
    {Reason::timeout, "org.freedesktop.DBus.Error.NoReply"},
    {Reason::access_denied, "org.freedesktop.DBus.Error.AuthFailed"},
    {Reason::not_supported, "org.freedesktop.DBus.Error.UnknownMethod"},
    {Reason::not_supported, "org.freedesktop.DBus.Error.UnknownInterface"},
    {Reason::no_such_unit, "org.freedesktop.DBus.Error.FileNotFound"},
});

consteval bool every_reason_has_a_name() {
    for (int reason = 0; reason <= static_cast<int>(Reason::failed); ++reason) {
        bool found = false;
        for (auto const& row : rows)
            found = found || row.reason == static_cast<Reason>(reason);
        if (!found) return false;
    }
    return true;
}
static_assert(every_reason_has_a_name());

Reason reason_of_errno(int number) {
    switch (number) {
    case ENOENT:
    case ECONNREFUSED: return Reason::no_server;
    case EACCES:
    case EPERM: return Reason::access_denied;
    case ETIMEDOUT: return Reason::timeout;
    case ECONNRESET:
    case ENOTCONN:
    case EPIPE:
    case ESHUTDOWN: return Reason::disconnected;
    default: return Reason::failed;
    }
}

} // namespace

std::string_view error_name(Reason reason) {
    for (auto const& row : rows)
        if (row.reason == reason) return row.name;
    return SD_BUS_ERROR_FAILED;
}

Reason reason_of(std::string_view error_name) {
    for (auto const& row : rows)
        if (row.name == error_name) return row.reason;
    return Reason::failed;
}

Fault to_fault(control::Refusal const& refusal) { return {std::string(error_name(refusal.reason)), refusal.text}; }

control::Refusal to_refusal(sd_bus_error const& error) {
    std::string_view const name = error.name != nullptr ? error.name : "";
    // sd-bus names the errors of its own calls after errno: org.freedesktop.DBus.Error.* or System.Error.ECONNRESET.
    auto const reason =
        name.starts_with("System.Error.") ? reason_of_errno(sd_bus_error_get_errno(&error)) : reason_of(name);
    return {reason, error.message != nullptr ? error.message : std::string(name)};
}

control::Refusal to_refusal(base::Error const& error) { return {reason_of_errno(error.number), error.message()}; }

std::unexpected<Fault> fault(std::string_view dbus_error, std::string text) {
    return std::unexpected(Fault{std::string(dbus_error), std::move(text)});
}

} // namespace mitori::bus::detail
