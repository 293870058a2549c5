// The manager's end of the recorder: makes a stream for each process, holds a duplicate of whatever the recorder reads,
// starts it again when it has died and gives it everything anew. Nothing here waits, but finish() at the very end.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "journal/link.hpp"
#include "journal/origin.hpp"
#include "journal/sockets.hpp"
#include "journal/streams.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

struct Launched {
    pid_t pid = 0;
    base::Fd pidfd; ///< may be empty on old kernels
};
/// Starts a recorder and lends it the listening socket. Returns at once.
using Launch = std::function<base::Result<Launched>(int listener)>;

struct OpenedStream {
    std::uint64_t id = 0;
    base::Fd write;
    std::string name; ///< "DEVICE:INODE"
};

struct ClientOptions {
    std::string runtime_directory;
    Launch launch;
    base::Usec drain_limit = std::chrono::seconds(2);
    Scope scope = Scope::system;
};

class Client {
public:
    /// Finds a recorder whose manager is gone, or starts one.
    [[nodiscard]] static base::Result<std::unique_ptr<Client>> make(loop::Loop& loop, ClientOptions options);
    ~Client();

    /// A pipe of which the recorder has the other end; `owner` and `group` may open it again by its /proc name.
    [[nodiscard]] base::Result<OpenedStream> open(Origin origin, uid_t owner, gid_t group);
    void started(std::uint64_t id, pid_t pid, uid_t uid);
    /// Calls `done` once: when everything that was in the pipe is in the journal, or when the limit is over.
    void drain(std::uint64_t id, std::function<void()> done);
    void close(std::uint64_t id);
    /// The manager's own words. Kept until the recorder has them, up to a bound; what is beyond it is counted and said.
    void say(std::vector<std::string> fields);
    /// The end of a process, as status::show_death gives it: kept until the recorder has it in the ledger, up to a
    /// bound; how many were beyond it is told in their place.
    void died(std::vector<std::string> texts);
    /// Gives a bound datagram socket to the recorder, and keeps it for the next one.
    void serve(SocketKind kind, base::Fd socket);
    /// Takes the connections of this listening socket (/run/systemd/journal/stdout) as streams.
    base::Result<void> serve_connections(base::Fd listener);
    /// Waits until the recorder has written everything through, at most so long.
    void finish(base::Usec most);
    [[nodiscard]] pid_t recorder() const { return launched_.pid; }
    [[nodiscard]] std::size_t streams() const { return streams_.size(); }

private:
    struct Stream {
        StreamKind kind = StreamKind::pipe;
        Origin origin;
        base::Fd read;
        bool closed = false;
        bool refused = false; ///< the recorder has no descriptor left for it: told again when another one has gone
        pid_t pid = 0;
        uid_t uid = 0;
    };
    struct Drain {
        std::uint64_t stream = 0;
        std::function<void()> done;
        loop::WatchPtr limit;
    };
    struct Saying {
        std::uint64_t number = 0;
        std::vector<std::string> fields;
        std::uint64_t missed = 0; ///< of deaths: so many before it
    };

    Client(loop::Loop& loop, ClientOptions options);
    base::Result<void> connect();
    base::Result<void> join(base::Fd socket);
    base::Result<void> launch();
    void on_ended();
    void start_again();
    void start_again_later();
    void tell_everything();
    void tell_socket(SocketKind kind);
    void tell_stream(std::uint64_t id, Stream& stream);
    void tell_started(std::uint64_t id, Stream const& stream);
    void send(Message message);
    void on_message(Message message);
    void on_held(Message message);
    void on_gone(std::uint64_t id);
    void on_drained(std::uint64_t token);
    void on_said(std::uint64_t number);
    void tell_death(Saying const& death);
    void on_recorded(std::uint64_t number);
    void release_refused();
    void accept_connections();

    loop::Loop& loop_;
    ClientOptions options_;
    std::string path_;
    base::Fd listener_;
    Launched launched_;
    loop::WatchPtr launched_watch_;
    std::unique_ptr<Link> link_;
    std::map<std::uint64_t, Stream> streams_;
    std::map<std::uint64_t, Drain> drains_;
    std::deque<Saying> sayings_;
    std::uint64_t missed_ = 0;
    std::deque<Saying> deaths_told_;
    std::uint64_t deaths_missed_ = 0;
    std::array<base::Fd, socket_kinds> sockets_;
    base::Fd connections_;
    loop::WatchPtr connections_watch_;
    loop::WatchPtr restart_;
    std::uint64_t next_ = 0;
    std::deque<base::Usec> deaths_; ///< moments of the last ends of recorders: a pause when they come too fast
    bool finishing_ = false;
    bool finished_ = false;
};

} // namespace mitori::journal
