// The client against the server over a real socket: each face's calls arrive as they were made and come back whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bus/client.hpp"
#include "bus/served_faces.hpp"

namespace mitori {
namespace {
using control::Reason;
using testing::ElementsAre;
using testing::IsEmpty;

class ClientTest : public testing::Test {
protected:
    test::ServedFaces server_;
    std::unique_ptr<bus::Client> client_ = bus::Client::connect(server_.socket()).value();

    std::vector<std::string> asked() {
        return server_.on_server([this] { return server_.faces().asked; });
    }
};

TEST_F(ClientTest, lists_units_by_pattern_and_state) {
    auto const all = client_->list_units({}).value();
    EXPECT_EQ(all.size(), 5U);

    auto const rows = client_->list_units({.states = {"running"}, .patterns = {"f*"}}).value();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].name, "foo.service");
    EXPECT_EQ(rows[0].description, "The foo.service of the tests");
    EXPECT_EQ(rows[0].active_state, "active");
    EXPECT_EQ(rows[0].sub_state, "running");
    EXPECT_EQ(rows[0].path, "/org/freedesktop/systemd1/unit/foo_2eservice");
    EXPECT_EQ(rows[0].job_path, "/");
}

TEST_F(ClientTest, lists_unit_files_with_their_presets) {
    auto const rows = client_->list_unit_files({.states = {"enabled"}}).value();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].path, "/lib/systemd/system/foo.service");
    EXPECT_EQ(rows[0].state, "enabled");
    EXPECT_EQ(rows[0].preset, "enabled");
}

TEST_F(ClientTest, reads_the_properties_of_a_unit_and_keeps_their_order_and_types) {
    auto const properties = client_->unit_properties("with space.service").value();
    EXPECT_EQ(properties.get("Id"), status::Value("with space.service"));
    EXPECT_EQ(properties.get("MainPID"), status::Value(std::uint32_t{0}));
    EXPECT_EQ(properties.get("DropInPaths"), status::Value(status::List{"s", {}}));
    EXPECT_EQ(properties.all().front().name, "Id");
}

TEST_F(ClientTest, a_unit_without_a_file_is_answered_as_not_found) {
    EXPECT_EQ(client_->unit_properties("none.service").value().get("LoadState").text(), "not-found");
}

TEST_F(ClientTest, reads_the_properties_of_the_manager) {
    EXPECT_EQ(client_->manager_properties().value().get("SystemState").text(), "running");
}

TEST_F(ClientTest, shows_processes_with_groups_below_the_units) {
    server_.on_server([this] {
        auto& unit = server_.faces().units.at("foo.service");
        unit.more.push_back({"Service", "ControlGroup", "/system.slice/foo.service"});
        unit.processes = {{.group = "", .pid = 7, .command_line = "foo --main"},
                          {.group = "worker", .pid = 8, .command_line = "bad \xff byte"}};
    });
    auto const rows = client_->unit_processes("foo.service").value();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].group, "");
    EXPECT_EQ(rows[0].pid, 7U);
    EXPECT_EQ(rows[0].command_line, "foo --main");
    EXPECT_EQ(rows[1].group, "worker");
    EXPECT_EQ(rows[1].command_line, "bad \xef\xbf\xbd byte");
    EXPECT_EQ(client_->unit_of_pid(8).value(), "foo.service");
    EXPECT_EQ(client_->unit_of_pid(9).error().reason, Reason::no_unit_for_pid);
}

TEST_F(ClientTest, asks_for_one_unit) {
    EXPECT_EQ(client_->loaded_unit("foo.service").value(), "foo.service");
    EXPECT_EQ(client_->loaded_unit("none.service").error().reason, Reason::no_such_unit);
    EXPECT_EQ(client_->unit_file_state("foo.service").value(), "enabled");
    EXPECT_EQ(client_->plan("foo.service").value(), "exec /bin/foo.service\n");
}

TEST_F(ClientTest, every_verb_and_mode_arrives) {
    using control::JobMode;
    using control::JobVerb;
    for (auto const& [verb, word] : base::Names<JobVerb>::table)
        ASSERT_TRUE(client_->enqueue(verb, "foo.service", JobMode::replace)) << word;
    for (auto const& [mode, word] : base::Names<JobMode>::table)
        ASSERT_TRUE(client_->enqueue(JobVerb::start, "foo.service", mode)) << word;
    EXPECT_THAT(asked(),
                ElementsAre("start foo.service replace", "stop foo.service replace", "reload foo.service replace",
                            "restart foo.service replace", "try-restart foo.service replace",
                            "reload-or-restart foo.service replace", "reload-or-try-restart foo.service replace",
                            "start foo.service replace", "start foo.service fail",
                            "start foo.service replace-irreversibly", "start foo.service isolate",
                            "start foo.service ignore-dependencies", "start foo.service ignore-requirements",
                            "start foo.service flush", "start foo.service triggering"));
}

TEST_F(ClientTest, every_other_command_arrives) {
    EXPECT_TRUE(client_->kill("foo.service", control::KillWhom::main_fail, {.number = 34}));
    EXPECT_TRUE(client_->reset_failed("foo.service"));
    EXPECT_TRUE(client_->reset_failed(""));
    EXPECT_TRUE(client_->reload_units());
    EXPECT_TRUE(client_->change_environment({"A", "B=1"}, {"C=x y"}));
    EXPECT_EQ(client_->cancel_job(99).error().reason, Reason::no_such_job);
    for (auto const& [ending, word] : base::Names<status::Ending>::table)
        EXPECT_TRUE(client_->shut_down(ending)) << word;
    EXPECT_THAT(asked(),
                ElementsAre("kill foo.service main-fail 34", "reset-failed foo.service", "reset-failed ", "reload",
                            "environment -[A B=1] +[C=x y]", "cancel 99", "exit", "poweroff", "reboot", "halt"));
}

TEST_F(ClientTest, every_reason_survives_the_way) {
    for (int number = 0; number <= static_cast<int>(Reason::failed); ++number) {
        auto const reason = static_cast<Reason>(number);
        server_.on_server([&] { server_.faces().refusals["foo.service"] = {reason, "No: \xfe."}; });
        auto const answer = client_->enqueue(control::JobVerb::start, "foo.service", control::JobMode::fail);
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error().reason, reason) << number;
        EXPECT_EQ(answer.error().text, "No: \xef\xbf\xbd.");
    }
}

TEST_F(ClientTest, waits_for_the_end_of_its_job) {
    server_.on_server([this] { server_.faces().results["foo.service"] = "failed"; });
    std::map<std::uint32_t, std::string> ended;
    auto const subscription =
        client_->subscribe({.job_removed = [&](control::JobRemoved const& event) { ended[event.id] = event.result; }});
    auto const job = client_->enqueue(control::JobVerb::start, "foo.service", control::JobMode::replace).value();
    ASSERT_TRUE(client_->wait_until([&] { return ended.contains(job.id); }, std::chrono::seconds(20)));
    EXPECT_EQ(ended.at(job.id), "failed");
}

TEST_F(ClientTest, hears_of_jobs_states_and_reloads_without_asking_to) {
    std::vector<std::string> heard;
    auto const subscription = client_->subscribe({
        .job_new = [&](auto const& event) { heard.push_back("new " + event.unit); },
        .job_removed = [&](auto const& event) { heard.push_back("removed " + event.unit + " " + event.result); },
        .unit_changed =
            [&](auto const& event) {
                if (!event.active_state.empty())
                    heard.push_back(event.unit + " " + event.active_state + " " + event.sub_state);
            },
        .reloading = [&](auto const& event) { heard.push_back(event.active ? "reloading" : "reloaded"); },
    });
    auto other = bus::Client::connect(server_.socket()).value();
    ASSERT_TRUE(other->enqueue(control::JobVerb::stop, "foo.service", control::JobMode::replace));
    ASSERT_TRUE(other->reload_units());
    ASSERT_TRUE(client_->wait_until([&] { return heard.size() >= 5; }, std::chrono::seconds(20)));
    EXPECT_THAT(heard, testing::UnorderedElementsAre("new foo.service", "foo.service inactive dead",
                                                     "removed foo.service done", "reloading", "reloaded"));
}

TEST_F(ClientTest, hears_of_units_that_are_loaded_and_that_go) {
    std::vector<std::string> heard;
    auto const subscription = client_->subscribe({
        .unit_new = [&](auto const& event) { heard.push_back("new " + event.unit); },
        .unit_removed = [&](auto const& event) { heard.push_back("removed " + event.unit); },
    });
    ASSERT_TRUE(client_->list_jobs()); // it is heard: what is told from now on reaches it
    server_.on_server([this] {
        server_.faces().tell(&control::Listener::unit_new, control::UnitNew{"my-own@1.service"});
        server_.faces().tell(&control::Listener::unit_removed, control::UnitRemoved{"my-own@1.service"});
    });
    ASSERT_TRUE(client_->wait_until([&] { return heard.size() >= 2; }, std::chrono::seconds(20)));
    EXPECT_THAT(heard, ElementsAre("new my-own@1.service", "removed my-own@1.service"));
}

TEST_F(ClientTest, a_dropped_subscription_hears_nothing) {
    int heard = 0;
    int still = 0;
    auto dropped = client_->subscribe({.reloading = [&](auto const&) { ++heard; }});
    auto const kept = client_->subscribe({.reloading = [&](auto const&) { ++still; }});
    dropped.reset();
    ASSERT_TRUE(client_->reload_units());
    ASSERT_TRUE(client_->wait_until([&] { return still == 2; }, std::chrono::seconds(20)));
    EXPECT_EQ(heard, 0);
}

TEST_F(ClientTest, a_wait_that_is_limited_ends) {
    auto const answer = client_->wait_until([] { return false; }, std::chrono::milliseconds(1));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().reason, Reason::timeout);
}

TEST(Client, says_that_nobody_answers) {
    test::TemporaryDirectory const folder;
    auto const client = bus::Client::connect(folder / "private");
    ASSERT_FALSE(client);
    EXPECT_EQ(client.error().reason, Reason::no_server);
}

TEST(Client, notices_that_the_manager_has_gone) {
    auto server = std::make_unique<test::ServedFaces>();
    auto client = bus::Client::connect(server->socket()).value();
    ASSERT_TRUE(client->manager_properties());
    server.reset();
    auto const waited = client->wait_until([] { return false; }, std::chrono::seconds(20));
    ASSERT_FALSE(waited);
    EXPECT_EQ(waited.error().reason, Reason::disconnected);
    EXPECT_EQ(client->manager_properties().error().reason, Reason::disconnected);
}

TEST(RuntimeDirectory, is_the_chosen_one_before_the_environments) {
    ::setenv("MITORI_RUNTIME_DIR", "/from/environment", 1);
    EXPECT_EQ(bus::runtime_directory("/chosen"), "/chosen");
    EXPECT_EQ(bus::runtime_directory(), "/from/environment");
    ::unsetenv("MITORI_RUNTIME_DIR");
    ::setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
    EXPECT_EQ(bus::runtime_directory(), ::geteuid() == 0 ? "/run/mitori" : "/run/user/1/mitori");
    EXPECT_EQ(bus::socket_in("/run/mitori"), "/run/mitori/private");
}

} // namespace
} // namespace mitori
