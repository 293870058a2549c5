#include <cerrno>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/source.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::HasSubstr;
using Lines = std::vector<std::pair<unsigned, std::string>>;

Lines lines_of(Source const& source) {
    Lines lines;
    for (auto const& line : source.lines)
        lines.emplace_back(line.number, line.text);
    return lines;
}

struct Case {
    char const* what;
    std::string text;
    Lines lines;
};

TEST(Source, is_cut_into_logical_lines) {
    Case const cases[] = {
        {"nothing", "", {}},
        {"white space only", " \n\t\n\n", {}},
        {"plain", "[A]\nb=c\n", {{1, "[A]"}, {2, "b=c"}}},
        {"no newline at the end", "a=b", {{1, "a=b"}}},
        {"comments", "# x\n; y\n  # z\na=b # c\n", {{4, "a=b # c"}}},
        {"a continuation", "a=b\\\nc\nd=e\n", {{1, "a=b c"}, {3, "d=e"}}},
        {"a continuation keeps the white space of both lines", "a=b \\\n   c\n", {{1, "a=b     c"}}},
        {"comments within a continuation", "a=b\\\n# no\n; no\nc\n", {{1, "a=b c"}}},
        {"a comment's own backslash continues nothing", "# x\\\na=b\n", {{2, "a=b"}}},
        {"an empty line ends a continuation", "a=b\\\n\nc=d\n", {{1, "a=b "}, {3, "c=d"}}},
        {"two backslashes do not continue", "a=b\\\\\nc=d\n", {{1, "a=b\\\\"}, {2, "c=d"}}},
        {"three do", "a=b\\\\\\\nc\n", {{1, "a=b\\\\ c"}}},
        {"a continuation at the end of the file", "a=b\\", {{1, "a=b "}}},
        {"white space after the backslash", "a=b\\ \nc=d\n", {{1, "a=b\\ "}, {2, "c=d"}}},
        {"a byte order mark", "\xEF\xBB\xBF[A]\n", {{1, "[A]"}}},
        {"carriage returns", "a=b\r\nc=d\re=f\n\rg=h\n", {{1, "a=b"}, {2, "c=d"}, {3, "e=f"}, {4, "g=h"}}},
        {"UTF-8", "a=\u00e4\U0001F600\n", {{1, "a=\u00e4\U0001F600"}}},
    };
    for (auto const& [what, text, lines] : cases)
        EXPECT_EQ(lines_of(split_source("x", text)), lines) << what;
}

TEST(Source, names_what_is_odd_in_its_bytes) {
    auto const source = split_source("x", std::string("a=1\r\nb=\xff\nc=\xed\xa0\x80\nd=4\0e=5\n", 23));
    EXPECT_EQ(lines_of(source), (Lines{{1, "a=1"}, {4, "d=4"}, {5, "e=5"}}));
    std::vector<std::string> said;
    for (auto const& diagnostic : source.diagnostics)
        said.push_back(diagnostic.message());
    EXPECT_THAT(said, testing::ElementsAre("x:1: notice: lines end in a carriage return",
                                           "x:2:3: warning: line is not valid UTF-8, it is ignored",
                                           "x:3:3: warning: line is not valid UTF-8, it is ignored",
                                           "x:4: warning: NUL byte in the file, taken as the end of the line"));
}

TEST(Source, ends_at_a_line_of_more_than_a_mebibyte) {
    std::string const half(longest_line / 2, 'x');
    EXPECT_EQ(split_source("x", "a=" + half + "\nb=c").lines.size(), 2U);
    for (auto const& text : {half + half + "x\nb=c\n", half + "\\\n" + half + "\nb=c\n"}) {
        auto const source = split_source("x", "z=1\n" + text);
        EXPECT_EQ(lines_of(source), (Lines{{1, "z=1"}}));
        ASSERT_EQ(source.diagnostics.size(), 1U);
        EXPECT_EQ(source.diagnostics[0].severity, Severity::error);
    }
}

TEST(Source, is_a_regular_file_or_the_null_device) {
    Tree const tree;
    ASSERT_EQ(::mkfifo(tree.path("fifo").c_str(), 0600), 0);
    tree.link("loop", "/tree/loop");
    tree.link("null", "/dev/null");
    tree.write("empty", "");
    tree.write("good", "a=b\n");
    EXPECT_EQ(read_source(tree.path("fifo")).error().number, EINVAL) << "a FIFO without a writer would block for ever";
    EXPECT_EQ(read_source(tree.path("etc")).error().number, EISDIR);
    EXPECT_EQ(read_source(tree.path("loop")).error().number, ELOOP);
    EXPECT_EQ(read_source(tree.path("none")).error().number, ENOENT);
    EXPECT_EQ(read_source("/dev/zero").error().number, EINVAL);
    EXPECT_TRUE(read_source(tree.path("null"))->empty_file);
    EXPECT_TRUE(read_source(tree.path("empty"))->empty_file);
    EXPECT_FALSE(read_source(tree.path("good"))->empty_file);
    EXPECT_GT(read_source(tree.path("good"))->modified.count(), 0);
}

TEST(Source, of_more_than_four_mebibytes_is_refused) {
    Tree const tree;
    tree.write("huge", std::string((4U << 20) + 1, '\n'));
    EXPECT_EQ(read_source(tree.path("huge")).error().number, EFBIG);
}

} // namespace
} // namespace mitori::unit
