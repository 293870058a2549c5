#include <algorithm>
#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::base {
namespace {

using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Files : public testing::Test {
protected:
    test::TemporaryDirectory dir;

    static int number(auto const& result) { return result ? 0 : result.error().number; }
    static bool closes_on_exec(Fd const& fd) { return (::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0; }
};

TEST_F(Files, written_whole_are_read_whole) {
    std::string const text(100'000, 'x');
    ASSERT_TRUE(sys::write_file(dir / "f", text, 0640));
    EXPECT_EQ(sys::read_file(dir / "f"), text);
    EXPECT_EQ(sys::stat(dir / "f")->st_mode & 07777U, 0640U);
    EXPECT_THAT(*sys::list_directory(dir.path()), UnorderedElementsAre("f"));
}

TEST_F(Files, longer_than_the_limit_are_refused) {
    ASSERT_TRUE(sys::write_file(dir / "f", "12345"));
    EXPECT_EQ(sys::read_file(dir / "f", 5), "12345");
    EXPECT_EQ(number(sys::read_file(dir / "f", 4)), EFBIG);
    EXPECT_EQ(number(sys::read_file("/dev/zero", 1U << 16U)), EFBIG);
}

TEST_F(Files, a_failed_write_leaves_the_old_file_and_nothing_beside_it) {
    ASSERT_TRUE(sys::mkdir(dir / "taken", 0755));
    ASSERT_TRUE(sys::write_file(dir / "taken/inside", ""));
    EXPECT_FALSE(sys::write_file(dir / "taken", "text"));
    EXPECT_THAT(*sys::list_directory(dir.path()), UnorderedElementsAre("taken"));
}

TEST_F(Files, of_proc_that_tell_no_size_are_read) {
    EXPECT_THAT(*sys::read_file("/proc/self/status"), testing::Not(IsEmpty()));
}

TEST_F(Files, errors_name_the_operation_and_the_file) {
    auto const missing = sys::open(dir / "none", O_RDONLY);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().number, ENOENT);
    EXPECT_EQ(missing.error().message(), "open " + dir / "none" + ": No such file or directory");
    EXPECT_EQ(sys::read_link(dir / "none").error().message(),
              "readlink " + dir / "none" + ": No such file or directory");
}

TEST_F(Files, descriptors_close_on_exec) {
    EXPECT_TRUE(closes_on_exec(*sys::open(dir.path(), O_RDONLY | O_DIRECTORY)));
    auto const pipe = sys::pipe();
    EXPECT_TRUE(closes_on_exec(pipe->first) && closes_on_exec(pipe->second));
    auto const sockets = sys::socket_pair(SOCK_SEQPACKET);
    EXPECT_TRUE(closes_on_exec(sockets->first) && closes_on_exec(sockets->second));
    EXPECT_TRUE(closes_on_exec(*sys::memfd("test")));
}

TEST_F(Files, link_targets_of_any_length_are_read) {
    std::string const target(1000, 't');
    ASSERT_EQ(::symlink(target.c_str(), (dir / "link").c_str()), 0);
    EXPECT_EQ(sys::read_link(dir / "link"), target);
    EXPECT_TRUE(S_ISLNK(sys::lstat(dir / "link")->st_mode));
}

TEST_F(Files, access_tells_yes_and_no_without_an_error) {
    EXPECT_EQ(sys::access(dir.path(), R_OK), true);
    EXPECT_EQ(sys::access(dir / "none", R_OK), false);
    EXPECT_EQ(sys::access("/dev/null/x", R_OK), false);
}

TEST_F(Files, directories_are_made_with_their_parents) {
    ASSERT_TRUE(sys::make_directories(dir / "a/b/c", 0700));
    EXPECT_EQ(sys::stat(dir / "a/b/c")->st_mode & 07777U, 0700U);
    EXPECT_TRUE(sys::make_directories(dir / "a/b/c/", 0700));
    ASSERT_TRUE(sys::write_file(dir / "a/file", ""));
    EXPECT_EQ(number(sys::make_directories(dir / "a/file")), ENOTDIR);
    EXPECT_EQ(number(sys::make_directories(dir / "a/file/x")), ENOTDIR);
}

TEST_F(Files, a_tree_is_removed_without_following_links) {
    ASSERT_TRUE(sys::make_directories(dir / "outside"));
    ASSERT_TRUE(sys::write_file(dir / "outside/kept", "x"));
    ASSERT_TRUE(sys::make_directories(dir / "tree/deep/deeper"));
    ASSERT_TRUE(sys::write_file(dir / "tree/deep/file", "x"));
    ASSERT_EQ(::symlink((dir / "outside").c_str(), (dir / "tree/deep/link").c_str()), 0);
    ASSERT_TRUE(sys::remove_tree(dir / "tree"));
    EXPECT_THAT(*sys::list_directory(dir.path()), UnorderedElementsAre("outside"));
    EXPECT_EQ(sys::read_file(dir / "outside/kept"), "x");
    EXPECT_TRUE(sys::remove_tree(dir / "tree")) << "what is not there is removed already";
}

TEST_F(Files, a_tree_named_by_a_link_loses_the_link_only) {
    ASSERT_TRUE(sys::make_directories(dir / "outside/inner"));
    ASSERT_EQ(::symlink((dir / "outside").c_str(), (dir / "link").c_str()), 0);
    ASSERT_TRUE(sys::remove_tree(dir / "link"));
    EXPECT_THAT(*sys::list_directory(dir / "outside"), UnorderedElementsAre("inner"));
}

TEST_F(Files, reading_goes_by_directory_descriptor_too) {
    ASSERT_TRUE(sys::write_file(dir / "f", "text"));
    auto const directory = sys::open(dir.path(), O_RDONLY | O_DIRECTORY);
    EXPECT_EQ(sys::read_file_at(directory->get(), "f"), "text");
    ASSERT_TRUE(sys::mkdir_at(directory->get(), "sub", 0755));
    EXPECT_THAT(*sys::list_directory_at(directory->get()), UnorderedElementsAre("f", "sub"));
    EXPECT_THAT(*sys::list_directory_at(directory->get(), "sub"), IsEmpty());
    EXPECT_TRUE(sys::remove_directory_at(directory->get(), "sub"));
}

} // namespace
} // namespace mitori::base
