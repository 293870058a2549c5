// journald 252 was asked about each of these.
#include <gtest/gtest.h>
#include <string>

#include "journal/stdout_header.hpp"

namespace {

using namespace mitori::journal;
using namespace std::string_literals;

TEST(StdoutHeader, reads_what_systemd_cat_sends) {
    auto const bytes = "id\nfoo.service\n30\n1\n1\n0\n1\n"s;
    auto const header = parse_stdout_header(bytes + "<3>first line\n");
    ASSERT_TRUE(header && *header);
    EXPECT_EQ((*header)->identifier, "id");
    EXPECT_EQ((*header)->unit, "foo.service");
    EXPECT_EQ((*header)->level, 6);
    EXPECT_EQ((*header)->facility, 3);
    EXPECT_EQ((*header)->level_prefix, LevelPrefix::on);
    EXPECT_TRUE((*header)->to_syslog);
    EXPECT_FALSE((*header)->to_kernel);
    EXPECT_TRUE((*header)->to_console);
    EXPECT_EQ((*header)->bytes, bytes.size());
}

TEST(StdoutHeader, waits_until_it_is_whole) {
    auto const bytes = "id\n\n6\n1\n0\n0\n0\n"s;
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        auto const header = parse_stdout_header(bytes.substr(0, length));
        ASSERT_TRUE(header) << length;
        EXPECT_FALSE(*header) << length;
    }
    EXPECT_TRUE(*parse_stdout_header(bytes));
}

std::optional<StdoutHeader> read(std::string const& bytes) {
    auto header = parse_stdout_header(bytes);
    return header ? *header : std::nullopt;
}

TEST(StdoutHeader, takes_whitespace_off_its_lines) {
    auto const header = read(" id \r\n\r\n 4 \r\n1\r\n0\r\n0\r\n0\r\n");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->identifier, "id");
    EXPECT_EQ(header->unit, "");
    EXPECT_EQ(header->level, 4);
}

TEST(StdoutHeader, reads_numbers_and_booleans_in_all_their_forms) {
    for (auto const* number : {"5", "05", "+5", "0x5"}) {
        auto const header = read("\n\n"s + number + "\nyes\nno\nFalse\noff\n");
        ASSERT_TRUE(header) << number;
        EXPECT_EQ(header->level, 5);
        EXPECT_EQ(header->level_prefix, LevelPrefix::on);
        EXPECT_FALSE(header->to_syslog);
    }
    EXPECT_EQ(read("\n\n999\n0\n0\n0\n0\n")->facility, 124);
    EXPECT_EQ(read("\n\n0\n0\n0\n0\n0\n")->level, 0);
}

TEST(StdoutHeader, refuses_a_line_that_cannot_stand_there) {
    for (auto const* bytes : {"id\n\n1000\n", "id\n\n-1\n", "id\n\n\n", "id\n\nhigh\n", "id\n\n6\n2\n", "id\n\n6\n\n",
                              "id\n\n6\n1\n0\nmaybe\n"})
        EXPECT_FALSE(parse_stdout_header(bytes)) << bytes;
    EXPECT_FALSE(parse_stdout_header("i\0d\n\n6\n1\n0\n0\n0\n"s));
}

TEST(StdoutHeader, bounds_the_length_of_a_line) {
    auto const rest = "\n\n6\n1\n0\n0\n0\n"s;
    EXPECT_TRUE(read(std::string(254, 'a') + rest));
    EXPECT_FALSE(parse_stdout_header(std::string(255, 'a') + rest));
    // Nothing that follows could make it right.
    EXPECT_TRUE(parse_stdout_header(std::string(254, 'a')));
    EXPECT_FALSE(parse_stdout_header(std::string(255, 'a')));
    EXPECT_FALSE(parse_stdout_header("id\n" + std::string(300, 'u')));
}

TEST(StdoutHeader, fits_what_it_is_said_to_fit) {
    auto const longest = std::string(254, 'a') + "\n";
    auto const header =
        read(longest + longest + std::string(253, ' ') + "6\n" + std::string(253, ' ') + "1\n" + std::string(253, ' ') +
             "0\n" + std::string(253, ' ') + "0\n" + std::string(253, ' ') + "0\n");
    ASSERT_TRUE(header);
    EXPECT_EQ(header->bytes, stdout_header_max);
}

} // namespace
