// Ours beside the unmodified systemctl 252, both against one server: what they print and how they exit is the same.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bus/client.hpp"
#include "bus/served_faces.hpp"
#include "cli/run_verb.hpp"
#include "support/run_command.hpp"

namespace mitori {
namespace {
using status::List;
using status::ObjectPath;
using status::Struct;
using status::Value;

Value words(std::vector<std::string> const& texts) { return List{"s", {texts.begin(), texts.end()}}; }

Value command(std::string const& path, std::uint32_t pid, std::int32_t code, std::int32_t status) {
    std::uint64_t const when = 1'700'000'000'000'000;
    return Struct{{path, words({path, "--flag"}), true, when, when, code == 0 ? std::uint64_t{0} : when + 1000,
                   code == 0 ? std::uint64_t{0} : when + 1000, pid, code, status}};
}
constexpr char const* commands = "(sasbttttuii)";

constexpr std::uint64_t since = 1'700'000'000'000'000;

/// A service that has something to say on every line of the report.
void add_web(test::FakeFaces& faces) {
    faces.add({.name = "web.service", .active = "active", .sub = "running", .file_state = "enabled"});
    faces.units["web.service"].more = {
        {"Service", "Type", "notify"},
        {"Service", "MainPID", std::uint32_t{1}},
        {"Service", "ExecMainPID", std::uint32_t{1}},
        {"Service", "ControlPID", std::uint32_t{1}},
        {"Service", "StatusText", "Processing requests..."},
        {"Service", "StatusErrno", std::int32_t{2}},
        {"Service", "ControlGroup", "/system.slice/web.service"},
        {"Service", "TasksCurrent", std::uint64_t{55}},
        {"Service", "TasksMax", std::uint64_t{4915}},
        {"Service", "MemoryCurrent", std::uint64_t{12'900'000}},
        {"Service", "MemoryMax", std::uint64_t{1} << 30},
        {"Service", "MemoryHigh", UINT64_MAX},
        {"Service", "CPUUsageNSec", std::uint64_t{61'234'567'890}},
        {"Service", "RestartUSec", std::uint64_t{100'000}},
        {"Service", "WatchdogUSec", std::uint64_t{0}},
        {"Service", "TimeoutStopUSec", UINT64_MAX},
        {"Service", "LimitNOFILE", std::uint64_t{524288}},
        {"Service", "LimitCORE", UINT64_MAX},
        {"Service", "UMask", std::uint32_t{022}},
        {"Service", "UID", UINT32_MAX},
        {"Service", "CPUWeight", UINT64_MAX},
        {"Service", "Environment", words({"A=b c", "D=$e", "plain"})},
        {"Service", "EnvironmentFiles", List{"(sb)", {Struct{{"/etc/default/web", true}}}}},
        {"Service", "CapabilityBoundingSet", std::uint64_t{5}},
        {"Service", "SuccessExitStatus", Struct{{List{"i", {65, 73}}, List{"i", {15}}}}},
        {"Service", "NUMAPolicy", -1},
        {"Unit", "FailureActionExitStatus", -1},
        {"Unit", "InvocationID", List{"y", {std::uint8_t{1}, std::uint8_t{255}}}},
        {"Service", "IPAddressDeny",
         List{"(iayu)",
              {Struct{{2, List{"y", {std::uint8_t{10}, std::uint8_t{0}, std::uint8_t{0}, std::uint8_t{0}}},
                       std::uint32_t{8}}}}}},
        {"Service", "SystemCallFilter", Struct{{false, words({"reboot", "swapon"})}}},
        {"Service", "ExecStartPre", List{commands, {command("/usr/bin/check", 10, CLD_EXITED, 0)}}},
        {"Service", "ExecStart", List{commands, {command("/usr/sbin/web", 1, 0, 0)}}},
        {"Service", "ExecReload", List{commands, {command("/bin/kill", 12, CLD_KILLED, 15)}}},
        {"Unit", "ActiveEnterTimestamp", since},
        {"Unit", "ActiveExitTimestampMonotonic", std::uint64_t{0}},
        {"Unit", "Documentation", words({"man:web(8)", "https://web.example/docs"})},
        {"Unit", "DropInPaths",
         words({"/etc/systemd/system/web.service.d/a.conf", "/etc/systemd/system/web.service.d/b.conf",
                "/run/systemd/system/web.service.d/c.conf"})},
        {"Unit", "TriggeredBy", words({"web.socket"})},
    };
    faces.units["web.service"].processes = {{.group = "", .pid = 1, .command_line = "/usr/sbin/web --flag"},
                                            {.group = "", .pid = 123, .command_line = "web: worker 1"},
                                            {.group = "jobs", .pid = 77, .command_line = "web: job"},
                                            {.group = "jobs/deep", .pid = 78, .command_line = "web: deeper"}};
}

/// Units in the other states that the report knows to tell apart.
void add_others(test::FakeFaces& faces) {
    faces.add({.name = "bad.service", .active = "failed", .sub = "failed"});
    faces.units["bad.service"].more = {
        {"Service", "Result", "exit-code"},
        {"Service", "ExecMainPID", std::uint32_t{99}},
        {"Service", "ExecMainCode", std::int32_t{CLD_EXITED}},
        {"Service", "ExecMainStatus", std::int32_t{203}},
        {"Service", "ExecStart", List{commands, {command("/usr/sbin/bad", 99, CLD_EXITED, 203)}}},
        {"Unit", "InactiveEnterTimestamp", since},
    };
    faces.add({.name = "slow.service", .active = "activating", .sub = "start-pre"});
    faces.units["slow.service"].more = {
        {"Unit", "InactiveExitTimestamp", since},
        {"Service", "ControlPID", std::uint32_t{1}},
        {"Unit", "Job", Struct{{std::uint32_t{7}, ObjectPath{"/org/freedesktop/systemd1/job/7"}}}}};
    faces.add({.name = "off.service"});
    faces.units["off.service"].more = {
        {"Unit", "ConditionResult", false},
        {"Unit", "ConditionTimestamp", since},
        {"Unit", "Conditions",
         List{"(sbbsi)",
              {Struct{{"ConditionPathExists", false, true, "/etc/off", -1}},
               Struct{{"ConditionHost", false, false, "vm", 1}}}}},
    };
    faces.add({.name = "hidden.service", .load = "masked", .file_state = "masked"});
    faces.units["hidden.service"].more = {
        {"Unit", "LoadError", Struct{{"org.freedesktop.systemd1.UnitMasked", "Unit hidden.service is masked."}}}};
    faces.add({.name = "typo.service", .load = "bad-setting"});
    faces.units["typo.service"].more = {
        {"Unit", "LoadError",
         Struct{{"org.freedesktop.systemd1.BadUnitSetting", "Unit typo.service has a bad unit file setting."}}}};
    faces.add({.name = "multi-user.target", .active = "active", .sub = "active", .file_state = "static"});
    faces.units["multi-user.target"].more = {{"Unit", "ActiveEnterTimestamp", since}};
    faces.add({.name = "web.socket", .active = "active", .sub = "listening", .file_state = "enabled"});
    faces.units["web.socket"].more = {{"Unit", "Triggers", words({"web.service"})}};
}

class SideBySide : public testing::TestWithParam<char const*> {
protected:
    void SetUp() override {
        if (test::run("command -v systemctl").status != 0) GTEST_SKIP() << "needs systemctl (package systemd)";
        if (test::run(namespaces() + "true").status != 0) GTEST_SKIP() << "needs the right to make a mount namespace";
        server_.on_server([this] {
            server_.faces().units.clear();
            add_web(server_.faces());
            add_others(server_.faces());
        });
    }
    static std::string namespaces() {
        std::string const user = ::geteuid() == 0 ? "" : "--user --map-root-user ";
        return "unshare " + user + "--mount --propagation private -- ";
    }
    test::Outcome systemctl(std::string const& line) {
        return test::run("LC_ALL=C.UTF-8 " + namespaces() +
                         "sh -f -c 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && ln -s " +
                         server_.socket() + " /run/systemd/private && exec systemctl --no-pager " + line +
                         "' 2>/dev/null");
    }
    test::Said ours(std::string const& line) {
        auto client = bus::Client::connect(server_.socket()).value();
        return test::run_verb(client->faces(), line, [&](auto const& done) { return client->wait_until(done); });
    }
    test::ServedFaces server_;
};

TEST_P(SideBySide, says_and_exits_the_same) {
    auto const theirs = systemctl(GetParam());
    auto const mine = ours(GetParam());
    EXPECT_EQ(mine.out, theirs.output);
    EXPECT_EQ(mine.status, theirs.status) << mine.err;
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, SideBySide,
    testing::Values("status web", "status bad", "status slow", "status off", "status hidden", "status typo",
                    "status none", "status multi-user.target", "status web.socket", "status web off none", "status 123",
                    "status b*", "show web", "show web -a", "show bad", "show web -p ActiveState,RestartUSec",
                    "show off -p Id --value", "show web off -P ActiveState", "show none -p LoadState -p LoadError",
                    "show slow -p Job", "show", "show -p SystemState", "list-units", "list-units --all",
                    "list-units --no-legend", "list-units --plain", "list-units --failed",
                    "list-units --state=active --type=socket", "list-units web*", "list-units none",
                    "list-units --type=service", "list-jobs", "is-active web", "is-active off", "is-active web off",
                    "is-active none", "is-active -q off", "is-active slow", "is-failed bad", "is-failed web",
                    "is-system-running", "start off", "start none", "stop web", "restart web off", "reload web",
                    "try-restart off", "reload-or-restart web", "start web none", "start off --no-block",
                    "start off --job-mode=fail", "kill web", "kill web -s HUP --kill-whom=main", "kill none",
                    "reset-failed", "reset-failed bad", "reset-failed none", "daemon-reload", "cancel 5", "cat none",
                    "show-environment", "set-environment A=1", "unset-environment A"),
    [](auto const& line) {
        std::string name(line.param);
        for (auto& c : name)
            if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
        return fmt::format("{}_{}", line.index, name);
    });

TEST_F(SideBySide, list_unit_files_is_the_same_but_for_presets) {
    // systemctl computes presets from its own folders; ours come from the manager.
    auto const cut = [](std::string const& text) {
        std::string kept;
        for (auto const line : base::split(text, "\n"))
            kept += std::string(line.substr(0, line.rfind(' '))) + "\n";
        return kept;
    };
    EXPECT_EQ(cut(ours("list-unit-files").out), cut(systemctl("list-unit-files").output));
}

TEST_F(SideBySide, refusals_exit_the_same) {
    for (int number = 0; number <= static_cast<int>(control::Reason::failed); ++number) {
        auto const reason = static_cast<control::Reason>(number);
        if (reason == control::Reason::disconnected || reason == control::Reason::no_server)
            continue; // not from a manager
        server_.on_server([&] { server_.faces().refusals["off.service"] = {reason, "No."}; });
        EXPECT_EQ(ours("start off").status, systemctl("start off").status) << "reason " << number;
    }
}

TEST_F(SideBySide, bad_ends_of_jobs_exit_the_same) {
    for (auto const* result :
         {"failed", "canceled", "timeout", "dependency", "skipped", "assert", "unsupported", "once"}) {
        server_.on_server([&] { server_.faces().results["off.service"] = result; });
        EXPECT_EQ(ours("start off").status, systemctl("start off").status) << result;
    }
}

} // namespace
} // namespace mitori
