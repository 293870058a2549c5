#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/native_message.hpp"

namespace {

using namespace mitori::journal;
using namespace std::string_literals;
using namespace std::string_view_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string binary(std::string_view name, std::string_view value, std::uint64_t length) {
    std::string made(name);
    made += '\n';
    for (int byte = 0; byte < 8; ++byte)
        made += static_cast<char>(length >> (8 * byte) & 0xff);
    return made.append(value).append(1, '\n');
}

std::string binary(std::string_view name, std::string_view value) { return binary(name, value, value.size()); }

/// The only entry's fields.
std::vector<std::string> only(NativeMessage const& message) {
    EXPECT_EQ(message.entries.size(), 1U);
    if (message.entries.empty()) return {};
    auto const& fields = message.entries.front().fields;
    return {fields.begin(), fields.end()};
}

TEST(Native, reads_fields_of_text) {
    auto const bytes = "MESSAGE= hello \nA=1\nA=2\nB=\nEQUALS=a=b\nODD=\xff\r\n"sv;
    auto const message = parse_native(bytes);
    EXPECT_THAT(only(message), ElementsAre("MESSAGE= hello ", "A=1", "A=2", "B=", "EQUALS=a=b", "ODD=\xff\r"));
    EXPECT_THAT(message.notes, IsEmpty());
}

TEST(Native, reads_fields_of_any_bytes) {
    auto const bytes = binary("MESSAGE", "multi\nline\0x"sv) + "A=1\n" + binary("EMPTY", "");
    auto const message = parse_native(bytes);
    EXPECT_THAT(only(message), ElementsAre("MESSAGE=multi\nline\0x"s, "A=1", "EMPTY="));
    EXPECT_EQ(message.entries[0].text, "multi\nline\0x"sv);
    EXPECT_THAT(message.notes, IsEmpty());
}

TEST(Native, parts_entries_at_empty_lines) {
    auto const message = parse_native("MESSAGE=one\n\nMESSAGE=two\nA=1\n");
    ASSERT_EQ(message.entries.size(), 2U);
    EXPECT_THAT(message.entries[0].fields, ElementsAre("MESSAGE=one"));
    EXPECT_THAT(message.entries[1].fields, ElementsAre("MESSAGE=two", "A=1"));
}

// journald drops everything behind an empty line that ends no entry.
TEST(Native, skips_empty_lines_that_end_no_entry) {
    EXPECT_THAT(only(parse_native("\n\nMESSAGE=x\n\n\n")), ElementsAre("MESSAGE=x"));
    EXPECT_THAT(parse_native("").entries, IsEmpty());
    EXPECT_THAT(parse_native("\n").entries, IsEmpty());
}

TEST(Native, views_stay_true_when_entries_move) {
    auto const bytes = binary("A", "x") + "\n" + binary("B", "y") + "\n" + binary("C", "z");
    auto message = parse_native(bytes);
    auto moved = std::move(message);
    ASSERT_EQ(moved.entries.size(), 3U);
    EXPECT_THAT(moved.entries[0].fields, ElementsAre("A=x"));
    EXPECT_THAT(moved.entries[2].fields, ElementsAre("C=z"));
}

TEST(Native, skips_commands_and_comments) {
    auto const message = parse_native(".control=1\n#c\n.\nA=1\n");
    EXPECT_THAT(only(message), ElementsAre("A=1"));
    EXPECT_THAT(message.notes, IsEmpty());
}

TEST(Native, leaves_out_names_that_clients_may_not_use) {
    for (std::string const& bad : {"_X=1\n"s, "a=1\n"s, "1A=1\n"s, "=1\n"s, "A B=1\n"s, "A\0=1\n"s,
                                   std::string(65, 'A') + "=1\n", binary("_X", "v"), binary("bad", "v")}) {
        auto const bytes = "A=1\n" + bad + "MESSAGE=x\n";
        auto const message = parse_native(bytes);
        EXPECT_THAT(only(message), ElementsAre("A=1", "MESSAGE=x"));
        EXPECT_THAT(message.notes, ElementsAre(HasSubstr("no field name")));
    }
    EXPECT_TRUE(is_client_field(std::string(64, 'A')));
    EXPECT_TRUE(is_client_field("A_1"));
}

TEST(Native, shows_a_bad_name_so_that_it_stays_a_line) {
    EXPECT_THAT(parse_native("a\033b=1\nA=1\n").notes, ElementsAre(R"(no field name: "a\x1bb")"));
}

TEST(Native, keeps_what_came_before_bytes_that_cannot_be_read) {
    for (std::string const& bad : {"MESSAGE=no newline"s, "MESSAGE\n\x05\0\0"s, binary("MESSAGE", "abcd", 5),
                                   binary("MESSAGE", "abcdX", 4) + "B=1\n", binary("MESSAGE", "abc", ~0ULL),
                                   binary("MESSAGE", "abc", 1ULL << 63) + "B=1\n", "M\n12345678"s}) {
        auto const bytes = "A=1\n" + bad;
        auto const message = parse_native(bytes);
        EXPECT_THAT(only(message), ElementsAre("A=1")) << bad;
        EXPECT_EQ(message.notes.size(), 1U) << bad;
    }
}

TEST(Native, leaves_out_a_field_that_is_too_long) {
    auto const bytes = "A=1\nLONG=0123456789\n" + binary("ALSO", "0123456789") + "B=1\n";
    auto const message = parse_native(bytes, {.field_bytes = 10});
    EXPECT_THAT(only(message), ElementsAre("A=1", "B=1"));
    EXPECT_THAT(message.notes, ElementsAre("LONG is too long: 15 bytes", "ALSO is too long: 15 bytes"));
}

TEST(Native, leaves_out_fields_that_are_too_many) {
    auto const message = parse_native("A=1\nB=1\nC=1\nD=1\n\nE=1\n", {.fields = 2});
    ASSERT_EQ(message.entries.size(), 2U);
    EXPECT_THAT(message.entries[0].fields, ElementsAre("A=1", "B=1"));
    EXPECT_THAT(message.entries[1].fields, ElementsAre("E=1"));
    EXPECT_EQ(message.notes.size(), 2U);
}

// With all that the recorder says itself an entry stays below the 1024 that the journal takes.
TEST(Native, takes_a_thousand_fields) {
    std::string bytes;
    for (int n = 0; n < 1030; ++n)
        bytes += "F" + std::to_string(n) + "=1\n";
    auto const message = parse_native(bytes);
    EXPECT_EQ(only(message).size(), 1000U);
    EXPECT_THAT(message.notes.front(), "F1000 is one field too many, 1000 are allowed");
}

TEST(Native, bounds_the_entry_as_a_whole) {
    auto const message = parse_native("A=12345\nB=12345\nC=1\n\nD=12345\n", {.entry_bytes = 10});
    ASSERT_EQ(message.entries.size(), 2U);
    EXPECT_THAT(message.entries[0].fields, ElementsAre("A=12345", "C=1"));
    EXPECT_THAT(message.entries[1].fields, ElementsAre("D=12345"));
}

TEST(Native, bounds_its_own_notes) {
    std::string bytes;
    for (int n = 0; n < 500; ++n)
        bytes += "_X=1\n";
    auto const notes = parse_native(bytes).notes;
    ASSERT_EQ(notes.size(), 11U);
    EXPECT_EQ(notes.back(), "and 490 more of that kind");
}

TEST(Native, tells_what_the_recorder_must_know) {
    auto const message =
        parse_native("PRIORITY=3\nSYSLOG_FACILITY=10\nSYSLOG_IDENTIFIER=i\nMESSAGE=x\nOBJECT_PID=12\n");
    ASSERT_EQ(message.entries.size(), 1U);
    auto const& entry = message.entries.front();
    EXPECT_EQ(entry.level, 3);
    EXPECT_EQ(entry.facility, 10);
    EXPECT_EQ(entry.identifier, "i");
    EXPECT_EQ(entry.text, "x");
    EXPECT_EQ(entry.object_pid, 12);
}

TEST(Native, keeps_a_priority_that_is_none_as_a_field_only) {
    for (auto const* bytes : {"PRIORITY=9\n", "PRIORITY=33\n", "PRIORITY=\n", "PRIORITY=-1\n"}) {
        auto const message = parse_native(bytes);
        ASSERT_EQ(message.entries.size(), 1U);
        EXPECT_EQ(message.entries[0].level, 6);
        EXPECT_EQ(message.entries[0].fields.size(), 1U);
    }
    auto const message = parse_native("OBJECT_PID=-1\nSYSLOG_FACILITY=128\n");
    EXPECT_EQ(message.entries[0].object_pid, 0);
    EXPECT_EQ(message.entries[0].facility, 0);
}

} // namespace
