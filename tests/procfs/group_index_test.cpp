// Groups of processes, read from the groups' side: from files of a test's own, and beside /proc itself.
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

#include "procfs/group_index.hpp"
#include "procfs/scanner.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::procfs {
namespace {

class Groups : public ::testing::Test {
protected:
    void group(std::string const& path, std::string const& pids) {
        auto const folder = std::filesystem::path(folder_.path() + "/" + path);
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "cgroup.procs") << pids;
    }
    [[nodiscard]] std::string mount(std::string const& name, std::string const& rest, std::string const& root = "/") {
        return fmt::format("30 22 0:27 {} {}/{} rw - {} rw\n", root, folder_.path(), name, rest);
    }
    [[nodiscard]] std::optional<GroupIndex> read(std::string const& memberships, std::string const& mountinfo) const {
        return GroupIndex::read(pids_, memberships, mountinfo);
    }
    static Row row_of(GroupIndex const& index, pid_t pid) {
        Row row;
        row.pid = pid;
        row.cgroup = index.fill(row) ? row.cgroup : "not known";
        return row;
    }
    std::vector<pid_t> pids_{1, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24};
    mitori::test::TemporaryDirectory folder_;
};

TEST_F(Groups, are_known_of_each_that_was_seen_once) {
    group("v2", "1\n10\n");
    group("v2/web", "11\n12\n");
    group("v2/db", "12\n13\n");
    auto const index = read("0::/web\n", mount("v2", "cgroup2 cgroup2"));
    ASSERT_TRUE(index);
    EXPECT_EQ(row_of(*index, 10).cgroup, "/");
    EXPECT_EQ(row_of(*index, 11).cgroup, "/web");
    EXPECT_EQ(row_of(*index, 13).cgroup, "/db");
    EXPECT_EQ(row_of(*index, 12).cgroup, "not known") << "it was moved while we looked";
    EXPECT_EQ(row_of(*index, 14).cgroup, "not known") << "a zombie, or one that was moved";
    EXPECT_EQ(row_of(*index, 99).cgroup, "not known") << "begun since";
}

TEST_F(Groups, are_those_of_a_hybrid_in_the_words_of_proc) {
    group("v2", "1\n10\n11\n");
    group("v2/web", "12\n");
    group("memory", "1\n12\n");
    group("memory/box", "10\n");
    group("memory/box/in", "11\n");
    auto const index =
        read("4:memory:/\n0::/\n", mount("v2", "cgroup2 cgroup2") + mount("memory", "cgroup cgroup rw,memory"));
    ASSERT_TRUE(index);
    EXPECT_EQ(row_of(*index, 12).cgroup, "/web");
    EXPECT_EQ(row_of(*index, 12).memory_cgroup, "/");
    EXPECT_EQ(row_of(*index, 11).cgroup, "/box/in") << "the unified one is the root";
    EXPECT_EQ(row_of(*index, 11).memory_cgroup, "/box/in");
    EXPECT_EQ(row_of(*index, 13).cgroup, "not known");
}

TEST_F(Groups, need_not_be_read_where_there_are_none) {
    std::filesystem::create_directories(folder_.path() + "/pids");
    group("v2", "10\n");
    group("v2/web", "11\n");
    auto const index =
        read("8:pids:/\n0::/\n", mount("v2", "cgroup2 cgroup2") + mount("pids", "cgroup cgroup rw,pids"));
    ASSERT_TRUE(index) << "pids has no file to be read, and none is needed";
    EXPECT_EQ(row_of(*index, 11).cgroup, "/web");
    EXPECT_EQ(row_of(*index, 10).cgroup, "/");
}

TEST_F(Groups, are_left_to_proc_where_they_cannot_be_seen_as_a_whole) {
    group("v2", "1\n");
    EXPECT_FALSE(read("0::/../x\n", mount("v2", "cgroup2 cgroup2"))) << "outside of our cgroup namespace";
    EXPECT_FALSE(read("0::/\n", mount("v2", "cgroup2 cgroup2", "/sub"))) << "mounted from below";
    EXPECT_FALSE(read("4:memory:/\n0::/\n", mount("v2", "cgroup2 cgroup2"))) << "one is not mounted";
    EXPECT_FALSE(read("", ""));
    for (char const* const name : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"})
        group(std::string("v2/") + name, "");
    EXPECT_FALSE(read("0::/\n", mount("v2", "cgroup2 cgroup2"))) << "more groups than it pays to read";
}

// The same machine both ways. What is begun, ended or moved in between is not compared.
TEST(GroupIndex, says_what_each_process_says_of_itself) {
    auto scanner = *Scanner::open();
    std::vector<pid_t> pids;
    for (auto const& row : scanner.all())
        pids.push_back(row.pid);
    auto const memberships = std::string(scanner.read_of_self("cgroup").value_or(""));
    auto const mounts = std::string(scanner.read_of_self("mountinfo").value_or(""));
    // As if there were many more of them, so that it pays in any case.
    std::vector<pid_t> many = pids;
    for (pid_t more = many.empty() ? 1 : many.back() + 1; many.size() < 4000; ++more)
        many.push_back(more);
    auto const index = GroupIndex::read(many, memberships, mounts);
    if (!index) GTEST_SKIP() << "this place shows its control groups in part only";
    for (pid_t const pid : pids) {
        auto const before = scanner.one(pid, {Part::cgroup});
        Row row;
        row.pid = pid;
        bool const known = index->fill(row);
        auto const after = scanner.one(pid, {Part::cgroup});
        if (!known || !before || !after || before->cgroup != after->cgroup) continue;
        EXPECT_EQ(row.cgroup, after->cgroup) << pid;
        EXPECT_EQ(row.memory_cgroup, after->memory_cgroup) << pid;
    }
}

} // namespace
} // namespace mitori::procfs
