#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/sys.hpp"
#include "run/arguments.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::run {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::expected<Settings, Leave> parse(std::vector<char const*> words, unit::EnvironmentSetting const& own = {},
                                     Program program = Program::run) {
    words.insert(words.begin(), "run");
    std::vector<std::string> remarks;
    return parse_arguments(program, words, own, remarks);
}
Settings good(std::vector<char const*> const& words, unit::EnvironmentSetting const& own = {}) {
    auto settings = parse(words, own);
    EXPECT_TRUE(settings) << (settings ? "" : settings.error().text);
    return settings.value_or(Settings());
}
std::string wrong(std::vector<char const*> const& words) {
    auto const settings = parse(words);
    if (settings) return "(fine)";
    EXPECT_EQ(settings.error().status, 125);
    return settings.error().text;
}

TEST(RunArguments, end_at_the_command) {
    EXPECT_THAT(good({"ls", "-l", "--keep"}).command, ElementsAre("ls", "-l", "--keep"));
    EXPECT_THAT(good({"--keep", "--", "-x", "--", "y"}).command, ElementsAre("-x", "--", "y"));
    EXPECT_EQ(good({"ls", "--keep"}).descendants, Descendants::end);
    EXPECT_EQ(good({"--keep", "ls"}).descendants, Descendants::keep);
}

TEST(RunArguments, have_the_names_and_values_of_the_tools_that_people_know) {
    auto const settings = good({"--timeout",
                                "1.5s",
                                "-k",
                                "2",
                                "-s",
                                "INT",
                                "--nice=5",
                                "--limit",
                                "nofile=1024:4096",
                                "--limit",
                                "core=0",
                                "--ionice",
                                "best-effort:7",
                                "--sched",
                                "batch",
                                "--cpu-list",
                                "0-1",
                                "--umask",
                                "027",
                                "--memory",
                                "64M",
                                "--cpus",
                                "0.5",
                                "--pids",
                                "20",
                                "x"});
    EXPECT_EQ(settings.timeout, 1500ms);
    EXPECT_EQ(settings.kill_after, 2s);
    EXPECT_EQ(settings.signal, base::Signal{SIGINT});
    EXPECT_EQ(settings.attributes.nice, 5);
    EXPECT_THAT(settings.attributes.limits,
                ElementsAre(process::Limit{RLIMIT_CORE, 0, 0}, process::Limit{RLIMIT_NOFILE, 1024, 4096}));
    EXPECT_EQ(settings.attributes.io_scheduling_class, unit::IoClass::best_effort);
    EXPECT_EQ(settings.attributes.io_scheduling_priority, 7);
    EXPECT_EQ(settings.attributes.cpu_scheduling_policy, SCHED_BATCH);
    EXPECT_THAT(settings.attributes.cpu_affinity.cpus, ElementsAre(0, 1));
    EXPECT_EQ(settings.umask, mode_t{027});
    EXPECT_EQ(settings.limits, (cgroup::Limits{.memory = 64UL << 20, .millicpus = 500, .tasks = 20}));
    EXPECT_FALSE(good({"--timeout", "0", "x"}).timeout) << "as timeout(1)";
    EXPECT_FALSE(good({"x"}).umask);
}

TEST(RunArguments, put_the_environment_together) {
    test::TemporaryDirectory dir;
    ASSERT_TRUE(base::sys::write_file(dir / "d.env", "A='x'\nB=file\n"));
    auto const docker = dir / "d.env";
    auto const dotenv = "dotenv:" + docker;
    unit::EnvironmentSetting const own{{"HOME", "/h"}, {"TERM", "vt"}};
    auto const settings = good(
        {"--env-file", docker.c_str(), "-e", "B=option", "-e", "TERM", "--clear-env", "--unset-env", "C", "x"}, own);
    EXPECT_TRUE(settings.inherited.empty());
    EXPECT_EQ(settings.variables, (unit::EnvironmentSetting{{"A", "'x'"}, {"B", "option"}, {"TERM", "vt"}}));
    EXPECT_THAT(settings.unset, ElementsAre("C"));
    EXPECT_EQ(good({"--env-file", dotenv.c_str(), "x"}, own).variables.front().value, "x");
    EXPECT_EQ(good({"x"}, own).inherited, own);
}

TEST(RunArguments, name_files_of_streams) {
    auto const settings = good({"--stdin", "null", "--stdout", "append:log", "--stderr", "err", "x"});
    EXPECT_EQ(settings.in->path, "/dev/null");
    EXPECT_EQ(settings.out->path, "log");
    EXPECT_EQ(settings.out->how, StreamFile::How::append);
    EXPECT_EQ(settings.err->how, StreamFile::How::truncate);
    EXPECT_THAT(wrong({"--pty", "--stdin", "x", "y"}), HasSubstr("--pty"));
}

TEST(RunArguments, that_make_no_sense_are_told_with_what_would) {
    EXPECT_THAT(wrong({}), HasSubstr("no command"));
    EXPECT_THAT(wrong({"--timeout", "soon", "x"}), HasSubstr("--timeout soon: not a time span"));
    EXPECT_THAT(wrong({"--signal", "NOPE", "x"}), HasSubstr("--signal NOPE: not a signal"));
    EXPECT_THAT(wrong({"--limit", "nofiles=3", "x"}),
                HasSubstr("--limit nofiles=3: no such limit; did you mean LimitNOFILE=?"));
    EXPECT_THAT(wrong({"--limit", "nofile=9:3", "x"}), HasSubstr("--limit nofile=9:3"));
    EXPECT_THAT(wrong({"--limit", "nofile", "x"}), HasSubstr("a value is missing"));
    EXPECT_THAT(wrong({"--nice", "99", "x"}), HasSubstr("--nice 99"));
    EXPECT_THAT(wrong({"--nice", "1", "--umask", "9", "x"}), HasSubstr("--umask 9"));
    EXPECT_THAT(wrong({"--memory", "much", "x"}), HasSubstr("--memory much: not a size"));
    EXPECT_THAT(wrong({"--cpus", "0", "x"}), HasSubstr("--cpus 0"));
    EXPECT_THAT(wrong({"--cpus", "nan", "x"}), HasSubstr("--cpus nan"));
    EXPECT_THAT(wrong({"--pids", "-1", "x"}), HasSubstr("--pids -1"));
    EXPECT_THAT(wrong({"--env", "1x", "x"}), HasSubstr("--env 1x: not a variable"));
    EXPECT_THAT(wrong({"--env-file", "/proc/nonexistent/x", "x"}), HasSubstr("/proc/nonexistent/x"));
    EXPECT_THAT(wrong({"--net", "some", "x"}), HasSubstr("--net some"));
}

TEST(RunArguments, of_a_daemon_tell_when_it_is_ready) {
    auto const daemon = [](std::vector<char const*> const& words) { return parse(words, {}, Program::daemonize); };
    EXPECT_EQ(daemon({"x"})->daemon.ready, process::Ready::when_executed);
    EXPECT_EQ(daemon({"--ready", "notify", "x"})->daemon.ready, process::Ready::when_notified);
    EXPECT_EQ(daemon({"--ready", "fd", "x"})->daemon.ready_number, 3);
    EXPECT_EQ(daemon({"--ready", "fd:7", "x"})->daemon.ready_number, 7);
    EXPECT_EQ(daemon({"--pid-file", "/run/x.pid", "x"})->daemon.pid_file, "/run/x.pid");
    EXPECT_THAT(daemon({"--ready", "fd:1", "x"}).error().text, HasSubstr("--ready fd:1"));
    EXPECT_THAT(daemon({"--pty", "x"}).error().text, HasSubstr("--pty is an option of mitori run only"));
    EXPECT_THAT(wrong({"--pid-file", "p", "x"}), HasSubstr("--pid-file is an option of mitori daemonize only"));
}

TEST(RunArguments, help_is_no_failure) {
    auto const help = parse({"--help"});
    ASSERT_FALSE(help);
    EXPECT_EQ(help.error().status, 0);
    EXPECT_THAT(help.error().text, HasSubstr("--timeout"));
}

} // namespace
} // namespace mitori::run
