// How fast bytes go to a program and back: communicate() through `cat`, beside cats alone. Every way moves the bytes
// through two pipes and one `cat` in the middle; what stands around that cat is another cat on each side, or us. All
// ways take turns in each round; the table has the medians, of the rates and of what each is beside the cats of its
// round.
//
//   pipe_bench [--mib N] [--rounds N]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <vector>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "process/pipeline.hpp"

namespace {

using namespace mitori;
using process::Command;
using process::Stdio;
using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(std::string const& what) {
    fmt::print(stderr, "pipe_bench: {}\n", what);
    std::exit(1);
}

template <class Output>
void check(Output const& output, std::size_t got, std::size_t expected) {
    if (!output) give_up(output.error().message());
    if (!output->clean() || got != expected) give_up(fmt::format("{} bytes of {}", got, expected));
}

/// The bytes come from memory, as ours do: a sealed file in it, read anew each time.
void cats(std::string const& file) {
    auto const done =
        (Command("cat").stdin_from(Stdio::file(file)) | Command("cat") | Command("cat").stdout_to(Stdio::null()))
            .output();
    check(done, 0, 0);
}

void to_a_sink(std::string const& input) {
    std::size_t got = 0;
    auto const done = Command("cat").output({.input = input, .on_out = [&](auto piece) { got += piece.size(); }});
    check(done, got, input.size());
}

/// The floor of all ways that end in one piece of memory: nothing but read(2) into pages that are fresh, of a size that
/// is known before, asked for in large pages and many at once. What lies between this and the cats is the memory's
/// price.
void to_fresh_memory(std::string const& file, std::size_t expected) {
    auto running = (Command("cat").stdin_from(Stdio::file(file)) | Command("cat").stdout_to(Stdio::pipe())).start();
    if (!running) give_up(running.error().message());
    static_cast<void>(base::sys::set_pipe_size(running->out.get(), 1U << 20));
    auto* const memory = ::mmap(nullptr, expected, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) give_up("no memory");
    ::madvise(memory, expected, MADV_HUGEPAGE);
    std::span const bytes(static_cast<std::byte*>(memory), expected);
    constexpr std::size_t ahead = 16U << 20;
    std::size_t got = 0;
    for (std::size_t ready = 0;;) {
        if (got == ready && ready < expected) {
            auto const more = std::min(ahead, expected - ready);
            ::madvise(bytes.data() + ready, more, MADV_POPULATE_WRITE);
            ready += more;
        }
        auto const read = base::sys::read(running->out.get(), bytes.subspan(got, ready - got));
        if (!read) give_up(read.error().message());
        if (*read == 0) break;
        got += *read;
    }
    auto const exits = running->wait();
    ::munmap(memory, expected);
    if (!exits || got != expected) give_up(fmt::format("{} bytes of {}", got, expected));
}

void to_a_string(std::string const& input) {
    auto const done = Command("cat").output({.input = input});
    check(done, done ? done->out.size() : 0, input.size());
}

struct Way {
    std::string_view name;
    std::function<void()> run;
    std::vector<double> seconds;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

double ratio(Way const& way, Way const& peer) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < way.seconds.size(); ++round)
        ratios.push_back(peer.seconds[round] / way.seconds[round]);
    return median(ratios);
}

int option(std::vector<std::string_view> const& arguments, std::string_view name, int otherwise) {
    auto const found = std::ranges::find(arguments, name);
    return found != arguments.end() && found + 1 != arguments.end() ? std::atoi((found + 1)->data()) : otherwise;
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string_view> const arguments(argv + 1, argv + argc);
    int const mib = std::max(1, option(arguments, "--mib", 1024));
    int const rounds = std::max(1, option(arguments, "--rounds", 5));

    std::string const input(static_cast<std::size_t>(mib) << 20, 'x');
    auto const memory = base::sys::sealed_memfd("pipe-bench", input);
    if (!memory) give_up(memory.error().message());
    auto const self = base::sys::read_link("/proc/self").value_or("self");
    auto const file = fmt::format("/proc/{}/fd/{}", self, memory->get());
    std::vector<Way> ways{
        {"cat | cat | cat", [&] { cats(file); }, {}},
        {"cat | cat | read, fresh memory", [&] { to_fresh_memory(file, input.size()); }, {}},
        {"communicate, pieces to a function", [&] { to_a_sink(input); }, {}},
        {"communicate, all in a string", [&] { to_a_string(input); }, {}},
    };
    for (int round = 0; round < rounds; ++round)
        for (auto& way : ways) {
            auto const begin = Clock::now();
            way.run();
            way.seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
        }
    fmt::print("{} MiB to `cat` and back, medians of {} rounds\n\n{:<36} {:>8} {:>12}\n", mib, rounds, "way", "MiB/s",
               "beside cats");
    for (auto const& way : ways)
        fmt::print("{:<36} {:>8.0f} {:>12.2f}\n", way.name, mib / median(way.seconds), ratio(way, ways.front()));
}
