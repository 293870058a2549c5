// The manager's end and the recorder in one process, on one real loop, with the store in memory: everything but the
// process border. Kills of the real process are tests/system/recorder's.
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/socket.h>
#include <systemd/sd-event.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "journal/client.hpp"
#include "journal/fake_store.hpp"
#include "journal/recorder.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::journal {
namespace {

using test::Disk;
using test::FakeStore;
using test::TemporaryDirectory;
using testing::Contains;
using testing::ElementsAre;

constexpr base::Usec limit = std::chrono::seconds(20);

class House {
public:
    House() {
        base::set_log_sink([this](base::Priority, std::string_view text) { logged.emplace_back(text); });
        conf.rate.interval = base::Usec(0);
        begin_manager();
    }
    ~House() {
        client.reset();
        kill_recorder();
        base::set_log_sink({});
    }
    House(House const&) = delete;
    House& operator=(House const&) = delete;

    void begin_manager() {
        auto made = Client::make(
            *loop, {.runtime_directory = folder.path(), .launch = [this](int listener) { return launch(listener); }});
        ASSERT_TRUE(made) << made.error().message();
        client = *std::move(made);
    }
    base::Result<Launched> launch(int listener) {
        ++launches;
        kill_recorder();
        if (!starts) return Launched{};
        store.emplace(disk);
        recorder = *Recorder::make(*loop, *store,
                                   {.runtime_directory = folder.path(),
                                    .book = {.conf = conf, .folder = folder.path()},
                                    .descriptors = descriptors,
                                    .step = [this] { disk.step(); },
                                    .keep_deaths =
                                        [this](auto deaths, std::uint64_t missed) {
                                            for (auto const& texts : deaths)
                                                kept.push_back(texts.front());
                                            missed_deaths += missed;
                                        }},
                                   *base::sys::duplicate(listener), nullptr, [this] { recorder_ended = true; });
        return Launched{.pid = 1};
    }
    /// As SIGKILL: nothing of it is left but its files. The link breaks.
    void kill_recorder() {
        recorder.reset();
        store.reset();
    }
    template <class Condition>
    void wait_until(Condition const& condition) {
        auto const until = loop->now().monotonic + limit;
        while (!condition()) {
            ASSERT_LT(base::sys::now_monotonic(), until) << "waited in vain";
            // A turn that nothing ends is looked at again soon: the condition may be a time-out's.
            ASSERT_GE(::sd_event_run(loop->native(), 1000), 0);
        }
    }
    OpenedStream open(std::string unit) {
        auto opened = client->open({.unit = unit, .identifier = unit}, ::getuid(), ::getgid());
        EXPECT_TRUE(opened) << opened.error().message();
        client->started(opened->id, ::getpid(), ::getuid());
        return *std::move(opened);
    }
    void drain(std::uint64_t id) {
        bool done = false;
        client->drain(id, [&] { done = true; });
        wait_until([&] { return done; });
    }

    TemporaryDirectory folder;
    std::unique_ptr<loop::Loop> loop = *loop::open_loop();
    JournaldConf conf;
    Disk disk;
    std::uint64_t descriptors = 1024;
    bool starts = true;
    int launches = 0;
    bool recorder_ended = false;
    std::vector<std::string> logged;
    std::vector<std::string> kept;
    std::uint64_t missed_deaths = 0;
    std::optional<FakeStore> store;
    std::unique_ptr<Recorder> recorder;
    std::unique_ptr<Client> client;
};

void write(base::Fd const& fd, std::string_view text) { ASSERT_TRUE(base::sys::write_all(fd.get(), text)); }

TEST(Recorder, has_last_words_when_drain_says_so) {
    House house;
    auto stream = house.open("web.service");
    write(stream.write, "first\nlast words");
    stream.write.reset();
    house.drain(stream.id);
    EXPECT_THAT(house.disk.messages(), ElementsAre("first", "last words"));
    house.wait_until([&] { return house.client->streams() == 0; });
}

TEST(Recorder, keeps_the_deaths_that_it_is_told_of) {
    House house;
    house.client->died({"pid=1", "comm=a"});
    house.client->died({"pid=2"});
    house.wait_until([&] { return house.kept.size() == 2; });
    EXPECT_THAT(house.kept, ElementsAre("pid=1", "pid=2"));
    EXPECT_EQ(house.missed_deaths, 0U);
}

TEST(Recorder, that_dies_before_it_has_kept_a_death_is_told_again) {
    House house;
    house.client->died({"pid=1"});
    house.wait_until([&] { return house.kept.size() == 1; });
    house.client->died({"pid=2"});
    house.kill_recorder();
    house.wait_until([&] { return house.kept.back() == "pid=2"; });
    EXPECT_EQ(house.launches, 2);
}

TEST(Recorder, hears_how_many_deaths_could_not_be_kept_for_it) {
    House house;
    house.client->died({"pid=first"});
    house.wait_until([&] { return !house.kept.empty(); });
    house.kept.clear();
    house.kill_recorder();
    for (int n = 0; n < 10000; ++n)
        house.client->died({fmt::format("pid={}", n)});
    house.wait_until([&] { return house.missed_deaths > 0; });
    std::erase(house.kept, "pid=first"); // its acknowledgement may have been on its way
    EXPECT_EQ(house.kept.size() + house.missed_deaths, 10000U);
    EXPECT_EQ(house.kept.front(), "pid=0");
}

TEST(Recorder, listens_to_a_grandchild_after_the_death) {
    House house;
    auto stream = house.open("web.service");
    auto grandchild = *base::sys::duplicate(stream.write.get());
    stream.write.reset();
    house.drain(stream.id);
    house.client->close(stream.id);
    write(grandchild, "still here\n");
    house.wait_until([&] { return house.disk.messages().size() == 1; });
    EXPECT_EQ(house.client->streams(), 1U);
    grandchild.reset();
    house.wait_until([&] { return house.client->streams() == 0; });
}

TEST(Recorder, that_dies_is_started_again_and_given_everything) {
    House house;
    auto stream = house.open("web.service");
    write(stream.write, "one\ntw");
    house.wait_until([&] { return !house.disk.entries.empty(); });
    house.kill_recorder();
    write(stream.write, "o\nthree\n");
    house.client->say({"MESSAGE=said meanwhile", "PRIORITY=6"});
    house.wait_until([&] { return house.disk.entries.size() == 4; });
    EXPECT_EQ(house.launches, 2);
    EXPECT_THAT(house.disk.messages(), testing::UnorderedElementsAre("one", "two", "three", "said meanwhile"));
}

TEST(Recorder, that_dies_at_any_step_has_the_words_of_the_manager_once) {
    int deaths = -1;
    for (int step = 1; deaths != 0; ++step) {
        ASSERT_LT(step, 1000);
        House house;
        house.wait_until([&] { return house.recorder != nullptr; });
        house.disk.steps_left = step;
        house.client->say({"MESSAGE=one", "PRIORITY=6"});
        house.client->say({"MESSAGE=two", "PRIORITY=6"});
        deaths = 0;
        house.wait_until([&] {
            if (house.disk.dead) {
                ++deaths;
                house.disk.live_again();
                house.kill_recorder();
            }
            return house.disk.entries.size() >= 2 && house.recorder != nullptr;
        });
        EXPECT_THAT(house.disk.messages(), ElementsAre("one", "two")) << "killed at step " << step;
    }
}

TEST(Recorder, outlives_its_manager_while_a_stream_is_open) {
    House house;
    auto stream = house.open("web.service");
    house.client.reset();
    write(stream.write, "nobody manages me\n");
    house.wait_until([&] { return house.disk.entries.size() == 1; });
    EXPECT_FALSE(house.recorder_ended);
    stream.write.reset();
    house.wait_until([&] { return house.recorder_ended; });
}

TEST(Recorder, is_found_by_the_next_manager_which_then_holds_its_streams) {
    House house;
    auto stream = house.open("web.service");
    write(stream.write, "one\n");
    house.drain(stream.id);
    house.client.reset();
    house.begin_manager();
    house.wait_until([&] { return house.client->streams() == 1; });
    EXPECT_EQ(house.launches, 1);
    // The new manager keeps the descriptors now: this recorder may die, too.
    house.kill_recorder();
    write(stream.write, "two\n");
    house.wait_until([&] { return house.disk.entries.size() == 2; });
    EXPECT_THAT(house.disk.messages(), ElementsAre("one", "two"));
    EXPECT_EQ(house.disk.entries.back().value("_SYSTEMD_UNIT"), "web.service");
    EXPECT_EQ(house.disk.entries.back().value("_PID"), std::to_string(::getpid()));
}

TEST(Recorder, that_does_not_answer_keeps_no_death_back) {
    House house;
    house.client.reset();
    house.kill_recorder();
    house.starts = false; // the listening socket alone: connected, and nobody there
    auto client = *Client::make(*house.loop, {.runtime_directory = house.folder.path(),
                                              .launch = [](int) { return base::Result<Launched>(Launched{}); },
                                              .drain_limit = std::chrono::milliseconds(20)});
    auto stream = *client->open({.unit = "web.service"}, ::getuid(), ::getgid());
    bool done = false;
    client->drain(stream.id, [&] { done = true; });
    house.wait_until([&] { return done; });
    EXPECT_THAT(house.logged, Contains(testing::HasSubstr("last words in time")));
}

TEST(Recorder, holds_many_streams_apart) {
    House house;
    constexpr int count = 300;
    std::vector<OpenedStream> streams;
    for (int i = 0; i < count; ++i)
        streams.push_back(house.open("web-" + std::to_string(i) + ".service"));
    for (int i = 0; i < count; ++i)
        write(streams[static_cast<std::size_t>(i)].write, "line of " + std::to_string(i) + "\n");
    house.wait_until([&] { return house.disk.entries.size() == count; });
    for (auto const& entry : house.disk.entries)
        EXPECT_EQ("web-" + entry.value("MESSAGE").substr(8) + ".service", entry.value("_SYSTEMD_UNIT"));
    for (auto& stream : streams)
        stream.write.reset();
    house.wait_until([&] { return house.client->streams() == 0; });
}

TEST(Recorder, without_descriptors_left_lets_streams_wait_and_says_so) {
    House house;
    house.client.reset();
    house.kill_recorder();
    house.descriptors = 34; // room for two streams beside what is reserved
    house.begin_manager();
    std::vector<OpenedStream> streams;
    for (int i = 0; i < 4; ++i) {
        streams.push_back(house.open("web.service"));
        write(streams.back().write, "line " + std::to_string(i) + "\n");
    }
    house.wait_until([&] { return house.disk.entries.size() >= 3; });
    EXPECT_THAT(house.disk.messages(), Contains(testing::HasSubstr("no descriptor is left")));
    EXPECT_THAT(house.disk.messages(), testing::Not(Contains("line 3")));
    // The last words of a process that nobody reads keep its death not back.
    house.drain(streams[3].id);
    streams[0].write.reset();
    house.wait_until([&] { return std::ranges::count(house.disk.messages(), "line 2") == 1; });
    streams[1].write.reset();
    house.wait_until([&] { return std::ranges::count(house.disk.messages(), "line 3") == 1; });
}

TEST(Recorder, takes_a_systemd_cat_connection) {
    House house;
    auto const path = house.folder / "stdout";
    ASSERT_TRUE(house.client->serve_connections(*base::sys::listen_unix(path, 0600)));
    auto connection = *base::sys::connect_unix(path);
    write(connection, "cat\n\n5\n1\n0\n0\n0\nhello\n<3>broken\n");
    house.wait_until([&] { return house.disk.entries.size() == 2; });
    EXPECT_EQ(house.disk.entries[0].value("SYSLOG_IDENTIFIER"), "cat");
    EXPECT_EQ(house.disk.entries[0].value("PRIORITY"), "5");
    EXPECT_EQ(house.disk.entries[1].value("PRIORITY"), "3");
    EXPECT_EQ(house.disk.entries[1].value("_PID"), std::to_string(::getpid()));
}

class Sockets : public testing::Test {
protected:
    base::Fd serve(SocketKind kind) {
        auto const path = house.folder / "log";
        house.client->serve(kind, *base::sys::bind_datagrams(path, 0600));
        return *base::sys::datagram_socket();
    }
    void send(base::Fd const& socket, std::string_view text) {
        ASSERT_TRUE(base::sys::send_to(socket.get(), text, house.folder / "log"));
    }
    House house;
};

TEST_F(Sockets, dev_log_is_read_with_who_sent) {
    auto const socket = serve(SocketKind::syslog);
    send(socket, "<11>Nov 22 17:45:05 cron[12]: text");
    house.wait_until([&] { return house.disk.entries.size() == 1; });
    auto const& entry = house.disk.entries.front();
    EXPECT_EQ(entry.value("MESSAGE"), "text");
    EXPECT_EQ(entry.value("PRIORITY"), "3");
    EXPECT_EQ(entry.value("SYSLOG_FACILITY"), "1");
    EXPECT_EQ(entry.value("SYSLOG_IDENTIFIER"), "cron");
    EXPECT_EQ(entry.value("SYSLOG_PID"), "12");
    EXPECT_EQ(entry.value("_TRANSPORT"), "syslog");
    EXPECT_EQ(entry.value("_PID"), std::to_string(::getpid()));
    EXPECT_EQ(entry.value("_UID"), std::to_string(::getuid()));
    EXPECT_EQ(entry.value("_COMM"), read_command(::getpid()));
    EXPECT_FALSE(entry.value("_EXE").empty());
    EXPECT_FALSE(entry.value("_CMDLINE").empty());
}

TEST_F(Sockets, the_native_protocol_carries_any_fields) {
    auto const socket = serve(SocketKind::native);
    send(socket, "MESSAGE=one\nPRIORITY=4\nCODE_FILE=x.c\n\nMESSAGE=two\n_PID=1\n");
    house.wait_until([&] { return house.disk.entries.size() == 3; });
    EXPECT_EQ(house.disk.entries[0].value("CODE_FILE"), "x.c");
    EXPECT_EQ(house.disk.entries[1].value("MESSAGE"), "two");
    EXPECT_THAT(house.disk.entries[2].value("MESSAGE"), testing::HasSubstr("_PID")); // what was left out is said
    EXPECT_EQ(house.disk.entries[1].value("_PID"), std::to_string(::getpid()));
}

TEST_F(Sockets, the_unit_of_a_sender_is_that_of_the_process_that_was_started) {
    auto const socket = serve(SocketKind::syslog);
    auto const stream = house.open("web.service"); // started with our own pid
    send(socket, "<13>web: text");
    house.wait_until([&] { return house.disk.entries.size() == 1; });
    EXPECT_EQ(house.disk.entries.front().value("_SYSTEMD_UNIT"), "web.service");
}

TEST(SocketsKilled, at_any_step_lose_no_datagram_and_write_none_twice) {
    int deaths = -1;
    for (int step = 1; deaths != 0; ++step) {
        ASSERT_LT(step, 1000);
        House house;
        auto const path = house.folder / "log";
        house.client->serve(SocketKind::native, *base::sys::bind_datagrams(path, 0600));
        house.wait_until([&] { return house.recorder != nullptr; });
        auto const socket = *base::sys::datagram_socket();
        house.disk.steps_left = step;
        ASSERT_TRUE(base::sys::send_to(socket.get(), "MESSAGE=one\n\nMESSAGE=two\n", path));
        ASSERT_TRUE(base::sys::send_to(socket.get(), "MESSAGE=three\n", path));
        deaths = 0;
        house.wait_until([&] {
            if (house.disk.dead) {
                ++deaths;
                house.disk.live_again();
                house.kill_recorder();
            }
            return house.disk.entries.size() >= 3 && house.recorder != nullptr;
        });
        EXPECT_THAT(house.disk.messages(), ElementsAre("one", "two", "three")) << "killed at step " << step;
    }
}

} // namespace
} // namespace mitori::journal
