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
#include <string>
#include <string_view>
#include <vector>

#include "base/sys.hpp"
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
    std::vector<Way> ways{
        {"cat | cat | cat", [&] { cats(fmt::format("/proc/{}/fd/{}", self, memory->get())); }, {}},
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
