// Against the kernel itself: what a process knows of itself is what its row says.
#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "base/sys.hpp"
#include "procfs/machine.hpp"
#include "procfs/scanner.hpp"
#include "procfs/snapshot.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::procfs {
namespace {

constexpr Parts every{Part::status,       Part::command_line, Part::cgroup,    Part::environment,
                      Part::wait_channel, Part::io,           Part::executable};

TEST(Scanner, tells_what_this_process_knows_of_itself) {
    auto scanner = Scanner::open().value();
    auto const row = scanner.one(::getpid(), every);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->thread, ::getpid());
    EXPECT_EQ(row->parent, ::getppid());
    EXPECT_EQ(row->group, ::getpgrp());
    EXPECT_EQ(row->session, ::getsid(0));
    EXPECT_EQ(row->uids[real_id], ::getuid());
    EXPECT_EQ(row->gids[effective_id], ::getegid());
    EXPECT_EQ(row->nice, ::getpriority(PRIO_PROCESS, 0));
    EXPECT_EQ(row->executable, base::sys::read_link("/proc/self/exe").value());
    EXPECT_FALSE(row->command_line.empty());
    EXPECT_NE(row->environment.find("PATH="), std::string::npos);
    EXPECT_GT(row->resident_pages, 0U);
    EXPECT_FALSE(row->is_kernel_thread());
}

TEST(Scanner, finds_all_that_the_other_reader_finds) {
    auto scanner = Scanner::open().value();
    auto const rows = scanner.all();
    EXPECT_TRUE(std::ranges::is_sorted(rows, {}, &Row::pid));
    auto const own = std::ranges::find(rows, ::getpid(), &Row::pid);
    ASSERT_NE(own, rows.end());
    auto const other = Procfs::open().value().process(::getpid());
    ASSERT_TRUE(other);
    EXPECT_EQ(own->start_ticks, other->start_ticks);
    EXPECT_EQ(own->comm, other->comm);
}

TEST(Scanner, reads_only_what_is_asked_for) {
    auto const row = Scanner::open().value().one(::getpid());
    ASSERT_TRUE(row);
    EXPECT_EQ(row->command_line, "");
    EXPECT_EQ(row->capabilities, 0U);
    EXPECT_EQ(row->uids, Ids{});
}

TEST(Scanner, finds_threads) {
    auto scanner = Scanner::open().value();
    std::jthread const other([](std::stop_token const& stop) {
        while (!stop.stop_requested())
            std::this_thread::yield();
    });
    auto const threads = scanner.threads(scanner.one(::getpid()).value());
    EXPECT_GE(threads.size(), 2U);
    for (auto const& thread : threads)
        EXPECT_EQ(thread.pid, ::getpid());
    EXPECT_TRUE(std::ranges::any_of(threads, [](auto const& row) { return row.thread != row.pid; }));
}

TEST(Scanner, takes_one_that_is_gone_or_broken_as_not_there) {
    test::TemporaryDirectory const folder;
    std::string const proc = folder.path();
    for (auto const* const name : {"/1", "/2", "/3", "/self"})
        ASSERT_TRUE(base::sys::mkdir(proc + name, 0755));
    std::ofstream(proc + "/2/stat") << "2 (half a li";
    std::ofstream(proc + "/3/stat") << "3 (x) S 1 3 3 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 4096 1 ";
    auto scanner = Scanner::open(proc).value();
    auto const rows = scanner.all(every);
    ASSERT_EQ(rows.size(), 1U) << "1 has ended after it was listed, 2 is no stat line";
    EXPECT_EQ(rows[0].pid, 3);
    EXPECT_EQ(rows[0].cgroup, "");
    EXPECT_FALSE(scanner.one(4));
    EXPECT_TRUE(scanner.threads(rows[0]).empty());
}

TEST(Scanner, reads_a_file_longer_than_its_buffer) {
    test::TemporaryDirectory const folder;
    std::string const proc = folder.path();
    ASSERT_TRUE(base::sys::mkdir(proc + "/3", 0755));
    std::ofstream(proc + "/3/stat") << "3 (x) S 1 3 3 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 4096 1 ";
    std::ofstream(proc + "/3/cmdline") << std::string(100'000, 'a');
    EXPECT_EQ(Scanner::open(proc).value().one(3, {Part::command_line})->command_line.size(), 100'000U);
}

TEST(Machine, is_this_one) {
    auto const machine = read_machine();
    EXPECT_GT(machine.memory_kib, 0U);
    EXPECT_GT(machine.uptime, 0);
    auto const own = Scanner::open().value().one(::getpid());
    auto const now = std::chrono::duration_cast<std::chrono::seconds>(machine.now).count();
    EXPECT_NEAR(static_cast<double>(machine.started(own->start_ticks)), static_cast<double>(now), 600);
}

} // namespace
} // namespace mitori::procfs
