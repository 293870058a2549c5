// What the server says on the wire to clients that are well, ill-behaved, or not allowed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "bus/client.hpp"
#include "bus/raw_client.hpp"
#include "bus/served_faces.hpp"

namespace mitori {
namespace {
using status::List;
using status::ObjectPath;
using status::Value;
using test::RawClient;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr char const* manager = "/org/freedesktop/systemd1";
constexpr char const* manager_interface = "org.freedesktop.systemd1.Manager";
constexpr char const* unit_interface = "org.freedesktop.systemd1.Unit";
constexpr char const* properties = "org.freedesktop.DBus.Properties";
constexpr char const* foo = "/org/freedesktop/systemd1/unit/foo_2eservice";

class ServerTest : public testing::Test {
protected:
    test::ServedFaces server_;
    RawClient client_{server_.socket()};

    RawClient::Answer call(char const* method, std::string_view types = "", std::vector<Value> const& arguments = {}) {
        return client_.call(manager, manager_interface, method, types, arguments);
    }
    std::vector<std::string> asked() {
        return server_.on_server([this] { return server_.faces().asked; });
    }
};

struct Row {
    char const* method;
    char const* types;
    std::vector<Value> arguments;
    char const* answer;
};

TEST_F(ServerTest, every_method_of_the_manager_answers_with_its_signature) {
    server_.on_server([this] {
        server_.faces().results["dead.service"] = ""; // its job, 1, stays
        server_.faces().units.at("foo.service").processes = {{.pid = 7, .command_line = "foo"}};
        (void)server_.faces().enqueue(control::JobVerb::start, "dead.service", control::JobMode::fail);
    });
    std::vector<Row> const rows{
        {"StartUnit", "ss", {"foo.service", "replace"}, "o"},
        {"StopUnit", "ss", {"foo.service", "replace"}, "o"},
        {"ReloadUnit", "ss", {"foo.service", "replace"}, "o"},
        {"RestartUnit", "ss", {"foo.service", "replace"}, "o"},
        {"TryRestartUnit", "ss", {"foo.service", "replace"}, "o"},
        {"ReloadOrRestartUnit", "ss", {"foo.service", "replace"}, "o"},
        {"ReloadOrTryRestartUnit", "ss", {"foo.service", "replace"}, "o"},
        {"GetUnit", "s", {"foo.service"}, "o"},
        {"GetUnitByPID", "u", {std::uint32_t{7}}, "o"},
        {"LoadUnit", "s", {"foo.service"}, "o"},
        {"KillUnit", "ssi", {"foo.service", "all", 15}, ""},
        {"ResetFailedUnit", "s", {"foo.service"}, ""},
        {"ResetFailed", "", {}, ""},
        {"ListUnits", "", {}, "a(ssssssouso)"},
        {"ListUnitsFiltered", "as", {List{"s", {"active"}}}, "a(ssssssouso)"},
        {"ListUnitsByPatterns", "asas", {List{"s", {}}, List{"s", {"foo*"}}}, "a(ssssssouso)"},
        {"ListUnitsByNames", "as", {List{"s", {"foo.service", "none.service"}}}, "a(ssssssouso)"},
        {"ListUnitFiles", "", {}, "a(ss)"},
        {"ListUnitFilesByPatterns", "asas", {List{"s", {}}, List{"s", {}}}, "a(ss)"},
        {"GetUnitFileState", "s", {"foo.service"}, "s"},
        {"ListJobs", "", {}, "a(usssoo)"},
        {"GetJob", "u", {std::uint32_t{1}}, "o"},
        {"CancelJob", "u", {std::uint32_t{1}}, ""},
        {"GetUnitProcesses", "s", {"foo.service"}, "a(sus)"},
        {"Subscribe", "", {}, ""},
        {"Unsubscribe", "", {}, ""},
        {"Reload", "", {}, ""},
        {"Exit", "", {}, ""},
    };
    for (auto const& row : rows) {
        auto const answer = call(row.method, row.types, row.arguments);
        EXPECT_EQ(answer.error, "") << row.method << ": " << answer.text;
        EXPECT_EQ(answer.signature, row.answer) << row.method;
    }
}

TEST_F(ServerTest, a_unit_has_its_own_methods) {
    for (auto const* method :
         {"Start", "Stop", "Reload", "Restart", "TryRestart", "ReloadOrRestart", "ReloadOrTryRestart"})
        EXPECT_EQ(client_.call(foo, unit_interface, method, "s", {"fail"}).signature, "o") << method;
    EXPECT_EQ(client_.call(foo, unit_interface, "Kill", "si", {"main", 9}).error, "");
    EXPECT_EQ(client_.call(foo, unit_interface, "ResetFailed").error, "");
    EXPECT_EQ(client_.call(foo, "org.freedesktop.systemd1.Service", "GetProcesses").signature, "a(sus)");
    EXPECT_THAT(asked(), Contains("reload-or-try-restart foo.service fail"));
    EXPECT_THAT(asked(), Contains("kill foo.service main 9"));
    EXPECT_THAT(asked(), Contains("reset-failed foo.service"));
}

TEST_F(ServerTest, a_target_has_no_processes_method) {
    auto const answer = client_.call("/org/freedesktop/systemd1/unit/some_2etarget", "org.freedesktop.systemd1.Service",
                                     "GetProcesses");
    EXPECT_EQ(answer.error, SD_BUS_ERROR_UNKNOWN_INTERFACE);
}

TEST_F(ServerTest, reading_a_path_loads_the_unit) {
    auto const answer = client_.call("/org/freedesktop/systemd1/unit/none_2eservice", properties, "Get", "ss",
                                     {unit_interface, "LoadState"});
    EXPECT_EQ(answer.first(), "not-found");
}

TEST_F(ServerTest, all_interfaces_come_at_once_when_none_is_named) {
    auto const all = client_.call(foo, properties, "GetAll", "s", {""});
    auto const unit = client_.call(foo, properties, "GetAll", "s", {unit_interface});
    auto const service = client_.call(foo, properties, "GetAll", "s", {"org.freedesktop.systemd1.Service"});
    ASSERT_EQ(all.signature, "a{sv}");
    EXPECT_EQ(all.values[0].items().size(), unit.values[0].items().size() + service.values[0].items().size());
    EXPECT_EQ(client_.call(foo, properties, "GetAll", "s", {"org.none"}).error, SD_BUS_ERROR_UNKNOWN_INTERFACE);
}

TEST_F(ServerTest, a_property_of_another_interface_is_unknown) {
    EXPECT_EQ(client_.call(foo, properties, "Get", "ss", {unit_interface, "MainPID"}).error,
              SD_BUS_ERROR_UNKNOWN_PROPERTY);
    EXPECT_EQ(client_.call(manager, properties, "Get", "ss", {manager_interface, "SystemState"}).first(), "running");
    EXPECT_EQ(client_.call(foo, properties, "Set", "ssv", {unit_interface, "Id", "x"}).error,
              SD_BUS_ERROR_PROPERTY_READ_ONLY);
}

TEST_F(ServerTest, a_job_is_an_object_while_it_lasts) {
    server_.on_server([this] { server_.faces().results["dead.service"] = ""; });
    auto const path = call("StartUnit", "ss", {"dead.service", "replace"}).first();
    EXPECT_EQ(path, "/org/freedesktop/systemd1/job/1");
    constexpr char const* job = "org.freedesktop.systemd1.Job";
    EXPECT_EQ(client_.call(path, properties, "Get", "ss", {job, "JobType"}).first(), "start");
    EXPECT_EQ(client_.call(path, properties, "Get", "ss", {job, "Unit"}).values.at(0).items().at(0).text(),
              "dead.service");
    EXPECT_EQ(client_.call(path, job, "Cancel").error, "");
    EXPECT_EQ(client_.call(path, properties, "GetAll", "s", {job}).error, SD_BUS_ERROR_UNKNOWN_OBJECT);
    EXPECT_EQ(call("GetJob", "u", {std::uint32_t{1}}).error, "org.freedesktop.systemd1.NoSuchJob");
}

TEST_F(ServerTest, units_listed_by_name_are_loaded) {
    auto const answer = call("ListUnitsByNames", "as", {List{"s", {"none.service", "invalid", "foo.service"}}});
    auto const& rows = answer.values.at(0).items();
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].items()[2].text(), "not-found");
    EXPECT_EQ(rows[1].items()[3].text(), "active");
}

TEST_F(ServerTest, wrong_calls_are_named) {
    EXPECT_EQ(call("StartUnit", "s", {"foo.service"}).error, SD_BUS_ERROR_INVALID_ARGS);
    EXPECT_EQ(call("StartUnit", "ss", {"foo.service", "sometimes"}).error, SD_BUS_ERROR_INVALID_ARGS);
    EXPECT_EQ(call("KillUnit", "ssi", {"foo.service", "nobody", 9}).error, SD_BUS_ERROR_INVALID_ARGS);
    EXPECT_EQ(call("KillUnit", "ssi", {"foo.service", "all", 65}).error, SD_BUS_ERROR_INVALID_ARGS);
    EXPECT_EQ(call("KillUnit", "ssi", {"foo.service", "all", 0}).error, SD_BUS_ERROR_INVALID_ARGS);
    EXPECT_EQ(call("Frobnicate").error, SD_BUS_ERROR_UNKNOWN_METHOD);
    EXPECT_EQ(client_.call(manager, "org.none", "ListUnits").error, SD_BUS_ERROR_UNKNOWN_INTERFACE);
    EXPECT_EQ(client_.call("/none", manager_interface, "ListUnits").error, SD_BUS_ERROR_UNKNOWN_OBJECT);
    EXPECT_EQ(client_.call(manager, "", "ListJobs").signature, "a(usssoo)");
    EXPECT_EQ(client_.call("/none", "org.freedesktop.DBus.Peer", "Ping").error, "");
    EXPECT_THAT(asked(), testing::IsEmpty());
}

TEST_F(ServerTest, refusals_carry_systemds_error_names) {
    auto const name_for = [this](control::Reason reason) {
        server_.on_server([&] { server_.faces().refusals["foo.service"] = {reason, "Text."}; });
        return call("StartUnit", "ss", {"foo.service", "replace"}).error;
    };
    using control::Reason;
    EXPECT_EQ(name_for(Reason::no_such_unit), "org.freedesktop.systemd1.NoSuchUnit");
    EXPECT_EQ(name_for(Reason::load_failed), "org.freedesktop.systemd1.LoadFailed");
    EXPECT_EQ(name_for(Reason::bad_unit_setting), "org.freedesktop.systemd1.BadUnitSetting");
    EXPECT_EQ(name_for(Reason::unit_masked), "org.freedesktop.systemd1.UnitMasked");
    EXPECT_EQ(name_for(Reason::job_type_not_applicable), "org.freedesktop.systemd1.JobTypeNotApplicable");
    EXPECT_EQ(name_for(Reason::only_by_dependency), "org.freedesktop.systemd1.OnlyByDependency");
    EXPECT_EQ(name_for(Reason::transaction_is_destructive), "org.freedesktop.systemd1.TransactionIsDestructive");
    EXPECT_EQ(name_for(Reason::transaction_jobs_conflicting), "org.freedesktop.systemd1.TransactionJobsConflicting");
    EXPECT_EQ(name_for(Reason::transaction_order_is_cyclic), "org.freedesktop.systemd1.TransactionOrderIsCyclic");
    EXPECT_EQ(name_for(Reason::no_such_job), "org.freedesktop.systemd1.NoSuchJob");
    EXPECT_EQ(name_for(Reason::no_such_process), "org.freedesktop.systemd1.NoSuchProcess");
    EXPECT_EQ(name_for(Reason::no_unit_for_pid), "org.freedesktop.systemd1.NoUnitForPID");
    EXPECT_EQ(name_for(Reason::shutting_down), "org.freedesktop.systemd1.ShuttingDown");
    EXPECT_EQ(name_for(Reason::access_denied), "org.freedesktop.DBus.Error.AccessDenied");
    EXPECT_EQ(name_for(Reason::invalid_args), "org.freedesktop.DBus.Error.InvalidArgs");
    EXPECT_EQ(name_for(Reason::not_supported), "org.freedesktop.DBus.Error.NotSupported");
    EXPECT_EQ(name_for(Reason::timeout), "org.freedesktop.DBus.Error.Timeout");
    EXPECT_EQ(name_for(Reason::failed), "org.freedesktop.DBus.Error.Failed");
}

TEST_F(ServerTest, introspection_names_what_is_there) {
    auto const about = [this](char const* path) {
        return client_.call(path, "org.freedesktop.DBus.Introspectable", "Introspect").first();
    };
    EXPECT_THAT(about(manager), HasSubstr("<method name=\"ListUnitsByPatterns\">"));
    EXPECT_THAT(about(manager), HasSubstr("<property name=\"SystemState\" type=\"s\" access=\"read\"/>"));
    EXPECT_THAT(about(manager), HasSubstr("<node name=\"unit\"/>"));
    EXPECT_THAT(about(foo), HasSubstr("<interface name=\"org.freedesktop.systemd1.Service\">"));
    EXPECT_THAT(about("/org/freedesktop/systemd1/unit"), HasSubstr("<node name=\"foo_2eservice\"/>"));
    EXPECT_THAT(about("/"), HasSubstr("<node name=\"org\"/>"));
}

TEST_F(ServerTest, an_answer_that_cannot_be_sent_is_an_error_and_no_silence) {
    server_.on_server([this] {
        server_.faces().units.at("foo.service").more.push_back({"Unit", "Broken", ObjectPath{"not a path"}});
    });
    EXPECT_EQ(client_.call(foo, properties, "GetAll", "s", {""}).error, SD_BUS_ERROR_FAILED);
}

// -- clients that behave badly

void write_bytes(int fd, std::string_view bytes) { (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

/// Until the server knows of so many clients.
void wait_for_connections(test::ServedFaces& server, std::size_t wanted) {
    for (auto const end = base::sys::now_monotonic() + std::chrono::seconds(20); base::sys::now_monotonic() < end;)
        if (server.connections() == wanted) return;
    FAIL() << server.connections() << " clients instead of " << wanted;
}

TEST_F(ServerTest, bytes_that_are_no_dbus_end_only_their_connection) {
    ASSERT_EQ(call("ListJobs").error, "");
    for (std::string_view const garbage :
         {std::string_view("GET / HTTP/1.1\r\n\r\n"), std::string_view("\0AUTH NONSENSE\r\n", 16),
          std::string_view(
              "\0AUTH ANONYMOUS\r\nBEGIN\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 40),
          std::string_view("\0\0\0\0\0\0\0\0\r\n\r\n", 12)}) {
        auto const bad = base::sys::connect_unix(server_.socket()).value();
        write_bytes(bad.get(), garbage);
        EXPECT_EQ(call("ListJobs").error, "");
    }
    wait_for_connections(server_, 1); // the others are gone
}

TEST_F(ServerTest, a_client_that_vanishes_in_the_midst_of_a_call_is_forgotten) {
    {
        RawClient vanishing(server_.socket());
        vanishing.send(manager, manager_interface, "ListUnits");
        sd_bus_flush(vanishing.bus());
    }
    EXPECT_EQ(call("ListJobs").error, "");
    wait_for_connections(server_, 1);
}

TEST_F(ServerTest, answers_a_reload_when_it_has_ended_and_others_meanwhile) {
    server_.on_server([this] { server_.faces().reloads_slowly = true; });
    RawClient waiting(server_.socket());
    waiting.send(manager, manager_interface, "Reload");
    sd_bus_flush(waiting.bus());
    // Asked of the same client, and answered before its first question.
    EXPECT_EQ(waiting.call(manager, manager_interface, "ListJobs").error, "");
    EXPECT_EQ(call("ListJobs").error, "");
    EXPECT_TRUE(server_.on_server([this] { return server_.faces().reloading(); }));
    bool answered = false;
    auto const note = [](sd_bus_message* message, void* flag, sd_bus_error*) {
        std::uint64_t cookie = 0;
        bool const is_answer = sd_bus_message_get_reply_cookie(message, &cookie) >= 0;
        if (is_answer && sd_bus_message_is_method_error(message, nullptr) == 0) *static_cast<bool*>(flag) = true;
        return 0;
    };
    sd_bus_add_filter(waiting.bus(), nullptr, note, &answered);
    while (sd_bus_process(waiting.bus(), nullptr) > 0) {}
    EXPECT_FALSE(answered);
    server_.on_server([this] { server_.faces().end_reload(); });
    while (!answered && sd_bus_wait(waiting.bus(), 20'000'000) > 0)
        while (sd_bus_process(waiting.bus(), nullptr) > 0) {}
    EXPECT_TRUE(answered);
}

TEST(Server, drops_a_client_that_does_not_read_and_serves_the_others) {
    test::ServedFaces server({.owner = ::geteuid(), .most_queued_bytes = 1U << 20});
    RawClient well(server.socket());
    ASSERT_EQ(well.call(manager, manager_interface, "ListJobs").error, "");
    server.on_server([&] {
        for (int i = 0; i < 200; ++i)
            server.faces().add({.name = "filler" + std::to_string(i) + ".service"});
    });

    auto const deaf = base::sys::connect_unix(server.socket()).value();
    write_bytes(deaf.get(), std::string_view("\0AUTH ANONYMOUS\r\nBEGIN\r\n", 24));
    wait_for_connections(server, 2);
    // Signals alone fill it: it has asked for nothing and reads nothing, while the other hears every one.
    int heard = 0;
    auto const count = [](sd_bus_message* message, void* counter, sd_bus_error*) {
        *static_cast<int*>(counter) += sd_bus_message_is_signal(message, nullptr, "Reloading");
        return 0;
    };
    sd_bus_add_filter(well.bus(), nullptr, count, &heard);
    int told = 0;
    while (server.connections() == 2 && told < 200'000) {
        ASSERT_EQ(well.call(manager, manager_interface, "Reload").error, "");
        told += 2;
    }
    EXPECT_EQ(server.connections(), 1U);
    while (heard < told && sd_bus_process(well.bus(), nullptr) > 0) {}
    EXPECT_EQ(heard, told);
}

TEST(Server, drops_a_client_that_asks_without_end_and_never_reads) {
    test::ServedFaces server({.owner = ::geteuid(), .most_queued_bytes = 1U << 20});
    server.on_server([&] {
        for (int i = 0; i < 200; ++i)
            server.faces().add({.name = "filler" + std::to_string(i) + ".service"});
    });
    {
        RawClient greedy(server.socket());
        ASSERT_EQ(greedy.call(manager, manager_interface, "ListJobs").error, "");
        // The kernel takes some megabytes for each side before anything has to wait.
        for (int i = 0; i < 5'000 && server.connections() == 1; ++i) {
            greedy.send(manager, manager_interface, "ListUnits");
            sd_bus_flush(greedy.bus());
        }
        EXPECT_EQ(server.connections(), 0U);
    }
    RawClient next(server.socket());
    EXPECT_EQ(next.call(manager, manager_interface, "ListJobs").error, "");
}

TEST(Server, turns_away_more_clients_than_it_may_have) {
    test::ServedFaces server({.owner = ::geteuid(), .most_connections = 2});
    RawClient first(server.socket());
    RawClient second(server.socket());
    ASSERT_EQ(first.call(manager, manager_interface, "ListJobs").error, "");
    ASSERT_EQ(second.call(manager, manager_interface, "ListJobs").error, "");
    RawClient third(server.socket());
    EXPECT_NE(third.call(manager, manager_interface, "ListJobs").error, "");
    EXPECT_EQ(second.call(manager, manager_interface, "ListJobs").error, "");
}

TEST(Server, does_not_take_a_socket_that_is_in_use_but_one_that_was_left_behind) {
    test::ServedFaces server;
    EXPECT_EQ(base::sys::listen_unix(server.socket(), 0600).error().number, EADDRINUSE);

    test::TemporaryDirectory const folder;
    (void)base::sys::listen_unix(folder / "left", 0600).value(); // closed at once: the file stays, nobody answers
    EXPECT_TRUE(base::sys::listen_unix(folder / "left", 0600));
}

// -- those who may not

/// Runs the check as another user in a process of its own; what it returns is the exit status.
int as_user(uid_t uid, std::function<int()> const& check) {
    pid_t const child = ::fork();
    if (child == 0) {
        if (::setresgid(uid, uid, uid) != 0 || ::setresuid(uid, uid, uid) != 0) ::_exit(99);
        ::_exit(check());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100;
}

TEST(Server, refuses_every_call_of_other_users_in_clear_words) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be another user";
    test::ServedFaces server;
    int const outcome = as_user(65534, [&] {
        RawClient stranger(server.socket());
        for (auto const* method : {"ListUnits", "ResetFailed", "Exit", "Frobnicate"}) {
            auto const answer = stranger.call(manager, manager_interface, method);
            if (answer.error != SD_BUS_ERROR_ACCESS_DENIED || answer.text.find("root") == std::string::npos) return 1;
        }
        if (stranger.call(foo, properties, "GetAll", "s", {""}).error != SD_BUS_ERROR_ACCESS_DENIED) return 2;
        if (stranger.call("/", "org.freedesktop.DBus.Peer", "Ping").error != SD_BUS_ERROR_ACCESS_DENIED) return 3;
        return 0;
    });
    EXPECT_EQ(outcome, 0);
    EXPECT_THAT(server.on_server([&] { return server.faces().asked; }), testing::IsEmpty());
}

TEST(Server, lets_the_managers_owner_command) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be another user";
    test::ServedFaces server({.owner = 65534});
    EXPECT_EQ(as_user(65534,
                      [&] {
                          RawClient owner(server.socket());
                          return owner.call(manager, manager_interface, "ResetFailed").error.empty() ? 0 : 1;
                      }),
              0);
    EXPECT_EQ(as_user(65533,
                      [&] {
                          RawClient stranger(server.socket());
                          return stranger.call(manager, manager_interface, "ResetFailed").error.empty() ? 1 : 0;
                      }),
              0);
}

TEST(Server, tells_strangers_nothing_and_keeps_few_of_them) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root, to be another user";
    test::ServedFaces server({.owner = 0, .most_refused = 1});
    RawClient root(server.socket());
    int const outcome = as_user(65534, [&] {
        RawClient first(server.socket());
        if (first.call(manager, manager_interface, "ListUnits").error != SD_BUS_ERROR_ACCESS_DENIED) return 1;
        RawClient second(server.socket()); // one too many: closed
        if (second.call(manager, manager_interface, "ListUnits").error == SD_BUS_ERROR_ACCESS_DENIED) return 2;
        return 0;
    });
    EXPECT_EQ(outcome, 0);
    EXPECT_EQ(root.call(manager, manager_interface, "Reload").error, "");
}

} // namespace
} // namespace mitori
