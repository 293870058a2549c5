#include "bin/recorder_output.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/names.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "bin/death_book.hpp"
#include "process/command.hpp"
#include "status/death_text.hpp"

namespace mitori::bin {
namespace {

constexpr base::Usec patience_at_the_end = std::chrono::seconds(5);
constexpr int inherited_listener = 3;
// daemon is what every service has that says nothing else. Its field takes 1.3 % of the journal (4.5 bytes of a line of
// 100, 600,000 lines), which is more than what is left to the 3.5 times the text that the journal may take.
constexpr std::uint8_t usual_facility = 3;

/// The words of `mitori record`.
std::vector<std::string> record_words(RecorderWish const& wish) {
    std::vector<std::string> words{"record", "--listener", std::to_string(inherited_listener), "--runtime-dir",
                                   wish.place.runtime_directory};
    bool const stands_in = wish.place.stands_in == JournalWish::StandsIn::yes;
    auto const storage = stands_in ? journal::read_journald_conf().conf.storage : journal::Storage::automatic;
    auto const place = read_journal_place(wish.place, storage);
    auto const add = [&words](char const* option, std::string const& value) {
        words.emplace_back(option);
        words.push_back(value);
    };
    for (auto const& folder : place.lasting)
        add("--folder", folder);
    for (auto const& folder : place.passing)
        add("--passing-folder", folder);
    auto const& wished = wish.place;
    for (auto const& file : read_ledger_files(wished.scope, wished.beside, wished.runtime_directory))
        add("--ledger", file);
    // The machine's ledger, and no other, is to hold the machine's deaths.
    if (wished.scope == journal::Scope::system && wished.beside == JournalWish::Beside::no)
        words.emplace_back("--witness");
    if (stands_in) words.emplace_back("--machine-conf");
    if (wish.serve_log == RecorderWish::ServeLog::yes) add("--syslog", "/run/systemd/journal/syslog");
    if (wish.console) add("--console", std::string(base::word(*wish.console)));
    return words;
}

base::Result<journal::Launched> launch(RecorderWish const& wish, int listener) {
    process::Command command("/proc/self/exe");
    // A session of its own: a Ctrl-C at our terminal is for us. Of our environment only what shows times.
    command.argv0("mitori").args(record_words(wish)).clear_env().new_session().stdin_from(process::Stdio::null());
    if (char const* const zone = std::getenv("TZ")) command.env("TZ", zone);
    command.pass(listener, inherited_listener);
    auto child = command.spawn();
    if (!child) return std::unexpected(child.error().error);
    auto pidfd = child->pidfd() < 0 ? base::Result<base::Fd>(base::Fd()) : base::sys::duplicate(child->pidfd());
    return journal::Launched{.pid = child->pid(), .pidfd = TRY(std::move(pidfd))};
}

journal::Origin origin_of(manager::StreamOrder const& order, journal::Scope scope) {
    return {.unit = order.unit,
            .invocation = order.invocation,
            .identifier = order.identifier,
            .scope = scope,
            .facility = order.facility == usual_facility ? std::nullopt : std::optional(order.facility),
            .level = order.level,
            .level_max = order.level_max.value_or(7),
            .level_prefix = order.level_prefix ? journal::LevelPrefix::on : journal::LevelPrefix::off,
            .console = order.console ? journal::Origin::Console::yes : journal::Origin::Console::no,
            .rate_interval = order.rate_interval,
            .rate_burst = order.rate_burst,
            .extra_fields = order.extra_fields};
}

std::uint64_t number(manager::StreamId stream) { return static_cast<std::uint64_t>(stream); }

} // namespace

base::Result<std::unique_ptr<RecorderOutput>> RecorderOutput::make(loop::Loop& loop, RecorderWish wish) {
    std::unique_ptr<RecorderOutput> output(new RecorderOutput(std::move(wish)));
    TRY(output->begin(loop));
    return output;
}

RecorderOutput::~RecorderOutput() {
    base::set_log_sink({});
    if (client_) client_->finish(patience_at_the_end);
}

base::Result<void> RecorderOutput::begin(loop::Loop& loop) {
    client_ = TRY(journal::Client::make(loop, {.runtime_directory = wish_.place.runtime_directory,
                                               .launch = [this](int listener) { return launch(wish_, listener); },
                                               .scope = wish_.place.scope}));
    base::set_log_sink([this](base::Priority priority, std::string_view text) {
        base::log_to_stderr(priority, text);
        // What is said while something is being said would be said for ever.
        if (std::exchange(saying_, true)) return;
        client_->say(fields(priority, text));
        saying_ = false;
    });
    if (wish_.serve_log == RecorderWish::ServeLog::no) return {};
    if (auto served = serve_log(); !served)
        base::log(base::Priority::err, "/dev/log is not served: {}", served.error().message());
    return {};
}

base::Result<void> RecorderOutput::serve_log() {
    std::string const folder = "/run/systemd/journal";
    TRY(base::sys::make_directories(folder));
    // First of all, for it is refused where a journald of somebody else answers: datagram sockets cannot tell.
    auto connections = TRY(base::sys::listen_unix(folder + "/stdout", 0666));
    client_->serve(journal::SocketKind::syslog, TRY(base::sys::bind_datagrams(folder + "/dev-log", 0666)));
    client_->serve(journal::SocketKind::native, TRY(base::sys::bind_datagrams(folder + "/socket", 0666)));
    TRY(client_->serve_connections(std::move(connections)));
    return base::sys::replace_symlink(folder + "/dev-log", "/dev/log");
}

base::Result<manager::OpenStream> RecorderOutput::open(manager::StreamOrder const& order) {
    auto stream = TRY(client_->open(origin_of(order, wish_.place.scope), order.owner, order.group_owner));
    return manager::OpenStream{.id = static_cast<manager::StreamId>(stream.id),
                               .write = std::move(stream.write),
                               .name = std::move(stream.name)};
}

void RecorderOutput::started(manager::StreamId stream, pid_t pid, uid_t uid) {
    client_->started(number(stream), pid, uid);
}

void RecorderOutput::drain(manager::StreamId stream, std::function<void()> done) {
    client_->drain(number(stream), std::move(done));
}

void RecorderOutput::close(manager::StreamId stream) { client_->close(number(stream)); }

void RecorderOutput::died(status::Death const& death) { client_->died(status::show_death(death)); }

std::vector<std::string> RecorderOutput::fields(base::Priority priority, std::string_view text) const {
    return {fmt::format("MESSAGE={}", text), fmt::format("PRIORITY={}", static_cast<int>(priority)),
            fmt::format("_PID={}", ::getpid()), fmt::format("_UID={}", ::geteuid())};
}

void RecorderOutput::say(std::string const& unit, std::string const& invocation, manager::Message const& message) {
    if (!base::is_logged(message.priority)) return;
    base::log_to_stderr(message.priority, message.text);
    auto said = fields(message.priority, message.text);
    said.insert(said.end(), message.fields.begin(), message.fields.end());
    bool const user = wish_.place.scope == journal::Scope::user;
    said.push_back(fmt::format("{}={}", user ? "USER_UNIT" : "UNIT", unit));
    // journalctl -u believes UNIT= of pid 1 alone, and this one of anybody who is root.
    if (::getpid() != 1 && !user) said.push_back("OBJECT_SYSTEMD_UNIT=" + unit);
    if (!invocation.empty())
        said.push_back(fmt::format("{}={}", user ? "USER_INVOCATION_ID" : "INVOCATION_ID", invocation));
    client_->say(std::move(said));
}

} // namespace mitori::bin
