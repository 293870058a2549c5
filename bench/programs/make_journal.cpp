// Fills a folder with a journal as fifty services of a server would write it: bench/harness/read_logs.py reads from it.
//
//   bench_make_journal FOLDER BYTES      until the files together are so large; prints the number of entries
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "journal/files.hpp"
#include "journal/store.hpp"

namespace {

using namespace mitori;

constexpr int services = 50;
/// One entry of so many is rare.service's: the last fifty of them lie far apart.
constexpr std::uint64_t rare_every = 20'000;

journal::Label label_of(std::string const& unit, int pid) {
    return journal::make_label({"PRIORITY=6", "SYSLOG_IDENTIFIER=" + unit, "_TRANSPORT=stdout",
                                fmt::format("_PID={}", pid), "_UID=0", "_COMM=" + unit,
                                "_SYSTEMD_UNIT=" + unit + ".service", "_HOSTNAME=bench"});
}

[[noreturn]] void fail(base::Error const& error) {
    fmt::print(stderr, "bench_make_journal: {}\n", error.message());
    std::exit(1);
}

std::uint64_t size_of(std::string const& folder) {
    auto const files = journal::list_files(folder);
    if (!files) fail(files.error());
    std::uint64_t bytes = 0;
    for (auto const& head : journal::read_heads(*files).heads)
        bytes += head.bytes;
    return bytes;
}

void fill(journal::Store& store, std::string const& folder, std::uint64_t bytes) {
    std::vector<journal::Label> labels;
    for (int i = 0; i < services; ++i)
        labels.push_back(label_of(fmt::format("often-{:02}", i), 100 + i));
    auto const rare = label_of("rare", 99);
    base::Stamp at{base::Usec(1'700'000'000'000'000), base::Usec(1'000'000)};
    constexpr std::uint64_t block = 100'000;
    std::uint64_t n = 0;
    for (; n % block != 0 || size_of(folder) < bytes; ++n) {
        auto const message = fmt::format("MESSAGE=GET /item/{:08}/{:016x} 200 {} bytes in {} us, client 10.0.{}.{}", n,
                                         n * 0x9E3779B97F4A7C15, n % 9973, n % 7919, n % 251, n % 241);
        std::string_view const field = message;
        at.realtime += std::chrono::milliseconds(1);
        at.monotonic += std::chrono::milliseconds(1);
        auto const& label = n % rare_every == 0 ? rare : labels[n * 7 % services];
        if (n % block == 0) store.gather();
        if (auto const done = store.append({.at = at, .label = label, .fields = {&field, 1}}); !done)
            fail(done.error());
        if ((n + 1) % block == 0)
            if (auto const done = store.commit(); !done) fail(done.error());
    }
    fmt::print("{}\n", n);
}

} // namespace

int main(int argc, char** argv) {
    auto const bytes = argc == 3 ? mitori::base::parse_integer<std::uint64_t>(argv[2]) : std::nullopt;
    if (!bytes) {
        fmt::print(stderr, "usage: bench_make_journal FOLDER BYTES\n");
        return 2;
    }
    auto store = mitori::journal::Store::open(
        {.folder = argv[1],
         .undo_path = "",
         .limits = {.max_use = *bytes * 2, .keep_free = 1, .max_file_size = 128U << 20U, .max_files = 10'000}});
    if (!store) fail(store.error());
    fill(**store, argv[1], *bytes);
    return 0;
}
