// The methods of every object as one table: name, signatures, and a function from values to values. No handler sees a
// message; dispatch, introspection and the check of arguments all read the table.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bus/detail/fault.hpp"
#include "bus/detail/paths.hpp"
#include "control/control.hpp"
#include "status/value.hpp"

namespace mitori::bus::detail {

using Values = std::vector<status::Value>;
using Reply = Outcome<Values>;

struct Call {
    control::Faces const& faces;
    Object const& object;
    Values arguments; ///< of the types that Method::in asks for

    [[nodiscard]] std::string text(std::size_t index) const { return arguments.at(index).text(); }
};

/// Which objects have a method.
enum class On { manager, unit, job, every };

/// When the caller is answered: some work goes on after the method has begun it.
enum class Answered { at_once, when_reloaded };

struct Method {
    On on;
    std::string_view interface;
    std::string_view name;
    std::string_view in;
    std::string_view out;
    Reply (*run)(Call const& call);
    Answered answered = Answered::at_once;
};

[[nodiscard]] std::span<Method const> manager_methods();
[[nodiscard]] std::span<Method const> unit_methods(); ///< of units and of jobs
[[nodiscard]] std::span<Method const> standard_methods();

/// Every method that the object has.
[[nodiscard]] std::vector<Method const*> methods_of(Object const& object);
/// The method called; UnknownObject, UnknownInterface or UnknownMethod. An empty interface matches any.
[[nodiscard]] Outcome<Method const*> find_method(Object const& object, std::string_view interface,
                                                 std::string_view name);

/// The properties of an object, in all its interfaces.
[[nodiscard]] Outcome<status::Properties> properties_of(control::Faces const& faces, Object const& object);
/// org.freedesktop.DBus.Introspectable's XML.
[[nodiscard]] Outcome<std::string> introspect(control::Faces const& faces, Object const& object);

// Shared by manager and unit methods.
[[nodiscard]] Reply enqueue(Call const& call, control::JobVerb verb, std::string const& unit, std::string const& mode);
[[nodiscard]] Reply kill(Call const& call, std::string const& unit, std::string const& whom, std::int64_t signal);
[[nodiscard]] Reply list_processes(Call const& call, std::string const& unit);
/// "foo.service" -> "org.freedesktop.systemd1.Service".
[[nodiscard]] std::string type_interface(std::string_view unit);

/// The manager's method that ends it so.
[[nodiscard]] constexpr std::string_view ending_method(status::Ending ending) {
    switch (ending) {
    case status::Ending::poweroff: return "PowerOff";
    case status::Ending::reboot: return "Reboot";
    case status::Ending::halt: return "Halt";
    case status::Ending::exit: break;
    }
    return "Exit";
}

/// What a method without an answer returns.
[[nodiscard]] Reply done(control::Answer<void> answer);
[[nodiscard]] inline status::Value path_value(std::string path) { return status::ObjectPath{std::move(path)}; }

} // namespace mitori::bus::detail
