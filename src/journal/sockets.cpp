#include "journal/sockets.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "base/text.hpp"
#include "journal/syslog_message.hpp"

namespace mitori::journal {
namespace {

constexpr int datagrams_per_turn = 32;
// What /proc says of a sender is asked again after this: a pid may be somebody else's by then.
constexpr base::Usec sender_age = std::chrono::seconds(1);
constexpr std::size_t most_senders = 1024;
constexpr std::size_t largest_file_message = 64 << 20;

/// The bytes of a message that was too big for a datagram: a memfd came instead.
base::Result<std::string> read_payload(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) < 0) return base::errno_error("stat", "payload");
    if (!S_ISREG(status.st_mode)) return base::make_error(EBADF, "payload", "not a file");
    if (static_cast<std::uint64_t>(status.st_size) > largest_file_message) return base::make_error(EFBIG, "payload");
    std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
    bytes.resize(TRY(base::sys::read_at(fd, bytes, 0)));
    return bytes;
}

} // namespace

Sockets::Sockets(loop::Loop& loop, Inbox& inbox, Book& book, OfPid of_pid)
    : loop_(loop),
      inbox_(inbox),
      book_(book),
      of_pid_(std::move(of_pid)) {}

Sockets::~Sockets() = default;

void Sockets::add(SocketKind kind, base::Fd fd) {
    auto& of_kind = socket(kind);
    // Another manager has bound its own: what waits in the old one is still to be read.
    if (reading_ && of_kind.fd) drain(kind);
    of_kind.watch.reset();
    of_kind.fd = std::move(fd);
    watch(kind);
}

void Sockets::watch(SocketKind kind) {
    auto& of_kind = socket(kind);
    if (!reading_ || !of_kind.fd) return;
    auto watch =
        loop_.on_ready(of_kind.fd.get(), loop::Interest::read, loop::Urgency::normal, [this, kind](loop::Ready) {
            for (int count = 0; count < datagrams_per_turn && take(kind); ++count) {}
        });
    if (watch)
        of_kind.watch = std::move(*watch);
    else
        base::log(base::Priority::err, "cannot watch a log socket: {}", watch.error().message());
}

void Sockets::begin() {
    if (reading_) return;
    reading_ = true;
    if (auto const unfinished = inbox_.unfinished(); unfinished && unfinished->batch.kind == BatchKind::datagram)
        resume(*unfinished);
    watch(SocketKind::syslog);
    watch(SocketKind::native);
}

void Sockets::drain_all() {
    for (auto const kind : {SocketKind::syslog, SocketKind::native})
        drain(kind);
}

/// What waits, with a bound: a sender that never rests must not hold us.
void Sockets::drain(SocketKind kind) {
    constexpr int most = 10'000;
    for (int count = 0; count < most && socket(kind).fd && take(kind); ++count) {}
}

/// The datagram of the unfinished batch is still the first in the queue, unless it was taken.
void Sockets::resume(Inbox::Unfinished const& unfinished) {
    auto const kind = static_cast<SocketKind>(unfinished.batch.id);
    if (unfinished.batch.id >= socket_kinds) return inbox_.cancel();
    int const fd = socket(kind).fd.get();
    if (unfinished.finishing || fd < 0) return inbox_.complete(fd);
    auto const with = look(fd);
    if (!with || with->size != unfinished.batch.size) return inbox_.cancel();
    std::uint64_t skip = inbox_.done(book_.last_entry());
    write(kind, {buffer_.data(), with->size}, *with, unfinished.batch.at, skip);
    static_cast<void>(inbox_.finish_seen(fd, {}, {}));
}

base::Result<base::sys::Received> Sockets::look(int fd) {
    // FIONREAD tells the size of the datagram that waits.
    auto const waiting = base::sys::bytes_waiting(fd).value_or(0);
    constexpr std::size_t usual = 4096;
    buffer_.resize(std::max({buffer_.size(), waiting + 1, usual}));
    return base::sys::receive(fd, buffer_, base::sys::Take::peek);
}

bool Sockets::take(SocketKind kind) {
    int const fd = socket(kind).fd.get();
    book_.settle();
    auto const with = look(fd);
    if (!with) {
        if (with.error().number != EAGAIN)
            base::log(base::Priority::err, "a log socket cannot be read: {}", with.error().message());
        return false;
    }
    Batch const batch{.kind = BatchKind::datagram,
                      .id = static_cast<std::uint64_t>(kind),
                      .first = book_.last_entry() + 1,
                      .at = loop_.now(),
                      .size = with->size};
    auto const bytes = std::string_view(buffer_).substr(0, with->size);
    std::byte nothing{};
    if (!may_pass(kind, bytes, *with, batch.at)) return base::sys::receive_nowhere(fd, &nothing, 1).has_value();
    std::uint64_t skip = 0;
    if (bytes.empty()) {
        // A file instead of bytes. There is no first byte to know by afterwards: a kill here may write it twice.
        write_file(*with, batch.at);
        return base::sys::receive_nowhere(fd, &nothing, 1).has_value();
    }
    inbox_.begin_seen(batch, static_cast<std::byte>(bytes.front()));
    write(kind, bytes, *with, batch.at, skip);
    static_cast<void>(inbox_.finish_seen(fd, {}, {}));
    return true;
}

/// The rate limit of the sender's unit; by the priority that the message says first, as far as that can be seen.
bool Sockets::may_pass(SocketKind kind, std::string_view bytes, base::sys::Received const& with,
                       base::Stamp const& at) {
    auto const& who = sender(kind, with);
    auto const level = kind == SocketKind::syslog ? parse_syslog(bytes).level : std::uint8_t{6};
    auto const verdict = decide_rate(book_.rate_of(who.owner), who.rules, level, at.monotonic, book_.free_space());
    if (verdict.suppressed > 0) book_.tell(base::Priority::warning, suppressed_text(verdict.suppressed, who.owner));
    return verdict.pass;
}

void Sockets::write_file(base::sys::Received const& with, base::Stamp const& at) {
    if (with.fds.empty()) return;
    auto const bytes = read_payload(with.fds.front().get());
    std::uint64_t skip = 0;
    if (bytes) return write_native(*bytes, with, at, skip);
    book_.tell_later(base::Priority::warning,
                     fmt::format("pid {}: a message in a file cannot be read: {}", with.pid, bytes.error().message()));
}

void Sockets::write(SocketKind kind, std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
                    std::uint64_t& skip) {
    if (kind == SocketKind::syslog)
        write_syslog(bytes, with, at, skip);
    else
        write_native(bytes, with, at, skip);
}

void Sockets::write_syslog(std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
                           std::uint64_t& skip) {
    auto const message = parse_syslog(bytes);
    std::vector<std::string> texts;
    append_fields(message, texts);
    std::vector<std::string_view> const fields(texts.begin(), texts.end());
    auto const& who = sender(SocketKind::syslog, with);
    put({.entry = {.at = at, .label = who.label, .fields = fields},
         .level = message.level,
         .facility = message.facility,
         .owner = who.owner,
         .identifier = message.identifier.value_or(""),
         .pid = with.pid,
         .text = message.text,
         .raw = bytes},
        skip);
}

void Sockets::write_native(std::string_view bytes, base::sys::Received const& with, base::Stamp const& at,
                           std::uint64_t& skip) {
    auto const message = parse_native(bytes);
    auto const& who = sender(SocketKind::native, with);
    for (auto const& entry : message.entries)
        put({.entry = {.at = at, .label = who.label, .fields = entry.fields},
             .level = entry.level,
             .facility = entry.facility,
             .owner = who.owner,
             .identifier = entry.identifier,
             .pid = with.pid,
             .text = entry.text},
            skip);
    for (auto const& note : message.notes)
        book_.tell_later(base::Priority::warning, fmt::format("{} (pid {}): {}", who.owner, with.pid, note));
}

void Sockets::put(Words const& words, std::uint64_t& skip) {
    if (book_.stores(words.level) && skip > 0) {
        --skip;
        return;
    }
    if (auto const lost = book_.write(words); lost > 0) inbox_.note_lost(lost);
}

Sockets::Sender const& Sockets::sender(SocketKind kind, base::sys::Received const& with) {
    if (senders_.size() > most_senders) senders_.clear();
    auto& who = senders_[static_cast<std::uint64_t>(with.pid) * socket_kinds + static_cast<std::uint64_t>(kind)];
    auto const now = loop_.now().monotonic;
    if (who.label && now - who.known_at < sender_age) return who;
    who.known_at = now;
    auto const origin = find_origin(with.pid);
    auto label = make_sender_label({.transport = kind == SocketKind::syslog ? "syslog" : "journal",
                                    .pid = with.pid,
                                    .uid = with.uid,
                                    .gid = with.gid,
                                    .origin = origin},
                                   book_.options().machine);
    // The store knows labels by their address: one that says the same stays.
    if (!who.label || *who.label != *label) who.label = std::move(label);
    who.rules = book_.rules_of(origin.value_or(Origin{}));
    who.owner = origin && !origin->unit.empty() ? origin->unit : fmt::format("pid {}", with.pid);
    return who;
}

/// By the control group; without, by the process that the manager started among the sender's forebears.
std::optional<Origin> Sockets::find_origin(pid_t pid) const {
    Origin origin;
    if (auto unit = read_unit_of(pid)) origin.unit = *std::move(unit);
    constexpr int most_forebears = 16;
    for (int i = 0; i < most_forebears && pid > 1; ++i) {
        if (auto const* known = of_pid_(pid)) {
            if (origin.unit.empty() || origin.unit == known->unit) return *known;
            break;
        }
        pid = read_parent(pid);
    }
    if (origin.unit.empty()) return std::nullopt;
    return origin;
}

} // namespace mitori::journal
