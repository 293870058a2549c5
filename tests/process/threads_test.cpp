// spawn() from many threads at once, while others open and close descriptors.
#include <atomic>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <thread>
#include <vector>

#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;

constexpr int threads = 8;
constexpr int starts = 10;

/// Each start alternates between one that works and one that fails, so that reports would be mixed up if they could be.
int spawn_many(int seed) {
    int wrong = 0;
    for (int n = 0; n < starts; ++n) {
        int const status = (seed * starts + n) % 199;
        auto child = probe({"exit:" + std::to_string(status)}).spawn();
        auto const exit = child ? child->wait() : base::make_error(0, "spawn");
        if (!exit || exit->status != status) ++wrong;
        auto const missing = "/no/such/" + std::to_string(status);
        auto const failed = Command(missing).spawn();
        if (failed || failed.error().error.subject != missing) ++wrong;
    }
    return wrong;
}

TEST(Threads, eight_spawn_at_once) {
    std::atomic<int> wrong = 0;
    std::atomic<bool> done = false;
    std::thread opener([&] {
        while (!done)
            base::Fd const leaky(::open("/dev/null", O_RDONLY)); // not close-on-exec
    });
    std::vector<std::thread> spawners;
    for (int n = 0; n < threads; ++n)
        spawners.emplace_back([&wrong, n] { wrong += spawn_many(n); });
    EXPECT_EQ(run(probe({"fds"}))["fds"], "0 1 2");
    for (auto& spawner : spawners)
        spawner.join();
    done = true;
    opener.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_TRUE(no_child_left());
}

/// Every child of every thread tells what it has, while all others make pipes for theirs.
int children_with_strays() {
    int strays = 0;
    for (int n = 0; n < starts; ++n) {
        auto process =
            probe({"fds"}).stdin_from(Stdio::pipe()).stdout_to(Stdio::pipe()).stderr_to(Stdio::pipe()).start();
        if (!process) return 1000;
        if (read_to_end(process->out.get()) != "fds 0 1 2\n") ++strays;
        if (!process->child.wait()) return 2000;
    }
    return strays;
}

TEST(Threads, leave_no_descriptor_in_any_child_of_eight_threads) {
    std::atomic<int> strays = 0;
    std::vector<std::thread> spawners;
    for (int n = 0; n < threads; ++n)
        spawners.emplace_back([&strays] { strays += children_with_strays(); });
    for (auto& spawner : spawners)
        spawner.join();
    EXPECT_EQ(strays, 0);
    EXPECT_TRUE(no_child_left());
}

} // namespace
} // namespace mitori::process
