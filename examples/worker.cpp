// A worker that crashes now and then, for Restart=on-failure to have something to do.
//
//     mitori-example-worker SETTINGS
//
// It lives for a random time between the settings' at_least= and at_most= seconds, then fails in one of three ways.
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <sysexits.h>
#include <thread>

namespace {

struct Settings {
    unsigned at_least = 0;
    unsigned at_most = 0;
};

std::optional<unsigned> value_of(std::string_view line, std::string_view name) {
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with('=')) return std::nullopt;
    line.remove_prefix(name.size() + 1);
    unsigned value = 0;
    auto const [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    return error == std::errc{} && end == line.data() + line.size() ? std::optional(value) : std::nullopt;
}

std::optional<Settings> read_settings(char const* path) {
    std::ifstream file(path);
    std::optional<unsigned> at_least;
    std::optional<unsigned> at_most;
    for (std::string line; std::getline(file, line);) {
        if (auto const value = value_of(line, "at_least")) at_least = value;
        if (auto const value = value_of(line, "at_most")) at_most = value;
    }
    if (!at_least || !at_most || *at_least > *at_most) return std::nullopt;
    return Settings{*at_least, *at_most};
}

/// Each of them is a failure by systemd.service(5): a status that is not 0, and two signals that nobody sent to stop
/// us.
[[noreturn]] void fail_somehow(unsigned way) {
    if (way == 0) {
        std::cerr << "the work went wrong" << std::endl;
        std::exit(EXIT_FAILURE);
    }
    if (way == 1) {
        std::cerr << "the work makes no sense" << std::endl;
        std::abort();
    }
    std::cerr << "the work is in no memory of ours" << std::endl;
    std::raise(SIGSEGV);
    std::abort();
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " SETTINGS\n";
        return EX_USAGE;
    }
    auto const settings = read_settings(argv[1]);
    if (!settings) {
        std::cerr << argv[1] << ": no settings with at_least= and at_most=\n";
        return EX_CONFIG;
    }
    std::mt19937 random(std::random_device{}());
    std::uniform_int_distribution<unsigned> life(settings->at_least, settings->at_most);
    std::uniform_int_distribution<unsigned> ways(0, 2);
    unsigned const seconds = life(random);
    std::cout << "working for " << seconds << " s" << std::endl;
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    fail_somehow(ways(random));
}
