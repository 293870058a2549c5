#include "bus/server.hpp"

#include <algorithm>
#include <cerrno>
#include <list>
#include <vector>

#include "base/fd.hpp"
#include "base/log.hpp"
#include "base/sys.hpp"
#include "bus/detail/connection.hpp"

namespace mitori::bus {
using base::Result;
using detail::Connection;
using detail::Standing;

namespace {

struct Listener {
    std::string path;
    base::Fd socket;
    loop::WatchPtr watch;
};

class RealServer final : public Server {
public:
    RealServer(loop::Loop& loop, control::Faces faces, ServerOptions const& options)
        : loop_(loop),
          faces_(faces),
          options_(options) {
        subscribe();
    }
    RealServer(RealServer const&) = delete;
    RealServer& operator=(RealServer const&) = delete;
    ~RealServer() override {
        for (auto const& listener : listeners_)
            (void)base::sys::unlink(listener.path); // whoever comes next replaces it otherwise
    }

    Result<void> listen(std::string const& path) override;
    std::size_t connections() const override { return clients_.size(); }

private:
    struct Client {
        std::unique_ptr<Connection> connection;
        bool over = false;
    };

    void subscribe();
    void emit(detail::Signal const& signal);
    void accept_all(int listener);
    Result<void> accept_one(int listener);
    Result<void> admit(base::Fd socket);
    Result<void> drop_one_waiting(int listener);
    bool has_room(Standing standing) const;
    void bury_soon(Client& client);
    void bury();

    loop::Loop& loop_;
    control::Faces faces_;
    ServerOptions options_;
    std::vector<Listener> listeners_;
    std::list<Client> clients_;
    loop::WatchPtr burial_;
    /// Given up for a moment when no descriptor is left, so that a waiting client can be turned away: otherwise the
    /// listening socket stays ready and the loop spins.
    base::Fd reserve_;
    std::unique_ptr<control::Subscription> subscription_;
};

Result<void> RealServer::listen(std::string const& path) {
    if (!reserve_) reserve_ = TRY(base::sys::open("/dev/null", O_RDONLY));
    auto socket = TRY(base::sys::listen_unix(path, 0666));
    int const number = socket.get();
    auto watch = TRY(loop_.on_ready(number, loop::Interest::read, loop::Urgency::normal,
                                    [this, number](loop::Ready) { accept_all(number); }));
    listeners_.push_back({path, std::move(socket), std::move(watch)});
    return {};
}

void RealServer::subscribe() {
    subscription_ = faces_.watch.subscribe({
        .job_new =
            [this](control::JobNew const& event) {
                emit(detail::make_signal(event));
                emit(detail::make_job_changed(event.unit, event.id));
            },
        .job_removed =
            [this](control::JobRemoved const& event) {
                emit(detail::make_signal(event));
                emit(detail::make_job_changed(event.unit, 0));
            },
        .unit_changed = [this](control::UnitChanged const& event) { emit(detail::make_signal(event)); },
        .reloading =
            [this](control::Reloading const& event) {
                emit(detail::make_signal(event));
                if (event.active) return;
                for (auto& client : clients_)
                    if (!client.over) client.connection->end_reload();
            },
        .unit_new = [this](control::UnitNew const& event) { emit(detail::make_signal(event)); },
        .unit_removed = [this](control::UnitRemoved const& event) { emit(detail::make_signal(event)); },
    });
}

void RealServer::emit(detail::Signal const& signal) {
    for (auto& client : clients_)
        if (!client.over) client.connection->emit(signal);
}

void RealServer::accept_all(int listener) {
    for (int turn = 0; turn < 64; ++turn) { // then let others have the loop; a client that waits wakes it again
        auto const done = accept_one(listener);
        if (done) continue;
        bool const none_left = done.error().number == EMFILE || done.error().number == ENFILE;
        // What a client causes is no news for the log: it could fill it.
        if (done.error().number != EAGAIN)
            base::log(none_left ? base::Priority::warning : base::Priority::debug, "bus: a client was turned away: {}",
                      done.error().message());
        if (none_left) (void)drop_one_waiting(listener);
        return;
    }
}

Result<void> RealServer::accept_one(int listener) { return admit(TRY(base::sys::accept(listener))); }

Result<void> RealServer::drop_one_waiting(int listener) {
    reserve_.reset();
    TRY(base::sys::accept(listener)).reset();
    reserve_ = TRY(base::sys::open("/dev/null", O_RDONLY));
    return {};
}

bool RealServer::has_room(Standing standing) const {
    auto const same = [&](Client const& client) { return client.connection->standing() == standing; };
    auto const present = static_cast<std::size_t>(std::ranges::count_if(clients_, same));
    return present < (standing == Standing::trusted ? options_.most_connections : options_.most_refused);
}

Result<void> RealServer::admit(base::Fd socket) {
    auto const peer = TRY(base::sys::peer_of(socket.get()));
    auto const standing = peer.uid == 0 || peer.uid == options_.owner ? Standing::trusted : Standing::refused;
    if (!has_room(standing)) return base::make_error(EUSERS, "too many connections");

    auto& client = clients_.emplace_back();
    Connection::Settings settings{
        .faces = faces_,
        .standing = standing,
        .pid = peer.pid,
        .user = peer.uid,
        .most_queued_bytes = options_.most_queued_bytes,
        .over = [this, &client] { bury_soon(client); },
    };
    auto connection = Connection::make(loop_, std::move(socket), std::move(settings));
    if (!connection) {
        clients_.pop_back();
        return std::unexpected(connection.error());
    }
    client.connection = std::move(*connection);
    return {};
}

void RealServer::bury_soon(Client& client) {
    client.over = true;
    if (burial_) return;
    auto watch = loop_.defer([this] { bury(); });
    // Without memory for that, the next client that ends tries again; this one is only no longer spoken to.
    if (watch) burial_ = std::move(*watch);
}

void RealServer::bury() {
    auto const watch = std::move(burial_); // this very call's; ends with it
    std::erase_if(clients_, [](Client const& client) { return client.over; });
}

} // namespace

Result<std::unique_ptr<Server>> Server::make(loop::Loop& loop, control::Faces faces, ServerOptions const& options) {
    if (loop.native() == nullptr) return base::make_error(ENOTSUP, "serve the bus", "a loop without sd_event");
    return std::make_unique<RealServer>(loop, faces, options);
}

} // namespace mitori::bus
