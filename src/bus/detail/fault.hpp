// Refusals as D-Bus errors, both ways.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <systemd/sd-bus.h>

#include "base/result.hpp"
#include "control/control.hpp"

namespace mitori::bus::detail {

/// A D-Bus error that is yet to be sent. Besides the refusals of the faces there are those of the protocol itself
/// (UnknownMethod, UnknownProperty …), which have no Reason of their own.
struct Fault {
    std::string name;
    std::string text;
};
template <class T>
using Outcome = std::expected<T, Fault>;

/// "org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.DBus.Error.AccessDenied".
[[nodiscard]] std::string_view error_name(control::Reason reason);
/// `failed` for names that no Reason stands for.
[[nodiscard]] control::Reason reason_of(std::string_view error_name);

[[nodiscard]] Fault to_fault(control::Refusal const& refusal);
[[nodiscard]] control::Refusal to_refusal(sd_bus_error const& error);
/// A connection that could not be made or broke: from the errno of the call.
[[nodiscard]] control::Refusal to_refusal(base::Error const& error);

/// Faults of the protocol.
[[nodiscard]] std::unexpected<Fault> fault(std::string_view dbus_error, std::string text);
/// The value, or the refusal as a fault.
template <class T>
[[nodiscard]] Outcome<T> allowed(control::Answer<T> answer) {
    if (!answer) return std::unexpected(to_fault(answer.error()));
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(*answer);
}

} // namespace mitori::bus::detail
