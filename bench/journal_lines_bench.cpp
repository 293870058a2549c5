// What a line costs before it is an entry: blocks as they come out of a pipe, cut into lines and read, beside the floor
// (memchr(3) for newlines alone, and a copy of the bytes). All ways take turns in each round; CPU time,
// medians of the rounds.
//
//   journal_lines_bench [--lines N] [--rounds N]
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/console.hpp"
#include "journal/lines.hpp"
#include "journal/native_message.hpp"
#include "journal/rate_limit.hpp"
#include "journal/syslog_message.hpp"

namespace {

using namespace mitori;

constexpr std::size_t block_size = 64 << 10;

/// Keeps what was computed from being left out.
std::size_t volatile seen;

std::string lines_of(std::size_t size, std::size_t count, std::string_view begin) {
    std::string line(begin);
    line.resize(size - 1, 'x');
    line += '\n';
    std::string text;
    text.reserve(size * count);
    for (std::size_t n = 0; n < count; ++n)
        text += line;
    return text;
}

/// Calls `take(block)` as a reader of a pipe would: what was not taken comes again in front of the next bytes.
template <class F>
void in_blocks(std::string_view text, F&& take) {
    for (std::size_t from = 0, to = 0; to < text.size();) {
        to = std::min(to + block_size, text.size());
        from += take(text.substr(from, to - from));
    }
}

void search_newlines(std::string_view text) {
    std::size_t count = 0;
    for (char const *at = text.data(), *end = at + text.size(); at != end; ++count)
        at = static_cast<char const*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at))) + 1;
    seen = seen + count;
}

void copy_bytes(std::string_view text) {
    static std::string buffer(block_size, '\0');
    in_blocks(text, [](std::string_view block) {
        std::memcpy(buffer.data(), block.data(), block.size());
        seen = seen + static_cast<unsigned char>(buffer[block.size() / 2]);
        return block.size();
    });
}

void split_lines(std::string_view text) {
    std::size_t sum = 0;
    in_blocks(text, [&](std::string_view block) {
        return journal::split({block.data(), block.size()}, {}, [&](journal::Line line) { sum += line.text.size(); });
    });
    seen = seen + sum;
}

template <class F>
void each_message(std::string_view text, F&& each) {
    in_blocks(text, [&](std::string_view block) {
        return journal::split({block.data(), block.size()}, {}, [&](journal::Line line) {
            if (auto const message = journal::read_message(line.text, journal::LevelPrefix::on, 6)) each(*message);
        });
    });
}

void read_messages(std::string_view text) {
    std::size_t sum = 0;
    each_message(text, [&](journal::ServiceMessage const& message) { sum += message.text.size() + message.level; });
    seen = seen + sum;
}

void limit_messages(std::string_view text) {
    journal::RateState state;
    std::size_t passed = 0;
    each_message(text, [&](journal::ServiceMessage const& message) {
        passed += journal::decide_rate(state, {}, message.level, base::Usec(1), 1ULL << 33).pass ? 1U : 0U;
    });
    seen = seen + passed;
}

void show_messages(std::string_view text) {
    std::string shown;
    each_message(text, [&](journal::ServiceMessage const& message) {
        shown.clear();
        journal::append_prefixed({.tag = "web.1", .time = "17:45:05", .message = message.text, .tag_width = 10}, shown);
        seen = seen + shown.size();
    });
}

void read_syslog(std::string_view text) {
    each_message(text, [](journal::ServiceMessage const& message) {
        seen = seen + journal::parse_syslog(message.text).text.size();
    });
}

void read_native(std::string_view text) {
    each_message(text, [](journal::ServiceMessage const& message) {
        std::string_view const bytes(message.text.data(), message.text.size() + 1); // with its newline
        seen = seen + journal::parse_native(bytes).entries.size();
    });
}

struct Way {
    std::string_view name;
    std::function<void(std::string_view)> run;
    std::string_view begin; ///< of each line
    std::vector<double> seconds;
};

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

int option(std::vector<std::string_view> const& arguments, std::string_view name, int otherwise) {
    auto const found = std::ranges::find(arguments, name);
    return found != arguments.end() && found + 1 != arguments.end() ? std::atoi((found + 1)->data()) : otherwise;
}

/// CPU time, so that others on the machine count less.
double own_cpu() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void measure(std::vector<Way>& ways, std::size_t line_size, std::size_t lines, int rounds) {
    for (int round = 0; round < rounds; ++round)
        for (auto& way : ways) {
            auto const text = lines_of(line_size, lines, way.begin);
            double const begin = own_cpu();
            way.run(text);
            way.seconds.push_back(own_cpu() - begin);
        }
    double const floor = median(ways.front().seconds);
    fmt::print("{} lines of {} bytes, medians of {} rounds\n\n", lines, line_size, rounds);
    fmt::print("{:<34} {:>10} {:>10} {:>8}\n", "way", "ns a line", "MB/s", "ratio");
    for (auto& way : ways) {
        double const seconds = median(way.seconds);
        fmt::print("{:<34} {:>10.1f} {:>10.0f} {:>8.2f}\n", way.name, seconds / static_cast<double>(lines) * 1e9,
                   static_cast<double>(line_size * lines) / seconds / 1e6, seconds / floor);
        way.seconds.clear();
    }
    fmt::print("\n");
}

} // namespace

int main(int argc, char** argv) {
    std::vector<std::string_view> const arguments(argv + 1, argv + argc);
    auto const lines = static_cast<std::size_t>(std::max(1, option(arguments, "--lines", 300'000)));
    int const rounds = std::max(1, option(arguments, "--rounds", 7));
    std::vector<Way> ways{
        {"memchr for newlines", search_newlines, ""},
        {"memcpy of the bytes", copy_bytes, ""},
        {"split()", split_lines, ""},
        {"split(), read_message()", read_messages, ""},
        {"… with a level prefix", read_messages, "<3>"},
        {"… and decide_rate()", limit_messages, ""},
        {"… and append_prefixed()", show_messages, ""},
        {"… and parse_syslog()", read_syslog, "<13>Nov 22 17:45:05 web[12]: "},
        {"… and parse_native()", read_native, "MESSAGE="},
    };
    for (std::size_t const size : {40U, 100U, 1000U})
        measure(ways, size, lines, rounds);
}
