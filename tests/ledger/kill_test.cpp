// A writer that is killed at any moment: the file opens again, is whole, and has all that was acknowledged.
#include <csignal>
#include <cstring>
#include <gmock/gmock.h>
#include <poll.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/detail/sqlite.hpp"
#include "ledger/sample_deaths.hpp"

namespace mitori::ledger::test {
namespace {

class KilledWriter : public LedgerTest {
protected:
    /// Adds batches for ever, and says after each how many records there must be by now.
    [[noreturn]] void write_for_ever(int told, int begin) {
        auto opened = Ledger::open(path(), {.bytes = 0, .age = base::Usec(0)});
        if (!opened) ::_exit(2);
        for (int n = begin;; n += 20) {
            std::vector<status::Death> batch;
            for (int i = n; i < n + 20; ++i)
                batch.push_back(plain(i, "process " + std::to_string(i)));
            if (!(*opened)->add(batch)) ::_exit(3);
            int const now = n + 20;
            if (::write(told, &now, sizeof now) != sizeof now) ::_exit(4);
        }
    }

    /// Waits for the first word, then kills after so many microseconds; the last number that was acknowledged.
    int kill_one(int begin, int pause) {
        int ends[2];
        EXPECT_EQ(::pipe(ends), 0);
        auto const child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            write_for_ever(ends[1], begin);
        }
        ::close(ends[1]);
        int last = begin;
        EXPECT_EQ(::read(ends[0], &last, sizeof last), static_cast<ssize_t>(sizeof last));
        ::poll(nullptr, 0, pause);
        ::kill(child, SIGKILL);
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself, with " << WEXITSTATUS(status);
        while (::read(ends[0], &last, sizeof last) == static_cast<ssize_t>(sizeof last))
            ;
        ::close(ends[0]);
        return last;
    }

    void expect_whole(int acknowledged) {
        auto opened = detail::Database::open(path(), detail::Access::write);
        ASSERT_TRUE(opened) << opened.error().message();
        auto check = opened->prepare("PRAGMA integrity_check");
        ASSERT_TRUE(check && check->step());
        ASSERT_EQ(check->text(0), "ok");
        auto const kept = opened->number("SELECT count(*) FROM deaths WHERE comm = 'process ' || (pid - 1000)");
        ASSERT_TRUE(kept);
        ASSERT_GE(*kept, acknowledged);
        // A batch is in whole or not at all.
        ASSERT_EQ(*kept % 20, 0);
        ASSERT_EQ(*kept, *opened->number("SELECT max(number) FROM death"));
    }
};

TEST_F(KilledWriter, loses_nothing_that_was_acknowledged_in_a_hundred_kills) {
    std::mt19937 chance(20261123);
    int written = 0;
    for (int round = 0; round < 100; ++round) {
        int const acknowledged = kill_one(written, static_cast<int>(chance() % 12));
        ASSERT_NO_FATAL_FAILURE(expect_whole(acknowledged)) << "kill " << round;
        written = static_cast<int>(
            *detail::Database::open(path(), detail::Access::write)->number("SELECT max(number) FROM death"));
    }
    EXPECT_GE(written, 100 * 20);
}

} // namespace
} // namespace mitori::ledger::test
