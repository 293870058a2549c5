#include "journal/recorder.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "base/text.hpp"

namespace mitori::journal {
namespace {

using Kind = Message::Kind;

// For the store's next file, for /proc, for whoever connects.
constexpr std::uint64_t reserved_descriptors = 32;
constexpr int console_patience = 500; // milliseconds
constexpr std::uint8_t default_level = 6;
constexpr std::size_t most_at_once = 1024; // deaths

std::string_view value_of(std::vector<std::string> const& fields, std::string_view name) {
    for (std::string_view const field : fields)
        if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
            return field.substr(name.size() + 1);
    return {};
}

} // namespace

Recorder::Recorder(loop::Loop& loop, Store& store, RecorderOptions options, base::Fd listener,
                   std::unique_ptr<ConsoleOutlet> console, std::function<void()> ended)
    : loop_(loop),
      options_(std::move(options)),
      listener_(std::move(listener)),
      ended_(std::move(ended)),
      book_(loop, store, options_.book, std::move(console)) {}

Recorder::~Recorder() = default;

base::Result<std::unique_ptr<Recorder>> Recorder::make(loop::Loop& loop, Store& store, RecorderOptions options,
                                                       base::Fd listener, std::unique_ptr<ConsoleOutlet> console,
                                                       std::function<void()> ended) {
    std::unique_ptr<Recorder> recorder(
        new Recorder(loop, store, std::move(options), std::move(listener), std::move(console), std::move(ended)));
    TRY(recorder->begin());
    return recorder;
}

base::Result<void> Recorder::begin() {
    inbox_ = TRY(Inbox::open(options_.runtime_directory, options_.step));
    streams_.emplace(loop_, *inbox_, book_, [this](std::uint64_t id) { tell_gone(id); });
    sockets_.emplace(loop_, *inbox_, book_, [this](pid_t pid) { return streams_->of_pid(pid); });
    accept_watch_ = TRY(loop_.on_ready(listener_.get(), loop::Interest::read, loop::Urgency::notify,
                                       [this](loop::Ready) { accept(); }));
    return {};
}

// -- the link

/// Whoever connects is the manager now: the one before it is gone, or going. Of several that wait only the last lives.
void Recorder::accept() {
    base::Fd newest;
    while (auto accepted = base::sys::accept(listener_.get()))
        newest = *std::move(accepted);
    if (!newest) return;
    auto link = Link::make(loop_, std::move(newest),
                           {.received = [this](Message message) { on_message(std::move(message)); },
                            .quiet = [this] { acknowledge(); },
                            .ended = [this] { on_manager_gone(); }});
    if (!link) return book_.tell(base::Priority::err, fmt::format("no link: {}", link.error().message()));
    link_ = *std::move(link);
    if (begun_) tell_held();
}

void Recorder::on_manager_gone() {
    keep_deaths(); // of one that went before it could be answered
    link_.reset();
    // What was opened for a process that nobody will tell us of any more.
    streams_->read_all();
    end_if_idle();
}

void Recorder::reply(Message message) {
    if (!link_) return;
    if (auto sent = link_->send(std::move(message)); !sent)
        base::log(base::Priority::err, "the manager cannot be told: {}", sent.error().message());
}

void Recorder::on_message(Message message) {
    switch (message.kind) {
    case Kind::hello: return check_version(message);
    case Kind::socket: return take_socket(std::move(message));
    case Kind::stream: return take_stream(std::move(message));
    case Kind::held_all: return take_held_all();
    case Kind::started: {
        auto const uid = message.texts.empty() ? std::nullopt : base::parse_integer<uid_t>(message.texts.front());
        return streams_->started(message.id, static_cast<pid_t>(message.number), uid.value_or(0));
    }
    case Kind::close: return streams_->close(message.id);
    case Kind::drain: streams_->drain(message.id); return reply({.kind = Kind::drained, .number = message.number});
    case Kind::say: return say(message);
    case Kind::died:
        // As many as come at once make one batch, but not without end.
        deaths_.push_back(std::move(message));
        return deaths_.size() < most_at_once ? void() : keep_deaths();
    case Kind::finish: finish(); return reply({.kind = Kind::finished});
    default: base::log(base::Priority::err, "a message that only the recorder sends came to the recorder");
    }
}

/// A manager of another build has a recorder of its own; this one stays with the streams that it has.
void Recorder::check_version(Message const& message) {
    if (message.number == link_version) return;
    book_.tell(base::Priority::warning, "the manager is of another version: this recorder ends with its streams");
    accept_watch_.reset();
    listener_.reset();
    if (auto leaving = loop_.defer([this] { on_manager_gone(); })) leaving_ = *std::move(leaving);
}

void Recorder::take_socket(Message message) {
    if (!message.fd || message.id >= socket_kinds)
        return book_.tell(base::Priority::err, "a log socket could not be taken: no descriptor is left");
    sockets_->add(static_cast<SocketKind>(message.id), std::move(message.fd));
}

void Recorder::take_stream(Message message) {
    auto origin = parse_origin(message.texts);
    if (!origin) return base::log(base::Priority::err, "{}", origin.error().message());
    if (!message.fd || !has_room()) return refuse(message.id);
    auto const kind = message.number == 1 ? StreamKind::connection : StreamKind::pipe;
    if (auto added = streams_->add(message.id, kind, *std::move(origin), std::move(message.fd)); !added) {
        book_.tell(base::Priority::err, fmt::format("a stream is not taken: {}", added.error().message()));
        refuse(message.id);
    }
}

/// Asked anew each time: somebody may have given us another limit (prlimit(1)).
bool Recorder::has_room() const {
    auto const limit = base::sys::raise_descriptor_limit().value_or(options_.descriptors);
    return streams_->size() + reserved_descriptors < std::min(limit, options_.descriptors);
}

/// The manager keeps it, and tells of it again when another stream has gone.
void Recorder::refuse(std::uint64_t id) {
    if (!refusing_)
        book_.tell(base::Priority::warning,
                   fmt::format("no descriptor is left for further streams ({} are open): they wait", streams_->size()));
    refusing_ = true;
    reply({.kind = Kind::refused, .id = id});
}

void Recorder::take_held_all() {
    if (begun_) return;
    begun_ = true;
    resume_say();
    sockets_->begin();
    streams_->begin();
}

void Recorder::tell_held() {
    if (auto listener = base::sys::duplicate(listener_.get()))
        reply({.kind = Kind::listener, .fd = *std::move(listener)});
    streams_->for_each([this](Streams::Held const& held) {
        auto texts = show_origin(held.origin);
        texts.insert(texts.begin(), std::to_string(held.speaker.uid));
        auto fd = base::sys::duplicate(held.fd);
        if (!fd) return;
        reply({.kind = Kind::held,
               .id = held.id,
               .number = static_cast<std::uint64_t>(held.speaker.pid) * 2 + static_cast<std::uint64_t>(held.kind),
               .texts = std::move(texts),
               .fd = *std::move(fd)});
    });
}

void Recorder::tell_gone(std::uint64_t id) {
    refusing_ = false;
    reply({.kind = Kind::gone, .id = id});
    end_if_idle();
}

void Recorder::end_if_idle() {
    if (link_ || !streams_->empty() || idle_check_) return;
    // Not from inside a stream's own handler; and a manager that has just connected counts.
    auto check = loop_.defer([this] {
        idle_check_.reset();
        accept();
        if (!link_ && streams_->empty()) ended_();
    });
    if (check) idle_check_ = std::move(*check);
}

void Recorder::finish() {
    keep_deaths();
    streams_->drain_all();
    sockets_->drain_all();
    book_.settle();
    book_.sync();
    book_.flush_console(console_patience);
}

// -- what the manager itself says

void Recorder::say(Message const& message) {
    said_ = true;
    if (message.number <= inbox_->last_said()) return;
    book_.settle();
    auto const& fields = message.texts;
    auto const level = base::parse_integer<std::uint8_t>(value_of(fields, "PRIORITY")).value_or(default_level);
    auto const owner = value_of(fields, "UNIT");
    std::vector<std::string_view> const views(fields.begin(), fields.end());
    inbox_->begin({.kind = BatchKind::say, .id = message.number, .first = book_.last_entry() + 1, .at = loop_.now()});
    auto const lost = book_.write({.entry = {.at = loop_.now(), .label = manager_label(), .fields = views},
                                   .level = std::min(level, std::uint8_t{7}),
                                   .owner = owner.empty() ? "mitori" : owner,
                                   .identifier = "mitori",
                                   .pid = base::parse_integer<pid_t>(value_of(fields, "_PID")).value_or(0),
                                   .text = value_of(fields, "MESSAGE"),
                                   .console = Origin::Console::never});
    inbox_->note_lost(lost);
    inbox_->note_said(message.number);
    inbox_->cancel();
}

void Recorder::resume_say() {
    auto const& unfinished = inbox_->unfinished();
    if (!unfinished || unfinished->batch.kind != BatchKind::say) return;
    if (inbox_->done(book_.last_entry()) > 0) inbox_->note_said(unfinished->batch.id);
    inbox_->cancel();
}

void Recorder::keep_deaths() {
    if (deaths_.empty()) return;
    std::vector<std::vector<std::string>> texts;
    std::uint64_t missed = 0;
    auto const last = deaths_.back().number;
    for (auto& message : std::exchange(deaths_, {})) {
        missed += message.id;
        if (!message.texts.empty()) texts.push_back(std::move(message.texts));
    }
    if (options_.keep_deaths) options_.keep_deaths(std::move(texts), missed);
    reply({.kind = Kind::recorded, .number = last});
}

void Recorder::acknowledge() {
    keep_deaths();
    if (std::exchange(said_, false)) reply({.kind = Kind::said, .number = inbox_->last_said()});
}

Label const& Recorder::manager_label() {
    if (manager_label_) return manager_label_;
    auto const& machine = options_.book.machine;
    std::vector<std::string> fields{"SYSLOG_FACILITY=3", "SYSLOG_IDENTIFIER=mitori", "_TRANSPORT=journal",
                                    "_COMM=mitori"};
    if (!machine.boot.empty()) fields.push_back("_BOOT_ID=" + machine.boot);
    if (!machine.id.empty()) fields.push_back("_MACHINE_ID=" + machine.id);
    if (!machine.host_name.empty()) fields.push_back("_HOSTNAME=" + machine.host_name);
    manager_label_ = make_label(std::move(fields));
    return manager_label_;
}

} // namespace mitori::journal
