// A ledger of a busy machine: `bench_make_ledger FILE DEATHS` adds so many deaths in batches, as a recorder would, of
// two hundred units and many short-lived tools, one of ten of which fails. Prints the seconds that it took.
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <string_view>

#include "ledger/ledger.hpp"

namespace {

using namespace mitori;

status::Death death_of(std::uint64_t n) {
    constexpr base::Usec begin = std::chrono::seconds(1'790'000'000);
    constexpr std::uint64_t in_a_second = 50;
    bool const of_unit = n % 4 == 0;
    auto const unit = n / 4 % 200;
    status::Death death;
    death.who = {static_cast<pid_t>(2 + n % 4'000'000), n * 2};
    death.boot = "0123456789abcdef0123456789abcdef";
    death.parent = {of_unit ? 1 : static_cast<pid_t>(2 + n / 64 % 4'000'000), of_unit ? 0 : n / 64 * 128};
    death.parent_command = of_unit ? "mitori" : "sh";
    death.group = death.session = death.who.pid;
    death.comm = of_unit ? fmt::format("daemon-{}", unit) : fmt::format("tool-{}", n % 300);
    death.executable = "/usr/bin/" + death.comm;
    death.command_line = fmt::format("{} --job {}", death.executable, n % 5000);
    death.user = static_cast<uid_t>(n % 20);
    death.cgroup = of_unit ? fmt::format("/system.slice/web-{}.service", unit) : "/user.slice/user-1000.slice";
    if (of_unit) {
        death.unit = fmt::format("web-{}.service", unit);
        death.invocation = fmt::format("{:032x}", n / 4096);
        death.role = "main";
    }
    death.ended.realtime = begin + base::Usec(static_cast<std::int64_t>(n * (1'000'000 / in_a_second)));
    death.ended.monotonic = base::Usec(static_cast<std::int64_t>(n * (1'000'000 / in_a_second)));
    death.started = death.ended.realtime - std::chrono::milliseconds(n % 100'000);
    bool const fails = n % 10 == 0;
    death.kind = fails && n % 20 == 0 ? status::DeathKind::killed : status::DeathKind::exited;
    death.status = !fails ? 0 : n % 20 == 0 ? 9 : 1;
    death.cause = death.kind == status::DeathKind::killed ? status::Cause::unknown : status::Cause::itself;
    if (death.cause == status::Cause::unknown) death.unknown = "wait(2) does not tell who sent the signal";
    death.cpu_user = base::Usec(static_cast<std::int64_t>(n % 90'000));
    death.cpu_system = base::Usec(static_cast<std::int64_t>(n % 30'000));
    death.peak_memory = (n % 5000) * 4096;
    death.minor_faults = n % 3000;
    death.sources = status::Sources{} | status::Source::wait;
    return death;
}

} // namespace

int main(int argc, char** argv) {
    std::uint64_t count = 0;
    std::string_view const word = argc == 3 ? argv[2] : "";
    if (std::from_chars(word.data(), word.data() + word.size(), count).ec != std::errc{} || count == 0) {
        std::cerr << "usage: bench_make_ledger FILE DEATHS\n";
        return 2;
    }
    auto const ledger = ledger::Ledger::open(argv[1], {.bytes = 0, .age = base::Usec(0)});
    if (!ledger) {
        std::cerr << ledger.error().message() << "\n";
        return 1;
    }
    auto const begin = std::chrono::steady_clock::now();
    constexpr std::uint64_t batch_size = 1000;
    std::vector<status::Death> batch;
    for (std::uint64_t n = 1; n <= count; ++n) {
        batch.push_back(death_of(n));
        if (batch.size() < batch_size && n < count) continue;
        if (auto const added = (*ledger)->add(batch); !added) {
            std::cerr << added.error().message() << "\n";
            return 1;
        }
        batch.clear();
    }
    fmt::print("{:.1f}\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}
