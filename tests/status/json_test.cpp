#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>

#include "status/json.hpp"

namespace mitori::status {
namespace {

using nlohmann::json;

TEST(Json, values_keep_their_kind) {
    EXPECT_EQ(json(Value(true)).dump(), "true");
    EXPECT_EQ(json(Value(std::numeric_limits<std::uint64_t>::max())).dump(), "18446744073709551615");
    EXPECT_EQ(json(Value(std::numeric_limits<std::int64_t>::min())).dump(), "-9223372036854775808");
    EXPECT_EQ(json(Value("a\"b")).dump(), R"("a\"b")");
    EXPECT_EQ(json(Value(ObjectPath{"/x"})).dump(), R"("/x")");
    EXPECT_EQ(json(Value(List{.element = "s", .items = {}})).dump(), "[]");
    EXPECT_EQ(json(Value(List{.element = "(si)", .items = {Struct{.fields = {"a", 1}}}})).dump(), R"([["a",1]])");
}

TEST(Json, properties_become_one_object) {
    Properties properties;
    EXPECT_EQ(json(properties).dump(), "{}");
    properties.add("Unit", "Id", "a.service");
    properties.add("Service", "MainPID", 7U);
    EXPECT_EQ(json(properties).dump(), R"({"Id":"a.service","MainPID":7})");
}

TEST(Json, unit_rows_have_systemctls_keys) {
    UnitRow row{.name = "a.service",
                .description = "A",
                .load_state = "loaded",
                .active_state = "active",
                .sub_state = "running",
                .path = "/u"};
    EXPECT_EQ(json(row), json::parse(R"({"unit":"a.service","load":"loaded","active":"active","sub":"running",
        "description":"A","following":null,"path":"/u","job":null})"));
    row.job_id = 3;
    row.job_type = "start";
    EXPECT_EQ(json(row)["job"], json::parse(R"({"job":3,"type":"start"})"));
}

TEST(Json, unit_file_rows_are_named_by_the_unit) {
    EXPECT_EQ(
        json(UnitFileRow{.path = "/lib/systemd/system/a.service", .state = "static"}),
        json::parse(
            R"({"unit_file":"a.service","path":"/lib/systemd/system/a.service","state":"static","preset":null})"));
    EXPECT_EQ(json(UnitFileRow{.path = "a", .state = "enabled", .preset = "disabled"})["preset"], "disabled");
}

TEST(Json, jobs_and_processes_are_flat) {
    EXPECT_EQ(json(JobRow{.id = 1, .unit = "a.service", .type = "stop", .state = "waiting"}),
              json::parse(R"({"job":1,"unit":"a.service","type":"stop","state":"waiting"})"));
    EXPECT_EQ(json(ProcessRow{.group = "", .pid = 2, .parent = 1, .command_line = "sleep 1"}),
              json::parse(R"({"group":"","pid":2,"parent":1,"command":"sleep 1"})"));
}

TEST(Json, bytes_that_are_no_text_do_not_stop_a_document) {
    EXPECT_EQ(show(json(Value("a\xff"))), "\"a\uFFFD\"");
    EXPECT_EQ(show(json(Properties()), Layout::indented), "{}");
    EXPECT_EQ(show(json::parse("[1]"), Layout::indented), "[\n  1\n]");
}

} // namespace
} // namespace mitori::status
