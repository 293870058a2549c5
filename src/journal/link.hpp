// What the manager and its recorder say to each other: one message a packet, with at most one descriptor, over a
// SOCK_SEQPACKET socket that never blocks on either side.
//
// The manager connects to RUNTIME/recorder. It has made the listening socket itself and lends it to the recorder that
// it starts, so a link is there before the recorder is; and the recorder outlives its manager with it, so that the
// next manager finds it under the same name.
//
//     manager                                    recorder
//     hello(version)                       ──►
//     socket(kind)+fd, stream(id)+fd …     ──►   all that the manager holds
//     held_all                             ──►   …was that: only now the recorder begins to read
//                                          ◄──   held(id)+fd …, listener+fd: what the recorder holds of an earlier
//                                          manager
//     stream, started, close, drain, say,
//     died                                 ──►
//                                          ◄──   drained, gone, refused, said, recorded
//     finish                               ──►
//                                          ◄──   finished
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

struct Message {
    enum class Kind : std::uint8_t {
        hello,    ///< number: the version of this list
        socket,   ///< id: SocketKind; fd
        stream,   ///< id, texts: show_origin; fd: the pipe's read end, or a connection (number 1)
        held_all, ///< everything that the manager holds has been told
        started,  ///< id, number: pid, texts: uid
        close,    ///< id: the manager is not interested any more
        drain,    ///< id, number: token
        say,      ///< number: ever greater; texts: "NAME=value"
        died,     ///< number: ever greater; texts: status::show_death; id: how many before it could not be kept
        finish,   ///< take what there is, write everything through
        held,     ///< recorder: id, texts: show_origin; fd
        listener, ///< recorder: fd: the socket that others connect to
        drained,  ///< recorder: number: token
        gone,     ///< recorder: id: its end was reached and taken
        refused,  ///< recorder: id: no descriptor was left for it; tell it again when another one has gone
        said,     ///< recorder: number: all say up to this one are in
        recorded, ///< recorder: number: all died up to this one are in
        finished, ///< recorder
    };
    Kind kind = Kind::hello;
    std::uint64_t id = 0;
    std::uint64_t number = 0;
    std::vector<std::string> texts;
    base::Fd fd;
    /// Received: it came without the descriptor that was sent with it, because none was left.
    bool lost_fd = false;
};

inline constexpr std::uint64_t link_version = 2;

/// The fixed part and the texts; not the descriptor.
[[nodiscard]] std::string show_message(Message const& message);
/// EINVAL for bytes that no show_message made.
[[nodiscard]] base::Result<Message> parse_message(std::string_view bytes);

/// One end. Keeps what the socket does not take now, in order. Not thread-safe.
class Link {
public:
    struct Handlers {
        std::function<void(Message)> received;
        /// Everything that had come has been handed over; called after the last `received` of a turn.
        std::function<void()> quiet;
        /// The other side is gone. The link may be destroyed in here.
        std::function<void()> ended;
    };
    [[nodiscard]] static base::Result<std::unique_ptr<Link>> make(loop::Loop& loop, base::Fd socket, Handlers handlers);

    ~Link();

    /// At once, or as soon as there is room. A message that is too big for a packet is an error (EMSGSIZE); it is
    /// not sent.
    base::Result<void> send(Message message);
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    /// Blocks until all is sent, or that many milliseconds have passed: for the very end.
    [[nodiscard]] bool flush(int milliseconds);
    /// Takes what is there without the loop, waiting at most so long for it: for the very end. False when the other
    /// side is gone.
    [[nodiscard]] bool receive_for(int milliseconds);
    [[nodiscard]] int socket() const { return socket_.get(); }

private:
    struct Packet {
        std::string bytes;
        base::Fd fd;
    };
    Link(loop::Loop& loop, base::Fd socket, Handlers handlers);
    base::Result<void> watch();
    void on_ready(loop::Ready ready);
    bool receive();
    bool push();

    loop::Loop& loop_;
    base::Fd socket_;
    Handlers handlers_;
    std::deque<Packet> queue_;
    std::string buffer_;
    bool watches_writes_ = false;
    std::shared_ptr<bool> alive_;
    loop::WatchPtr watch_;
};

} // namespace mitori::journal
