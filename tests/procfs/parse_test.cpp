#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "procfs/detail/parse.hpp"

namespace mitori::procfs::detail {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view line = "1234 (a) (b c)) S 1 1234 1200 34816 1234 4194304 100 200 0 0 150 50 7 8 20 0 3 0 "
                                  "98765 10000000 500 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0\n";

TEST(Stat, is_read_whatever_the_name_holds) {
    auto const process = parse_stat(line, {.ticks_per_second = 100, .page_size = 4096});
    ASSERT_TRUE(process);
    EXPECT_EQ(process->pid, 1234);
    EXPECT_EQ(process->comm, "a) (b c)");
    EXPECT_EQ(process->state, 'S');
    EXPECT_EQ(process->parent, 1);
    EXPECT_EQ(process->group, 1234);
    EXPECT_EQ(process->session, 1200);
    EXPECT_EQ(process->cpu, 2s);
    EXPECT_EQ(process->threads, 3U);
    EXPECT_EQ(process->start_ticks, 98765U);
    EXPECT_EQ(process->resident, 500U * 4096U);
}

TEST(Stat, cut_short_anywhere_is_no_process) {
    auto const complete = line.find(" 500 ") + 4;
    for (std::size_t length = 0; length < complete - 3; ++length)
        EXPECT_FALSE(parse_stat(line.substr(0, length), {})) << length;
    EXPECT_TRUE(parse_stat(line.substr(0, complete), {}));
}

TEST(Stat, of_any_bytes_does_no_harm) {
    std::string text(line);
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (char const byte : {'\0', ')', '-', '9', '\xff'}) {
            std::string broken = text;
            broken[i] = byte;
            static_cast<void>(parse_stat(broken, {}));
        }
    }
    EXPECT_EQ(parse_stat("1 (x) R 1 1 1 0 0 0 0 0 0 0 18446744073709551615 1 0 0 0 0 1 0 1 0 1", {})->cpu,
              base::infinity);
    EXPECT_FALSE(parse_stat(")(", {}));
    EXPECT_FALSE(parse_stat("0 (x) R 1 1 1 0 0 0 0 0 0 0 1 1 0 0 0 0 1 0 1 0 1", {}));
}

TEST(CommandLine, joins_the_arguments) {
    EXPECT_EQ(parse_command_line("nginx\0-g\0daemon on;\0"sv), "nginx -g daemon on;");
    EXPECT_EQ(parse_command_line("nginx: worker process\0\0\0\0"sv), "nginx: worker process");
    EXPECT_EQ(parse_command_line("redis-server 127.0.0.1:6379      "), "redis-server 127.0.0.1:6379");
    EXPECT_EQ(parse_command_line("sh\0-c\0\x1b[2J\n\0"sv), R"(sh -c \x1b[2J\n)");
    EXPECT_EQ(parse_command_line(""), "");
    EXPECT_EQ(parse_command_line("\0\0"sv), "");
}

TEST(Variable, is_found_by_its_whole_name) {
    auto const environment = "XA=1\0A=2\0A=3\0B=\0C\0"sv;
    EXPECT_EQ(find_variable(environment, "A"), "2");
    EXPECT_EQ(find_variable(environment, "B"), "");
    EXPECT_EQ(find_variable(environment, "C"), std::nullopt);
    EXPECT_EQ(find_variable("A=unended", "A"), "unended");
    EXPECT_EQ(find_variable("", "A"), std::nullopt);
}

TEST(Field, is_the_nth_number_after_the_key) {
    auto const text = "Rss:  40 kB\nPss:  20 kB\nPss_Dirty: 7 kB\nUid:\t1\t2\t3\t4\n";
    EXPECT_EQ(find_field(text, "Pss"), 20U);
    EXPECT_EQ(find_field(text, "Uid", 1), 2U);
    EXPECT_EQ(find_field(text, "Uid", 9), std::nullopt);
    EXPECT_EQ(find_field(text, "Gid"), std::nullopt);
    EXPECT_EQ(find_field("Pss:", "Pss"), std::nullopt);
}

TEST(Pids, are_the_numbers_only) {
    EXPECT_THAT(parse_pids("1 22 x 0 -3 333 \n"), ElementsAre(1, 22, 333));
    EXPECT_THAT(parse_pids(""), IsEmpty());
}

} // namespace
} // namespace mitori::procfs::detail
