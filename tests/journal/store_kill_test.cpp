// A writer that is killed, at any store it makes and at any time: what it had put in is there, nothing else is, and
// the next writer goes on in the same file.
#include <atomic>
#include <csignal>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <random>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "journal/store_fixture.hpp"

namespace mitori::journal::test {
namespace {

class Killed : public StoreTest {
protected:
    Killed() { options_.limits.max_file_size = 2U << 20; }

    /// Entry n says n, so that it can be told which are in.
    base::Result<void> say_next(std::uint64_t n) {
        return say(fmt::format("{}", n), n % 2 == 0 ? even_ : odd_,
                   {fmt::format("N={}", n % 7), fmt::format("FIELD{}=1", n / 3)});
    }

    void expect_all_up_to_last() {
        auto const told = messages(read_files(files()));
        ASSERT_EQ(told.size(), store_->last_entry());
        for (std::size_t n = 0; n < told.size(); ++n)
            ASSERT_EQ(told[n], fmt::format("{}", n + 1));
    }

    /// Begins from nothing where there are many files, which all would be read again and again.
    void forget_many() {
        constexpr std::size_t many = 6;
        if (archived().size() < many) return;
        for (auto const& path : files()) {
            EXPECT_FALSE(path.ends_with("~")) << path;
            ASSERT_TRUE(base::sys::unlink(path));
        }
    }

    /// Runs `work` with a store in a child that is killed at its change number `last`; whether it lived to the end.
    template <class Work>
    bool survives(int last, Work work) {
        auto const child = ::fork();
        if (child == 0) {
            options_.before_change = [&] {
                if (last-- == 0) static_cast<void>(::raise(SIGKILL));
            };
            auto opened = Store::open(options_);
            if (!opened) ::_exit(2);
            store_ = std::move(*opened);
            ::_exit(work() ? 0 : 3);
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) {
            EXPECT_EQ(WTERMSIG(status), SIGKILL);
            return false;
        }
        EXPECT_EQ(WEXITSTATUS(status), 0);
        return true;
    }

    /// Kills it at every change in turn, and looks at what is left each time.
    template <class Work>
    void kill_everywhere(Work work) {
        int kills = 0;
        for (; !survives(kills, work); ++kills) {
            open();
            ASSERT_NO_FATAL_FAILURE(expect_all_up_to_last()) << "killed at change " << kills;
            auto const before = store_->last_entry();
            ASSERT_TRUE(say_next(before + 1));
            ASSERT_EQ(store_->last_entry(), before + 1);
            close();
            expect_clean();
            if (HasFailure()) FAIL() << "killed at change " << kills;
            forget_many();
        }
        EXPECT_GT(kills, 20);
        for (auto const& path : files())
            EXPECT_FALSE(path.ends_with("~")) << path;
    }

    Label even_ = make_label({"_SYSTEMD_UNIT=even.service", "_HOSTNAME=here"});
    Label odd_ = make_label({"_SYSTEMD_UNIT=odd.service", "_HOSTNAME=here"});
};

TEST_F(Killed, at_every_change_of_appends_one_by_one) {
    kill_everywhere([&] {
        for (auto n = store_->last_entry() + 1, end = n + 2; n < end; ++n)
            if (!say_next(n)) return false;
        return true;
    });
}

TEST_F(Killed, at_every_change_of_a_gathering) {
    kill_everywhere([&] {
        store_->gather();
        for (auto n = store_->last_entry() + 1, end = n + 12; n < end; ++n)
            if (!say_next(n)) return false;
        return store_->commit().has_value();
    });
}

TEST_F(Killed, at_every_change_of_a_rotation) {
    kill_everywhere([&] {
        auto const n = store_->last_entry() + 1;
        return say_next(n) && store_->rotate() && say_next(n + 1);
    });
}

/// As hard as it goes: two hundred times, at a moment that only chance knows.
TEST_F(Killed, at_any_time) {
    auto* const progress = static_cast<std::atomic<std::uint64_t>*>(
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    std::mt19937 random(7); // NOLINT(cert-msc51-cpp): the same each time
    constexpr int times = 200;
    for (int time = 0; time < times; ++time) {
        *progress = 0;
        auto const child = ::fork();
        if (child == 0) {
            auto opened = Store::open(options_);
            if (!opened) ::_exit(2);
            store_ = std::move(*opened);
            for (auto n = store_->last_entry(); *progress < 30; ++*progress) {
                store_->gather();
                for (auto end = n + 1 + n % 50; n < end;)
                    if (!say_next(++n)) ::_exit(3);
                if (!store_->commit()) ::_exit(4);
            }
            for (;;)
                ::pause();
        }
        // It is in the middle of something when it has done so many, and some steps more.
        auto const enough = random() % 20;
        while (*progress < enough && ::waitpid(child, nullptr, WNOHANG) == 0) {}
        for (auto steps = random() % 20000; steps > 0; --steps)
            static_cast<void>(progress->load());
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << status;
        if (time % 25 != 24) continue;
        open();
        expect_all_up_to_last();
        close();
        expect_clean();
    }
    ::munmap(progress, 4096);
    for (auto const& path : files())
        EXPECT_FALSE(path.ends_with("~")) << path;
}

} // namespace
} // namespace mitori::journal::test
