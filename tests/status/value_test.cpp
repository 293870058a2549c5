#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "status/value.hpp"

namespace mitori::status {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Value const words_value = List{.element = "s", .items = {"a", "b"}};
Value const pair_value = Struct{.fields = {std::uint32_t{7}, ObjectPath{"/x"}}};

TEST(Value, tells_its_signature) {
    EXPECT_EQ(Value(true).signature(), "b");
    EXPECT_EQ(Value(std::uint8_t{1}).signature(), "y");
    EXPECT_EQ(Value(-1).signature(), "i");
    EXPECT_EQ(Value(1U).signature(), "u");
    EXPECT_EQ(Value(std::int64_t{1}).signature(), "x");
    EXPECT_EQ(Value(std::uint64_t{1}).signature(), "t");
    EXPECT_EQ(Value(1.5).signature(), "d");
    EXPECT_EQ(Value("text").signature(), "s");
    EXPECT_EQ(Value(ObjectPath{"/"}).signature(), "o");
    EXPECT_EQ(words_value.signature(), "as");
    EXPECT_EQ(pair_value.signature(), "(uo)");
    EXPECT_EQ(Value(List{.element = "(uo)", .items = {}}).signature(), "a(uo)") << "also when it is empty";
}

TEST(Value, a_literal_is_text_and_not_a_truth) { EXPECT_EQ(Value("yes"), Value(std::string("yes"))); }

TEST(Value, numbers_convert_where_they_fit) {
    EXPECT_EQ(Value(7U).number(), 7U);
    EXPECT_EQ(Value(-7).integer(), -7);
    EXPECT_EQ(Value(-7).number(42), 42U);
    EXPECT_EQ(Value(std::numeric_limits<std::uint64_t>::max()).integer(42), 42);
    EXPECT_EQ(Value(true).number(), 1U);
    EXPECT_EQ(Value(2.9).integer(), 2);
    EXPECT_EQ(Value(1e300).number(42), 42U);
    EXPECT_EQ(Value(-1e300).integer(42), 42);
    EXPECT_EQ(Value(std::numeric_limits<double>::quiet_NaN()).integer(42), 42);
    EXPECT_EQ(Value("7").number(42), 42U);
    EXPECT_EQ(words_value.number(42), 42U);
}

TEST(Value, reads_as_text) {
    EXPECT_EQ(Value("word").text(), "word");
    EXPECT_EQ(Value(ObjectPath{"/p"}).text(), "/p");
    EXPECT_EQ(Value(-3).text(), "-3");
    EXPECT_EQ(Value(true).text(), "yes");
    EXPECT_EQ(words_value.text(), "a b");
    EXPECT_EQ(pair_value.text(), "");
    EXPECT_EQ(Value().text(), "");
}

TEST(Value, flags_are_read_from_truths_numbers_and_words) {
    EXPECT_TRUE(Value(true).flag());
    EXPECT_TRUE(Value(1U).flag());
    EXPECT_TRUE(Value(std::numeric_limits<std::uint64_t>::max()).flag());
    EXPECT_TRUE(Value("yes").flag());
    EXPECT_FALSE(Value(false).flag());
    EXPECT_FALSE(Value("maybe").flag());
    EXPECT_FALSE(Value().flag());
}

TEST(Value, lists_and_structs_give_their_items) {
    EXPECT_THAT(words_value.words(), ElementsAre("a", "b"));
    EXPECT_THAT(words_value.items(), ElementsAre(Value("a"), Value("b")));
    EXPECT_THAT(pair_value.items(), ElementsAre(Value(7U), Value(ObjectPath{"/x"})));
    EXPECT_THAT(Value("a b").words(), IsEmpty());
    EXPECT_THAT(Value(1).items(), IsEmpty());
}

TEST(Value, equals_only_its_own_kind) {
    EXPECT_EQ(words_value, Value(List{.element = "s", .items = {"a", "b"}}));
    EXPECT_NE(words_value, Value(List{.element = "s", .items = {"a"}}));
    EXPECT_NE(Value(1), Value(1U));
    EXPECT_NE(Value("/x"), Value(ObjectPath{"/x"}));
}

TEST(Properties, are_found_by_name_in_the_order_of_their_making) {
    Properties properties;
    properties.add("Unit", "Id", "a.service");
    properties.add("Service", "MainPID", 7U);
    EXPECT_EQ(properties.all().at(1).interface, "Service");
    EXPECT_EQ(properties.get("MainPID").number(), 7U);
    EXPECT_EQ(properties.find("Nothing"), nullptr);
    EXPECT_EQ(properties.get("Nothing").text(), "");
}

} // namespace
} // namespace mitori::status
