// What people see of units and of the manager.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fake/office.hpp"
#include "manager/describe.hpp"
#include "status/json.hpp"

namespace mitori::manager {
namespace {

using mitori::test::Office;
using testing::HasSubstr;

class Described : public testing::Test {
protected:
    Described() {
        office.file("a.service", "[Unit]\nDescription=The one\nDefaultDependencies=no\nBefore=b.service\n[Service]\n"
                                 "ExecStartPre=/quick/0\nExecStart=/bin/a --now\nRestart=always\nRestartSec=1h\n");
    }
    [[nodiscard]] std::string shown(std::string_view name, std::string const& unit = "a.service") {
        auto const all = describe_unit(*office.manager, office.ref(unit));
        for (auto const& property : all.all())
            if (property.name == name) return status::show(nlohmann::json(property.value));
        return "no such property";
    }
    Office office;
};

TEST_F(Described, is_a_unit_that_was_never_started) {
    EXPECT_EQ(shown("ActiveState"), "\"inactive\"");
    EXPECT_EQ(shown("SubState"), "\"dead\"");
    EXPECT_EQ(shown("MainPID"), "0");
    EXPECT_EQ(shown("Description"), "\"The one\"");
    EXPECT_EQ(shown("ControlGroup"), "\"\"");
}

TEST_F(Described, is_a_running_service_with_its_process_and_its_use) {
    office.start("a.service");
    EXPECT_EQ(shown("ActiveState"), "\"active\"");
    EXPECT_EQ(shown("SubState"), "\"running\"");
    EXPECT_EQ(shown("MainPID"), std::to_string(office.pid_of("/bin/a")));
    EXPECT_EQ(shown("ControlGroup"), "\"/system.slice/a.service\"");
    EXPECT_EQ(shown("MemoryCurrent"), "4096");
    EXPECT_EQ(shown("CPUUsageNSec"), "7000000");
    EXPECT_EQ(shown("TasksCurrent"), "1");
    EXPECT_NE(shown("ActiveEnterTimestamp"), "0");
}

TEST_F(Described, are_the_ends_of_its_commands) {
    office.start("a.service");
    office.exit("/bin/a", 3);
    EXPECT_EQ(shown("SubState"), "\"auto-restart\"");
    EXPECT_EQ(shown("Result"), "\"exit-code\"");
    EXPECT_EQ(shown("ExecMainStatus"), "3");
    EXPECT_EQ(shown("ExecMainCode"), "1");
    EXPECT_EQ(shown("MainPID"), "0");
    EXPECT_THAT(shown("ExecStartPre"), HasSubstr("/quick/0"));
}

TEST_F(Described, are_relations_from_both_ends) {
    office.file("b.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/b\n");
    EXPECT_THAT(shown("After", "b.service"), testing::Not(HasSubstr("a.service"))) << "nobody has loaded it yet";
    static_cast<void>(office.ref("a.service"));
    EXPECT_THAT(shown("Before"), HasSubstr("b.service"));
    EXPECT_THAT(shown("After", "b.service"), HasSubstr("a.service"));
}

TEST_F(Described, is_a_unit_without_a_file_by_its_load_state) {
    EXPECT_EQ(shown("LoadState", "gone.service"), "\"not-found\"");
    EXPECT_THAT(shown("LoadError", "gone.service"), HasSubstr("org.freedesktop.systemd1.NoSuchUnit"));
}

TEST_F(Described, names_no_property_twice) {
    std::set<std::string> names;
    auto const all = describe_unit(*office.manager, office.ref("a.service"));
    for (auto const& property : all.all())
        EXPECT_TRUE(names.insert(property.name).second) << property.name;
}

TEST_F(Described, is_a_row_with_its_job) {
    office.file("n.service", "[Unit]\nDefaultDependencies=no\n[Service]\nType=notify\nExecStart=/bin/n\n");
    auto const id = office.start("n.service");
    auto const row = describe_row(*office.manager, office.ref("n.service"));
    EXPECT_EQ(row.sub_state, "start");
    EXPECT_EQ(row.job_id, id);
    EXPECT_EQ(row.job_type, "start");
}

TEST_F(Described, is_the_manager_by_how_its_units_are) {
    auto const state = [&] {
        auto const all = describe_manager(*office.manager);
        for (auto const& property : all.all())
            if (property.name == "SystemState") return status::show(nlohmann::json(property.value));
        return std::string();
    };
    EXPECT_EQ(state(), "\"running\"");
    office.file("f.service", "[Unit]\nDefaultDependencies=no\n[Service]\nType=exec\nExecStart=/quick/203\n");
    office.start("f.service");
    EXPECT_EQ(state(), "\"degraded\"");
    office.manager->reset_failed(office.ref("f.service"));
    EXPECT_EQ(state(), "\"running\"");
}

} // namespace
} // namespace mitori::manager
