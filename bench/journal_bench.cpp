// What an entry costs in the journal: entries as a service's stream makes them (ten fields that all share, and a line
// of 100 bytes with its end), gathered as the recorder gathers them and one by one, beside write(2) of the same text.
//
//   journal_bench [--entries N] [--gather N] [--regular] [--dir DIR]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "base/sys.hpp"
#include "journal/store.hpp"

namespace {

using namespace mitori;

constexpr std::size_t line_size = 100; // with its newline

struct Options {
    std::size_t entries = 1'000'000;
    std::size_t gather = 650; // lines of 100 bytes that a pipe holds
    journal::Compact compact = journal::Compact::yes;
    std::string folder;
};

[[noreturn]] void give_up(std::string const& what) {
    fmt::print(stderr, "journal_bench: {}\n", what);
    std::exit(1);
}

/// Seconds of this thread: wall clock and processor.
struct Cost {
    double wall = 0;
    double cpu = 0;
};

[[nodiscard]] double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    auto const seconds = [](timeval time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

template <class Work>
[[nodiscard]] Cost measure(Work work) {
    auto const cpu = cpu_seconds();
    auto const begin = std::chrono::steady_clock::now();
    work();
    std::chrono::duration<double> const wall = std::chrono::steady_clock::now() - begin;
    return {.wall = wall.count(), .cpu = cpu_seconds() - cpu};
}

/// Line `n`: no two are equal.
void write_line(std::string& line, std::size_t n) {
    constexpr std::size_t digits = 9;
    for (std::size_t digit = 0; digit < digits; ++digit, n /= 10)
        line[line.size() - 1 - digit] = static_cast<char>('0' + n % 10);
}

[[nodiscard]] std::uint64_t disk_use(std::string const& folder) {
    std::uint64_t bytes = 0;
    auto const names = base::sys::list_directory(folder);
    for (auto const& name : names.value())
        if (name.find(".journal") != std::string::npos)
            bytes += static_cast<std::uint64_t>(base::sys::stat(folder + "/" + name)->st_blocks) * 512;
    return bytes;
}

void show(std::string_view what, Cost cost, Cost floor, std::size_t entries, double disk) {
    auto const count = static_cast<double>(entries);
    auto const text = count * line_size;
    fmt::print("{:<34}{:>9.0f}{:>10.0f}{:>9.0f}{:>11.1f}{:>9.2f}\n", what, cost.wall / count * 1e9,
               cost.cpu / count * 1e9, text / cost.cpu / 1e6, cost.cpu / floor.cpu, disk);
}

/// The floor: the text into a file, in blocks as large as a gathering.
void write_text(Options const& options) {
    auto const path = options.folder + "/text";
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    std::string block(options.gather * line_size, 'x');
    for (std::size_t n = 0; n < options.entries; n += options.gather)
        if (::write(file, block.data(), block.size()) < 0) give_up("write");
    ::close(file);
    ::unlink(path.c_str());
}

[[nodiscard]] journal::Label stream_label() {
    return journal::make_label({"PRIORITY=6", "SYSLOG_IDENTIFIER=flood", "_TRANSPORT=stdout", "_PID=12345", "_UID=0",
                                "_COMM=flood", "_SYSTEMD_UNIT=flood.service",
                                "_SYSTEMD_INVOCATION_ID=0123456789abcdef0123456789abcdef",
                                "_BOOT_ID=0123456789abcdef0123456789abcdef", "_HOSTNAME=bench"});
}

void append_all(journal::Store& store, Options const& options, std::size_t gather) {
    auto const label = stream_label();
    std::string message = "MESSAGE=" + std::string(line_size - 1, 'x');
    std::string_view const field = message;
    for (std::size_t n = 0; n < options.entries;) {
        auto const at = base::sys::now();
        if (gather > 1) store.gather();
        for (auto const end = std::min(n + gather, options.entries); n < end; ++n) {
            write_line(message, n);
            if (!store.append({.at = at, .label = label, .fields = {&field, 1}})) give_up("append");
        }
        if (!store.commit()) give_up("commit");
    }
}

void bench_store(std::string_view what, Options const& options, std::size_t gather, Cost floor) {
    auto const folder = options.folder + "/journal";
    auto store =
        journal::Store::open({.folder = folder, .undo_path = options.folder + "/undo", .compact = options.compact});
    if (!store) give_up(store.error().message());
    auto const cost = measure([&] { append_all(**store, options, gather); });
    static_cast<void>((*store)->rotate()); // cuts off what was allocated ahead
    auto const text = static_cast<double>(options.entries * line_size);
    show(what, cost, floor, options.entries, static_cast<double>(disk_use(folder)) / text);
    store->reset();
    static_cast<void>(base::sys::remove_tree(folder));
}

[[nodiscard]] Options read_options(int argc, char** argv) {
    Options options;
    for (int n = 1; n < argc; ++n) {
        std::string_view const word = argv[n];
        if (word == "--regular")
            options.compact = journal::Compact::no;
        else if (word == "--entries" && n + 1 < argc)
            options.entries = std::strtoul(argv[++n], nullptr, 10);
        else if (word == "--gather" && n + 1 < argc)
            options.gather = std::max(1UL, std::strtoul(argv[++n], nullptr, 10));
        else if (word == "--dir" && n + 1 < argc)
            options.folder = argv[++n];
        else
            give_up("journal_bench [--entries N] [--gather N] [--regular] [--dir DIR]");
    }
    auto pattern = (options.folder.empty() ? "/var/tmp" : options.folder) + "/journal_bench.XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) give_up("mkdtemp");
    options.folder = pattern;
    return options;
}

} // namespace

int main(int argc, char** argv) {
    auto const options = read_options(argc, argv);
    fmt::print("{:<34}{:>9}{:>10}{:>9}{:>11}{:>9}\n", "", "ns/entry", "cpu ns", "MB/s cpu", "x floor", "x text");
    write_text(options); // pages of the host that were never touched before cost more the first time
    auto const floor = measure([&] { write_text(options); });
    show("write(2) of the text (floor)", floor, floor, options.entries, 1);
    bench_store(fmt::format("journal, {} gathered", options.gather), options, options.gather, floor);
    auto few = options;
    few.entries = std::max<std::size_t>(1, options.entries / 20);
    bench_store("journal, one by one", few, 1, {.wall = floor.wall / 20, .cpu = floor.cpu / 20});
    static_cast<void>(base::sys::remove_tree(options.folder));
    return 0;
}
