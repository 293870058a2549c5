#include "bin/record_host.hpp"

#include <cerrno>
#include <csignal>
#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

#include "base/log.hpp"
#include "base/names.hpp"
#include "base/options.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "bin/death_book.hpp"
#include "ledger/ledger.hpp"
#include "loop/loop.hpp"
#include "witness/witness.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view usage =
    R"(mitori record --host [--ledger FILE] [--source NAME] [--max-size SIZE] [--max-age TIME]

Writes the death of every process on this machine into a ledger, beside whatever manages the machine: systemd, Docker,
or nothing at all. `mitori deaths` and `mitori why` read it.

  --host           the machine, not one manager's services
  --ledger FILE    where to; default: /var/lib/mitori/ledger.sqlite, without root ~/.local/state/mitori/ledger.sqlite
  --source NAME    only this source, instead of the best that is to be had:
                     bpf        every death, with who sent the signal; needs root (CAP_BPF, CAP_PERFMON)
                     connector  every death; needs root (CAP_NET_ADMIN) and the machine's first namespaces
                     pidfd      processes that are seen at two looks, a second apart; needs nothing
  --max-size SIZE  the oldest records go when there is more (256M; 0: keep all)
  --max-age TIME   records go when they are older (90d; 0: keep all)

It says at its start which source it has, and why not a better one. Deaths that it knows to have missed are counted in
the ledger. SIGTERM: write everything and end.
)";

/// Deaths that the ledger does not take at the moment (its disk is full, say) wait, so many.
constexpr std::size_t most_waiting = 100'000;
constexpr base::Usec retry_after = std::chrono::seconds(1);

struct Arguments {
    std::optional<std::string> ledger; ///< named by hand
    ledger::Limits limits;
    witness::Options witness;
    std::optional<int> leave;
};

int complain(std::string const& text) {
    std::cerr << "mitori record --host: " << text << "\n";
    return 125;
}

/// The machine's, or the user's: where `mitori deaths` looks by itself.
std::string default_ledger() {
    auto const scope = ::geteuid() == 0 ? journal::Scope::system : journal::Scope::user;
    auto const files = read_ledger_files(scope, JournalWish::Beside::no, "");
    return files.empty() ? "ledger.sqlite" : files.front();
}

void take_source(std::string_view word, Arguments& arguments) {
    arguments.witness.only = base::value_of<status::Source>(word);
    using enum status::Source;
    auto const& only = arguments.witness.only;
    if (!only || (*only != bpf && *only != connector && *only != pidfd_info))
        arguments.leave = complain(fmt::format("no source \"{}\": bpf, connector or pidfd", word));
}

void take_limit(base::GivenOption const& given, Arguments& arguments) {
    if (given.letter == 'b') {
        auto const size = base::parse_size(given.value);
        if (!size) arguments.leave = complain(size.error().message());
        arguments.limits.bytes = size.value_or(0);
    } else {
        auto const age = base::parse_span(given.value);
        if (!age) arguments.leave = complain(age.error().message());
        arguments.limits.age = age.value_or(base::Usec(0));
    }
}

void take(base::GivenOption const& given, Arguments& arguments) {
    switch (given.letter) {
    case 'H': return;
    case 'l': arguments.ledger = given.value; return;
    case 's': return take_source(given.value, arguments);
    case 'b':
    case 'a': return take_limit(given, arguments);
    case 'h':
        std::cout << usage;
        arguments.leave = 0;
        return;
    default: arguments.leave = 125; // getopt has said what is wrong
    }
}

Arguments parse(std::span<char const* const> words) {
    static constexpr option options[] = {
        {"host", no_argument, nullptr, 'H'},
        {"ledger", required_argument, nullptr, 'l'},
        {"source", required_argument, nullptr, 's'},
        {"max-size", required_argument, nullptr, 'b'},
        {"max-age", required_argument, nullptr, 'a'},
        {"help", no_argument, nullptr, 'h'},
        {},
    };
    Arguments arguments;
    auto const rest = base::read_options("mitori record --host", words, "h", options, [&](auto const& given) {
        take(given, arguments);
        return !arguments.leave;
    });
    if (!arguments.leave && !rest.empty()) arguments.leave = complain(fmt::format("what is \"{}\"?", rest.front()));
    return arguments;
}

/// What is told goes into the ledger; what it does not take waits, and what cannot wait is counted.
class HostRecorder {
public:
    HostRecorder(loop::Loop& loop, ledger::Ledger& ledger) : loop_(loop), ledger_(ledger) {}

    void take(std::span<status::Death> deaths) {
        waiting_.insert(waiting_.end(), std::move_iterator(deaths.begin()), std::move_iterator(deaths.end()));
        if (!retry_) write();
    }

    void take_lost(std::uint64_t count, std::string const& why) {
        base::log(base::Priority::warning, "{} deaths are missing in the ledger: {}", count, why);
        lost_.push_back({.at = base::sys::now_realtime(), .count = count, .why = why});
        if (!retry_) write();
    }

    void write() {
        if (auto const written = try_write(); !written) {
            base::log(base::Priority::err, "the ledger takes no deaths: {}", written.error().message());
            make_room();
            auto timer = loop_.at(base::plus(loop_.now().monotonic, retry_after), base::Usec(0), [this] {
                retry_.reset();
                write();
            });
            if (timer) retry_ = *std::move(timer);
        }
    }

private:
    base::Result<void> try_write() {
        if (!waiting_.empty()) TRY(ledger_.add(waiting_));
        waiting_.clear();
        for (; !lost_.empty(); lost_.pop_front())
            TRY(ledger_.add_lost(lost_.front()));
        return {};
    }

    void make_room() {
        if (waiting_.size() <= most_waiting) return;
        auto const count = waiting_.size() - most_waiting;
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
        lost_.push_back({.at = base::sys::now_realtime(), .count = count, .why = "the ledger could not be written"});
    }

    loop::Loop& loop_;
    ledger::Ledger& ledger_;
    std::vector<status::Death> waiting_;
    std::deque<status::LostDeaths> lost_;
    loop::WatchPtr retry_;
};

/// The file to write. Its folder is made in the usual place only: another's name may be mistyped.
base::Result<std::string> find_place(Arguments const& arguments) {
    auto const file = arguments.ledger.value_or(default_ledger());
    auto const folder = std::filesystem::path(file).parent_path().string();
    if (folder.empty()) return file;
    if (!arguments.ledger) TRY(base::sys::make_directories(folder));
    if (auto const found = base::sys::stat(folder); !found)
        return base::make_error(found.error().number, "find the folder of the ledger that --ledger names", folder);
    return file;
}

base::Result<base::Fd> lock(std::string const& ledger) {
    auto file = base::sys::lock_file(ledger + ".lock");
    if (!file && file.error().number == EWOULDBLOCK)
        return base::make_error(0, "another mitori record --host already writes", ledger);
    return file;
}

void say_what_is_seen(witness::Opened const& opened, std::string const& ledger) {
    auto const source = opened.witness->source();
    if (!opened.why_not_better.empty()) base::log(base::Priority::notice, "{}", opened.why_not_better);
    base::log(base::Priority::info, "recording into {} by {}", ledger, witness::describe_source(source));
}

base::Result<int> record(Arguments const& arguments) {
    static_cast<void>(base::sys::set_process_name("mitori-host"));
    for (int const number : {SIGPIPE, SIGHUP})
        TRY(base::sys::ignore_signal(base::Signal{number}));
    static_cast<void>(base::sys::raise_descriptor_limit());
    auto const place = TRY(find_place(arguments));
    auto const only_one = TRY(lock(place));
    auto const ledger = TRY(ledger::Ledger::open(place, arguments.limits));
    auto loop = TRY(loop::open_loop());
    HostRecorder recorder(*loop, *ledger);
    auto const opened = TRY(witness::open_witness(
        *loop,
        {.died = [&](std::span<status::Death> deaths) { recorder.take(deaths); },
         .lost = [&](std::uint64_t count, std::string const& why) { recorder.take_lost(count, why); }},
        arguments.witness));
    auto const finish = [&] {
        opened.witness->drain();
        recorder.write();
        loop->stop(0);
    };
    auto const term = TRY(loop->on_signal(base::Signal{SIGTERM}, finish));
    auto const interrupt = TRY(loop->on_signal(base::Signal{SIGINT}, finish));
    say_what_is_seen(opened, place);
    return loop->run();
}

} // namespace

int run_record_host(std::span<char const* const> words) {
    auto const arguments = parse(words);
    if (arguments.leave) return *arguments.leave;
    auto const status = record(arguments);
    if (status) return *status;
    base::log(base::Priority::err, "deaths cannot be recorded: {}", status.error().message());
    return 1;
}

} // namespace mitori::bin
