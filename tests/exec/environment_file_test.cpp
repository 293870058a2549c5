#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/log.hpp"
#include "exec/facts.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::exec {
namespace {

using test::TemporaryDirectory;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_view_literals;

struct Parsed {
    std::vector<std::string> entries;
    std::vector<std::string> notes;
};

Parsed parse(std::string_view text) {
    Parsed parsed;
    for (auto const& entry : parse_environment_file(text, "file", parsed.notes))
        parsed.entries.push_back(entry.name + "=" + entry.value);
    return parsed;
}

TEST(EnvironmentFile, reads_an_assignment_a_line) {
    EXPECT_THAT(parse("A=1\nB=two words\n\n  C = spaced \nD=").entries,
                ElementsAre("A=1", "B=two words", "C=spaced", "D="));
}

TEST(EnvironmentFile, passes_over_comments) {
    EXPECT_THAT(parse("# A=1\n; B=2\n  # C=3\nD=4 # stays\n").entries, ElementsAre("D=4 # stays"));
    EXPECT_THAT(parse("# a comment goes on \\\nA=1\nB=2\n").entries, ElementsAre("B=2"));
}

TEST(EnvironmentFile, what_begins_with_an_equals_sign_ends_with_its_line) {
    EXPECT_THAT(parse("=x\\\nB=1\n=\"open\nC=2\n==3\n").entries, ElementsAre("B=1", "C=2"));
}

TEST(EnvironmentFile, reads_single_quotes_verbatim) {
    EXPECT_THAT(parse("A='a\\b \"c\" $d'\nB='two\nlines'\n").entries, ElementsAre("A=a\\b \"c\" $d", "B=two\nlines"));
}

TEST(EnvironmentFile, reads_double_quotes_as_a_shell_does) {
    EXPECT_THAT(parse(R"(A="a \"b\" \\ \$c \`d\` \n"
B="two
lines"
C="joined \
line"
)")
                    .entries,
                ElementsAre("A=a \"b\" \\ $c `d` \\n", "B=two\nlines", "C=joined line"));
}

TEST(EnvironmentFile, keeps_quotes_that_do_not_begin_a_value) {
    EXPECT_THAT(parse("A=it's \"here\"\n").entries, ElementsAre("A=it's \"here\""));
    EXPECT_THAT(parse("A=\"a\"b\nC='c''d'\n").entries, ElementsAre("A=ab", "C=cd"));
}

TEST(EnvironmentFile, a_backslash_in_a_plain_value_takes_the_next_character) {
    EXPECT_THAT(parse("A=a\\ b\\\\c\\\nd\nB=x\\ \n").entries, ElementsAre("A=a b\\cd", "B=x "));
}

TEST(EnvironmentFile, reads_files_of_other_systems_and_without_a_last_newline) {
    EXPECT_THAT(parse("A=1\r\nB='2'\r\nC=3").entries, ElementsAre("A=1", "B=2", "C=3"));
    EXPECT_THAT(parse("A=\"not closed").entries, ElementsAre("A=not closed"));
    EXPECT_THAT(parse("A=1\\").entries, ElementsAre("A=1"));
}

TEST(EnvironmentFile, says_where_a_line_is_no_assignment) {
    auto const parsed = parse("A=1\nnothing here\n\n2B=3\nexport C=4\nD");
    EXPECT_THAT(parsed.entries, ElementsAre("A=1"));
    EXPECT_THAT(parsed.notes,
                ElementsAre("file:2: is no assignment, ignored", "file:4: \"2B\" is no name of a variable, ignored",
                            "file:5: \"export C\" is no name of a variable, ignored",
                            "file:6: is no assignment, ignored"));
}

TEST(EnvironmentFile, names_the_line_where_a_long_value_begins) {
    EXPECT_THAT(parse("A='1\n2\n3'\n?=x\n").notes, ElementsAre("file:4: \"?\" is no name of a variable, ignored"));
}

TEST(EnvironmentFile, refuses_values_that_are_not_text) {
    auto const parsed = parse("A=\xff\nB=\xc0\x80\nC=\xed\xa0\x80\nD=a\0b\nE=\xe7\x9c\x8b\nF=\xf4\x90\x80\x80\n"sv);
    EXPECT_THAT(parsed.entries, ElementsAre("E=\xe7\x9c\x8b"));
    EXPECT_EQ(parsed.notes.size(), 5U);
}

void write(std::string const& path, std::string_view text) { std::ofstream(path) << text; }

unit::Exec with_files(std::vector<unit::OptionalPath> files) {
    unit::Exec exec;
    exec.environment_files = std::move(files);
    return exec;
}

TEST(EnvironmentFiles, are_read_in_the_order_of_the_unit_and_of_a_pattern_s_names) {
    TemporaryDirectory directory;
    write(directory / "b.conf", "B=1\n");
    write(directory / "a.conf", "A=1\n");
    write(directory / "z", "Z=1\n");
    auto const entries = read_environment_files(with_files({{directory / "z"}, {directory / "*.conf"}}));
    ASSERT_TRUE(entries) << entries.error().message();
    EXPECT_EQ(*entries, (std::vector<unit::EnvironmentEntry>{{"Z", "1"}, {"A", "1"}, {"B", "1"}}));
}

TEST(EnvironmentFiles, a_missing_file_is_an_error_unless_it_is_optional) {
    TemporaryDirectory directory;
    auto const missing = read_environment_files(with_files({{directory / "gone"}}));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().number, ENOENT);
    EXPECT_EQ(missing.error().subject, directory / "gone");
    EXPECT_TRUE(read_environment_files(with_files({{directory / "gone", true}, {directory / "g*", true}})));
}

TEST(EnvironmentFiles, a_pipe_is_refused_for_the_manager_would_wait) {
    TemporaryDirectory directory;
    ASSERT_EQ(::mkfifo((directory / "pipe").c_str(), 0600), 0);
    auto const read = read_environment_files(with_files({{directory / "pipe"}}));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().number, EINVAL);
}

TEST(EnvironmentFiles, what_is_no_assignment_is_logged) {
    TemporaryDirectory directory;
    write(directory / "f", "A=1\nwhat\n");
    std::vector<std::string> lines;
    base::set_log_sink([&](base::Priority, std::string_view line) { lines.emplace_back(line); });
    auto const entries = read_environment_files(with_files({{directory / "f"}}));
    base::set_log_sink({});
    ASSERT_TRUE(entries);
    EXPECT_EQ(entries->size(), 1U);
    EXPECT_THAT(lines, ElementsAre(directory / "f:2: is no assignment, ignored"));
}

TEST(EnvironmentFiles, none_give_nothing) {
    auto const entries = read_environment_files({});
    ASSERT_TRUE(entries);
    EXPECT_THAT(*entries, IsEmpty());
}

} // namespace
} // namespace mitori::exec
