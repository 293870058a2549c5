#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/directive.hpp"
#include "unit/parse.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Parsed {
    Reading reading;
    Unit unit;
};

Parsed parsed(std::string const& text, std::string id = "x.service", Type type = Type::service) {
    static Host const host;
    Parsed result{.reading = Reading::fine, .unit = {}};
    result.unit.id = std::move(id);
    result.unit.type = type;
    result.reading = parse(split_source("x", text), result.unit, make_specifiers(result.unit.id, host));
    return result;
}

TEST(Parse, reads_settings_of_the_sections_that_a_unit_has) {
    auto const [reading, unit] = parsed("[Unit]\nDescription = What it is \nAfter=a.service\n"
                                        "[Service]\n  ExecStart=/bin/true\nRestart=always\n"
                                        "[Install]\nWantedBy=multi-user.target\n");
    EXPECT_EQ(reading, Reading::fine);
    EXPECT_THAT(messages(unit), IsEmpty());
    EXPECT_EQ(unit.info.description, "What it is");
    EXPECT_THAT(related(unit, Relation::after), ElementsAre("a.service"));
    EXPECT_EQ(unit.service.restart, Restart::always);
    EXPECT_THAT(unit.install->wanted_by, ElementsAre("multi-user.target"));
}

TEST(Parse, names_a_typo_with_its_place_and_the_nearest_name) {
    auto const [reading, unit] = parsed("[Service]\nExecStart=/bin/true\n  Restrat=always\n[Servce]\nX=1\n");
    EXPECT_EQ(reading, Reading::fine);
    EXPECT_THAT(messages(unit),
                ElementsAre("x:3:3: warning: unknown setting Restrat= in section [Service], it is ignored; "
                            "did you mean Restart=?",
                            "x:4:2: warning: unknown section [Servce], it is ignored; did you mean [Service]?"));
}

TEST(Parse, tells_where_a_setting_of_another_section_belongs) {
    EXPECT_THAT(messages(parsed("[Install]\nExecStart=/bin/true\n").unit),
                ElementsAre("x:2:1: warning: unknown setting ExecStart= in section [Install], it is ignored; "
                            "it belongs in [Service]"));
    EXPECT_THAT(messages(parsed("[Service]\nConditionPathExists=/x\n").unit),
                ElementsAre(HasSubstr("it belongs in [Unit]")));
}

TEST(Parse, tells_of_a_section_that_another_type_has) {
    EXPECT_THAT(messages(parsed("[Socket]\nListenStream=80\n").unit),
                ElementsAre("x:1:2: warning: section [Socket] has no meaning in a service unit, it is ignored; "
                            "its own section is [Service]"));
}

TEST(Parse, ignores_extensions_in_silence) {
    EXPECT_THAT(messages(parsed("[X-Fancy]\nA=1\nnonsense\n[Unit]\nX-Key=1\n[Service]\nX-Other=2\n").unit), IsEmpty());
}

TEST(Parse, goes_on_after_a_line_that_makes_no_sense) {
    auto const [reading, unit] = parsed("Description=early\n[Unit]\njust words\n=value\nDescription=late\n");
    EXPECT_EQ(reading, Reading::fine);
    EXPECT_EQ(unit.info.description, "late");
    EXPECT_THAT(messages(unit), ElementsAre("x:1:1: warning: assignment outside of a section, it is ignored",
                                            "x:3:1: warning: missing '=', the line is ignored",
                                            "x:4:1: warning: missing name before '=', the line is ignored"));
}

TEST(Parse, stops_at_a_section_header_that_is_none) {
    for (auto const* header : {"[Unit", "[", "[Un\"it]"}) {
        auto const [reading, unit] = parsed(std::string(header) + "\nDescription=x\n");
        EXPECT_EQ(reading, Reading::broken) << header;
        EXPECT_EQ(unit.info.description, "") << header;
        EXPECT_EQ(unit.diagnostics.at(0).severity, Severity::error) << header;
    }
}

TEST(Parse, loses_only_the_setting_whose_value_is_wrong) {
    auto const [reading, unit] = parsed("[Service]\nExecStart=/bin/true\nRestart=sometimes\nRestartSec=7s\n");
    EXPECT_EQ(reading, Reading::fine);
    EXPECT_EQ(unit.service.restart, Restart::no);
    EXPECT_EQ(unit.service.restart_delay, std::chrono::seconds(7));
    ASSERT_EQ(unit.diagnostics.size(), 1U);
    EXPECT_EQ(unit.diagnostics[0].line, 3U);
    EXPECT_EQ(unit.diagnostics[0].column, 9U);
    EXPECT_THAT(messages(unit)[0], HasSubstr("Restart=: "));
    EXPECT_THAT(messages(unit)[0], HasSubstr("the setting is ignored"));
}

TEST(Parse, refuses_the_unit_where_going_on_would_be_unsafe) {
    EXPECT_EQ(parsed("[Service]\nExecStart=/bin/sh -c 'x\n").reading, Reading::bad_setting);
    EXPECT_EQ(parsed("[Service]\nUser=not a name/\n").reading, Reading::bad_setting);
}

TEST(Parse, keeps_what_is_not_honoured_yet) {
    auto const unit = parsed("[Service]\nPrivateTmp=yes\nPrivateTmp=\n").unit;
    EXPECT_THAT(messages(unit), IsEmpty());
    ASSERT_EQ(unit.kept.size(), 2U);
    EXPECT_EQ(directives()[unit.kept[0].row].name, "PrivateTmp");
    EXPECT_EQ(unit.kept[0].text, "yes");
    EXPECT_EQ(unit.kept[1].text, "");
}

TEST(Parse, sums_up_the_section_of_a_type_that_does_not_run_yet) {
    auto const [reading, unit] =
        parsed("[Unit]\nDescription=d\n[Socket]\nListenStream=80\nAccept=no\n[Install]\nAlias=y.socket\n", "x.socket",
               Type::socket);
    EXPECT_EQ(reading, Reading::fine);
    EXPECT_EQ(unit.info.description, "d");
    EXPECT_THAT(unit.install->alias, ElementsAre("y.socket"));
    EXPECT_THAT(messages(unit), ElementsAre("x: notice: not honoured yet: unit type socket (2 settings of [Socket])"));
}

TEST(Parse, points_at_an_empty_value) {
    auto const unit = parsed("[Service]\nType=\nExecStart=/bin/true\n[Unit]\nNosuch=\n").unit;
    EXPECT_THAT(messages(unit), ElementsAre(HasSubstr("x:5:1: warning: unknown setting Nosuch=")));
}

TEST(Diagnostic, cannot_drive_the_terminal) {
    Diagnostic const said{.severity = Severity::warning, .file = "f", .line = 1, .column = 2, .text = "bad \x1b[31m"};
    EXPECT_EQ(said.message(), "f:1:2: warning: bad \\x1b[31m");
}

} // namespace
} // namespace mitori::unit
