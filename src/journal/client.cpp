#include "journal/client.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <utility>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "base/text.hpp"

namespace mitori::journal {
namespace {

using Kind = Message::Kind;

// So much of the manager's own words waits for a recorder that does not take them.
constexpr std::size_t most_sayings = 4096;
// A death takes about a kilobyte.
constexpr std::size_t most_deaths = 8192;
// As many connections of /run/systemd/journal/stdout as systemd-journald takes.
constexpr std::size_t most_connections = 4096;
constexpr int accepted_per_turn = 16;
// A recorder that dies so often in so short a time is started again only after a pause.
constexpr std::size_t deaths_before_pause = 5;
constexpr base::Usec deaths_window = std::chrono::seconds(10);
constexpr base::Usec pause = std::chrono::seconds(1);

} // namespace

Client::Client(loop::Loop& loop, ClientOptions options)
    : loop_(loop),
      options_(std::move(options)),
      path_(options_.runtime_directory + "/recorder"),
      // Numbers are never used twice, also by the next manager of this boot, which may find our recorder.
      next_(static_cast<std::uint64_t>(base::sys::now_monotonic().count())) {}

Client::~Client() = default;

base::Result<std::unique_ptr<Client>> Client::make(loop::Loop& loop, ClientOptions options) {
    std::unique_ptr<Client> client(new Client(loop, std::move(options)));
    TRY(client->connect());
    return client;
}

// -- the recorder's life

base::Result<void> Client::connect() {
    if (auto found = base::sys::connect_packets(path_)) {
        if (!listener_) base::log(base::Priority::info, "found the recorder of an earlier manager");
        return join(*std::move(found));
    }
    if (!listener_) listener_ = TRY(base::sys::listen_packets(path_, 0600));
    return join(TRY(base::sys::connect_packets(path_)));
}

base::Result<void> Client::join(base::Fd socket) {
    link_ = TRY(Link::make(loop_, std::move(socket),
                           {.received = [this](Message message) { on_message(std::move(message)); },
                            .quiet = {},
                            .ended = [this] { on_ended(); }}));
    // A listener of ours says that no recorder of an earlier manager is there.
    if (listener_) TRY(launch());
    tell_everything();
    return {};
}

base::Result<void> Client::launch() {
    launched_ = TRY(options_.launch(listener_.get()));
    if (!launched_.pidfd) return {};
    // One that dies before it has accepted our connection leaves the link as it is: the listener is ours.
    launched_watch_ = TRY(loop_.on_ready(launched_.pidfd.get(), loop::Interest::read, loop::Urgency::exit,
                                         [this](loop::Ready) { on_ended(); }));
    return {};
}

void Client::on_ended() {
    link_.reset();
    launched_watch_.reset();
    launched_ = {};
    if (finishing_) return;
    auto const now = loop_.now().monotonic;
    deaths_.push_back(now);
    while (now - deaths_.front() > deaths_window)
        deaths_.pop_front();
    base::log(base::Priority::warning, "the recorder has ended; starting it again");
    if (deaths_.size() < deaths_before_pause) return start_again();
    start_again_later();
}

void Client::start_again_later() {
    auto watch = loop_.at(loop_.now().monotonic + pause, base::Usec(0), [this] { start_again(); });
    if (watch) restart_ = std::move(*watch);
}

void Client::start_again() {
    restart_.reset();
    auto const connected = connect();
    if (connected) return;
    link_.reset();
    base::log(base::Priority::err, "the recorder cannot be started: {}", connected.error().message());
    start_again_later();
}

/// To a recorder that knows nothing: all that it is to read.
void Client::tell_everything() {
    send({.kind = Kind::hello, .number = link_version});
    for (std::size_t kind = 0; kind < sockets_.size(); ++kind)
        tell_socket(static_cast<SocketKind>(kind));
    for (auto& [id, stream] : streams_)
        tell_stream(id, stream);
    send({.kind = Kind::held_all});
    for (auto const& saying : sayings_)
        send({.kind = Kind::say, .number = saying.number, .texts = saying.fields});
    for (auto const& death : deaths_told_)
        tell_death(death);
    for (auto const& [token, drain] : drains_)
        send({.kind = Kind::drain, .id = drain.stream, .number = token});
}

void Client::tell_socket(SocketKind kind) {
    auto const& socket = sockets_.at(static_cast<std::size_t>(kind));
    if (!socket) return;
    auto copy = base::sys::duplicate(socket.get());
    if (!copy) return base::log(base::Priority::err, "a log socket is not served: {}", copy.error().message());
    send({.kind = Kind::socket, .id = static_cast<std::uint64_t>(kind), .fd = *std::move(copy)});
}

void Client::tell_stream(std::uint64_t id, Stream& stream) {
    auto copy = base::sys::duplicate(stream.read.get());
    stream.refused = !copy;
    if (!copy) return; // told when another one has gone
    send({.kind = Kind::stream,
          .id = id,
          .number = static_cast<std::uint64_t>(stream.kind),
          .texts = show_origin(stream.origin),
          .fd = *std::move(copy)});
    if (stream.pid > 0) tell_started(id, stream);
    if (stream.closed) send({.kind = Kind::close, .id = id});
}

void Client::tell_started(std::uint64_t id, Stream const& stream) {
    send({.kind = Kind::started,
          .id = id,
          .number = static_cast<std::uint64_t>(stream.pid),
          .texts = {std::to_string(stream.uid)}});
}

void Client::send(Message message) {
    if (!link_) return; // tell_everything comes to it
    if (auto sent = link_->send(std::move(message)); !sent)
        base::log(base::Priority::err, "the recorder cannot be told: {}", sent.error().message());
}

// -- streams

base::Result<OpenedStream> Client::open(Origin origin, uid_t owner, gid_t group) {
    auto ends = TRY(base::sys::pipe());
    TRY(base::sys::set_nonblocking(ends.first.get()));
    // Not ours to give: then the service cannot open /dev/stdout anew, and nothing else changes.
    static_cast<void>(base::sys::change_owner(ends.second.get(), owner, group));
    struct stat status{};
    if (::fstat(ends.second.get(), &status) < 0) return base::errno_error("stat", "pipe");
    auto const id = next_++;
    auto& stream = streams_[id];
    stream.origin = std::move(origin);
    stream.read = std::move(ends.first);
    tell_stream(id, stream);
    if (stream.refused) {
        streams_.erase(id);
        return base::make_error(EMFILE, "dup", "a stream for the recorder");
    }
    return OpenedStream{
        .id = id, .write = std::move(ends.second), .name = fmt::format("{}:{}", status.st_dev, status.st_ino)};
}

void Client::started(std::uint64_t id, pid_t pid, uid_t uid) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    found->second.pid = pid;
    found->second.uid = uid;
    if (!found->second.refused) tell_started(id, found->second);
}

void Client::close(std::uint64_t id) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    found->second.closed = true;
    if (!found->second.refused) send({.kind = Kind::close, .id = id});
}

void Client::drain(std::uint64_t id, std::function<void()> done) {
    // Of a refused stream nobody reads: its lines come when there is room for it.
    auto const found = streams_.find(id);
    if (found == streams_.end() || found->second.refused) return done();
    auto const token = next_++;
    auto limit = loop_.at(loop_.now().monotonic + options_.drain_limit, base::Usec(0), [this, token] {
        base::log(base::Priority::warning, "the recorder has not taken a process's last words in time");
        on_drained(token);
    });
    if (!limit) return done();
    drains_.emplace(token, Drain{.stream = id, .done = std::move(done), .limit = *std::move(limit)});
    send({.kind = Kind::drain, .id = id, .number = token});
}

void Client::on_drained(std::uint64_t token) {
    auto const found = drains_.find(token);
    if (found == drains_.end()) return;
    // Kept until its handler has run: the timer's may be running just now.
    auto const drain = std::move(found->second);
    drains_.erase(found);
    drain.done();
}

void Client::on_gone(std::uint64_t id) {
    streams_.erase(id);
    for (auto& [other, stream] : streams_)
        if (stream.refused) return tell_stream(other, stream);
}

void Client::on_held(Message message) {
    if (!message.fd || message.texts.empty() || streams_.contains(message.id)) return;
    auto const uid = base::parse_integer<uid_t>(message.texts.front());
    message.texts.erase(message.texts.begin());
    auto origin = parse_origin(message.texts);
    if (!uid || !origin) return;
    base::log(base::Priority::info, "{}: pid {} still writes into a stream of the manager before", origin->unit,
              message.number / 2);
    streams_.emplace(message.id, Stream{.kind = static_cast<StreamKind>(message.number % 2),
                                        .origin = *std::move(origin),
                                        .read = std::move(message.fd),
                                        .closed = true,
                                        .pid = static_cast<pid_t>(message.number / 2),
                                        .uid = *uid});
}

void Client::on_message(Message message) {
    switch (message.kind) {
    case Kind::held: return on_held(std::move(message));
    case Kind::listener:
        if (!listener_) listener_ = std::move(message.fd);
        return;
    case Kind::drained: return on_drained(message.number);
    case Kind::gone: return on_gone(message.id);
    case Kind::refused:
        if (auto const found = streams_.find(message.id); found != streams_.end()) found->second.refused = true;
        return release_refused();
    case Kind::said: return on_said(message.number);
    case Kind::recorded: return on_recorded(message.number);
    case Kind::finished: finished_ = true; return;
    default: base::log(base::Priority::err, "a message that only the manager sends came to the manager");
    }
}

/// Nobody drains what nobody reads.
void Client::release_refused() {
    std::vector<std::uint64_t> tokens;
    for (auto const& [token, drain] : drains_)
        if (auto const found = streams_.find(drain.stream); found != streams_.end() && found->second.refused)
            tokens.push_back(token);
    for (auto const token : tokens)
        on_drained(token);
}

// -- words of the manager itself

void Client::say(std::vector<std::string> fields) {
    if (sayings_.size() >= most_sayings) {
        ++missed_;
        return;
    }
    auto const number = next_++;
    sayings_.push_back({.number = number, .fields = std::move(fields)});
    send({.kind = Kind::say, .number = number, .texts = sayings_.back().fields});
}

void Client::on_said(std::uint64_t number) {
    while (!sayings_.empty() && sayings_.front().number <= number)
        sayings_.pop_front();
    if (missed_ == 0 || !sayings_.empty()) return;
    base::log(base::Priority::warning, "{} messages of the manager were not written: the recorder did not take them",
              std::exchange(missed_, 0));
}

void Client::died(std::vector<std::string> texts) {
    if (deaths_told_.size() >= most_deaths) {
        ++deaths_missed_;
        return;
    }
    deaths_told_.push_back(
        {.number = next_++, .fields = std::move(texts), .missed = std::exchange(deaths_missed_, std::uint64_t{0})});
    tell_death(deaths_told_.back());
}

void Client::tell_death(Saying const& death) {
    send({.kind = Kind::died, .id = death.missed, .number = death.number, .texts = death.fields});
}

void Client::on_recorded(std::uint64_t number) {
    while (!deaths_told_.empty() && deaths_told_.front().number <= number)
        deaths_told_.pop_front();
    if (deaths_missed_ > 0 && deaths_told_.empty()) died({}); // none but those that were missed
}

// -- sockets

void Client::serve(SocketKind kind, base::Fd socket) {
    sockets_.at(static_cast<std::size_t>(kind)) = std::move(socket);
    tell_socket(kind);
}

base::Result<void> Client::serve_connections(base::Fd listener) {
    connections_ = std::move(listener);
    connections_watch_ = TRY(loop_.on_ready(connections_.get(), loop::Interest::read, loop::Urgency::normal,
                                            [this](loop::Ready) { accept_connections(); }));
    return {};
}

void Client::accept_connections() {
    for (int count = 0; count < accepted_per_turn; ++count) {
        auto connection = base::sys::accept(connections_.get());
        if (!connection) return;
        auto const open = std::ranges::count_if(
            streams_, [](auto const& pair) { return pair.second.kind == StreamKind::connection; });
        if (static_cast<std::size_t>(open) >= most_connections) {
            base::log(base::Priority::warning, "more than {} log connections: one is refused", most_connections);
            continue;
        }
        auto const id = next_++;
        auto& stream = streams_[id];
        stream.kind = StreamKind::connection;
        stream.origin.scope = options_.scope;
        stream.read = *std::move(connection);
        tell_stream(id, stream);
    }
}

// -- the end

void Client::finish(base::Usec most) {
    finishing_ = true;
    restart_.reset();
    auto const until = base::sys::now_monotonic() + most;
    // Should it die just now, another one takes over what it was in the middle of.
    while (!finished_ && base::sys::now_monotonic() < until) {
        if (!link_ && !connect()) return;
        send({.kind = Kind::finish});
        while (!finished_ && link_) {
            auto const left = std::chrono::duration_cast<std::chrono::milliseconds>(until - base::sys::now_monotonic());
            if (left.count() <= 0) break;
            bool const alive =
                link_->flush(static_cast<int>(left.count())) && link_->receive_for(static_cast<int>(left.count()));
            if (!alive) on_ended();
        }
    }
    if (!finished_) base::log(base::Priority::warning, "the recorder has not written everything in time");
}

} // namespace mitori::journal
