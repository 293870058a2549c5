#include <gtest/gtest.h>

#include "procfs/detail/row_parse.hpp"

namespace mitori::procfs {
namespace {
using std::string_literals::operator""s;

constexpr std::string_view stat_line =
    "4711 (a (b) c) S 4000 4711 4000 34817 4712 4194304 11 12 13 14 150 25 16 17 20 -5 3 0 987654 1048576 256 "
    "18446744073709551615 1 2 3 4 5 0 0 0 0 0 0 0 17 1 50 2 0 0 0 0 0 0 0 0 0 0 0\n";

TEST(RowOfStat, takes_every_field_whatever_the_name_holds) {
    Row row;
    ASSERT_TRUE(detail::parse_stat_row(stat_line, row));
    EXPECT_EQ(row.pid, 4711);
    EXPECT_EQ(row.comm, "a (b) c");
    EXPECT_EQ(row.state, 'S');
    EXPECT_EQ(row.parent, 4000);
    EXPECT_EQ(row.group, 4711);
    EXPECT_EQ(row.session, 4000);
    EXPECT_EQ(row.terminal, 34817U);
    EXPECT_EQ(row.foreground, 4712);
    EXPECT_EQ(row.flags, 4194304U);
    EXPECT_EQ(row.minor_faults, 11U);
    EXPECT_EQ(row.major_faults, 13U);
    EXPECT_EQ(row.cpu_ticks(), 175U);
    EXPECT_EQ(row.priority, 20);
    EXPECT_EQ(row.nice, -5);
    EXPECT_EQ(row.threads, 3U);
    EXPECT_EQ(row.start_ticks, 987654U);
    EXPECT_EQ(row.virtual_bytes, 1048576U);
    EXPECT_EQ(row.resident_pages, 256U);
    EXPECT_EQ(row.processor, 1U);
    EXPECT_EQ(row.real_time, 50U);
    EXPECT_EQ(row.policy, 2U);
}

TEST(RowOfStat, is_none_of_a_text_that_ends_early) {
    for (std::size_t length = 0; length < stat_line.find(" 256 ") + 2; ++length) {
        Row row;
        EXPECT_FALSE(detail::parse_stat_row(stat_line.substr(0, length), row)) << length;
    }
}

TEST(RowOfStatus, takes_what_is_there) {
    Row row;
    detail::parse_status(
        "Name:\tx\nTracerPid:\t7\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nNSpid:\t4711\t12\t1\nVmLck:\t  16 kB\n"
        "VmRSS:\t  20 kB\n"
        "VmSwap:\t 8 kB\nSigPnd:\t0000000000000002\nSigBlk:\t0000000000010000\nSigCgt:\t8000000000000000\n"
        "CapEff:\t000001ffffffffff\nSeccomp:\t2\n",
        row);
    EXPECT_EQ(row.uids, (Ids{1, 2, 3, 4}));
    EXPECT_EQ(row.gids, (Ids{5, 6, 7, 8}));
    EXPECT_EQ(row.tracer, 7);
    EXPECT_EQ(row.pids_inside, (std::vector<pid_t>{4711, 12, 1}));
    EXPECT_EQ(row.resident_kib, 20U);
    EXPECT_EQ(row.locked_kib, 16U);
    EXPECT_EQ(row.swap_kib, 8U);
    EXPECT_TRUE(row.pending.has({SIGINT}));
    EXPECT_TRUE(row.blocked.has({SIGCHLD}));
    EXPECT_TRUE(row.caught.has({64}));
    EXPECT_EQ(row.capabilities, 0x1ffffffffffU);
    EXPECT_EQ(row.seccomp, 2U);
}

TEST(RowOfStatus, keeps_what_it_had_where_a_line_is_broken) {
    Row row;
    row.uids = {9, 9, 9, 9};
    detail::parse_status("Uid:\t1\t2\nSigBlk:\tzz\nSeccomp", row);
    EXPECT_EQ(row.uids, (Ids{9, 9, 9, 9}));
    EXPECT_EQ(row.blocked.bits, 0U);
}

TEST(RowOfCommandLine, joins_arguments_and_drops_what_trails) {
    EXPECT_EQ(detail::joined_arguments("sleep\0"
                                       "1\0"s),
              "sleep 1");
    EXPECT_EQ(detail::joined_arguments("title of its own   \0\0"s), "title of its own");
    EXPECT_EQ(detail::joined_arguments(""), "");
    EXPECT_EQ(detail::joined_arguments("\0\0"s), "");
}

Row with_cgroup(std::string_view text) {
    Row row;
    detail::parse_cgroup(text, row);
    return row;
}

TEST(RowOfCgroup, prefers_the_unified_hierarchy_unless_it_says_nothing) {
    auto const both = with_cgroup("4:memory:/long/memory/path\n0::/system.slice/a.service\n");
    EXPECT_EQ(both.cgroup, "/system.slice/a.service");
    EXPECT_EQ(both.memory_cgroup, "/long/memory/path");
    EXPECT_EQ(with_cgroup("4:memory:/docker/x\n1:name=systemd:/\n0::/\n").cgroup, "/docker/x");
    EXPECT_EQ(with_cgroup("0::/\n").cgroup, "/");
    EXPECT_EQ(with_cgroup("0::/\n").memory_cgroup, "");
    EXPECT_EQ(with_cgroup("nonsense").cgroup, "");
}

TEST(RowOfIo, takes_what_went_to_the_disk) {
    Row row;
    detail::parse_io("rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 5\n", row);
    EXPECT_EQ(row.read_bytes, 4096U);
    EXPECT_EQ(row.written_bytes, 8192U);
}

} // namespace
} // namespace mitori::procfs
