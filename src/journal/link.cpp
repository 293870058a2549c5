#include "journal/link.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <utility>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::journal {
namespace {

// Below the kernel's default for what a socket's buffer holds (212,992 bytes with their overhead).
constexpr std::size_t longest_packet = 128 << 10;

// One wake-up hands over at most so many: who sends without end does not keep us from everybody else.
constexpr int packets_per_turn = 64;

template <class Int>
void put(std::string& bytes, Int value) {
    char raw[sizeof value];
    std::memcpy(raw, &value, sizeof value);
    bytes.append(raw, sizeof value);
}

template <class Int>
bool take(std::string_view& bytes, Int& value) {
    if (bytes.size() < sizeof value) return false;
    std::memcpy(&value, bytes.data(), sizeof value);
    bytes.remove_prefix(sizeof value);
    return true;
}

} // namespace

std::string show_message(Message const& message) {
    std::string bytes;
    put(bytes, static_cast<std::uint8_t>(message.kind));
    // Whether a descriptor belongs to it: the kernel drops those that do not fit, without a word about how many.
    put(bytes, static_cast<std::uint8_t>(message.fd ? 1 : 0));
    put(bytes, message.id);
    put(bytes, message.number);
    put(bytes, static_cast<std::uint32_t>(message.texts.size()));
    for (auto const& text : message.texts) {
        put(bytes, static_cast<std::uint32_t>(text.size()));
        bytes += text;
    }
    return bytes;
}

base::Result<Message> parse_message(std::string_view bytes) {
    auto const wrong = base::make_error(EINVAL, "message of the recorder's link");
    Message message;
    std::uint8_t kind = 0;
    std::uint8_t with_fd = 0;
    std::uint32_t count = 0;
    bool const whole = take(bytes, kind) && take(bytes, with_fd) && take(bytes, message.id) &&
                       take(bytes, message.number) && take(bytes, count);
    if (!whole || kind > static_cast<std::uint8_t>(Message::Kind::finished)) return wrong;
    message.kind = static_cast<Message::Kind>(kind);
    message.lost_fd = with_fd != 0; // until the descriptor is there
    for (std::uint32_t i = 0; i < count; ++i) {
        std::uint32_t size = 0;
        if (!take(bytes, size) || bytes.size() < size) return wrong;
        message.texts.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    if (!bytes.empty()) return wrong;
    return message;
}

Link::Link(loop::Loop& loop, base::Fd socket, Handlers handlers)
    : loop_(loop),
      socket_(std::move(socket)),
      handlers_(std::move(handlers)),
      buffer_(longest_packet, '\0'),
      alive_(std::make_shared<bool>(true)) {}

Link::~Link() { *alive_ = false; }

base::Result<std::unique_ptr<Link>> Link::make(loop::Loop& loop, base::Fd socket, Handlers handlers) {
    std::unique_ptr<Link> link(new Link(loop, std::move(socket), std::move(handlers)));
    TRY(link->watch());
    return link;
}

base::Result<void> Link::watch() {
    bool const writes = !queue_.empty();
    if (watch_ && writes == watches_writes_) return {};
    watches_writes_ = writes;
    watch_.reset();
    auto const interest = writes ? loop::Interest::read_and_write : loop::Interest::read;
    // Before the streams: what the manager says of one counts for what is read from it.
    watch_ = TRY(loop_.on_ready(socket_.get(), interest, loop::Urgency::spawner,
                                [this](loop::Ready ready) { on_ready(ready); }));
    return {};
}

base::Result<void> Link::send(Message message) {
    auto bytes = show_message(message);
    if (bytes.size() > longest_packet) return base::make_error(EMSGSIZE, "message of the recorder's link");
    queue_.push_back({std::move(bytes), std::move(message.fd)});
    static_cast<void>(push()); // a broken link is told by the watch
    return watch();
}

/// Sends what goes now; false when the link is broken.
bool Link::push() {
    while (!queue_.empty()) {
        auto const& packet = queue_.front();
        int const fd = packet.fd.get();
        auto const sent = base::sys::send_packet(socket_.get(), packet.bytes,
                                                 fd < 0 ? std::span<int const>() : std::span<int const>(&fd, 1));
        if (sent) {
            queue_.pop_front();
            continue;
        }
        // ETOOMANYREFS: more descriptors are on their way than we may have open; they arrive, and then there is room.
        int const number = sent.error().number;
        return number == EAGAIN || number == ENOBUFS || number == ETOOMANYREFS;
    }
    return true;
}

/// False when the other side is gone, or we are.
bool Link::receive() {
    auto const alive = alive_;
    for (int count = 0; count < packets_per_turn; ++count) {
        auto got = base::sys::receive(socket_.get(), buffer_, base::sys::Take::consume);
        if (!got) return got.error().number == EAGAIN;
        if (got->size == 0) return false;
        auto message = parse_message(std::string_view(buffer_).substr(0, got->size));
        if (!message || got->cut) {
            base::log(base::Priority::err, "a message on the recorder's link cannot be read");
            continue;
        }
        if (!got->fds.empty()) {
            message->fd = std::move(got->fds.front());
            message->lost_fd = false;
        }
        handlers_.received(*std::move(message));
        if (!*alive) return true;
    }
    return true;
}

void Link::on_ready(loop::Ready ready) {
    auto const alive = alive_;
    bool good = true;
    if (ready.write) good = push();
    // What the other side said before it went is still to be heard.
    if (ready.read && !receive()) good = false;
    if (!*alive) return;
    if (good && handlers_.quiet) handlers_.quiet();
    if (!*alive) return;
    if (good)
        if (auto watched = watch(); !watched)
            base::log(base::Priority::err, "the recorder's link: {}", watched.error().message());
    if (good) return;
    watch_.reset();
    auto const ended = handlers_.ended;
    ended();
}

bool Link::flush(int milliseconds) {
    auto const until = base::sys::now_monotonic() + std::chrono::milliseconds(milliseconds);
    while (!queue_.empty()) {
        if (!push()) return false;
        if (queue_.empty()) break;
        auto const left = until - base::sys::now_monotonic();
        if (left.count() <= 0) return false;
        pollfd wait{.fd = socket_.get(), .events = POLLOUT, .revents = 0};
        ::poll(&wait, 1, static_cast<int>(left.count() / 1000 + 1));
    }
    return true;
}

bool Link::receive_for(int milliseconds) {
    pollfd wait{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, milliseconds) <= 0) return true;
    return receive();
}

} // namespace mitori::journal
