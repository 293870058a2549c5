// The streams of started processes: one pipe (or one connection of systemd-cat) each, taken in turns of bounded length,
// so that a flooding service slows only itself.
//
// A stream is read from the moment on that its process is known (started), so that its lines carry the pid; it ends
// when the last holder of the write end has closed it, however long after the process that may be.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "journal/book.hpp"
#include "journal/inbox.hpp"
#include "journal/origin.hpp"
#include "journal/stdout_header.hpp"
#include "loop/loop.hpp"

namespace mitori::journal {

enum class StreamKind : std::uint64_t { pipe, connection };

class Streams {
public:
    /// `gone` is called when a stream has ended and everything of it is in.
    Streams(loop::Loop& loop, Inbox& inbox, Book& book, std::function<void(std::uint64_t)> gone);
    ~Streams();

    /// A stream that is there already only gets its origin anew.
    base::Result<void> add(std::uint64_t id, StreamKind kind, Origin origin, base::Fd fd);
    void started(std::uint64_t id, pid_t pid, uid_t uid);
    /// Nobody will say started any more.
    void close(std::uint64_t id);
    /// The same for all.
    void read_all();
    /// Takes what is there at this moment, all of it.
    void drain(std::uint64_t id);
    void drain_all();
    /// The unfinished batch of an earlier recorder, if it was of a stream; then reading begins.
    void begin();
    [[nodiscard]] bool empty() const { return streams_.empty(); }
    [[nodiscard]] std::size_t size() const { return streams_.size(); }

    struct Held {
        std::uint64_t id;
        StreamKind kind;
        Origin const& origin;
        Speaker const& speaker;
        int fd;
    };
    void for_each(std::function<void(Held const&)> const& each) const;
    /// The stream that this pid was started with; null where it is none's.
    [[nodiscard]] Origin const* of_pid(pid_t pid) const;

private:
    struct Stream {
        std::uint64_t id = 0;
        StreamKind kind = StreamKind::pipe;
        Origin origin;
        base::Fd fd;
        SlotNumber slot{};
        std::string carry;
        Speaker speaker;
        std::array<Label, 8> labels;
        std::optional<StdoutHeader> header;
        bool readable = false; ///< started, or nobody will say so
        int full_turns = 0;    ///< in a row, in which the pipe was full
        std::uint64_t taken = 0;
        RateRules rules;
        loop::WatchPtr watch;
    };
    static constexpr std::string_view message_name = "MESSAGE=";
    static constexpr std::size_t headroom = 16;
    /// LineMax= has a bound: an unfinished line must fit into the inbox's carry.
    static constexpr std::size_t longest_line = 512 << 10;

    enum class Turn : std::uint8_t { taken, nothing, ended };
    /// Of one batch.
    struct Cut {
        Batch batch;
        std::uint64_t skip = 0; ///< entries that are in already
        RateState rate;
        std::optional<LineBreak> rest;
    };

    void watch(Stream& stream);
    void on_ready(std::uint64_t id);
    Turn turn(Stream& stream);
    Turn turn_pipe(Stream& stream);
    Turn turn_unprotected(Stream& stream);
    Turn turn_connection(Stream& stream);
    void end(Stream& stream);
    void remove(std::uint64_t id);
    void grow(Stream& stream, std::size_t taken);

    void load(Stream& stream);
    void resume(Inbox::Unfinished const& unfinished);
    void take_orphans();
    void take_pipe_batch(Stream& stream, Cut state);
    void take_end_batch(Stream& stream, Cut state);
    Turn take_connection_batch(Stream& stream, Cut state);
    void take_peer(Stream& stream);
    static void apply_header(Stream& stream, StdoutHeader const& header);
    [[nodiscard]] static Origin unknown_origin();
    /// Whose losses and limits they are.
    [[nodiscard]] static std::string const& owner_of(Origin const& origin);
    void finish(Stream& stream, std::size_t consumed, Cut const& state);

    void begin_buffer(Stream const& stream);
    std::size_t cut(Stream& stream, std::size_t from, Cut& state);
    void put(Stream& stream, Line const& line, Cut& state);
    void put_suppressed(Stream& stream, std::uint64_t count, std::uint8_t level, Cut& state);
    void write(Words const& words, Cut& state);
    Label const& label(Stream& stream, std::uint8_t level);
    [[nodiscard]] Batch batch_of(Stream const& stream, BatchKind kind);

    loop::Loop& loop_;
    Inbox& inbox_;
    Book& book_;
    std::function<void(std::uint64_t)> gone_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Stream>> streams_;
    bool reading_ = false;
    bool unprotected_ = false; ///< the inbox has no room; said once
    bool unsafe_ = false;      ///< the carry has none; said once
    std::string buffer_;       ///< headroom, carry, bytes
};

} // namespace mitori::journal
