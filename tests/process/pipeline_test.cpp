#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>

#include "process/pipeline.hpp"
#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

TEST(Pipeline, feeds_each_with_what_the_one_before_it_wrote) {
    auto const output = (Command("printf").arg("b\\nc\\na\\n") | Command("sort") | Command("head").arg("-1")).output();
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(output->out, "a\n");
    EXPECT_EQ(output->exits.size(), 3U);
    EXPECT_TRUE(output->clean());
}

TEST(Pipeline, takes_input_at_its_beginning) {
    std::string const input(3U << 20, 'x');
    auto const output = (Command("cat") | Command("cat") | Command("cat")).output({.input = input, .timeout = 60s});
    ASSERT_TRUE(output);
    EXPECT_TRUE(output->out == input);
    EXPECT_TRUE(output->clean());
}

/// Would run for ever if anybody but `head` held the reading end of the pipe.
TEST(Pipeline, ends_a_writer_whose_reader_has_gone) {
    auto const output = (Command("yes") | Command("head").arg("-2")).output({.timeout = 60s});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "y\ny\n");
    EXPECT_EQ(output->outcome, Outcome::complete);
    EXPECT_EQ(output->exits[0].message(), "killed, signal=PIPE");
    EXPECT_TRUE(output->exits[1].clean());
    EXPECT_EQ(output->pipefail().status, SIGPIPE);
    EXPECT_FALSE(output->clean());
}

TEST(Pipeline, shows_the_last_failure_as_pipefail_does) {
    auto const output = (shell("exit 3") | shell("exit 4") | shell("exit 0")).output();
    ASSERT_TRUE(output);
    EXPECT_EQ(output->pipefail().status, 4);
    EXPECT_EQ(output->exits[0].status, 3);
    EXPECT_EQ(output->exits[2].status, 0);
}

TEST(Pipeline, collects_everyones_errors) {
    auto const output = (shell("echo first >&2") | shell("cat; echo second >&2")).output();
    ASSERT_TRUE(output);
    EXPECT_NE(output->err.find("first\n"), std::string::npos);
    EXPECT_NE(output->err.find("second\n"), std::string::npos);
    EXPECT_EQ(output->out, "");
}

TEST(Pipeline, leaves_nothing_when_one_of_it_cannot_start) {
    auto const output = (Command("yes") | Command("/no/such") | Command("cat")).output();
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().message(), "exec /no/such: No such file or directory");
    EXPECT_TRUE(no_child_left());
}

TEST(Pipeline, kills_all_of_it_at_the_deadline) {
    auto const output = (shell("exec sleep 1000") | Command("cat")).output({.timeout = 200ms});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::timed_out);
    for (auto const& exit : output->exits)
        EXPECT_EQ(exit.message(), "killed, signal=KILL");
    EXPECT_TRUE(no_child_left());
}

TEST(Pipeline, kills_at_the_deadline_who_is_left_before_an_ended_reader) {
    auto const output = (shell("exec sleep 1000") | shell("exit 0")).output({.timeout = 200ms});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::timed_out);
    EXPECT_EQ(output->exits[0].message(), "killed, signal=KILL");
    EXPECT_TRUE(output->exits[1].clean());
}

/// The last one has ended and said all when the first has not yet read its input.
TEST(Pipeline, feeds_on_when_the_last_has_ended) {
    std::string const input(3U << 20, 'x');
    auto const output = (shell("wc -c >/dev/null") | shell("exit 0")).output({.input = input, .timeout = 60s});
    ASSERT_TRUE(output);
    EXPECT_TRUE(output->clean()) << output->pipefail().message();
}

TEST(Pipeline, is_one_job_when_asked) {
    auto pipeline = Command("cat").stdin_from(Stdio::pipe()) | Command("cat").stdout_to(Stdio::pipe());
    auto running = pipeline.new_group().start();
    ASSERT_TRUE(running) << running.error().message();
    pid_t const group = running->children[0].pid();
    EXPECT_EQ(::getpgid(running->children[0].pid()), group);
    EXPECT_EQ(::getpgid(running->children[1].pid()), group);
    EXPECT_NE(::getpgid(0), group);
    ASSERT_TRUE(running->children[0].signal_group({SIGTERM}));
    auto const exits = running->wait();
    ASSERT_TRUE(exits);
    for (auto const& exit : *exits)
        EXPECT_EQ(exit.message(), "killed, signal=TERM");
}

} // namespace
} // namespace mitori::process
