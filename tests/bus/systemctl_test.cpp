// The unmodified systemctl of systemd 252 drives our server. It runs in a mount namespace of its own, where
// /run/systemd/private leads to the server's socket; nothing outside changes.
#include <cstdio>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "bus/served_faces.hpp"
#include "support/run_command.hpp"

namespace mitori {
namespace {
using test::Outcome;
using testing::AllOf;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Systemctl : public testing::Test {
protected:
    void SetUp() override {
        if (test::run("command -v systemctl").status != 0) GTEST_SKIP() << "needs systemctl (package systemd)";
        if (test::run(namespaces() + "true").status != 0) GTEST_SKIP() << "needs the right to make a mount namespace";
    }

    static std::string namespaces() {
        std::string const user = ::geteuid() == 0 ? "" : "--user --map-root-user ";
        return "unshare " + user + "--mount --propagation private -- ";
    }
    Outcome systemctl(std::string const& arguments) {
        return test::run(namespaces() + "sh -c 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && ln -s " +
                         server_.socket() + " /run/systemd/private && exec systemctl --no-pager " + arguments + "'");
    }
    std::vector<std::string> asked() {
        return server_.on_server([this] { return server_.faces().asked; });
    }
    void refuse(control::Reason reason, std::string const& text) {
        server_.on_server([&] { server_.faces().refusals["foo.service"] = {reason, text}; });
    }

    test::ServedFaces server_;
};

TEST_F(Systemctl, starts_and_waits_for_the_end_of_the_job) {
    auto const outcome = systemctl("start dead");
    EXPECT_EQ(outcome.status, 0);
    EXPECT_EQ(outcome.output, "");
    EXPECT_THAT(asked(), ElementsAre("start dead.service replace"));
}

TEST_F(Systemctl, each_verb_arrives_as_its_job) {
    for (auto const* verb : {"stop", "restart", "try-restart", "reload", "reload-or-restart"})
        EXPECT_EQ(systemctl(std::string(verb) + " foo.service").status, 0) << verb;
    EXPECT_THAT(asked(), ElementsAre("stop foo.service replace", "restart foo.service replace",
                                     "try-restart foo.service replace", "reload foo.service replace",
                                     "reload-or-restart foo.service replace"));
}

TEST_F(Systemctl, a_job_that_failed_is_told_by_exit_status_1) {
    server_.on_server([this] { server_.faces().results["dead.service"] = "failed"; });
    auto const outcome = systemctl("start dead");
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.output, HasSubstr("Job for dead.service failed"));
}

TEST_F(Systemctl, refusals_become_its_exit_codes) {
    EXPECT_EQ(systemctl("start none").status, 5);
    EXPECT_THAT(systemctl("start none").output, HasSubstr("Unit none.service not found."));
    refuse(control::Reason::job_type_not_applicable, "Job type reload is not applicable for unit foo.service.");
    EXPECT_EQ(systemctl("reload foo").status, 3);
    refuse(control::Reason::transaction_is_destructive, "Transaction is destructive.");
    EXPECT_EQ(systemctl("start foo").status, 4);
    refuse(control::Reason::bad_unit_setting, "Unit foo.service has a bad unit file setting.");
    EXPECT_EQ(systemctl("start foo").status, 1);
    refuse(control::Reason::load_failed, "Unit foo.service failed to load properly.");
    EXPECT_EQ(systemctl("start foo").status, 6);
    refuse(control::Reason::unit_masked, "Unit foo.service is masked.");
    EXPECT_EQ(systemctl("start foo").status, 1);
}

TEST_F(Systemctl, asks_for_states) {
    EXPECT_EQ(systemctl("is-active foo").output, "active\n");
    EXPECT_EQ(systemctl("is-active dead").status, 3);
    EXPECT_EQ(systemctl("is-active none").output, "inactive\n");
    EXPECT_EQ(systemctl("is-failed broken").status, 0);
    EXPECT_EQ(systemctl("is-system-running").output, "running\n");
}

TEST_F(Systemctl, lists_units_and_jobs) {
    auto const units = systemctl("list-units --all");
    EXPECT_EQ(units.status, 0);
    EXPECT_THAT(units.output, ContainsRegex("foo.service +loaded active +running The foo.service of the tests"));
    EXPECT_THAT(units.output, ContainsRegex("broken.service +loaded failed"));
    EXPECT_THAT(systemctl("list-units --failed --no-legend").output, AllOf(HasSubstr("broken"), Not(HasSubstr("foo"))));
    server_.on_server([this] {
        server_.faces().results["dead.service"] = "";
        (void)server_.faces().enqueue(control::JobVerb::start, "dead.service", control::JobMode::fail);
    });
    EXPECT_THAT(systemctl("list-jobs").output, ContainsRegex("1 +dead.service +start +running"));
    EXPECT_EQ(systemctl("cancel 1").status, 0);
}

TEST_F(Systemctl, shows_and_changes_what_services_inherit) {
    EXPECT_EQ(systemctl("show-environment").output, "LANG=C\nA=$\'it\\\'s a $word\'\n");
    EXPECT_EQ(systemctl("set-environment A=1 B=2").status, 0);
    EXPECT_EQ(systemctl("unset-environment A B").status, 0);
    EXPECT_THAT(asked(), ElementsAre("environment -[] +[A=1 B=2]", "environment -[A B] +[]"));
}

TEST_F(Systemctl, shows_properties) {
    EXPECT_EQ(systemctl("show foo -p ActiveState -p Type").output, "ActiveState=active\nType=simple\n");
    EXPECT_EQ(systemctl("show foo -p Id --value").output, "foo.service\n");
    EXPECT_EQ(systemctl("show -p SystemState").output, "SystemState=running\n");
}

TEST_F(Systemctl, shows_the_status_with_processes) {
    server_.on_server([this] {
        auto& unit = server_.faces().units.at("foo.service");
        unit.more = {{"Service", "MainPID", std::uint32_t{1}},
                     {"Service", "ControlGroup", "/system.slice/foo.service"},
                     {"Service", "TasksCurrent", std::uint64_t{2}}};
        unit.processes = {{.group = "", .pid = 1, .command_line = "/usr/bin/foo --main"},
                          {.group = "worker", .pid = 8, .command_line = "foo: worker"}};
    });
    auto const status = systemctl("status foo");
    EXPECT_EQ(status.status, 0);
    EXPECT_THAT(status.output, HasSubstr("foo.service - The foo.service of the tests"));
    EXPECT_THAT(status.output, HasSubstr("Loaded: loaded (/lib/systemd/system/foo.service; enabled; preset: enabled)"));
    EXPECT_THAT(status.output, HasSubstr("Main PID: 1 ("));
    EXPECT_THAT(status.output, HasSubstr("1 /usr/bin/foo --main"));
    EXPECT_THAT(status.output, HasSubstr("8 foo: worker"));
    EXPECT_EQ(systemctl("status dead").status, 3);
    EXPECT_EQ(systemctl("status none").status, 4);
    EXPECT_EQ(systemctl("status 8").status, 0);
}

TEST_F(Systemctl, kills_resets_and_reloads) {
    EXPECT_EQ(systemctl("kill -s HUP --kill-whom=main foo").status, 0);
    EXPECT_EQ(systemctl("reset-failed broken").status, 0);
    EXPECT_EQ(systemctl("reset-failed").status, 0);
    EXPECT_EQ(systemctl("daemon-reload").status, 0);
    EXPECT_THAT(asked(),
                ElementsAre("kill foo.service main 1", "reset-failed broken.service", "reset-failed ", "reload"));
}

TEST_F(Systemctl, shows_the_unit_file) {
    auto const file = server_.folder() + "/foo.service";
    ASSERT_TRUE(base::sys::write_file(file, "[Service]\nExecStart=/bin/true\n"));
    server_.on_server([&] { server_.faces().units.at("foo.service").more = {{"Unit", "FragmentPath", file}}; });
    EXPECT_EQ(systemctl("cat foo").output, "# " + file + "\n[Service]\nExecStart=/bin/true\n");
}

TEST_F(Systemctl, lists_unit_files) {
    EXPECT_THAT(systemctl("list-unit-files").output, ContainsRegex("foo.service +enabled"));
}

} // namespace
} // namespace mitori
