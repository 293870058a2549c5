#include <fmt/format.h>
#include <iterator>
#include <map>

#include "bus/detail/methods.hpp"
#include "bus/detail/wire.hpp"

namespace mitori::bus::detail {

namespace {

constexpr std::string_view head = "<!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n"
                                  "\"https://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n";

std::string arguments(std::string_view signature, std::string_view direction) {
    std::string xml;
    for (auto const type : types_of(signature))
        xml += fmt::format("   <arg type=\"{}\" direction=\"{}\"/>\n", type, direction);
    return xml;
}

std::string signal(std::string_view name, std::string_view signature) {
    std::string xml = fmt::format("  <signal name=\"{}\">\n", name);
    for (auto const type : types_of(signature))
        xml += fmt::format("   <arg type=\"{}\"/>\n", type);
    return xml + "  </signal>\n";
}

using Interfaces = std::map<std::string, std::string, std::less<>>;

void add_methods(Interfaces& interfaces, Object const& object) {
    for (auto const* method : methods_of(object))
        interfaces[std::string(method->interface)] +=
            fmt::format("  <method name=\"{}\">\n{}{}  </method>\n", method->name, arguments(method->in, "in"),
                        arguments(method->out, "out"));
}

Outcome<void> add_properties(Interfaces& interfaces, control::Faces const& faces, Object const& object) {
    auto const properties = TRY(properties_of(faces, object));
    for (auto const& property : properties.all())
        interfaces[std::string(interface_prefix) + property.interface] += fmt::format(
            "  <property name=\"{}\" type=\"{}\" access=\"read\"/>\n", property.name, property.value.signature());
    return {};
}

void add_signals(Interfaces& interfaces, Object const& object) {
    if (std::holds_alternative<UnitObject>(object))
        interfaces[properties_interface] += signal("PropertiesChanged", "sa{sv}as");
    if (!std::holds_alternative<ManagerObject>(object)) return;
    interfaces[manager_interface] += signal("JobNew", "uos") + signal("JobRemoved", "uoss") + signal("Reloading", "b") +
                                     signal("UnitNew", "so") + signal("UnitRemoved", "so");
}

std::string last_label(std::string const& path) { return path.substr(path.rfind('/') + 1); }

/// The names of the nodes directly below.
Outcome<std::vector<std::string>> children_of(control::Faces const& faces, Object const& object) {
    if (std::holds_alternative<ManagerObject>(object)) return std::vector<std::string>{"unit", "job"};
    auto const* folder = std::get_if<FolderObject>(&object);
    if (folder == nullptr) return std::vector<std::string>{};
    if (folder->path == "/") return std::vector<std::string>{"org"};
    if (folder->path == "/org") return std::vector<std::string>{"freedesktop"};
    if (folder->path == "/org/freedesktop") return std::vector<std::string>{"systemd1"};
    std::vector<std::string> names;
    if (folder->path == unit_root) {
        for (auto const& row : TRY(allowed(faces.query.list_units({}))))
            names.push_back(last_label(unit_path(row.name)));
    } else {
        for (auto const& row : TRY(allowed(faces.query.list_jobs())))
            names.push_back(std::to_string(row.id));
    }
    return names;
}

} // namespace

Outcome<std::string> introspect(control::Faces const& faces, Object const& object) {
    Interfaces interfaces{{"org.freedesktop.DBus.Peer", "  <method name=\"Ping\"/>\n  <method name=\"GetMachineId\">\n"
                                                        "   <arg type=\"s\" direction=\"out\"/>\n  </method>\n"}};
    add_methods(interfaces, object);
    TRY(add_properties(interfaces, faces, object));
    add_signals(interfaces, object);

    std::string xml(head);
    xml += "<node>\n";
    for (auto const& [name, members] : interfaces)
        xml += fmt::format(" <interface name=\"{}\">\n{} </interface>\n", name, members);
    for (auto const& child : TRY(children_of(faces, object)))
        xml += fmt::format(" <node name=\"{}\"/>\n", child);
    return xml + "</node>\n";
}

} // namespace mitori::bus::detail
