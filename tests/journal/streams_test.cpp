#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "fake/fake_loop.hpp"
#include "journal/fake_store.hpp"
#include "journal/streams.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::journal {
namespace {

using test::Disk;
using test::FakeLoop;
using test::FakeStore;
using test::TemporaryDirectory;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t web = 7;

/// A recorder's inside, which can be killed and begun again over the same files; the test holds the descriptors, as
/// the manager does.
class Bench {
public:
    Bench() {
        conf.rate.interval = base::Usec(0);
        base::set_log_sink([](base::Priority, std::string_view) {});
        auto ends = base::sys::pipe();
        read = std::move(ends->first);
        write = std::move(ends->second);
        EXPECT_TRUE(base::sys::set_nonblocking(read.get()));
    }
    ~Bench() {
        end();
        base::set_log_sink({});
    }
    Bench(Bench const&) = delete;
    Bench& operator=(Bench const&) = delete;

    void begin() {
        disk.live_again();
        store.emplace(disk);
        auto opened = Inbox::open(folder.path(), [this] { disk.step(); });
        ASSERT_TRUE(opened) << opened.error().message();
        inbox = *std::move(opened);
        book.emplace(loop, *store, BookOptions{.conf = conf, .folder = folder.path()}, nullptr);
        streams.emplace(loop, *inbox, *book, [this](std::uint64_t id) { gone.push_back(id); });
        give(read, connection ? StreamKind::connection : StreamKind::pipe);
        streams->started(web, ::getpid(), 33);
        streams->begin();
    }
    void give(base::Fd const& fd, StreamKind kind) {
        auto copy = base::sys::duplicate(fd.get());
        fd_in_use = copy->get();
        ASSERT_TRUE(streams->add(web, kind, origin, *std::move(copy)));
    }
    void end() {
        streams.reset();
        book.reset();
        inbox.reset();
        store.reset();
    }
    void say(std::string_view text) { ASSERT_TRUE(base::sys::write_all(write.get(), text)); }
    /// One turn of the loop with the stream readable.
    void turn() {
        loop.make_readable(fd_in_use);
        loop.settle();
    }

    TemporaryDirectory folder;
    FakeLoop loop;
    Disk disk;
    JournaldConf conf;
    Origin origin{.unit = "web.service", .invocation = std::string(32, 'a'), .identifier = "web"};
    base::Fd read;
    base::Fd write;
    bool connection = false;
    int fd_in_use = -1;
    std::vector<std::uint64_t> gone;
    std::optional<FakeStore> store;
    std::unique_ptr<Inbox> inbox;
    std::optional<Book> book;
    std::optional<Streams> streams;
};

TEST(Streams, a_line_becomes_an_entry_with_the_fields_of_its_stream) {
    Bench bench;
    bench.begin();
    bench.say("<3>broken\n");
    bench.turn();
    ASSERT_EQ(bench.disk.entries.size(), 1U);
    auto const& entry = bench.disk.entries.front();
    EXPECT_EQ(entry.value("MESSAGE"), "broken");
    EXPECT_EQ(entry.value("PRIORITY"), "3");
    EXPECT_EQ(entry.value("SYSLOG_IDENTIFIER"), "web");
    EXPECT_EQ(entry.value("_TRANSPORT"), "stdout");
    EXPECT_EQ(entry.value("_PID"), std::to_string(::getpid()));
    EXPECT_EQ(entry.value("_UID"), "33");
    EXPECT_EQ(entry.value("_COMM"), read_command(::getpid()));
    EXPECT_EQ(entry.value("_SYSTEMD_UNIT"), "web.service");
    EXPECT_EQ(entry.value("_SYSTEMD_INVOCATION_ID"), std::string(32, 'a'));
}

TEST(Streams, an_unfinished_line_waits_for_its_end) {
    Bench bench;
    bench.begin();
    bench.say("one\ntw");
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("one"));
    bench.say("o\n");
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("one", "two"));
}

TEST(Streams, the_last_line_needs_no_newline_at_the_end_of_the_stream) {
    Bench bench;
    bench.begin();
    bench.say("last words");
    bench.write.reset();
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), IsEmpty());
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("last words"));
    EXPECT_EQ(bench.disk.entries.front().value("_LINE_BREAK"), "eof");
    EXPECT_THAT(bench.gone, ElementsAre(web));
}

TEST(Streams, drain_takes_what_is_there_and_no_more_than_that) {
    Bench bench;
    bench.begin();
    bench.say("one\ntwo\n");
    bench.streams->drain(web);
    EXPECT_THAT(bench.disk.messages(), ElementsAre("one", "two"));
    EXPECT_THAT(bench.gone, IsEmpty()); // the write end is held by us, as by a grandchild
    bench.say("three\n");
    bench.write.reset();
    bench.streams->drain(web);
    EXPECT_THAT(bench.disk.messages(), ElementsAre("one", "two", "three"));
    EXPECT_THAT(bench.gone, ElementsAre(web));
}

TEST(Streams, a_stream_is_not_read_before_its_process_is_known) {
    Bench bench;
    bench.begin();
    auto ends = base::sys::pipe();
    ASSERT_TRUE(base::sys::set_nonblocking(ends->first.get()));
    int const fd = ends->first.get();
    ASSERT_TRUE(bench.streams->add(8, StreamKind::pipe, bench.origin, std::move(ends->first)));
    EXPECT_FALSE(bench.loop.watches(fd));
    bench.streams->started(8, 12, 0);
    EXPECT_TRUE(bench.loop.watches(fd));
}

TEST(Streams, what_is_less_important_than_LogLevelMax_is_dropped) {
    Bench bench;
    bench.origin.level_max = 4;
    bench.begin();
    bench.say("info\n<4>warning\n<7>debug\n<0>emergency\n");
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("warning", "emergency"));
}

TEST(Streams, suppressed_lines_are_counted_and_said_at_the_end) {
    Bench bench;
    bench.origin.rate_interval = std::chrono::seconds(30);
    bench.origin.rate_burst = 2;
    bench.begin();
    auto const burst = scaled_burst(2, bench.book->free_space());
    std::string text;
    for (std::uint64_t i = 0; i < burst + 5; ++i)
        text += "line\n";
    bench.say(text);
    bench.turn();
    EXPECT_EQ(bench.disk.entries.size(), burst);
    bench.write.reset();
    bench.turn();
    ASSERT_EQ(bench.disk.entries.size(), burst + 1);
    EXPECT_EQ(bench.disk.entries.back().value("MESSAGE"), "Suppressed 5 messages from web.service");
    EXPECT_EQ(bench.disk.entries.back().value("N_DROPPED"), "5");
}

TEST(Streams, of_one_unit_have_one_limit_also_after_a_restart) {
    Bench bench;
    bench.conf.rate = {.interval = std::chrono::seconds(30), .burst = 100};
    bench.begin();
    auto const burst = scaled_burst(bench.conf.rate.burst, bench.book->free_space());
    std::string text;
    for (std::uint64_t i = 0; i < burst - 2; ++i)
        text += "line\n";
    bench.say(text);
    bench.turn();
    ASSERT_EQ(bench.disk.entries.size(), burst - 2);
    // The next process of the same unit, and one of another.
    auto const next = [&](std::uint64_t id, std::string const& unit) {
        auto ends = *base::sys::pipe();
        EXPECT_TRUE(base::sys::set_nonblocking(ends.first.get()));
        EXPECT_TRUE(base::sys::write_all(ends.second.get(), "a\nb\nc\nd\n"));
        auto origin = bench.origin;
        origin.unit = unit;
        auto const before = bench.disk.entries.size();
        EXPECT_TRUE(bench.streams->add(id, StreamKind::pipe, origin, std::move(ends.first)));
        bench.streams->started(id, ::getpid(), 33);
        bench.streams->drain(id);
        return bench.disk.entries.size() - before;
    };
    EXPECT_EQ(next(8, "web.service"), 2U);
    EXPECT_EQ(next(9, "other.service"), 4U);
    EXPECT_EQ(next(10, "web.service"), 0U);
    // A recorder that is killed forgets nothing of a unit that still speaks.
    bench.say("one more\n");
    bench.turn();
    bench.end();
    bench.begin();
    EXPECT_EQ(next(11, "web.service"), 0U);
}

TEST(Streams, a_full_disk_costs_lines_that_are_counted_and_said_when_there_is_room) {
    Bench bench;
    bench.begin();
    bench.say("one\n");
    bench.turn();
    bench.disk.room = 1;
    bench.say("two\nthree\n");
    bench.turn();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("one"));
    bench.disk.room = 100;
    bench.say("four\n");
    bench.turn();
    EXPECT_THAT(bench.disk.messages(),
                ElementsAre("one", "web.service: 2 lines could not be written: No space left on device",
                            "lines are written to the journal again: 2 lines of 1 unit could not be written: No space "
                            "left on device",
                            "four"));
}

TEST(Streams, the_loss_is_said_without_a_further_line_too) {
    Bench bench;
    bench.begin();
    bench.disk.room = 0;
    bench.say("one\n");
    bench.turn();
    bench.disk.room = 100;
    bench.loop.advance(std::chrono::seconds(10));
    EXPECT_THAT(bench.disk.messages(),
                ElementsAre("web.service: 1 line could not be written: No space left on device",
                            "lines are written to the journal again: 1 line of 1 unit could not be written: No space "
                            "left on device"));
}

TEST(Streams, a_full_disk_is_said_once_however_many_units_lose_lines) {
    Bench bench;
    std::vector<std::string> said;
    base::set_log_sink([&](base::Priority, std::string_view text) { said.emplace_back(text); });
    bench.begin();
    for (int period = 1; period <= 2; ++period) {
        bench.disk.room = 0;
        auto const at = bench.loop.now();
        for (auto const* unit : {"a.service", "b.service", "a.service"}) {
            std::vector<std::string_view> const fields{"MESSAGE=lost"};
            bench.book->write({.entry = {.at = at, .label = make_label({}), .fields = fields}, .owner = unit});
        }
        // Room for the first unit's share alone: it is not over yet.
        bench.disk.room = bench.disk.entries.size() + 1;
        bench.loop.advance(std::chrono::seconds(10));
        EXPECT_EQ(said.size(), period * 2U - 1);
        bench.disk.room = 100;
        bench.loop.advance(std::chrono::seconds(10));
        ASSERT_EQ(said.size(), period * 2U);
        EXPECT_THAT(said[said.size() - 2], testing::StartsWith("lines cannot be written to the journal: "));
        EXPECT_THAT(said.back(), testing::StartsWith("lines are written to the journal again: 3 lines of 2 units "));
    }
}

/// Lets the recorder die at its n-th step for every n, begins it again, and looks whether each line came once.
template <class Feed>
void die_at_every_step(Feed feed, std::vector<std::string> const& expected, std::size_t put_in_early,
                       StreamKind kind = StreamKind::pipe) {
    bool reached_the_end = false;
    for (int step = 1; !reached_the_end; ++step) {
        ASSERT_LT(step, 10'000);
        Bench bench;
        bench.disk.put_in_early = put_in_early;
        if (kind == StreamKind::connection) {
            auto ends = base::sys::socket_pair(SOCK_STREAM);
            bench.read = std::move(ends->first);
            bench.write = std::move(ends->second);
            bench.connection = true;
        }
        bench.begin();
        bench.disk.steps_left = step;
        int kills = 0;
        auto const turn = [&] {
            bench.turn();
            if (!bench.disk.dead) return;
            ++kills;
            bench.end();
            bench.begin();
            if (bench.gone.empty()) bench.turn();
        };
        feed(bench, turn);
        bench.write.reset();
        for (int i = 0; i < 5 && bench.gone.empty(); ++i)
            turn();
        EXPECT_EQ(bench.gone, std::vector{web}) << "killed at step " << step;
        EXPECT_EQ(bench.disk.messages(), expected) << "killed at step " << step;
        reached_the_end = kills == 0;
        if (testing::Test::HasFailure()) return;
    }
}

TEST(StreamsKilled, at_any_step_lose_no_line_and_write_none_twice) {
    auto const feed = [](Bench& bench, auto const& turn) {
        bench.say("one\ntwo\nthr");
        turn();
        bench.say("ee\n\n<3>four\nfi");
        turn();
        bench.say("ve");
        turn();
        bench.say(" and six\nseven\nrest");
        turn();
    };
    std::vector<std::string> const expected{"one", "two", "three", "four", "five and six", "seven", "rest"};
    die_at_every_step(feed, expected, std::numeric_limits<std::size_t>::max());
    die_at_every_step(feed, expected, 1);
    die_at_every_step(feed, expected, 2);
}

TEST(StreamsKilled, connections_too) {
    auto const feed = [](Bench& bench, auto const& turn) {
        bench.say("logger\nweb.service\n6\n1");
        turn();
        bench.say("\n0\n0\n0\none\ntw");
        turn();
        bench.say("o\n<3>three\n");
        turn();
        bench.say("rest");
        turn();
    };
    die_at_every_step(feed, {"one", "two", "three", "rest"}, 1, StreamKind::connection);
    die_at_every_step(feed, {"one", "two", "three", "rest"}, 100, StreamKind::connection);
}

TEST(StreamsKilled, decide_the_rate_limit_the_same_again) {
    std::vector<std::string> expected;
    {
        Bench bench;
        bench.begin();
        expected.assign(scaled_burst(2, bench.book->free_space()), "line");
    }
    auto const count = expected.size() + 3;
    expected.emplace_back("Suppressed 3 messages from web.service");
    bool reached_the_end = false;
    for (int step = 1; !reached_the_end; ++step) {
        Bench bench;
        bench.origin.rate_interval = std::chrono::seconds(30);
        bench.origin.rate_burst = 2;
        bench.begin();
        bench.disk.steps_left = step;
        for (std::size_t i = 0; i < count; ++i)
            bench.say("line\n");
        bench.turn();
        reached_the_end = !bench.disk.dead;
        if (bench.disk.dead) {
            bench.end();
            bench.begin();
            bench.turn();
        }
        bench.disk.steps_left = -1;
        bench.write.reset();
        bench.turn();
        ASSERT_EQ(bench.disk.messages(), expected) << "killed at step " << step;
    }
}

TEST(StreamsKilled, with_their_manager_leave_the_rest_of_a_line_to_the_next) {
    Bench bench;
    bench.begin();
    bench.say("half a li");
    bench.turn();
    bench.end();
    bench.disk.live_again();
    bench.store.emplace(bench.disk);
    bench.inbox = *Inbox::open(bench.folder.path());
    bench.book.emplace(bench.loop, *bench.store, BookOptions{.folder = bench.folder.path()}, nullptr);
    bench.streams.emplace(bench.loop, *bench.inbox, *bench.book, [](std::uint64_t) {});
    bench.streams->begin();
    EXPECT_THAT(bench.disk.messages(), ElementsAre("half a li"));
}

} // namespace
} // namespace mitori::journal
