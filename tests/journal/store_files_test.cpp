// Files come and go: rotation, limits, full disks, clocks, other writers, damage.
#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <span>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"
#include "journal/store_fixture.hpp"

namespace mitori::journal::test {
namespace {

using testing::ContainsRegex;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

class Files : public StoreTest {
protected:
    /// So many entries with messages of about 1 KiB that zstd cannot shrink much.
    void fill(int count) {
        for (int n = 0; n < count; ++n) {
            std::string text = fmt::format("{} ", told_.size());
            for (std::uint64_t x = told_.size() + 1; text.size() < 1000; x = x * 6364136223846793005U + 1)
                text += fmt::format("{:x}", x >> 32);
            ASSERT_TRUE(say(text, label_));
            told_.push_back(text);
        }
    }
    Label label_ = make_label({"_SYSTEMD_UNIT=a.service"});
    std::vector<std::string> told_;
};

TEST_F(Files, that_somebody_cuts_off_are_put_aside_and_cost_no_later_entry) {
    for (auto const left : {0, 100, 4096, 100'000}) {
        for (bool const gathered : {false, true}) {
            SCOPED_TRACE(fmt::format("{} bytes left, gathered {}", left, gathered));
            open();
            fill(20);
            ASSERT_EQ(::truncate(active().c_str(), left), 0);
            if (gathered) store_->gather();
            ASSERT_TRUE(say("one after it"));
            ASSERT_TRUE(say("another"));
            if (gathered) {
                ASSERT_TRUE(store_->commit());
            }
            EXPECT_THAT(messages(read_files({active()})), ElementsAre("one after it", "another"));
            EXPECT_EQ(complaints(active()), "");
            EXPECT_THAT(archived(), testing::Contains(testing::EndsWith("~")));
            close();
            for (auto const& path : files())
                ASSERT_TRUE(base::sys::unlink(path));
        }
    }
}

TEST_F(Files, rotate_under_journalds_names_with_numbers_that_go_on) {
    open();
    ASSERT_TRUE(say("one"));
    ASSERT_TRUE(store_->rotate());
    ASSERT_TRUE(store_->rotate()); // nothing in it: stays
    ASSERT_TRUE(say("two"));
    ASSERT_THAT(archived(), SizeIs(1));
    EXPECT_THAT(archived()[0], ContainsRegex("/system@[0-9a-f]{32}-0000000000000001-[0-9a-f]{16}\\.journal$"));
    EXPECT_EQ(store_->last_entry(), 2U);
    EXPECT_THAT(messages(read_files(files())), ElementsAre("one", "two"));
    EXPECT_LT(base::sys::stat(archived()[0])->st_size, 256 << 10); // nothing is kept that was allocated ahead
    close();
    open();
    ASSERT_TRUE(say("three"));
    EXPECT_EQ(store_->last_entry(), 3U);
    expect_clean();
}

TEST_F(Files, rotate_when_full_and_lose_nothing) {
    options_.limits.max_file_size = 1U << 20;
    options_.limits.max_use = 64U << 20;
    open();
    fill(3000);
    EXPECT_GE(archived().size(), 2U);
    for (auto const& path : files())
        EXPECT_LE(base::sys::stat(path)->st_size, 1 << 20);
    EXPECT_TRUE(messages(read_files(files())) == told_);
    EXPECT_TRUE(messages_with(files(), "_SYSTEMD_UNIT=a.service") == told_);
    expect_clean();
}

TEST_F(Files, rotate_in_the_middle_of_what_is_gathered) {
    options_.limits.max_file_size = 1U << 20;
    options_.limits.max_use = 64U << 20;
    open();
    store_->gather();
    fill(2500);
    EXPECT_LT(store_->last_entry(), 2500U);
    ASSERT_TRUE(store_->commit());
    EXPECT_EQ(store_->last_entry(), 2500U);
    EXPECT_TRUE(messages(read_files(files())) == told_);
    expect_clean();
}

TEST_F(Files, take_no_more_than_they_may) {
    options_.limits.max_file_size = 512U << 10;
    options_.limits.max_use = 2U << 20;
    open();
    fill(6000);
    std::uint64_t use = 0;
    for (auto const& path : files())
        use += static_cast<std::uint64_t>(base::sys::stat(path)->st_blocks) * 512;
    EXPECT_LE(use, 2U << 20);
    EXPECT_GE(use, 1U << 20);
    auto const kept = messages(read_files(files()));
    ASSERT_FALSE(kept.empty());
    EXPECT_TRUE(std::ranges::equal(kept, std::span(told_).last(kept.size())));
    expect_clean();
}

TEST_F(Files, are_as_many_as_they_may_be) {
    options_.limits.max_files = 3;
    open();
    for (int n = 0; n < 8; ++n) {
        ASSERT_TRUE(say(fmt::format("{}", n)));
        ASSERT_TRUE(store_->rotate());
    }
    EXPECT_THAT(archived(), SizeIs(3));
    EXPECT_THAT(messages(read_files(files())), ElementsAre("5", "6", "7"));
}

TEST_F(Files, begin_anew_when_they_are_old_or_the_clock_was_set_back) {
    options_.limits.max_file_age = 1h;
    open();
    ASSERT_TRUE(say("old"));
    now_.realtime += 2h;
    ASSERT_TRUE(say("new"));
    EXPECT_THAT(archived(), SizeIs(1));
    now_.realtime -= 10min;
    ASSERT_TRUE(say("back"));
    EXPECT_THAT(archived(), SizeIs(2));
    auto const entries = read_files({active()});
    ASSERT_THAT(entries, SizeIs(1));
    EXPECT_EQ(entries[0].realtime, static_cast<std::uint64_t>(now_.realtime.count()));
    now_.monotonic -= 5s; // another source's clock, read earlier
    ASSERT_TRUE(say("late"));
    EXPECT_EQ(store_->last_entry(), 4U);
    expect_clean();
}

TEST_F(Files, stay_in_order_where_stamps_are_a_moment_out_of_order) {
    open();
    ASSERT_TRUE(say("one"));
    now_.realtime -= 3ms;
    now_.monotonic -= 3ms;
    ASSERT_TRUE(say("two"));
    EXPECT_THAT(archived(), IsEmpty());
    auto const entries = read_files(files());
    EXPECT_THAT(messages(entries), ElementsAre("one", "two"));
    EXPECT_EQ(entries[1].realtime, static_cast<std::uint64_t>(now_.realtime.count()));
    expect_clean();
}

TEST_F(Files, have_one_writer) {
    open();
    auto const second = Store::open(options_);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().number, EWOULDBLOCK);
    close();
    open();
}

TEST_F(Files, that_nobody_closed_are_put_aside_and_stay_readable) {
    open();
    ASSERT_TRUE(say("before"));
    auto const text = base::sys::read_file(active(), 64U << 20);
    close();
    // As after a crash of the machine: the file says that it is being written, and no undo record tells of it.
    ASSERT_TRUE(base::sys::write_file(active(), *text));
    ASSERT_TRUE(base::sys::unlink(options_.undo_path));
    open();
    ASSERT_TRUE(say("after"));
    ASSERT_THAT(archived(), SizeIs(1));
    EXPECT_THAT(archived()[0], ContainsRegex("/system@[0-9a-f]{16}-[0-9a-f]{16}\\.journal~$"));
    EXPECT_THAT(messages(read_files(files())), ElementsAre("before", "after"));
    EXPECT_EQ(store_->last_entry(), 2U);
    EXPECT_EQ(complaints(active()), "");
}

TEST_F(Files, that_are_no_journals_are_put_aside) {
    for (auto const* const text : {"", "not a journal", "LPKSHHRH"}) {
        ASSERT_TRUE(base::sys::write_file(active(), text));
        open();
        ASSERT_TRUE(say("works")) << text;
        EXPECT_THAT(messages(read_files({active()})), ElementsAre("works"));
        close();
        ASSERT_TRUE(base::sys::unlink(active()));
    }
    EXPECT_THAT(archived(), SizeIs(3));
}

TEST_F(Files, of_another_format_are_archived_and_numbers_go_on) {
    open();
    ASSERT_TRUE(say("compact"));
    close();
    options_.compact = Compact::no;
    open();
    ASSERT_TRUE(say("regular"));
    EXPECT_EQ(store_->last_entry(), 2U);
    EXPECT_THAT(archived(), SizeIs(1));
    EXPECT_THAT(messages(read_files(files())), ElementsAre("compact", "regular"));
    expect_clean();
}

TEST_F(Files, go_on_with_their_numbers_where_the_active_one_is_gone) {
    open();
    ASSERT_TRUE(say("one"));
    ASSERT_TRUE(say("two"));
    ASSERT_TRUE(store_->rotate());
    close();
    ASSERT_TRUE(base::sys::unlink(active()));
    open();
    EXPECT_EQ(store_->last_entry(), 2U);
    ASSERT_TRUE(say("three"));
    EXPECT_THAT(messages(read_files(files())), ElementsAre("one", "two", "three"));
    expect_clean();
}

TEST_F(Files, go_on_with_their_numbers_also_after_the_clock_was_set_back) {
    open();
    ASSERT_TRUE(say("one"));
    now_.realtime -= 24h;
    ASSERT_TRUE(say("two"));
    ASSERT_TRUE(store_->rotate());
    close();
    ASSERT_TRUE(base::sys::unlink(active()));
    open();
    EXPECT_EQ(store_->last_entry(), 2U);
    close();
    open(); // now from a file without entries
    EXPECT_EQ(store_->last_entry(), 2U);
}

/// The test of the tests: journalctl does see damage.
TEST_F(Files, that_are_damaged_are_complained_of) {
    open();
    ASSERT_TRUE(say("hello"));
    ASSERT_TRUE(say("world"));
    close();
    auto text = *base::sys::read_file(active(), 64U << 20);
    auto const at = text.find("MESSAGE=world");
    ASSERT_NE(at, text.npos);
    text[at + 9] = 'O';
    ASSERT_TRUE(base::sys::write_file(active(), text));
    EXPECT_NE(complaints(active()), "");
}

/// A tmpfs of 6 MiB in a mount namespace of the test's own child.
class FullDisk : public Files {
protected:
    /// Runs `work` there. What it expects in vain fails the test.
    template <class Work>
    void on_small_disk(Work work) {
        auto const disk = folder_ + "/disk";
        ASSERT_TRUE(base::sys::mkdir(disk, 0700));
        auto const child = ::fork();
        if (child == 0) {
            if (::unshare(::geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER) != 0 ||
                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
                ::mount("small", disk.c_str(), "tmpfs", 0, "size=6m") != 0)
                ::_exit(cannot);
            options_.folder = folder_ = disk;
            work();
            ::_exit(HasFailure() ? 1 : 0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == cannot) GTEST_SKIP() << "no mount namespaces here";
        EXPECT_EQ(status, 0);
    }
    static std::string noise(int n) {
        return fmt::format("{} {}", n, std::string(300, static_cast<char>('a' + n % 26)));
    }

private:
    static constexpr int cannot = 77;
};

TEST_F(FullDisk, is_said_and_harms_nothing_and_ends) {
    on_small_disk([&] {
        options_.limits = {.max_use = 1U << 30, .keep_free = 1, .max_file_size = 16U << 20};
        auto const ballast = folder_ + "/ballast";
        ASSERT_TRUE(base::sys::write_file(ballast, std::string(512U << 10, 'x')));
        open();
        base::Result<void> said;
        for (int n = 0; n < 100000 && (said = say(noise(n), label_)); ++n)
            told_.push_back(noise(n));
        ASSERT_FALSE(said.has_value());
        EXPECT_EQ(said.error().number, ENOSPC) << said.error().message();
        EXPECT_FALSE(say(noise(-1), label_).has_value());
        EXPECT_EQ(store_->last_entry(), told_.size());
        EXPECT_TRUE(messages(read_files(files())) == told_);
        ASSERT_TRUE(base::sys::unlink(ballast));
        expect_clean();
        told_.push_back("room again");
        ASSERT_TRUE(say(told_.back(), label_));
        EXPECT_TRUE(messages(read_files(files())) == told_);
        expect_clean();
    });
}

TEST_F(FullDisk, takes_old_files_first) {
    on_small_disk([&] {
        options_.limits = {.max_use = 1U << 30, .keep_free = 1, .max_file_size = 512U << 10};
        open();
        for (int n = 0; n < 30000; ++n) {
            told_.push_back(noise(n));
            auto const said = say(told_.back(), label_);
            ASSERT_TRUE(said.has_value()) << n << ": " << said.error().message();
        }
        auto const kept = messages(read_files(files()));
        EXPECT_GT(kept.size(), 1000U);
        EXPECT_TRUE(std::ranges::equal(kept, std::span(told_).last(kept.size())));
    });
}

} // namespace
} // namespace mitori::journal::test
