// `mitori logs`, called as journalctl, beside the unmodified journalctl 252 over the same files: what they print and
// how they exit is the same. Where we differ on purpose, a test of its own says so.
#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "base/text.hpp"
#include "cli/logs_program.hpp"
#include "local/logs.hpp"
#include "support/run_command.hpp"
#include "support/sample_journal.hpp"
#include "support/temporary_directory.hpp"

namespace mitori {
namespace {
using testing::HasSubstr;
using testing::StartsWith;

struct Said {
    int status = -1;
    std::string out;
    std::string err;
};

class Logs : public testing::Test {
protected:
    static void SetUpTestSuite() {
        folder = std::make_unique<test::TemporaryDirectory>();
        test::SampleJournal sample(folder->path());
        for (int file = 0; file < 4; ++file) {
            if (file != 0) sample.rotate();
            sample.fill(60);
        }
    }
    static void TearDownTestSuite() { folder.reset(); }
    void SetUp() override {
        if (test::run("journalctl --version | grep -q '^systemd 252 '").status != 0)
            GTEST_SKIP() << "needs journalctl 252 (package systemd)";
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }

    static Said ours(std::string const& line, cli::Screen screen = {}, bool as_journalctl = true) {
        std::vector<std::string> words{"-D", folder->path()};
        std::string shell = "printf '%s\\n' " + line; // quotes as the shell has them
        auto const read = test::run("sh -fc '" + escaped(shell) + "'").output;
        for (auto const word : base::split(read, "\n"))
            words.emplace_back(word);
        if (line.empty()) words.resize(2);
        std::ostringstream out;
        std::ostringstream err;
        int const status = cli::run_logs({.words = words,
                                          .program = as_journalctl ? "journalctl" : "mitori logs",
                                          .as_journalctl = as_journalctl,
                                          .screen = screen,
                                          .out = out,
                                          .err = err},
                                         [](std::string const&) { return local::make_logs({}); });
        return {status, out.str(), err.str()};
    }
    static test::Outcome theirs(std::string const& line, std::string const& environment = "") {
        return test::run(fmt::format("sh -fc 'TZ=UTC LC_ALL=C.UTF-8 {} journalctl --no-pager -D {} {} 2>/dev/null'",
                                     environment, folder->path(), escaped(line)));
    }
    static std::string escaped(std::string text) {
        for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4)
            text.replace(at, 1, "'\\''");
        return text;
    }
    static inline std::unique_ptr<test::TemporaryDirectory> folder;
};

class LogsSideBySide : public Logs, public testing::WithParamInterface<char const*> {};

TEST_P(LogsSideBySide, says_and_exits_the_same) {
    auto const expected = theirs(GetParam());
    auto const mine = ours(GetParam());
    EXPECT_EQ(mine.out, expected.output);
    EXPECT_EQ(mine.status, expected.status) << mine.err;
}

INSTANTIATE_TEST_SUITE_P(
    Calls, LogsSideBySide,
    testing::Values(
        "", "-n 5", "-n5", "--lines 3", "-n", "-n all", "-r", "-r -n 7", "-n 0", "-n x", "-n -5", "-n 100000",
        "-o short", "-o short-precise", "-o short-iso", "-o short-iso-precise", "-o short-full", "-o short-unix",
        "-o short-monotonic", "-o short-delta", "-o verbose", "-o verbose --output-fields=MESSAGE,_PID", "-o export",
        "-o export --output-fields=MESSAGE", "-o cat", "-o help", "-o nonsense", "--no-full", "--no-full -o verbose",
        "--no-hostname", "--utc -o short-full", "-u nginx", "-u nginx.service -n 20", "-u nginx -u redis -n 30",
        "-u \"worker@*\"", "-u none", "-u \"none*\"", "--user-unit nginx", "-p err", "-p 3", "-p warning..crit",
        "-p 2..4 -n 5", "-p nonsense", "-t nginx", "-t nginx -t cron", "--facility=cron", "--facility=cron,daemon",
        "--facility=help", "--facility=bad", "-g Error", "-g error", "-g ERROR", "-g ERROR --case-sensitive=no",
        "-g error --case-sensitive", "-g \"line [0-9]+5 \" -n 4", "-g \"[\"", "--since \"2025-11-22 12:00\"",
        "--until \"2025-11-22 09:00\"", "--since \"2025-11-22 09:00\" --until \"2025-11-22 10:00\"",
        "--since \"2025-11-22 12:00\" -r", "--since bad", "--since tomorrow --until yesterday", "--since tomorrow",
        "_PID=1", "_PID=1 UNIT=nginx.service", "_COMM=comm1 + _COMM=comm2", "_COMM=comm1 _COMM=comm2 PRIORITY=3", "bad",
        "/proc/nonexistent", "-b", "-b 0", "-b -1", "-b 1", "-b 2", "-b all", "-b xx",
        "-b cccccccccccccccccccccccccccccccc", "-k", "--list-boots", "-F NONE", "--disk-usage", "--show-cursor -n 1",
        "-q -n 3", "-m -n 3", "--frobnicate", "-u", "-f -r", "--cursor=bad", "_SYSTEMD_UNIT=", "-x -n 3", "-e -n 2"),
    [](auto const& line) {
        std::string name(line.param);
        for (auto& c : name)
            if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
        return fmt::format("{}_{}", line.index, name);
    });

class LogsColours : public Logs, public testing::WithParamInterface<char const*> {};

TEST_P(LogsColours, are_the_same) {
    EXPECT_EQ(ours(GetParam(), {.colour = true}).out, theirs(GetParam(), "SYSTEMD_COLORS=1").output);
}

INSTANTIATE_TEST_SUITE_P(Calls, LogsColours,
                         testing::Values("", "-o cat", "-o verbose", "-g Error", "-g Error -o cat",
                                         "-o short-iso -n 9"));

/// The pieces of JSON text, sorted: journalctl's order of fields changes from call to call.
std::vector<std::string> pieces(std::string text, std::string_view separators) {
    std::vector<std::string> found;
    for (auto const piece : base::split(text, separators))
        found.emplace_back(piece);
    std::ranges::sort(found);
    return found;
}

TEST_F(Logs, as_json_have_the_same_fields) {
    for (auto const* line : {"-o json", "-o json-sse", "-o json-seq", "-o json -a", "-o json --output-fields=MESSAGE"})
        EXPECT_EQ(pieces(ours(line).out, ",{}\n"), pieces(theirs(line).output, ",{}\n")) << line;
    EXPECT_EQ(pieces(ours("-o json-pretty").out, ",\n"), pieces(theirs("-o json-pretty").output, ",\n"));
    EXPECT_EQ(pieces(ours("-o json-pretty", {.colour = true}).out, ",\n"),
              pieces(theirs("-o json-pretty", "SYSTEMD_COLORS=1").output, ",\n"));
}

TEST_F(Logs, list_the_same_fields_and_values_in_any_order) {
    for (auto const* line : {"-N", "-F _COMM", "-F PRIORITY", "-F _SYSTEMD_UNIT"})
        EXPECT_EQ(pieces(ours(line).out, "\n"), pieces(theirs(line).output, "\n")) << line;
}

TEST_F(Logs, go_on_behind_a_cursor) {
    auto const said = theirs("-r -n 9 --show-cursor | tail -n 1").output;
    std::string const cursor(base::trim(std::string_view(said).substr(sizeof "-- cursor: " - 1)));
    for (auto const* option : {"--cursor", "--after-cursor"}) {
        auto const line = fmt::format("{}=\"{}\"", option, cursor);
        EXPECT_EQ(ours(line).out, theirs(line).output) << option;
    }
    EXPECT_THAT(ours(fmt::format("--after-cursor=\"{}\" -o export", cursor)).out, testing::Not(HasSubstr(cursor)));
}

TEST_F(Logs, are_kept_apart_by_a_cursor_file) {
    test::TemporaryDirectory const own;
    auto const line = fmt::format("-n 3 -o short --cursor-file={}", own / "cursor");
    auto const first = ours(line);
    EXPECT_EQ(std::ranges::count(first.out, '\n') > 0, true);
    EXPECT_EQ(ours(line).out, "-- No entries --\n");
}

// 252 shows the first so many then; its manual and later versions say the last.
TEST_F(Logs, of_a_span_of_time_are_the_last_so_many_of_it) {
    auto const span = std::string("--since \"2025-11-22 09:00\" --until \"2025-11-22 10:00\" -o short");
    auto const all = ours(span).out;
    auto const last = ours(span + " -n 1").out;
    EXPECT_FALSE(last.empty());
    EXPECT_TRUE(all.ends_with(last));
    EXPECT_TRUE(all.ends_with(ours("--until \"2025-11-22 10:00\" -o short -n 1").out));
}

// 252 ends a message at its first NUL, and sets off only what it finds in the first line.
TEST_F(Logs, are_shown_whole_where_all_is_asked_for) {
    EXPECT_THAT(ours("-a").out, HasSubstr(std::string("nul \0 byte\n", 11)));
    EXPECT_THAT(ours("-a").out, HasSubstr("colour \x1b[31mred\x1b[0m end\n"));
    EXPECT_THAT(ours("-g gap", {.colour = true}).out, HasSubstr("and a \x1b[0;1;39mgap"));
}

// 252 says that a boot begins for entries which the pattern leaves out; we for what is shown.
TEST_F(Logs, that_nothing_matches_are_none_and_an_error) {
    auto const none = ours("-g nonono");
    EXPECT_EQ(none.out, "-- No entries --\n");
    EXPECT_EQ(none.status, theirs("-g nonono").status);
}

TEST_F(Logs, say_what_is_wrong_with_their_options) {
    EXPECT_EQ(ours("--frobnicate", {}, false).err, "mitori logs: Unknown option '--frobnicate'.\n");
    EXPECT_EQ(ours("-Z", {}, false).err, "mitori logs: Unknown option '-Z'.\n");
    EXPECT_THAT(ours("-u", {}, false).err, HasSubstr("needs an argument"));
    EXPECT_THAT(ours("-g \"[\"", {}, false).err, HasSubstr("missing terminating ]"));
    EXPECT_THAT(ours("-M other", {}, false).err, HasSubstr("containers"));
    EXPECT_THAT(ours("--namespace=other", {}, false).err, HasSubstr("no namespaces"));
    EXPECT_THAT(ours("--setup-keys", {}, false).err, HasSubstr("not sealed"));
    EXPECT_THAT(ours("--verify", {}, false).err, HasSubstr("not checked here"));
    EXPECT_THAT(ours("--root=/", {}, false).err, HasSubstr("only one of"));
    for (auto const* option :
         {"-M x", "--namespace=x", "--image=x", "--setup-keys", "--list-catalog", "--relinquish-var"})
        EXPECT_EQ(ours(option).status, 1) << option;
    auto const flushed = ours("--flush");
    EXPECT_THAT(flushed.err, StartsWith("Nothing to flush"));
    EXPECT_EQ(flushed.status, 0);
}

/// What is said of each file, in the order of their names: journalctl's order is a hash table's.
std::vector<std::string> by_file(std::string const& text) {
    std::vector<std::string> files;
    for (std::size_t at = 0; at < text.size();) {
        auto const end = std::min(text.find("\n\n", at), text.size());
        files.push_back(text.substr(at, end - at));
        at = end + 2;
    }
    for (auto& file : files)
        if (file.ends_with('\n')) file.pop_back();
    std::ranges::sort(files);
    return files;
}

TEST_F(Logs, have_files_that_say_the_same_of_themselves) {
    auto const mine = ours("--header");
    EXPECT_EQ(by_file(mine.out), by_file(theirs("--header").output));
    EXPECT_EQ(by_file(mine.out).size(), 4U);
}

TEST(LogsOfAnotherRoot, are_all_that_lie_in_its_standard_places) {
    test::TemporaryDirectory const root;
    std::string const machine(32, 'a');
    for (auto const& [folder, message] : {std::pair{std::string("var/log/mitori/journal"), "MESSAGE=ours"},
                                          std::pair{"var/log/journal/" + machine, "MESSAGE=journald's"},
                                          std::pair{"run/log/journal/" + machine, "MESSAGE=in memory"},
                                          std::pair{std::string("elsewhere"), "MESSAGE=not in place"}}) {
        test::SampleJournal sample(root / folder);
        sample.add({message});
    }
    std::ostringstream out;
    std::ostringstream err;
    EXPECT_EQ(cli::run_logs({.words = {"--root", root.path() + "/", "-o", "cat"},
                             .program = "logs",
                             .as_journalctl = false,
                             .screen = {},
                             .out = out,
                             .err = err},
                            [](std::string const&) { return local::make_logs({}); }),
              0);
    EXPECT_THAT(base::split(out.str(), "\n"), testing::UnorderedElementsAre("ours", "journald's", "in memory"));
}

TEST(LogsNowhere, are_said_to_be_nowhere) {
    test::TemporaryDirectory const empty;
    for (bool const as_journalctl : {true, false}) {
        std::ostringstream out;
        std::ostringstream err;
        EXPECT_EQ(cli::run_logs({.words = {"-D", empty.path()},
                                 .program = "logs",
                                 .as_journalctl = as_journalctl,
                                 .screen = {},
                                 .out = out,
                                 .err = err},
                                [](std::string const&) { return local::make_logs({}); }),
                  0);
        EXPECT_EQ(out.str(), "-- No entries --\n");
        EXPECT_THAT(err.str(), StartsWith("No journal files were found.\n"));
        EXPECT_EQ(err.str().find("Hint") == std::string::npos, as_journalctl);
    }
}

} // namespace
} // namespace mitori
