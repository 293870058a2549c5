// The client end of the bus: the faces of a manager that is elsewhere, ours or a real systemd, over its private socket.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "base/time.hpp"
#include "control/control.hpp"

namespace mitori::bus {

/// The folder of the manager's runtime files: `chosen`, else $MITORI_RUNTIME_DIR, else /run/mitori for root and
/// $XDG_RUNTIME_DIR/mitori for others (ENOENT where that is not set).
[[nodiscard]] base::Result<std::string> runtime_directory(std::optional<std::string> const& chosen = std::nullopt);
/// The manager's socket in its runtime folder. With "/run/systemd" it is a real systemd's.
[[nodiscard]] std::string socket_in(std::string const& runtime_directory);

/// One connection; all calls are synchronous and wait up to `patience` for their answer. Signals that arrive meanwhile
/// are kept and reach listeners in wait_until() or process(), never within a call. Not thread-safe.
class Client : public control::Query, public control::Command, public control::Watch {
public:
    /// no_server where nobody listens, access_denied where the socket may not be opened.
    [[nodiscard]] static control::Answer<std::unique_ptr<Client>>
    connect(std::string const& socket, base::Usec patience = std::chrono::seconds(90));

    [[nodiscard]] control::Faces faces() { return {*this, *this, *this}; }

    /// Delivers signals until done() says so or `limit` has passed (timeout). `disconnected` when the manager goes
    /// away.
    [[nodiscard]] virtual control::Answer<void> wait_until(std::function<bool()> const& done,
                                                           base::Usec limit = base::infinity) = 0;
    /// Delivers what has already arrived; never waits.
    [[nodiscard]] virtual control::Answer<void> process() = 0;
    /// For poll(2) between calls of process(): readable when something may have come.
    [[nodiscard]] virtual int descriptor() const = 0;
};

} // namespace mitori::bus
