// A D-Bus client without our client's code: what the server says on the wire.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "base/sys.hpp"
#include "bus/detail/handles.hpp"
#include "bus/detail/wire.hpp"

namespace mitori::test {

class RawClient {
public:
    struct Answer {
        std::string error; ///< its D-Bus name; empty when there is none
        std::string text;
        std::string signature;
        std::vector<status::Value> values;
        [[nodiscard]] std::string first() const { return values.empty() ? "(none)" : values.front().text(); }
    };

    explicit RawClient(std::string const& socket) {
        sd_bus* bus = nullptr;
        sd_bus_new(&bus);
        bus_.reset(bus);
        int const fd = base::sys::connect_unix(socket).value().release();
        sd_bus_set_fd(bus, fd, fd);
        sd_bus_start(bus);
    }

    [[nodiscard]] Answer call(std::string const& path, std::string const& interface, std::string const& method,
                              std::string_view types = "", std::vector<status::Value> const& arguments = {}) {
        bus::detail::MessagePtr const message(compose(path, interface, method, types, arguments));
        bus::detail::BusError error;
        sd_bus_message* reply = nullptr;
        int const r = sd_bus_call(bus_.get(), message.get(), 20'000'000, error.get(), &reply);
        if (r < 0) return {.error = error.get()->name, .text = error.get()->message};
        bus::detail::MessagePtr const owner(reply);
        return {.signature = sd_bus_message_get_signature(reply, 1), .values = bus::detail::read_values(reply).value()};
    }
    /// Queues the call and does not wait.
    void send(std::string const& path, std::string const& interface, std::string const& method,
              std::string_view types = "", std::vector<status::Value> const& arguments = {}) {
        bus::detail::MessagePtr const message(compose(path, interface, method, types, arguments));
        std::uint64_t cookie = 0;
        sd_bus_send(bus_.get(), message.get(), &cookie);
    }
    [[nodiscard]] sd_bus* bus() { return bus_.get(); }

private:
    sd_bus_message* compose(std::string const& path, std::string const& interface, std::string const& method,
                            std::string_view types, std::vector<status::Value> const& arguments) {
        sd_bus_message* message = nullptr;
        sd_bus_message_new_method_call(bus_.get(), &message, "org.freedesktop.systemd1", path.c_str(),
                                       interface.empty() ? nullptr : interface.c_str(), method.c_str());
        bus::detail::Writer writer(message);
        auto const wanted = bus::detail::types_of(types);
        for (std::size_t i = 0; i < wanted.size(); ++i)
            writer.append(wanted[i], arguments.at(i)).value();
        return message;
    }
    bus::detail::BusPtr bus_;
};

} // namespace mitori::test
