// Pseudo-terminals, and who is in the foreground of one.
#include <cerrno>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <sys/ioctl.h>

#include "process/support.hpp"
#include "process/terminal.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace sys = base::sys;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

/// Until its users are gone: the controller's end then says EIO, which ends read_to_end.
std::string screen(Process& process) { return read_to_end(process.terminal.get()); }

Command on_terminal(Command command) {
    return std::move(command.stdin_from(Stdio::pty()).stdout_to(Stdio::pty()).stderr_to(Stdio::pty()));
}

TEST(Terminal, is_the_childs_controlling_one_in_a_session_of_its_own) {
    auto process = on_terminal(shell("tty; [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo all; ps -o sid=,pid=,tpgid= -p $$"))
                       .terminal_size({.rows = 30, .columns = 100})
                       .start();
    ASSERT_TRUE(process) << process.error().message();
    auto const text = screen(*process);
    EXPECT_NE(text.find("/dev/pts/"), std::string::npos) << text;
    EXPECT_NE(text.find("all\r\n"), std::string::npos) << text;
    auto const pid = std::to_string(process->child.pid());
    auto const ids = text.substr(text.find("all\r\n") + 5);
    EXPECT_EQ(ids.find_first_not_of(" " + pid + "\r\n"), std::string::npos) << ids << " of " << pid;
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Terminal, begins_in_the_size_that_was_asked_for_and_tells_a_new_one) {
    auto process =
        on_terminal(shell("stty size; trap 'stty size; exit 0' WINCH; echo ready; while :; do sleep 0.01; done"))
            .terminal_size({.rows = 30, .columns = 100})
            .start();
    ASSERT_TRUE(process);
    std::string text;
    char c = 0;
    while (!text.ends_with("ready\r\n") && ::read(process->terminal.get(), &c, 1) == 1)
        text += c;
    EXPECT_EQ(text, "30 100\r\nready\r\n");
    EXPECT_EQ(*sys::window_size(process->terminal.get()), (sys::WindowSize{.rows = 30, .columns = 100}));
    ASSERT_TRUE(sys::set_window_size(process->terminal.get(), {.rows = 11, .columns = 22}));
    EXPECT_EQ(screen(*process), "11 22\r\n");
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Terminal, takes_what_is_typed_and_its_interrupt_key) {
    auto process = on_terminal(shell("read line; echo got $line; exec sleep 1000")).start();
    ASSERT_TRUE(process);
    ASSERT_TRUE(sys::write_all(process->terminal.get(), "word\n"));
    std::string text;
    char c = 0;
    while (!text.ends_with("got word\r\n") && ::read(process->terminal.get(), &c, 1) == 1)
        text += c;
    ASSERT_TRUE(sys::write_all(process->terminal.get(), "\x03"));
    EXPECT_EQ(process->child.wait_for(60s)->message(), "killed, signal=INT");
}

TEST(Terminal, hangs_up_on_its_session_when_we_drop_it) {
    auto process = on_terminal(probe({"pause"})).start();
    ASSERT_TRUE(process);
    process->terminal.reset();
    EXPECT_EQ(process->child.wait_for(60s)->message(), "killed, signal=HUP");
}

/// Runs `act` in a process that leads a session on a new terminal, since this one may have none, and says what it
/// returned.
int on_a_terminal_of_our_own(std::function<int(int terminal)> const& act) {
    auto pair = sys::open_terminal_pair();
    pid_t const pid = ::fork();
    if (pid == 0) {
        int const terminal = pair->terminal.get();
        if (::setsid() < 0 || ::ioctl(terminal, TIOCSCTTY, 0) != 0) ::_exit(99);
        ::_exit(act(terminal));
    }
    pair->terminal.reset();
    int status = -1;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + status;
}

/// It reads at once: had it not been in the foreground from its first moment, SIGTTIN would stop it.
TEST(Terminal, is_given_to_a_job_and_taken_back) {
    EXPECT_EQ(on_a_terminal_of_our_own([](int terminal) {
                  auto job = shell("stty -echo; kill -STOP $$; exit 7")
                                 .new_group()
                                 .stdin_from(Stdio::descriptor(terminal))
                                 .foreground(terminal)
                                 .spawn();
                  if (!job) return 1;
                  {
                      auto const hold = Foreground::give(terminal, job->pid());
                      if (!hold) return 2;
                      auto const change = job->wait(Take::ends_and_stops);
                      if (!change || change->message() != "stopped, signal=STOP") return 3;
                      if (sys::foreground_group(terminal) != job->pid()) return 4;
                  } // we are in the background here, and are not stopped for this
                  if (sys::foreground_group(terminal) != ::getpgrp()) return 5;
                  if (!job->signal({SIGCONT})) return 6;
                  auto const exit = job->wait();
                  return exit ? exit->status : 8;
              }),
              7);
}

/// The counterpart: without the foreground the same job is stopped.
TEST(Terminal, stops_a_background_job_that_changes_it) {
    EXPECT_EQ(on_a_terminal_of_our_own([](int terminal) {
                  auto job = shell("stty -echo").new_group().stdin_from(Stdio::descriptor(terminal)).spawn();
                  if (!job) return 1;
                  // The whole group is; our end as its session's leader hangs up on it.
                  auto const stopped = job->wait(Take::ends_and_stops);
                  return stopped && stopped->kind == ExitKind::stopped ? 40 + stopped->status : 2;
              }),
              40 + SIGTTOU);
}

TEST(Terminal, can_be_one_that_the_caller_has) {
    auto pair = sys::open_terminal_pair();
    ASSERT_TRUE(pair);
    auto process = Command("tty")
                       .controlling_terminal(pair->terminal.get())
                       .stdin_from(Stdio::descriptor(pair->terminal.get()))
                       .stdout_to(Stdio::pipe())
                       .start();
    ASSERT_TRUE(process) << process.error().message();
    EXPECT_TRUE(read_to_end(process->out.get()).starts_with("/dev/pts/"));
    EXPECT_TRUE(process->child.wait()->clean());
}

TEST(Terminal, is_raw_for_a_while_and_then_as_before) {
    auto pair = sys::open_terminal_pair();
    ASSERT_TRUE(pair);
    int const terminal = pair->terminal.get();
    auto const echoes = [&] { return (sys::terminal_settings(terminal)->c_lflag & ECHO) != 0; };
    EXPECT_TRUE(echoes());
    {
        auto const raw = RawTerminal::enter(terminal);
        ASSERT_TRUE(raw);
        EXPECT_FALSE(echoes());
    }
    EXPECT_TRUE(echoes());
    base::Fd const null = *sys::open("/dev/null", O_RDWR);
    EXPECT_EQ(RawTerminal::enter(null.get()).error().number, ENOTTY);
    EXPECT_EQ(Foreground::give(null.get(), 1).error().number, ENOTTY);
}

TEST(Terminal, that_is_none_cannot_be_taken) {
    base::Fd const null = *sys::open("/dev/null", O_RDWR);
    auto const taken = probe({}).new_group().foreground(null.get()).spawn();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().stage, Stage::standard_input);
    EXPECT_EQ(taken.error().error.number, ENOTTY);
    EXPECT_FALSE(probe({}).controlling_terminal(null.get()).spawn());
    EXPECT_TRUE(no_child_left());
}

TEST(Terminal, is_in_the_plan) {
    auto const plan = Command("/bin/vi")
                          .clear_env()
                          .new_group()
                          .foreground(5)
                          .stdin_from(Stdio::null())
                          .stdout_to(Stdio::null())
                          .stderr_to(Stdio::same_as_output())
                          .plan();
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(show(*plan), R"(setpgid 0
open slot 1 /dev/null rdonly
open slot 2 /dev/null wronly
foreground of terminal slot 0
place 0<-slot1 1<-slot2 2<-slot2, close all others
signals default, ignored none
signals blocked none
env none
exec /bin/vi
)");
}

} // namespace
} // namespace mitori::process
