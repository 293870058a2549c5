#include "bin/record_program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

#include "base/log.hpp"
#include "base/names.hpp"
#include "base/options.hpp"
#include "base/sys.hpp"
#include "base/sys_last_words.hpp"
#include "base/sys_streams.hpp"
#include "base/text.hpp"
#include "bin/death_book.hpp"
#include "bin/record_host.hpp"
#include "journal/journald_conf.hpp"
#include "journal/orders.hpp"
#include "journal/recorder.hpp"
#include "journal/store.hpp"
#include "loop/loop.hpp"
#include "witness/witness.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view usage =
    R"(mitori record --listener FD --runtime-dir DIR [--folder DIR]… [--passing-folder DIR]… [--machine-conf]
              [--console raw|prefix|json] [--syslog PATH]

Writes the output of services into journal files. A manager starts it by itself and starts it again when it has died;
there is no reason to start it by hand.

  --listener FD         the socket by which managers connect, inherited
  --runtime-dir DIR     the manager's runtime folder: what is under way is kept there
  --folder DIR          where the files go; the first that can be opened is taken
  --passing-folder DIR  the same, for memory: tried after those, with the limits Runtime…= of journald.conf(5)
  --ledger FILE         where deaths are recorded; the first that can be opened is taken
  --witness             record the end of every process on the machine there, too, where BPF may be used
  --machine-conf        obey /etc/systemd/journald.conf and its drop-ins
  --console FORMAT      show everything on stdout, too
  --syslog PATH         pass messages on to a syslog daemon that listens there

mitori record --host is something else: it records the deaths of the whole machine, see there.

SIGTERM: write everything through and end. SIGUSR2: begin a new file. SIGRTMIN+1: write everything through.
)";

struct Arguments {
    int listener = -1;
    std::string runtime_directory;
    std::vector<std::string> folders;
    std::vector<std::string> passing;
    std::vector<std::string> ledgers;
    bool machine_conf = false;
    bool witness = false;
    std::optional<journal::ConsoleFormat> console;
    std::string syslog;
    std::optional<int> leave;
};

int complain(std::string const& text) {
    std::cerr << "mitori record: " << text << "\n";
    return 125;
}

void take(base::GivenOption const& given, Arguments& arguments) {
    switch (given.letter) {
    case 'l': arguments.listener = base::parse_integer<int>(given.value).value_or(-1); return;
    case 'r': arguments.runtime_directory = given.value; return;
    case 'f': arguments.folders.emplace_back(given.value); return;
    case 'p': arguments.passing.emplace_back(given.value); return;
    case 'd': arguments.ledgers.emplace_back(given.value); return;
    case 'm': arguments.machine_conf = true; return;
    case 'w': arguments.witness = true; return;
    case 's': arguments.syslog = given.value; return;
    case 'c':
        arguments.console = base::value_of<journal::ConsoleFormat>(given.value);
        if (!arguments.console)
            arguments.leave = complain(fmt::format("no format \"{}\": raw, prefix or json", given.value));
        return;
    case 'h':
        std::cout << usage;
        arguments.leave = 0;
        return;
    default: arguments.leave = 125; // getopt has said what is wrong
    }
}

Arguments parse(std::span<char const* const> words) {
    static constexpr option options[] = {
        {"listener", required_argument, nullptr, 'l'},
        {"runtime-dir", required_argument, nullptr, 'r'},
        {"folder", required_argument, nullptr, 'f'},
        {"passing-folder", required_argument, nullptr, 'p'},
        {"ledger", required_argument, nullptr, 'd'},
        {"machine-conf", no_argument, nullptr, 'm'},
        {"console", required_argument, nullptr, 'c'},
        {"syslog", required_argument, nullptr, 's'},
        {"witness", no_argument, nullptr, 'w'},
        {"help", no_argument, nullptr, 'h'},
        {},
    };
    Arguments arguments;
    static_cast<void>(base::read_options("mitori record", words, "h", options, [&](auto const& given) {
        take(given, arguments);
        return !arguments.leave;
    }));
    if (!arguments.leave && (arguments.listener < 0 || arguments.runtime_directory.empty()))
        arguments.leave = complain("it is started by a manager, with --listener and --runtime-dir");
    return arguments;
}

/// Where no journal is kept, or none can be: everything is refused with that reason, or (number 0) taken for nothing.
class NoStore final : public journal::Store {
public:
    explicit NoStore(base::Error reason) : reason_(std::move(reason)) {}
    base::Result<void> append(journal::Entry const&) override {
        if (reason_.number != 0) return std::unexpected(reason_);
        ++count_;
        return {};
    }
    [[nodiscard]] std::uint64_t last_entry() const override { return count_; }
    base::Result<void> rotate() override { return {}; }
    base::Result<void> sync() override { return {}; }

private:
    base::Error reason_;
    std::uint64_t count_ = 0;
};

struct Opened {
    std::unique_ptr<journal::Store> store;
    std::string folder;
};

Opened open_store(Arguments const& arguments, journal::JournaldConf const& conf) {
    base::Error last;
    auto const attempt = [&](std::string const& folder, journal::Limits const& limits) -> std::optional<Opened> {
        auto store = journal::Store::open({.folder = folder,
                                           .undo_path = arguments.runtime_directory + "/recorder.undo",
                                           .limits = limits,
                                           .compress_above = conf.compress_above});
        if (store) return Opened{*std::move(store), folder};
        last = store.error();
        base::log(base::Priority::warning, "no journal in {}: {}", folder, last.message());
        return std::nullopt;
    };
    for (auto const& folder : arguments.folders)
        if (auto opened = attempt(folder, conf.system)) return *std::move(opened);
    for (auto const& folder : arguments.passing)
        if (auto opened = attempt(folder, conf.runtime)) return *std::move(opened);
    if (last.number != 0) base::log(base::Priority::err, "no journal can be kept: {}", last.message());
    return {std::make_unique<NoStore>(last), arguments.runtime_directory};
}

journal::JournaldConf read_conf(Arguments const& arguments) {
    if (!arguments.machine_conf) return {};
    auto const result = journal::read_journald_conf();
    for (auto const& note : result.notes)
        base::log(base::Priority::notice, "{}", note.message());
    return result.conf;
}

std::unique_ptr<journal::ConsoleOutlet> open_console(loop::Loop& loop, Arguments const& arguments) {
    auto const format = arguments.console.value_or(journal::ConsoleFormat::prefix);
    auto console = journal::ConsoleOutlet::make(loop, STDOUT_FILENO, format);
    if (console) return *std::move(console);
    if (arguments.console)
        base::log(base::Priority::warning, "nothing is shown on stdout: {}", console.error().message());
    return nullptr;
}

journal::BookOptions book_options(Arguments const& arguments, journal::JournaldConf conf, std::string folder) {
    using enum journal::BookOptions::ToConsole;
    return {.conf = std::move(conf),
            .machine = journal::read_machine(),
            .folder = std::move(folder),
            .syslog_path = arguments.syslog,
            .to_console = arguments.console ? everything : what_asks};
}

/// For who waits for what he asked for: journal/orders.hpp.
void leave_stamp(Arguments const& arguments, std::string_view name) {
    auto const path = arguments.runtime_directory + "/" + std::string(name);
    auto const text = std::to_string(base::sys::now_monotonic().count()) + "\n";
    if (auto const written = base::sys::write_file(path, text); !written)
        base::log(base::Priority::warning, "nobody can be told that it is done: {}", written.error().message());
}

/// Who sent a service its signal, and the ends of all that the manager does not wait for: the ledger makes one record
/// of what both tell. Without the right to it nobody misses a line here; each record says what is unknown, and why.
class Witnessing {
public:
    void begin(loop::Loop& loop, DeathBook& book) {
        auto begun = witness::open_bpf_aside(
            loop,
            {.died = [&book](std::span<status::Death> deaths) { book.keep(deaths, 0); },
             .lost = [&book](std::uint64_t count, std::string const& why) { book.keep_lost(count, why); }},
            {.only = status::Source::bpf, .ring_bytes = std::size_t{4} << 20},
            [this](auto opened) { opened ? void(witness_ = *std::move(opened)) : miss(opened.error()); });
        begun ? void(opening_ = *std::move(begun)) : miss(begun.error());
    }
    void drain() {
        if (witness_) witness_->drain();
    }

private:
    /// No right to it, no libbpf, no BPF or no types in this kernel: that happens. That the kernel refuses the program
    /// must not.
    static void miss(base::Error const& why) {
        static constexpr std::array happens{0, EPERM, ENOENT, ENOSYS, ESRCH};
        bool const expected = std::ranges::find(happens, why.number) != happens.end();
        base::log(expected ? base::Priority::debug : base::Priority::warning,
                  "nobody tells who sends signals to services: {}", why.message());
    }
    std::unique_ptr<witness::Witness> witness_;
    std::unique_ptr<witness::Opening> opening_;
};

base::Result<int> record(Arguments const& arguments) {
    static_cast<void>(base::sys::set_process_name(std::string(journal::recorder_process_name)));
    for (int const number : {SIGPIPE, SIGHUP, SIGINT})
        TRY(base::sys::ignore_signal(base::Signal{number}));
    // The disk cannot run full under a mapped page: each has its room before it is used. But somebody may cut a file
    // off, or the disk may fail. The next recorder puts the file aside and does the batch again.
    TRY(base::sys::set_last_words(
        base::Signal{SIGBUS}, "mitori: the recorder ends: a journal file was cut off under it, or cannot be read\n"));
    auto loop = TRY(loop::open_loop());
    auto conf = read_conf(arguments);
    auto opened = open_store(arguments, conf);
    static_cast<void>(base::sys::replace_symlink(opened.folder, arguments.runtime_directory + "/journal"));
    DeathBook book(arguments.ledgers);
    if (!book.path().empty())
        static_cast<void>(base::sys::replace_symlink(book.path(), arguments.runtime_directory + "/ledger"));
    auto recorder = TRY(journal::Recorder::make(
        *loop, *opened.store,
        {.runtime_directory = arguments.runtime_directory,
         .book = book_options(arguments, std::move(conf), opened.folder),
         .keep_deaths = [&book](auto deaths, std::uint64_t missed) { book.keep_texts(deaths, missed); }},
        base::Fd(arguments.listener), open_console(*loop, arguments), [&loop] { loop->stop(0); }));
    Witnessing witnessing;
    if (arguments.witness && !book.path().empty()) witnessing.begin(*loop, book);
    auto const term = TRY(loop->on_signal(base::Signal{SIGTERM}, [&] {
        witnessing.drain();
        recorder->finish();
        loop->stop(0);
    }));
    auto const rotate = TRY(loop->on_signal(journal::rotate_signal(), [&] {
        if (auto rotated = opened.store->rotate(); !rotated)
            return base::log(base::Priority::err, "no new journal file: {}", rotated.error().message());
        leave_stamp(arguments, journal::rotated_stamp);
    }));
    auto const sync = TRY(loop->on_signal(journal::sync_signal(), [&] {
        recorder->finish();
        leave_stamp(arguments, journal::synced_stamp);
    }));
    static_cast<void>(base::sys::write_file(arguments.runtime_directory + "/" + std::string(journal::recorder_pid_file),
                                            fmt::format("{}\n", ::getpid())));
    return loop->run();
}

} // namespace

int run_record(std::span<char const* const> words) {
    if (std::ranges::find(words, std::string_view("--host")) != words.end()) return run_record_host(words);
    auto const arguments = parse(words);
    if (arguments.leave) return *arguments.leave;
    auto const status = record(arguments);
    if (status) return *status;
    base::log(base::Priority::err, "the recorder cannot work: {}", status.error().message());
    return 1;
}

} // namespace mitori::bin
