// The steps that make directories and links.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "process/plans.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

class Directories : public ::testing::Test {
protected:
    [[nodiscard]] struct stat stat_of(std::string const& name) const {
        auto const found = base::sys::lstat(directory / name);
        EXPECT_TRUE(found) << found.error().message();
        return found ? *found : (struct stat){};
    }
    [[nodiscard]] mode_t mode_of(std::string const& name) const { return stat_of(name).st_mode & 07777; }

    mitori::test::TemporaryDirectory directory;
};

ManagedDirectory ours(std::string path, mode_t mode) {
    return {.path = std::move(path), .mode = mode, .uid = ::geteuid(), .gid = ::getegid()};
}

TEST_F(Directories, are_made_with_their_parents_and_an_exact_mode) {
    run_steps({}, [&](auto& plan) {
        plan.umask(0077);
        plan.managed_directory(ours(directory / "a/b/c/", 02751), Stage::runtime_directory);
    });
    EXPECT_EQ(mode_of("a/b/c"), 02751U);
    EXPECT_TRUE(S_ISDIR(stat_of("a/b").st_mode));
}

TEST_F(Directories, that_exist_are_adjusted_unless_they_are_to_stay) {
    ASSERT_TRUE(base::sys::mkdir(directory / "adjusted", 0700));
    ASSERT_TRUE(base::sys::mkdir(directory / "stays", 0700));
    run_steps({}, [&](auto& plan) {
        plan.managed_directory(ours(directory / "adjusted", 0750), Stage::state_directory);
        auto stays = ours(directory / "stays", 0750);
        stays.existing = ManagedDirectory::Existing::stays;
        plan.managed_directory(stays, Stage::configuration_directory);
    });
    EXPECT_EQ(mode_of("adjusted"), 0750U);
    EXPECT_EQ(mode_of("stays"), 0700U);
}

TEST_F(Directories, change_their_owner_with_all_below_but_follow_no_link) {
    if (!is_root()) GTEST_SKIP() << "needs root to give files away";
    ASSERT_TRUE(base::sys::make_directories(directory / "top/inner"));
    ASSERT_TRUE(base::sys::write_file(directory / "top/inner/file", ""));
    ASSERT_TRUE(base::sys::write_file(directory / "outside", ""));
    ASSERT_EQ(::symlink("../outside", (directory / "top/link").c_str()), 0);
    run_steps({}, [&](auto& plan) {
        plan.managed_directory({.path = directory / "top", .mode = 0755, .uid = 1234, .gid = 5678},
                               Stage::state_directory);
    });
    for (auto const* name : {"top", "top/inner", "top/inner/file", "top/link"}) {
        EXPECT_EQ(stat_of(name).st_uid, 1234U) << name;
        EXPECT_EQ(stat_of(name).st_gid, 5678U) << name;
    }
    EXPECT_EQ(stat_of("outside").st_uid, 0U);
}

TEST_F(Directories, of_the_right_owner_are_not_walked) {
    if (!is_root()) GTEST_SKIP() << "needs root to give files away";
    ASSERT_TRUE(base::sys::mkdir(directory / "top", 0755));
    ASSERT_TRUE(base::sys::write_file(directory / "top/file", ""));
    ASSERT_EQ(::chown((directory / "top").c_str(), 1234, 5678), 0);
    run_steps({}, [&](auto& plan) {
        plan.managed_directory({.path = directory / "top", .mode = 0755, .uid = 1234, .gid = 5678},
                               Stage::state_directory);
    });
    EXPECT_EQ(stat_of("top/file").st_uid, 0U);
}

TEST_F(Directories, are_not_made_through_a_link) {
    ASSERT_TRUE(base::sys::mkdir(directory / "target", 0700));
    ASSERT_EQ(::symlink("target", (directory / "link").c_str()), 0);
    auto plan = make_plan(
        [&](auto& steps) { steps.managed_directory(ours(directory / "link", 0755), Stage::cache_directory); });
    ASSERT_TRUE(plan);
    auto const child = spawn(*plan);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::cache_directory);
    EXPECT_EQ(child.error().error.number, ENOTDIR);
    EXPECT_EQ(mode_of("target"), 0700U);
}

TEST_F(Directories, get_links_and_an_equal_link_is_fine) {
    for (int round = 0; round < 2; ++round)
        run_steps({}, [&](auto& plan) { plan.symbolic_link("a", directory / "x/b", Stage::runtime_directory); });
    EXPECT_EQ(*base::sys::read_link(directory / "x/b"), "a");

    auto plan =
        make_plan([&](auto& steps) { steps.symbolic_link("other", directory / "x/b", Stage::runtime_directory); });
    ASSERT_TRUE(plan);
    auto const child = spawn(*plan);
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().error.number, EEXIST);
}

} // namespace
} // namespace mitori::process
