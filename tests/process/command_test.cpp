#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "process/command.hpp"
#include "process/support.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::process {
namespace {

using namespace testing;

TEST(Command, searches_the_path_of_the_childs_environment) {
    auto const plan = Command("tool").clear_env().env("PATH", "/a:/b").plan();
    ASSERT_TRUE(plan);
    EXPECT_NE(show(*plan).find("exec first of /a/tool /b/tool\n"), std::string::npos) << show(*plan);
}

TEST(Command, searches_the_usual_places_without_a_path) {
    auto const plan = Command("tool").clear_env().plan();
    ASSERT_TRUE(plan);
    EXPECT_NE(show(*plan).find("exec first of /usr/local/bin/tool /usr/bin/tool /bin/tool\n"), std::string::npos)
        << show(*plan);
}

TEST(Command, takes_an_empty_piece_of_the_path_as_the_working_directory) {
    auto const plan = Command("tool").clear_env().env("PATH", "/a:").plan();
    ASSERT_TRUE(plan);
    EXPECT_NE(show(*plan).find("exec first of /a/tool ./tool\n"), std::string::npos) << show(*plan);
}

TEST(Command, names_the_program_that_was_not_found) {
    auto const child = Command("no-such-tool").env("PATH", "/usr/bin:/bin").spawn();
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().stage, Stage::exec);
    EXPECT_EQ(child.error().message(), "exec no-such-tool: No such file or directory");
}

TEST(Command, shows_its_plan_in_order) {
    auto const plan = Command("/bin/tool")
                          .arg("-x")
                          .argv0("other")
                          .clear_env()
                          .env("A", "1")
                          .stdin_from(Stdio::null())
                          .stdout_to(Stdio::append("/log"))
                          .stderr_to(Stdio::truncate("/errors"))
                          .cwd("/work")
                          .root("/jail")
                          .user(1)
                          .group(2)
                          .groups({3})
                          .new_session()
                          .nice(4)
                          .umask(077)
                          .no_new_privileges()
                          .parent_death_signal({SIGKILL})
                          .ignore({SIGPIPE})
                          .block({SIGUSR1})
                          .plan();
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(show(*plan), R"(setsid
nice 4
umask 0077
open slot 0 /dev/null rdonly
open slot 1 /log wronly,creat,append 0666
open slot 2 /errors wronly,creat,trunc 0666
place 0<-slot0 1<-slot1 2<-slot2, close all others
chroot /jail
setgroups 3
setgid 2
setuid 1
chdir /work
no-new-privileges
parent-death-signal KILL
signals default, ignored PIPE
signals blocked USR1
env A=1
exec /bin/tool as "other" "-x"
)");
}

TEST(Command, changes_the_environment_of_its_parent) {
    ::setenv("MITORI_TEST_KEPT", "kept", 1);
    ::setenv("MITORI_TEST_GONE", "gone", 1);
    auto const ran = run(probe({"env:MITORI_TEST_KEPT", "env:MITORI_TEST_GONE", "env:MITORI_TEST_SET"})
                             .unset_env("MITORI_TEST_GONE")
                             .env("MITORI_TEST_SET", "first")
                             .env("MITORI_TEST_SET", "second"));
    ::unsetenv("MITORI_TEST_KEPT");
    ::unsetenv("MITORI_TEST_GONE");
    EXPECT_EQ(ran["env:MITORI_TEST_KEPT"], "kept");
    EXPECT_EQ(ran["env:MITORI_TEST_GONE"], "unset");
    EXPECT_EQ(ran["env:MITORI_TEST_SET"], "second");
}

TEST(Command, connects_the_standard_streams) {
    mitori::test::TemporaryDirectory directory;
    ASSERT_TRUE(base::sys::write_file(directory / "in", "b\na\n"));
    ASSERT_TRUE(base::sys::write_file(directory / "out", "old\n"));
    auto child = Command("sort")
                     .stdin_from(Stdio::file(directory / "in"))
                     .stdout_to(Stdio::append(directory / "out"))
                     .stderr_to(Stdio::null())
                     .spawn();
    ASSERT_TRUE(child) << child.error().message();
    EXPECT_TRUE(child->wait()->clean());
    EXPECT_EQ(*base::sys::read_file(directory / "out"), "old\na\nb\n");
}

TEST(Command, passes_descriptors_under_their_numbers) {
    mitori::test::TemporaryDirectory directory;
    auto const file = base::sys::open(directory / "file", O_RDWR | O_CREAT, 0600);
    ASSERT_TRUE(file);
    auto const ran = run(probe({"fds", "fd:7"}).pass(file->get(), 7));
    EXPECT_EQ(ran["fds"], "0 1 2 7");
    EXPECT_EQ(ran["fd:7"], directory / "file");
}

/// In a forked process, since this one needs its own 0, 1 and 2.
TEST(Command, gives_its_child_three_descriptors_when_we_have_none) {
    auto pipe = base::sys::pipe();
    pid_t const pid = ::fork();
    if (pid == 0) {
        int const out = ::fcntl(pipe->second.get(), F_DUPFD_CLOEXEC, 20);
        for (int number = 0; number < 3; ++number)
            ::close(number);
        auto child = probe({"fds"}).stdout_to(Stdio::descriptor(out)).spawn();
        ::_exit(child && child->wait() ? 0 : 1);
    }
    pipe->second.reset();
    EXPECT_EQ(read_to_end(pipe->first.get()), "fds 0 1 2\n");
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

/// The middle process dies after its child has asked to be told; the signal ends the child, which closes its pipe.
TEST(Command, lets_a_child_die_with_its_parent) {
    auto pipe = base::sys::pipe();
    pid_t const middle = ::fork();
    if (middle == 0) {
        auto child = probe({"pause"}).parent_death_signal({SIGKILL}).pass(pipe->second.get(), 5).spawn();
        ::_exit(child ? 0 : 1);
    }
    pipe->second.reset();
    int status = -1;
    ::waitpid(middle, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(read_to_end(pipe->first.get()), ""); // comes to its end only when the child is gone
}

} // namespace
} // namespace mitori::process
