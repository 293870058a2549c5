#include "bin/up_streams.hpp"

#include <array>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "journal/lines.hpp"

namespace mitori::bin {
namespace {

using manager::StreamId;

/// In one turn of the loop, of one stream: a flood does not keep the others waiting.
constexpr std::size_t most_at_once = 64 << 10;
/// How long the end waits for who reads our output.
constexpr base::Usec patience = std::chrono::seconds(2);

} // namespace

std::string tag_of_unit(std::string const& unit) {
    constexpr std::string_view suffix = ".service";
    return unit.ends_with(suffix) ? unit.substr(0, unit.size() - suffix.size()) : unit;
}

UpStreams::UpStreams(loop::Loop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      writer_(loop, options_.fd, [this] { go_on(); }),
      console_(writer_, options_.console) {
    base::set_log_sink([this](base::Priority priority, std::string_view text) { console_.say(priority, text); });
}

UpStreams::~UpStreams() { base::set_log_sink({}); }

base::Result<manager::OpenStream> UpStreams::open(manager::StreamOrder const& order) {
    auto ends = TRY(base::sys::pipe());
    // Only our end: the service's waits as with any pipe when it is full.
    TRY(base::sys::set_nonblocking(ends.first.get()));
    // So that a service of another user can open /dev/stdout again.
    if (order.owner != ::geteuid()) TRY(base::sys::change_owner(ends.second.get(), order.owner, order.group_owner));
    auto const id = next_++;
    auto& stream = streams_[id];
    stream.read = std::move(ends.first);
    stream.speaker = {.tag = tag_of_unit(order.unit), .unit = order.unit, .invocation = order.invocation, .pid = 0};
    stream.level = order.level;
    stream.level_prefix = order.level_prefix;
    watch(id, stream);
    // No name: it is not the journal that reads it, and $JOURNAL_STREAM would promise that.
    return manager::OpenStream{.id = StreamId{id}, .write = std::move(ends.second), .name = {}};
}

void UpStreams::started(StreamId id, pid_t pid, uid_t) {
    auto const found = streams_.find(static_cast<std::uint64_t>(id));
    if (found == streams_.end()) return;
    auto& speaker = found->second.speaker;
    speaker.pid = pid;
    if (options_.announced && options_.announced(speaker.unit))
        console_.event(speaker, fmt::format("started with pid {}", pid));
}

void UpStreams::drain(StreamId id, std::function<void()> done) {
    auto const found = streams_.find(static_cast<std::uint64_t>(id));
    if (found != streams_.end()) {
        auto& stream = found->second;
        // What is in the pipe now and no more: a descendant may write for ever.
        auto const waiting = base::sys::bytes_waiting(stream.read.get()).value_or(0);
        for (std::size_t left = waiting; left > 0;) {
            auto const before = base::sys::bytes_waiting(stream.read.get()).value_or(0);
            if (before == 0 || take(stream) != Got::bytes) break;
            left -= std::min(left, std::min(before, most_at_once));
        }
        show_rest(stream);
    }
    done();
}

/// Descendants that hold the other end are heard until the last of them has closed it.
void UpStreams::close(StreamId) {}

// What a process of a Procfile does is told as foreman tells it ("exited with code 1"); the manager would say it twice.
void UpStreams::say(std::string const& unit, std::string const&, manager::Message const& message) {
    auto const& text = message.text;
    bool const told = options_.announced && options_.announced(unit);
    if (told && text.find("Failed with result") != std::string_view::npos) return;
    if (message.priority <= (told ? base::Priority::warning : options_.least)) console_.say(message.priority, text);
}

void UpStreams::finish() {
    for (auto& [id, stream] : streams_) {
        while (take(stream) == Got::bytes && !writer_.full()) {}
        show_rest(stream);
    }
    streams_.clear();
    writer_.finish(patience);
}

void UpStreams::watch(std::uint64_t id, Stream& stream) {
    if (stream.watch || writer_.full()) return; // go_on() does it when there is room again
    auto made = loop_.on_ready(stream.read.get(), loop::Interest::read, loop::Urgency::normal,
                               [this, id](loop::Ready) { read(id); });
    if (made)
        stream.watch = std::move(*made);
    else
        base::log(base::Priority::err, "{} is not heard: {}", stream.speaker.unit, made.error().message());
}

void UpStreams::read(std::uint64_t id) {
    auto const found = streams_.find(id);
    if (found == streams_.end()) return;
    if (take(found->second) == Got::end) {
        show_rest(found->second);
        streams_.erase(found);
    }
    if (writer_.full()) hold_back();
}

UpStreams::Got UpStreams::take(Stream& stream) {
    std::array<std::byte, most_at_once> bytes;
    auto const got = base::sys::read(stream.read.get(), bytes);
    if (!got) return got.error().number == EAGAIN ? Got::nothing : Got::end;
    if (*got == 0) return Got::end;
    stream.unfinished.append(reinterpret_cast<char const*>(bytes.data()), *got);
    show_lines(stream);
    return Got::bytes;
}

void UpStreams::show_lines(Stream& stream) {
    if (console_.is_raw()) {
        // Whole lines, byte for byte.
        auto const end = stream.unfinished.rfind('\n');
        auto const size = end != std::string::npos                                ? end + 1
                          : stream.unfinished.size() >= journal::default_line_max ? stream.unfinished.size()
                                                                                  : 0;
        console_.bytes(std::string_view(stream.unfinished).substr(0, size));
        stream.unfinished.erase(0, size);
        return;
    }
    auto const used = journal::split(stream.unfinished, journal::LineRules{},
                                     [&](journal::Line const& line) { show_line(stream, line.text); });
    stream.unfinished.erase(0, used);
}

void UpStreams::show_line(Stream const& stream, std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    auto level = stream.level;
    if (stream.level_prefix)
        if (auto const message = journal::read_message(text, journal::LevelPrefix::on, level)) {
            text = message->text;
            level = message->level;
        }
    console_.line(stream.speaker, level, text);
}

void UpStreams::show_rest(Stream& stream) {
    if (stream.unfinished.empty()) return;
    if (console_.is_raw())
        console_.bytes(stream.unfinished);
    else
        show_line(stream, stream.unfinished);
    stream.unfinished.clear();
}

void UpStreams::hold_back() {
    for (auto& [id, stream] : streams_)
        stream.watch.reset();
}

void UpStreams::go_on() {
    for (auto& [id, stream] : streams_)
        watch(id, stream);
}

} // namespace mitori::bin
