// Streams that are connections of /run/systemd/journal/stdout, and what an earlier recorder left unfinished.
#include <cerrno>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "journal/streams.hpp"

namespace mitori::journal {
namespace {

constexpr std::size_t bytes_seen = 64 << 10;

} // namespace

/// Who is at the other end, as the kernel saw it connect.
void Streams::take_peer(Stream& stream) {
    stream.readable = true;
    auto const peer = base::sys::peer_of(stream.fd.get());
    if (!peer) return;
    stream.speaker = {.pid = peer->pid, .uid = peer->uid, .command = read_command(peer->pid)};
    stream.origin.unit = read_unit_of(peer->pid).value_or(stream.origin.unit);
    if (stream.origin.unit.empty())
        if (auto const* known = of_pid(peer->pid)) stream.origin.unit = known->unit;
    if (stream.header) apply_header(stream, *stream.header);
}

void Streams::apply_header(Stream& stream, StdoutHeader const& header) {
    stream.header = header;
    auto& origin = stream.origin;
    origin.identifier = header.identifier;
    if (origin.identifier.empty()) origin.identifier = stream.speaker.command;
    // Whose words they are only root may say of others.
    if (!header.unit.empty() && stream.speaker.pid > 0 && stream.speaker.uid == 0) origin.unit = header.unit;
    origin.level = header.level;
    origin.facility = header.facility == 0 ? std::nullopt : std::optional(header.facility);
    origin.level_prefix = header.level_prefix;
    origin.console = header.to_console ? Origin::Console::yes : Origin::Console::no;
    stream.labels = {};
}

Streams::Turn Streams::turn_connection(Stream& stream) {
    begin_buffer(stream);
    auto const before = buffer_.size();
    buffer_.resize(before + bytes_seen);
    auto const got = base::sys::receive(stream.fd.get(), std::span(buffer_).subspan(before), base::sys::Take::peek);
    if (!got) return got.error().number == EAGAIN ? Turn::nothing : Turn::ended;
    if (got->size == 0) return Turn::ended;
    buffer_.resize(before + got->size);
    stream.taken += got->size;
    auto batch = batch_of(stream, BatchKind::connection);
    batch.size = got->size;
    inbox_.begin_seen(batch, static_cast<std::byte>(buffer_[before]));
    return take_connection_batch(stream, {.batch = batch, .rate = batch.rate});
}

/// The bytes are in the buffer, behind the carry.
Streams::Turn Streams::take_connection_batch(Stream& stream, Cut state) {
    book_.gather();
    std::size_t from = headroom;
    if (!stream.header) {
        auto const header = parse_stdout_header(std::string_view(buffer_).substr(headroom));
        if (!header) {
            book_.tell_later(base::Priority::warning,
                             fmt::format("pid {}: a stream that begins like no stream of lines: {}", stream.speaker.pid,
                                         header.error().message()));
            finish(stream, buffer_.size(), state);
            return Turn::ended;
        }
        if (*header) {
            if (auto kept = inbox_.keep_header(std::string_view(buffer_).substr(headroom, (*header)->bytes)); !kept)
                base::log(base::Priority::err, "a stream's header is not safe: {}", kept.error().message());
            from += (*header)->bytes;
            apply_header(stream, **header);
            state.rate = book_.rate_of(owner_of(stream.origin)); // only now it is known whose
        }
    }
    auto const consumed = stream.header ? cut(stream, from, state) : from;
    finish(stream, consumed, state);
    return Turn::taken;
}

// -- after a kill

void Streams::begin() {
    if (reading_) return;
    reading_ = true;
    if (auto const unfinished = inbox_.unfinished()) resume(*unfinished);
    take_orphans();
    for (auto const& [id, stream] : streams_)
        watch(*stream);
}

void Streams::resume(Inbox::Unfinished const& unfinished) {
    auto const& batch = unfinished.batch;
    if (batch.kind == BatchKind::datagram || batch.kind == BatchKind::say) return;
    Stream stranger{.id = batch.id, .origin = unknown_origin(), .slot = batch.slot};
    auto const found = streams_.find(batch.id);
    auto& stream = found == streams_.end() ? stranger : *found->second;
    if (found == streams_.end()) load(stranger);
    Cut state{.batch = batch, .skip = inbox_.done(book_.last_entry()), .rate = batch.rate};
    base::log(base::Priority::notice, "taking up a batch of {}: {} lines of it are in", stream.origin.unit, state.skip);
    if (batch.kind == BatchKind::pipe) return take_pipe_batch(stream, std::move(state));
    if (batch.kind == BatchKind::end) {
        state.rest = LineBreak::eof;
        return take_end_batch(stream, std::move(state));
    }
    if (unfinished.finishing || !stream.fd) {
        inbox_.complete(stream.fd.get());
        return load(stream);
    }
    begin_buffer(stream);
    auto const before = buffer_.size();
    buffer_.resize(before + batch.size);
    auto const got = base::sys::receive(stream.fd.get(), std::span(buffer_).subspan(before), base::sys::Take::peek);
    buffer_.resize(before + (got ? got->size : 0));
    if (!got || got->size != batch.size) return inbox_.cancel(); // somebody else has read it
    static_cast<void>(take_connection_batch(stream, std::move(state)));
}

/// Rests of lines of streams that ended while nobody held them.
void Streams::take_orphans() {
    for (auto const& known : inbox_.known()) {
        if (streams_.contains(known.id)) continue;
        Stream stranger{.id = known.id, .origin = unknown_origin(), .slot = known.slot};
        load(stranger);
        end(stranger);
        inbox_.release(known.slot);
    }
}

Origin Streams::unknown_origin() { return {.identifier = "unknown", .rate_interval = base::Usec(0)}; }

} // namespace mitori::journal
