// The server end of the bus: the faces of one manager as org.freedesktop.systemd1, man page of that name.
//
// There is no broker. A client connects to a socket of ours and speaks D-Bus on it (peer to peer), as systemctl does
// with systemd's /run/systemd/private. What such a client expects, and what is therefore so:
//
//   objects     the manager at /org/freedesktop/systemd1, units at .../unit/<escaped name>, jobs at .../job/<id>. A
//               client computes a unit's path from its name and reads it, without a call before: reading loads the
//               unit.
//   properties  are whatever status::Properties the query face gives; nothing here knows their names. GetAll("")
//   answers
//               with those of all interfaces.
//   signals     go to every connection; nobody subscribes. JobNew, JobRemoved, Reloading, and PropertiesChanged of
//   units. errors      are the refusals of the faces under the D-Bus names of their reasons (detail/fault.cpp).
//
// Who may call: root and the owner of the manager, by the uid that the kernel saw connecting (SO_PEERCRED). Everybody
// else may connect and gets AccessDenied for each call, no signal, and never reaches a face.
//
// What a client does never stops the manager. Bytes that are not D-Bus end that connection. A client that does not read
// its answers is dropped when more than a bounded number of bytes waits for it. A client that vanishes is forgotten.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <sys/types.h>

#include "base/result.hpp"
#include "control/control.hpp"
#include "loop/loop.hpp"

namespace mitori::bus {

struct ServerOptions {
    uid_t owner = 0;                           ///< may command besides root
    std::size_t most_connections = 1024;       ///< of root and the owner; the next are closed at once
    std::size_t most_refused = 32;             ///< connections of others that are open to be refused
    std::size_t most_queued_bytes = 16u << 20; ///< that one client leaves unread before it is dropped
};

/// Lives on one loop and one thread. The faces and the loop must outlive it. The loop must be a real one:
/// Loop::native().
class Server {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<Server>> make(loop::Loop& loop, control::Faces faces,
                                                                    ServerOptions const& options);
    virtual ~Server() = default; ///< closes all connections and removes the sockets

    /// Listens on one more path, whose folder exists. EADDRINUSE where a live server listens there.
    [[nodiscard]] virtual base::Result<void> listen(std::string const& path) = 0;
    /// Clients that are connected now, refused ones too.
    [[nodiscard]] virtual std::size_t connections() const = 0;
};

} // namespace mitori::bus
