#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>
#include <stdexcept>

#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

TEST(Communicate, collects_what_a_command_says) {
    auto const output = shell("echo out; echo err >&2; exit 3").output();
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(output->out, "out\n");
    EXPECT_EQ(output->err, "err\n");
    EXPECT_EQ(output->exit.status, 3);
    EXPECT_EQ(output->outcome, Outcome::complete);
    EXPECT_FALSE(output->cut);
    EXPECT_FALSE(output->clean());
}

TEST(Communicate, tells_the_stage_of_a_start_that_failed) {
    auto const output = Command("/no/such").output();
    ASSERT_FALSE(output);
    EXPECT_EQ(output.error().stage, Stage::exec);
    EXPECT_EQ(output.error().error.number, ENOENT);
}

TEST(Communicate, feeds_its_input_and_says_where_it_ends) {
    auto const output = Command("sort").output({.input = "b\nc\na\n"});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "a\nb\nc\n");
    EXPECT_TRUE(output->clean());
    EXPECT_EQ(Command("cat").output()->out, ""); // no input: /dev/null, not ours
}

/// More than all pipes together hold, in every direction at once: by hand each of these is a deadlock.
TEST(Communicate, does_not_deadlock_whatever_the_order) {
    std::string const input(4U << 20, 'x');
    auto const echo = Command("cat").output({.input = input, .timeout = 60s});
    ASSERT_TRUE(echo);
    EXPECT_EQ(echo->outcome, Outcome::complete);
    EXPECT_TRUE(echo->out == input);

    // First all of its error, then all of its output, and only then it reads.
    auto const late =
        shell("head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero; cat").output({.input = input, .timeout = 60s});
    ASSERT_TRUE(late);
    EXPECT_EQ(late->outcome, Outcome::complete);
    EXPECT_EQ(late->err.size(), 1000000U);
    EXPECT_EQ(late->out.size(), 1000000U + input.size());
}

TEST(Communicate, takes_no_harm_from_a_child_that_does_not_read) {
    std::string const input(4U << 20, 'x');
    ::signal(SIGPIPE, SIG_DFL); // would end this test
    auto const output = shell("exec <&-; echo done").output({.input = input});
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(output->out, "done\n");
    EXPECT_TRUE(output->clean());
    sigset_t pending;
    ::sigpending(&pending);
    EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST(Communicate, kills_at_the_deadline_and_returns_what_there_was) {
    auto const output = shell("echo early; exec sleep 1000").output({.timeout = 300ms});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::timed_out);
    EXPECT_EQ(output->exit.message(), "killed, signal=KILL");
    EXPECT_EQ(output->out, "early\n");
    EXPECT_TRUE(no_child_left());
}

TEST(Communicate, listens_to_the_last_words_after_a_polite_signal) {
    auto const output = shell("trap 'echo late; exit 5' TERM; echo early; while :; do sleep 0.01; done")
                            .output({.timeout = 300ms, .at_timeout = {SIGTERM}, .patience = 30s});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::timed_out);
    EXPECT_EQ(output->exit.status, 5);
    EXPECT_EQ(output->out, "early\nlate\n");
}

TEST(Communicate, kills_who_ignores_the_polite_signal) {
    auto const output = shell("trap '' TERM; echo early; while :; do sleep 0.01; done")
                            .output({.timeout = 200ms, .at_timeout = {SIGTERM}, .patience = 50ms});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit.message(), "killed, signal=KILL");
}

TEST(Communicate, ends_who_says_too_much) {
    auto const output = Command("cat").stdin_from(Stdio::file("/dev/zero")).output({.most = 100000, .timeout = 60s});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::too_much);
    EXPECT_TRUE(output->cut);
    EXPECT_EQ(output->out.size(), 100000U);
    EXPECT_EQ(output->exit.kind, ExitKind::killed);
}

TEST(Communicate, drops_what_is_too_much_when_asked_to) {
    auto const output = shell("head -c 3000000 /dev/zero; exit 7").output({.most = 10, .excess = Excess::is_dropped});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::complete);
    EXPECT_TRUE(output->cut);
    EXPECT_EQ(output->out.size(), 10U);
    EXPECT_EQ(output->exit.status, 7);
}

TEST(Communicate, has_room_for_exactly_the_limit) {
    auto const output = shell("printf 0123456789").output({.most = 10});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->out, "0123456789");
    EXPECT_FALSE(output->cut);
    EXPECT_TRUE(output->clean());
}

/// The sleeper inherits the pipes and outlives the shell; it is in the shell's group and ended there.
TEST(Communicate, can_end_with_the_child_instead_of_the_streams) {
    auto process =
        shell("echo said; sleep 1000 & exit 0").new_group().stdout_to(Stdio::pipe()).stderr_to(Stdio::pipe()).start();
    ASSERT_TRUE(process);
    pid_t const group = process->child.pid();
    auto const output = communicate(*std::move(process), {.timeout = 60s, .until = Until::child_ends});
    ::kill(-group, SIGKILL);
    ASSERT_TRUE(output);
    EXPECT_EQ(output->outcome, Outcome::complete);
    EXPECT_EQ(output->out, "said\n");
    EXPECT_TRUE(output->clean());
}

TEST(Communicate, hands_out_pieces_as_they_come) {
    std::string seen;
    std::size_t errors = 0;
    auto const output = shell("echo one; echo two; echo bad >&2")
                            .output({.on_out = [&](auto piece) { seen.append(piece.data(), piece.size()); },
                                     .on_err = [&](auto piece) { errors += piece.size(); }});
    ASSERT_TRUE(output);
    EXPECT_EQ(seen, "one\ntwo\n");
    EXPECT_EQ(errors, 4U);
    EXPECT_EQ(output->out, "");
}

TEST(Communicate, leaves_no_child_when_a_sink_throws) {
    auto const talk = [] {
        static_cast<void>(Command("cat").stdin_from(Stdio::file("/dev/zero")).output({.on_out = [](auto) {
            throw std::runtime_error("enough");
        }}));
    };
    EXPECT_THROW(talk(), std::runtime_error);
    EXPECT_TRUE(no_child_left());
}

TEST(Communicate, only_waits_where_there_are_no_pipes) {
    auto process = probe({"exit:4"}).start();
    ASSERT_TRUE(process);
    auto const output = communicate(*std::move(process), {.timeout = 60s});
    ASSERT_TRUE(output);
    EXPECT_EQ(output->exit.status, 4);
}

/// A gibibyte each way. In memory on our side once: what comes back is looked at and let go.
// Around the sizes at which the string grows, and at which its pages are asked for.
TEST(Communicate, keeps_every_byte_of_a_string_of_any_size) {
    std::string input(40U << 20, '\0');
    for (std::size_t at = 0; at < input.size(); ++at)
        input[at] = static_cast<char>(at * 2654435761U >> 24);
    for (std::size_t const size : {65535U, 65536U, 65537U, 131071U, 524287U, 524289U, 4194304U, 4194305U, 41943040U}) {
        SCOPED_TRACE(size);
        auto const some = std::string_view(input).substr(input.size() - size);
        auto const output = Command("cat").output({.input = some, .timeout = 60s});
        ASSERT_TRUE(output) << output.error().message();
        EXPECT_TRUE(output->out == some) << output->out.size();
        EXPECT_FALSE(output->cut);
    }
}

std::size_t resident() {
    auto const text = base::sys::read_file("/proc/self/statm").value_or("");
    return static_cast<std::size_t>(std::stoull(text.substr(text.find(' ')))) * 4096;
}

TEST(Communicate, takes_no_more_memory_than_a_string_needs) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    GTEST_SKIP() << "a sanitizer's own memory counts, too";
#endif
    constexpr std::size_t size = 40U << 20;
    std::string const input(size, 'x');
    auto const before = resident();
    auto const output = Command("cat").output({.input = input, .timeout = 60s});
    ASSERT_TRUE(output) << output.error().message();
    // Room is made for far more than that, but its pages are only asked for a quarter ahead.
    EXPECT_LT(resident() - before, size + size / 4 + (8U << 20));
}

TEST(Communicate, moves_a_gibibyte_both_ways) {
    constexpr std::size_t size = std::size_t{1} << 30;
    std::string input(size, '\0');
    for (std::size_t at = 0; at < size; at += 4096)
        input[at] = static_cast<char>(at >> 12);
    std::size_t at = 0;
    bool same = true;
    auto const output = Command("cat").output({.input = input, .timeout = 300s, .on_out = [&](auto piece) {
                                                   same = same && at + piece.size() <= size &&
                                                          std::string_view(input).substr(at, piece.size()) ==
                                                              std::string_view(piece.data(), piece.size());
                                                   at += piece.size();
                                               }});
    ASSERT_TRUE(output) << output.error().message();
    EXPECT_EQ(output->outcome, Outcome::complete);
    EXPECT_EQ(at, size);
    EXPECT_TRUE(same);
}

} // namespace
} // namespace mitori::process
