#include "manager/notify_socket.hpp"

#include <cerrno>

#include "base/log.hpp"
#include "base/sys.hpp"

namespace mitori::manager {
namespace {
// A flood of messages gives way to exits and clients after so many.
constexpr int messages_a_turn = 64;
} // namespace

base::Result<std::unique_ptr<NotifySocket>> NotifySocket::open(loop::Loop& loop, std::string path, Handler handler) {
    std::unique_ptr<NotifySocket> socket(new NotifySocket(std::move(path), std::move(handler)));
    // Services of every user write to it; who may say what is decided by the sender's pid.
    socket->socket_ = TRY(base::sys::bind_datagrams(socket->path_, 0777));
    socket->watch_ = TRY(loop.on_ready(socket->socket_.get(), loop::Interest::read, loop::Urgency::notify,
                                       [self = socket.get()](loop::Ready) { self->receive(); }));
    return socket;
}

void NotifySocket::receive() {
    for (int i = 0; i < messages_a_turn; ++i) {
        auto const datagram = base::sys::receive_datagram(socket_.get());
        if (!datagram && datagram.error().number == EAGAIN) return;
        if (!datagram) {
            base::log(base::Priority::warning, "notification dropped: {}", datagram.error().message());
            if (datagram.error().number != EMSGSIZE) return;
            continue;
        }
        if (datagram->sender > 0) handler_(parse_notify(datagram->text), datagram->sender);
    }
}

} // namespace mitori::manager
