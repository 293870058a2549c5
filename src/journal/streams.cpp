#include "journal/streams.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <utility>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::journal {
namespace {

// What one stream may take before it is everybody else's turn.
constexpr std::size_t bytes_per_turn = 256 << 10;
constexpr std::size_t bytes_unprotected = 64 << 10;

// A pipe that was found full so often in a row belongs to somebody who writes faster than we come by.
constexpr std::size_t usual_pipe = 64 << 10;
constexpr int full_turns_before_growth = 8;

// For those who say none: what systemd-journald gives services.
constexpr std::uint8_t daemon_facility = 3;

} // namespace

Streams::Streams(loop::Loop& loop, Inbox& inbox, Book& book, std::function<void(std::uint64_t)> gone)
    : loop_(loop),
      inbox_(inbox),
      book_(book),
      gone_(std::move(gone)) {}

Streams::~Streams() = default;

std::string const& Streams::owner_of(Origin const& origin) {
    return origin.unit.empty() ? origin.identifier : origin.unit;
}

// -- who there is

base::Result<void> Streams::add(std::uint64_t id, StreamKind kind, Origin origin, base::Fd fd) {
    if (auto const found = streams_.find(id); found != streams_.end()) {
        if (kind == StreamKind::pipe) found->second->origin = std::move(origin);
        return {};
    }
    auto stream = std::make_unique<Stream>();
    stream->id = id;
    stream->kind = kind;
    stream->rules = book_.rules_of(origin);
    stream->origin = std::move(origin);
    stream->fd = std::move(fd);
    stream->slot = TRY(inbox_.slot_of(id));
    load(*stream);
    if (kind == StreamKind::connection) take_peer(*stream);
    auto& added = *streams_.emplace(id, std::move(stream)).first->second;
    watch(added);
    return {};
}

/// What an earlier recorder kept of it.
void Streams::load(Stream& stream) {
    if (auto carry = inbox_.carry(stream.slot))
        stream.carry = *std::move(carry);
    else
        base::log(base::Priority::err, "the rest of a line is lost: {}", carry.error().message());
    merge(book_.rate_of(owner_of(stream.origin)), inbox_.rate(stream.slot));
    auto const header = inbox_.header(stream.slot);
    if (!header || header->empty()) return;
    if (auto const parsed = parse_stdout_header(*header); parsed && *parsed) apply_header(stream, **parsed);
}

void Streams::started(std::uint64_t id, pid_t pid, uid_t uid) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    auto& stream = *found->second;
    stream.speaker = {.pid = pid, .uid = uid, .command = {}};
    stream.labels = {};
    stream.readable = true;
    watch(stream);
}

void Streams::close(std::uint64_t id) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    found->second->readable = true;
    watch(*found->second);
}

void Streams::read_all() {
    for (auto const& [id, stream] : streams_) {
        stream->readable = true;
        watch(*stream);
    }
}

void Streams::for_each(std::function<void(Held const&)> const& each) const {
    for (auto const& [id, stream] : streams_)
        each({.id = id,
              .kind = stream->kind,
              .origin = stream->origin,
              .speaker = stream->speaker,
              .fd = stream->fd.get()});
}

Origin const* Streams::of_pid(pid_t pid) const {
    for (auto const& [id, stream] : streams_)
        if (stream->speaker.pid == pid) return &stream->origin;
    return nullptr;
}

// -- turns

void Streams::watch(Stream& stream) {
    if (!reading_ || !stream.readable || stream.watch) return;
    auto watch = loop_.on_ready(stream.fd.get(), loop::Interest::read, loop::Urgency::normal,
                                [this, id = stream.id](loop::Ready) { on_ready(id); });
    if (watch)
        stream.watch = std::move(*watch);
    else
        base::log(base::Priority::err, "cannot watch a stream of {}: {}", stream.origin.unit, watch.error().message());
}

void Streams::on_ready(std::uint64_t id) {
    auto const found = streams_.find(id);
    if (found != streams_.end() && turn(*found->second) == Turn::ended) remove(id);
}

void Streams::drain(std::uint64_t id) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    auto& stream = *found->second;
    stream.readable = true;
    // What is written from now on is somebody else's last words.
    auto const waiting = base::sys::bytes_waiting(stream.fd.get()).value_or(0);
    auto const until = stream.taken + waiting;
    Turn done = Turn::taken;
    do
        done = turn(stream);
    while (done == Turn::taken && stream.taken < until);
    // The end comes after the last bytes: whether it is there shows only now.
    if (done == Turn::taken) done = turn(stream);
    if (done == Turn::ended) return remove(id);
    watch(stream);
}

void Streams::drain_all() {
    std::vector<std::uint64_t> ids;
    for (auto const& [id, stream] : streams_)
        ids.push_back(id);
    for (auto const id : ids)
        drain(id);
}

Streams::Turn Streams::turn(Stream& stream) {
    if (!reading_) return Turn::nothing;
    book_.settle();
    auto const done = stream.kind == StreamKind::pipe ? turn_pipe(stream) : turn_connection(stream);
    if (done == Turn::ended) end(stream);
    return done;
}

Batch Streams::batch_of(Stream const& stream, BatchKind kind) {
    return {.kind = kind,
            .id = stream.id,
            .slot = stream.slot,
            .first = book_.last_entry() + 1,
            .at = loop_.now(),
            .free_space = book_.free_space(),
            .rate = book_.rate_of(owner_of(stream.origin))};
}

Streams::Turn Streams::turn_pipe(Stream& stream) {
    auto const batch = batch_of(stream, BatchKind::pipe);
    auto const moved = inbox_.begin_pipe(batch, stream.fd.get(), bytes_per_turn);
    if (!moved) {
        if (moved.error().number == EAGAIN) return Turn::nothing;
        if (!unprotected_)
            book_.tell(base::Priority::err,
                       fmt::format("lines are taken without protection against a kill: {}", moved.error().message()));
        unprotected_ = true;
        return turn_unprotected(stream);
    }
    if (*moved == 0) return Turn::ended;
    unprotected_ = false;
    grow(stream, *moved);
    stream.taken += *moved;
    take_pipe_batch(stream, {.batch = batch, .rate = batch.rate});
    return Turn::taken;
}

/// The inbox has no room (the runtime folder's disk is full): a service must not wait for that.
Streams::Turn Streams::turn_unprotected(Stream& stream) {
    begin_buffer(stream);
    auto const before = buffer_.size();
    buffer_.resize(before + bytes_unprotected);
    auto const got = base::sys::read(stream.fd.get(), std::as_writable_bytes(std::span(buffer_).subspan(before)));
    if (!got) return got.error().number == EAGAIN ? Turn::nothing : Turn::ended;
    if (*got == 0) return Turn::ended;
    buffer_.resize(before + *got);
    stream.taken += *got;
    auto const batch = batch_of(stream, BatchKind::end);
    Cut state{.batch = batch, .rate = batch.rate};
    inbox_.begin(batch);
    book_.gather();
    auto const consumed = cut(stream, headroom, state);
    finish(stream, consumed, state);
    return Turn::taken;
}

void Streams::grow(Stream& stream, std::size_t taken) {
    stream.full_turns = taken >= usual_pipe ? stream.full_turns + 1 : 0;
    if (stream.full_turns != full_turns_before_growth) return;
    // Beyond what the user may have: it stays as it is.
    static_cast<void>(base::sys::set_pipe_size(stream.fd.get(), bytes_per_turn));
}

/// The stream's last act: the rest of a line is a line, too, and what was suppressed is said.
void Streams::end(Stream& stream) {
    auto rate = book_.rate_of(owner_of(stream.origin));
    if (stream.carry.empty() && take_suppressed(rate) == 0) return;
    auto const batch = batch_of(stream, BatchKind::end);
    inbox_.begin(batch);
    take_end_batch(stream, {.batch = batch, .rate = batch.rate, .rest = LineBreak::eof});
}

void Streams::remove(std::uint64_t id) {
    auto const found = streams_.find(id);
    inbox_.release(found->second->slot);
    streams_.erase(found);
    gone_(id);
}

// -- batches

void Streams::begin_buffer(Stream const& stream) {
    buffer_.assign(headroom, '\0');
    buffer_ += stream.carry;
}

void Streams::take_pipe_batch(Stream& stream, Cut state) {
    book_.gather();
    begin_buffer(stream);
    if (auto read = inbox_.read_into(buffer_); !read)
        base::log(base::Priority::err, "lines of {} are lost: {}", stream.origin.unit, read.error().message());
    auto const consumed = cut(stream, headroom, state);
    finish(stream, consumed, state);
}

void Streams::take_end_batch(Stream& stream, Cut state) {
    book_.gather();
    begin_buffer(stream);
    auto const consumed = cut(stream, headroom, state);
    if (auto const count = take_suppressed(state.rate); count > 0)
        put_suppressed(stream, count, stream.origin.level, state);
    finish(stream, consumed, state);
}

/// `consumed` counts from the buffer's begin.
void Streams::finish(Stream& stream, std::size_t consumed, Cut const& state) {
    if (auto const lost = book_.commit(owner_of(stream.origin)); lost > 0) inbox_.note_lost(lost);
    auto const rest = std::string_view(buffer_).substr(consumed);
    auto const kept = state.batch.kind == BatchKind::connection ? inbox_.finish_seen(stream.fd.get(), rest, state.rate)
                                                                : inbox_.finish(rest, state.rate);
    // Without room for it the rest is only here: a kill now would lose it, and nothing else does.
    if (!kept && !std::exchange(unsafe_, true))
        base::log(base::Priority::err, "rests of lines are not safe from a kill: {}", kept.error().message());
    if (kept && !rest.empty()) unsafe_ = false;
    stream.carry = rest;
    book_.rate_of(owner_of(stream.origin)) = state.rate;
}

// -- lines

/// Cuts what is in the buffer from there on; returns where the unfinished rest begins.
std::size_t Streams::cut(Stream& stream, std::size_t from, Cut& state) {
    LineRules const rules{.line_max = std::min(book_.options().conf.line_max, longest_line), .rest = state.rest};
    auto const bytes = std::span<char const>(buffer_).subspan(from);
    return from + split(bytes, rules, [&](Line const& line) { put(stream, line, state); });
}

void Streams::put(Stream& stream, Line const& line, Cut& state) {
    auto const message = read_message(line.text, stream.origin.level_prefix, stream.origin.level);
    if (!message || message->level > stream.origin.level_max) return;
    auto const& at = state.batch.at;
    auto const verdict = decide_rate(state.rate, stream.rules, message->level, at.monotonic, state.batch.free_space);
    if (verdict.suppressed > 0) put_suppressed(stream, verdict.suppressed, message->level, state);
    if (!verdict.pass) return;
    // "MESSAGE=" goes in front of the text, over the end of the line before, which is in the journal by now: a field
    // without a copy. In front of the first line there is headroom.
    static_assert(headroom >= message_name.size());
    auto const offset = static_cast<std::size_t>(message->text.data() - buffer_.data()) - message_name.size();
    std::memcpy(buffer_.data() + offset, message_name.data(), message_name.size());
    auto const field = std::string_view(buffer_).substr(offset, message_name.size() + message->text.size());
    std::array<std::string_view, 2> const fields{field, line_break_field(line.how)};
    write({.entry = {.at = at,
                     .label = label(stream, message->level),
                     .fields = std::span(fields).first(fields[1].empty() ? 1U : 2U)},
           .level = message->level,
           .facility = stream.origin.facility.value_or(daemon_facility),
           .owner = owner_of(stream.origin),
           .identifier = stream.origin.identifier,
           .pid = stream.speaker.pid,
           .text = message->text,
           .console = stream.origin.console},
          state);
}

void Streams::put_suppressed(Stream& stream, std::uint64_t count, std::uint8_t level, Cut& state) {
    auto const& owner = owner_of(stream.origin);
    auto const text = suppressed_text(count, owner);
    std::array const lines{fmt::format("MESSAGE={}", text), fmt::format("MESSAGE_ID={}", suppressed_message_id),
                           fmt::format("N_DROPPED={}", count)};
    std::array<std::string_view, 3> const fields{lines[0], lines[1], lines[2]};
    write({.entry = {.at = state.batch.at, .label = label(stream, level), .fields = fields},
           .level = level,
           .facility = stream.origin.facility.value_or(daemon_facility),
           .owner = owner,
           .identifier = stream.origin.identifier,
           .pid = stream.speaker.pid,
           .text = text,
           .console = stream.origin.console},
          state);
}

void Streams::write(Words const& words, Cut& state) {
    // What MaxLevelStore= keeps out of the journal has no sequence number to be counted by.
    if (book_.stores(words.level) && state.skip > 0) {
        --state.skip;
        return;
    }
    if (auto const lost = book_.write(words); lost > 0) inbox_.note_lost(lost);
}

Label const& Streams::label(Stream& stream, std::uint8_t level) {
    auto& label = stream.labels.at(level);
    if (label) return label;
    // Only now: at its start the process may not have become its program yet.
    if (stream.speaker.command.empty()) stream.speaker.command = read_command(stream.speaker.pid);
    label = make_stream_label(stream.origin, stream.speaker, book_.options().machine, level);
    return label;
}

} // namespace mitori::journal
