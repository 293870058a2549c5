// Values: what is read, how it is shown, what is said of a bad one.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "unit/codec.hpp"
#include "unit/table.hpp"

namespace mitori::unit::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Where we mean to differ from systemd 252, and what we show instead.
struct Difference {
    std::string_view assignment;
    std::string_view property;
    std::string_view ours;
};
constexpr auto differences = std::to_array<Difference>({
    // A mode of stop jobs only: nothing could be started with it.
    {"OnFailureJobMode=triggering", "OnFailureJobMode", "s \"replace\""},
    // Of systemd 253.
    {"Type=notify-reload", "Type", "s \"notify-reload\""},
    // A unique name is given by the bus: no service can ask for one.
    {"BusName=:1.5", "BusName", "s \"\""},
    // Numbers are decimal.
    {"Nice=0x5", "Nice", "i 0"},
    // A range that ends before it begins is a slip of the pen: systemd reads it as no CPU at all.
    {"CPUAffinity=3-1", "CPUAffinity", "ay 0"},
    // The kernel has the classes 0 to 3.
    {"IOSchedulingClass=4", "IOSchedulingClass", "i 2"},
    // The slice where none is given is the loader's to say.
    {"Slice=x", "Slice", "s \"\""},
    {"Slice=x.service", "Slice", "s \"\""},
    // No process at all could be started.
    {"TasksMax=0%", "TasksMax", "t 18446744073709551615"},
    // The same link twice is one link.
    {"RuntimeDirectory=a:b a:b a:c", "RuntimeDirectorySymlink", "a(sst) 2 \"a\" \"b\" 0 \"a\" \"c\" 0"},
});

std::vector<std::string> fields_of(std::string const& line) {
    std::vector<std::string> parts;
    for (auto const part : base::split(line, "\t"))
        parts.emplace_back(part);
    return parts;
}

/// What we show after the one assignment, or "refused".
std::string outcome(std::string_view section, std::string_view assignment, std::string_view property) {
    Bench bench("edge.service");
    auto const sign = assignment.find('=');
    auto const name = assignment.substr(0, sign);
    if (name != "ExecStart") {
        EXPECT_TRUE(bench.set("Service", "ExecStart", "/bin/true"));
    }
    auto const result = bench.set(section, name, base::trim(assignment.substr(sign + 1)));
    if (!result && result.error().number == refuses_unit) return "refused";
    // A service that is left without a command is refused by the loader.
    if (bench.unit.service.exec_start.empty()) return "refused";
    return bench.shown(property);
}

TEST(Codec, reads_single_settings_as_systemd_does) {
    for (auto const& line : data_lines("values.txt")) {
        if (line.starts_with('#')) continue;
        auto const parts = fields_of(line);
        ASSERT_EQ(parts.size(), 4U) << line;
        auto const differs = std::ranges::find_if(differences, [&](auto const& difference) {
            return difference.assignment == parts[1] && difference.property == parts[2];
        });
        auto expected = differs == differences.end() ? parts[3] : std::string(differs->ours);
        if (expected == "own") expected = Bench().shown(parts[2]);
        EXPECT_EQ(outcome(parts[0], parts[1], parts[2]), expected) << line;
    }
}

/// A bad value of a directive, and what is said of it: the error, or the remark where only a word was lost.
struct Bad {
    std::string_view directive;
    std::string_view text;
    std::string_view sentence;
};
constexpr auto bad_values = std::to_array<Bad>({
    {"Unit.Description", "%Z", "specifier"},
    {"Unit.Documentation", "ftp://x",
     "ftp://x is no place of documentation: write man:, info:, file:, http: or https:"},
    {"Unit.SourcePath", "x", "x is no absolute path: it must begin with /"},
    {"Unit.RequiresMountsFor", "/a/../b", R"(/a/../b goes up with "..": write the path without it)"},
    {"Unit.Requires", "x", "x is no name of a unit: write one as name.service"},
    {"Unit.After", "", "an empty assignment clears nothing here: dependencies can only be added"},
    {"Unit.DefaultDependencies", "perhaps", "perhaps is no boolean: write yes or no"},
    {"Unit.CollectMode", "inactiv", "inactiv is none of inactive, inactive-or-failed; did you mean inactive?"},
    {"Unit.OnFailureIsolate", "x", "x is no boolean: write yes or no"},
    {"Unit.OnFailureJobMode", "x", "x is none of fail, replace, "},
    {"Unit.StartLimitIntervalSec", "5x", "5x is no span of time: write 5s, 1min 30s or infinity"},
    {"Unit.StartLimitBurst", "-1", "-1 is no whole number of 0 or more"},
    {"Unit.JobRunningTimeoutSec", "x", "x is no span of time"},
    {"Unit.ConditionPathExists", "!x", "x is no absolute path"},
    {"Unit.AssertHost", "%Z", "specifier"},
    {"Service.Type", "forkin", "did you mean forking?"},
    {"Service.ExecStart", "a/b", "a/b is neither an absolute path nor the name of a program"},
    {"Service.ExecStart", "/a/", "/a/ is a directory and can be no program"},
    {"Service.ExecStart", "-@", "no program is named after the prefixes: write its path"},
    {"Service.ExecStart", "@/bin/true", "/bin/true has no name to run under: after @ the second word is its argv[0]"},
    {"Service.ExecStart", R"(/bin/a\tb)", "holds control characters and can be no program"},
    {"Service.PIDFile", "../x", R"(/run/../x goes up with "..")"},
    {"Service.PIDFile", "/var/run/x", "/var/run is an old name of /run: /run/x is meant"},
    {"Service.BusName", "x", "x is no D-Bus name: write one as org.example.Name"},
    {"Service.SuccessExitStatus", "300", "300 is no exit status: write 0 to 255, a name as TEMPFAIL, or a signal"},
    {"Service.TimeoutSec", "x", "x is no span of time"},
    {"Service.User", "a:b", "a:b is no name or number that a user or group may have"},
    {"Service.SupplementaryGroups", "a/b", "a/b is no name or number that a user or group may have"},
    {"Service.Environment", "A", "A is no assignment: write NAME=value"},
    {"Service.Environment", "\"A", "quot"},
    {"Service.EnvironmentFile", "-x", "x is no absolute path"},
    {"Service.PassEnvironment", "A=b", "A=b is no name of a variable"},
    {"Service.UnsetEnvironment", "1", "1 is neither NAME nor NAME=value"},
    {"Service.StandardInput", "file", "file needs a path: write file:/path"},
    {"Service.StandardOutput", "jornal", "did you mean journal?"},
    {"Service.StandardOutput", "syslog", "syslog is an old name of journal"},
    {"Service.StandardError", "fd:a:b", "is no name of a file descriptor"},
    {"Service.WorkingDirectory", "x", "x is no absolute path"},
    {"Service.UMask", "9", "9 is no access mode: write it in octal, as 0755"},
    {"Service.Nice", "20", "20 is no whole number from -20 to 19"},
    {"Service.OOMScoreAdjust", "+-5", "+-5 is no whole number from -1000 to 1000"},
    {"Service.CPUSchedulingPolicy", "x", "x is none of other, batch, idle, fifo, rr"},
    {"Service.CPUSchedulingPriority", "100", "100 is no whole number from 0 to 99"},
    {"Service.CPUAffinity", "x", "x is no CPU: write a number as 0 or a range as 0-3"},
    {"Service.CPUAffinity", "3-1", "3-1 is no range of CPUs: its end is before its beginning"},
    {"Service.CPUAffinity", "1024", "1024 is too great: the last CPU is 1023"},
    {"Service.IOSchedulingClass", "4", "4 is none of none, realtime, best-effort, idle"},
    {"Service.IOSchedulingPriority", "8", "8 is no whole number from 0 to 7"},
    {"Service.LimitNOFILE", "x", "x is neither a whole number nor infinity"},
    {"Service.LimitNOFILE", "2:1", "2:1 has a soft limit above its hard one"},
    {"Service.LimitAS", "1X", "1X is no size: write 4096, 64K, 1.5G or infinity"},
    {"Service.LimitCPU", "x", "x is no span of time"},
    {"Service.LimitNICE", "+20", "+20 is neither a nice value (-20 to +19, with its sign) nor 0 to 40"},
    {"Service.RuntimeDirectory", "/x",
     "/x is an absolute path: only a name below the standard directory may stand here"},
    {"Service.RuntimeDirectory", "a:b:c", "a:b:c has more than one link, only the first is made"},
    {"Service.RuntimeDirectory", "private", "private is kept for services with DynamicUser=: choose another name"},
    {"Service.RuntimeDirectory", ".", ". names no directory"},
    {"Service.ConfigurationDirectory", "a:b", "a is left out: this kind of directory has no links"},
    {"Service.RuntimeDirectoryPreserve", "x", "x is none of no, yes, restart"},
    {"Service.KillMode", "all", "all is none of control-group, process, mixed, none"},
    {"Service.KillSignal", "TERMX", "TERMX is no signal: write a name as SIGTERM or a number of 1 to 64"},
    {"Service.Slice", "x.service", "x.service is no slice: write one as name.slice"},
    {"Install.DefaultInstance", "a/b", "a/b is no instance of a unit: letters, digits and :-_.\\@ may stand in it"},
    {"Install.WantedBy", "\"x", "quot"},
});

TEST(Codec, says_what_is_wrong_with_a_bad_value_and_what_would_be_right) {
    for (auto const& [directive, text, sentence] : bad_values) {
        Bench bench("edge.service");
        auto const dot = directive.find('.');
        auto const result = bench.set(directive.substr(0, dot), directive.substr(dot + 1), text);
        ASSERT_TRUE(!result || bench.remarks.size() == 1) << directive << "=" << text;
        EXPECT_THAT(result ? bench.remarks.front() : result.error().operation, HasSubstr(sentence)) << directive;
        if (!result) {
            EXPECT_THAT(result.error().subject, IsEmpty()) << directive;
        }
    }
}

TEST(Codec, refuses_the_unit_where_going_on_would_be_unsafe) {
    Bench bench;
    std::set<std::string> refusing;
    for (auto const& row : directives()) {
        if (row.assign == nullptr) continue;
        auto const result = bench.set(section_name(row.section), row.name, "a\t:/..%Z");
        if (!result && result.error().number == refuses_unit) refusing.emplace(row.name);
    }
    EXPECT_THAT(refusing, ElementsAre("ExecCondition", "ExecReload", "ExecStart", "ExecStartPost", "ExecStartPre",
                                      "ExecStop", "ExecStopPost", "Group", "RootDirectory", "SupplementaryGroups",
                                      "User", "WorkingDirectory"));
    EXPECT_FALSE(bench.set("Service", "WorkingDirectory", "-x"));
    EXPECT_EQ(bench.set("Service", "WorkingDirectory", "-x").error().number, 0);
    EXPECT_EQ(bench.set("Service", "ExecReload", "-a/b").error().number, 0);
}

TEST(Codec, leaves_the_setting_as_it_was_when_a_value_is_bad) {
    Bench bench;
    ASSERT_TRUE(bench.set("Service", "Nice", "5"));
    EXPECT_FALSE(bench.set("Service", "Nice", "50"));
    EXPECT_EQ(bench.shown("Nice"), "i 5");
    ASSERT_TRUE(bench.set("Service", "ExecStart", "/bin/a"));
    EXPECT_FALSE(bench.set("Service", "ExecStart", "/bin/b ; b/c"));
    EXPECT_EQ(bench.unit.service.exec_start.size(), 1U);
}

TEST(Codec, restores_the_default_of_every_setting_when_it_is_assigned_nothing) {
    Bench bench;
    Bench const fresh;
    std::string section;
    for (auto const& line : data_lines("everything.service")) {
        if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
        auto const sign = line.find('=');
        if (!line.starts_with('#') && sign != line.npos)
            (void)bench.set(section, line.substr(0, sign), line.substr(sign + 1));
    }
    ASSERT_NE(bench.shown("Environment"), fresh.shown("Environment"));
    bench.unit.info.dependencies.edit().clear(); // which cannot be cleared by an assignment,
    bench.unit.info.requires_mounts_for.clear();
    for (auto const& row : directives()) {
        if (row.assign == nullptr) continue;
        auto const result = bench.set(section_name(row.section), row.name, "");
        if (!result) {
            EXPECT_THAT(result.error().operation, HasSubstr("can only be added")) << row.name;
        }
    }
    for (auto const& property : table_properties())
        EXPECT_EQ(as_busctl(property.show(bench.unit)), as_busctl(property.show(fresh.unit))) << property.name;
    EXPECT_EQ(bench.unit.install->wanted_by, std::vector<std::string>{});
    EXPECT_EQ(bench.unit.install->default_instance, "");
}

TEST(Codec, appends_to_lists_until_they_are_cleared) {
    Bench bench;
    for (auto const* text : {"A=1 B=2", "B=3", "C=4"})
        ASSERT_TRUE(bench.set("Service", "Environment", text));
    EXPECT_EQ(bench.shown("Environment"), R"(as 3 "A=1" "B=3" "C=4")");
    ASSERT_TRUE(bench.set("Service", "Environment", ""));
    ASSERT_TRUE(bench.set("Service", "Environment", "D=5"));
    EXPECT_EQ(bench.shown("Environment"), R"(as 1 "D=5")");
}

TEST(Codec, clears_the_conditions_of_all_kinds_at_once) {
    Bench bench;
    ASSERT_TRUE(bench.set("Unit", "ConditionPathExists", "/x"));
    ASSERT_TRUE(bench.set("Unit", "ConditionHost", "y"));
    ASSERT_TRUE(bench.set("Unit", "AssertHost", "y"));
    ASSERT_TRUE(bench.set("Unit", "ConditionUser", ""));
    EXPECT_THAT(bench.unit.info.conditions, IsEmpty());
    EXPECT_EQ(bench.unit.info.asserts.size(), 1U);
}

TEST(Codec, keeps_an_explicit_running_timeout_of_a_job) {
    Bench bench;
    ASSERT_TRUE(bench.set("Unit", "JobTimeoutSec", "5s"));
    EXPECT_EQ(bench.shown("JobRunningTimeoutUSec"), "t 5000000");
    ASSERT_TRUE(bench.set("Unit", "JobRunningTimeoutSec", "infinity"));
    EXPECT_EQ(bench.shown("JobRunningTimeoutUSec"), "t 18446744073709551615");
}

TEST(Codec, gives_a_template_among_dependencies_the_instance_of_the_unit) {
    Bench bench("edge@one.service");
    ASSERT_TRUE(bench.set("Unit", "Wants", "socket@.service"));
    EXPECT_EQ(bench.shown("Wants"), R"(as 1 "socket@one.service")");
}

TEST(Codec, shows_commands_with_what_is_known_of_their_runs) {
    Bench bench;
    ASSERT_TRUE(bench.set("Service", "ExecStart", "-!/bin/a x ; /bin/b"));
    std::array const runs{CommandRun{.started = {base::Usec(1), base::Usec(2)},
                                     .exited = {base::Usec(3), base::Usec(4)},
                                     .pid = 5,
                                     .code = 1,
                                     .status = 7}};
    auto const& commands = bench.unit.service.exec_start;
    EXPECT_EQ(as_busctl(show_commands(commands, runs)),
              R"(a(sasbttttuii) 2 "/bin/a" 2 "/bin/a" "x" true 1 2 3 4 5 1 7 "/bin/b" 1 "/bin/b" false 0 0 0 0 0 0 0)");
    EXPECT_EQ(as_busctl(show_commands_ex({commands.front()}, {})),
              R"(a(sasasttttuii) 1 "/bin/a" 2 "/bin/a" "x" 2 "ignore-failure" "no-setuid" 0 0 0 0 0 0 0)");
}

TEST(Codec, shows_conditions_with_their_results) {
    std::array const conditions{Condition{.kind = ConditionKind::host, .parameter = "a"},
                                Condition{.kind = ConditionKind::ac_power, .negate = true, .parameter = "b"}};
    std::array const results{std::int32_t{1}, std::int32_t{-1}};
    EXPECT_EQ(as_busctl(show_conditions(conditions, "Assert", results)),
              R"(a(sbbsi) 2 "AssertACPower" false true "b" -1 "AssertHost" false false "a" 1)");
}

TEST(Codec, reads_the_older_spellings_into_the_same_settings) {
    Bench bench;
    ASSERT_TRUE(bench.set("Service", "StartLimitInterval", "3s"));
    ASSERT_TRUE(bench.set("Service", "StartLimitBurst", "9"));
    ASSERT_TRUE(bench.set("Service", "StartLimitAction", "exit"));
    ASSERT_TRUE(bench.set("Service", "FailureAction", "reboot"));
    EXPECT_EQ(bench.shown("StartLimitIntervalUSec"), "t 3000000");
    EXPECT_EQ(bench.shown("StartLimitBurst"), "u 9");
    EXPECT_EQ(bench.shown("StartLimitAction"), "s \"exit\"");
    EXPECT_EQ(bench.shown("FailureAction"), "s \"reboot\"");
    ASSERT_TRUE(bench.set("Unit", "BindTo", "a.service"));
    EXPECT_EQ(bench.shown("BindsTo"), R"(as 1 "a.service")");
}

TEST(Codec, reads_install_words_as_they_stand) {
    Bench bench("edge@.service");
    ASSERT_TRUE(bench.set("Install", "WantedBy", "a@%i.target b.target"));
    EXPECT_THAT(bench.unit.install->wanted_by, ElementsAre("a@%i.target", "b.target"));
}

TEST(Codec, has_one_name_for_each_condition_and_row) {
    for (auto const& row : directives()) {
        bool const condition = row.section == Section::unit && row.name.starts_with("Condition");
        bool const assertion = row.section == Section::unit && row.name.starts_with("Assert");
        if (!condition && !assertion) continue;
        Bench bench;
        ASSERT_TRUE(bench.set("Unit", row.name, "/x")) << row.name;
        EXPECT_THAT(bench.shown(condition ? "Conditions" : "Asserts"), HasSubstr(fmt::format("\"{}\"", row.name)));
    }
}

} // namespace
} // namespace mitori::unit::test
