// A client's connection: calls with values in and values out, and signals kept for whoever listens.
#pragma once

#include <functional>
#include <list>
#include <string>

#include "base/time.hpp"
#include "bus/detail/handles.hpp"
#include "bus/detail/methods.hpp"
#include "control/control.hpp"

namespace mitori::bus::detail {

class Session {
public:
    [[nodiscard]] static control::Answer<std::unique_ptr<Session>> open(std::string const& socket, base::Usec patience);
    Session(Session const&) = delete;
    Session& operator=(Session const&) = delete;
    ~Session() = default;

    struct Target {
        std::string path;
        std::string interface;
    };
    /// Waits for the answer. Only what the caller asks for is checked: types_of(types) against the arguments.
    [[nodiscard]] control::Answer<Values> call(Target const& target, std::string const& method,
                                               std::string_view types = "", Values const& arguments = {});
    /// A method of the manager.
    [[nodiscard]] control::Answer<Values> manager(std::string const& method, std::string_view types = "",
                                                  Values const& arguments = {});

    [[nodiscard]] control::Answer<void> wait_until(std::function<bool()> const& done, base::Usec limit);
    [[nodiscard]] control::Answer<void> process();
    [[nodiscard]] int descriptor() const { return sd_bus_get_fd(bus_.get()); }

    using Listeners = std::list<control::Listener>;
    [[nodiscard]] std::unique_ptr<control::Subscription> subscribe(control::Listener listener);

private:
    explicit Session(base::Usec patience) : patience_(patience) {}
    [[nodiscard]] base::Result<void> start(std::string const& socket);
    static int on_message(sd_bus_message* message, void* self, sd_bus_error* error);
    void take_signal(sd_bus_message* message);
    [[nodiscard]] control::Answer<bool> step();

    base::Usec patience_;
    BusPtr bus_;
    SlotPtr filter_;
    /// Shared with the subscriptions, so that one may outlive the session.
    std::shared_ptr<Listeners> listeners_ = std::make_shared<Listeners>();
};

} // namespace mitori::bus::detail
