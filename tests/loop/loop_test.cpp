// The promises of loop.hpp, asked of the real loop and of the fake one: what a test of the manager sees is what the
// manager will get.
#include <array>
#include <cerrno>
#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "fake/fake_loop.hpp"
#include "loop/loop.hpp"

namespace mitori::loop {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// Makes a loop, and a descriptor ready on it.
struct Real {
    std::unique_ptr<Loop> loop = *open_loop();
    void make_readable(base::sys::Pair const& pair) { ASSERT_TRUE(base::sys::write_all(pair.second.get(), "x")); }
    void raise(base::Signal signal) { ::kill(::getpid(), signal.number); }
};
struct Fake {
    std::unique_ptr<test::FakeLoop> loop = std::make_unique<test::FakeLoop>();
    void make_readable(base::sys::Pair const& pair) { loop->make_readable(pair.first.get()); }
    void raise(base::Signal signal) { loop->raise(signal); }
};

template <class Kind>
class AnyLoop : public testing::Test {
protected:
    Kind kind;
    std::vector<std::string> seen;
    std::vector<WatchPtr> watches;

    Loop& loop() { return *kind.loop; }
    void keep(base::Result<WatchPtr> watch) {
        ASSERT_TRUE(watch) << watch.error().message();
        watches.push_back(std::move(*watch));
    }
    auto say(std::string text) {
        return [this, text] { seen.push_back(text); };
    }
    /// Deferred work is the least urgent: when it runs, all that was due before has run.
    void run_until_quiet() {
        auto const last = loop().defer([this] { loop().stop(0); });
        ASSERT_TRUE(last);
        ASSERT_EQ(loop().run(), 0);
    }
    base::sys::Pair sockets() { return *base::sys::socket_pair(SOCK_STREAM | SOCK_NONBLOCK); }
};

using Kinds = testing::Types<Real, Fake>;
TYPED_TEST_SUITE(AnyLoop, Kinds);

TYPED_TEST(AnyLoop, runs_the_more_urgent_first) {
    auto const exits = this->sockets();
    auto const clients = this->sockets();
    auto const messages = this->sockets();
    this->keep(this->loop().defer(this->say("idle")));
    this->keep(this->loop().at(this->loop().now().monotonic, 0us, this->say("timer")));
    this->keep(this->loop().on_ready(clients.first.get(), Interest::read, Urgency::normal,
                                     [this](Ready) { this->seen.push_back("client"), this->watches[2].reset(); }));
    this->keep(this->loop().on_ready(exits.first.get(), Interest::read, Urgency::exit,
                                     [this](Ready) { this->seen.push_back("exit"), this->watches[3].reset(); }));
    this->keep(this->loop().on_ready(messages.first.get(), Interest::read, Urgency::notify,
                                     [this](Ready) { this->seen.push_back("notify"), this->watches[4].reset(); }));
    for (auto const* pair : {&clients, &exits, &messages})
        this->kind.make_readable(*pair);
    this->run_until_quiet();
    EXPECT_THAT(this->seen, ElementsAre("notify", "exit", "client", "timer", "idle"));
}

TYPED_TEST(AnyLoop, runs_deferred_work_in_order_and_once) {
    for (auto const* text : {"a", "b", "c", "d", "e"})
        this->keep(this->loop().defer(this->say(text)));
    this->run_until_quiet();
    EXPECT_THAT(this->seen, ElementsAre("a", "b", "c", "d", "e"));
}

TYPED_TEST(AnyLoop, lets_urgent_work_in_between_two_deferred_pieces) {
    auto const pair = this->sockets();
    this->keep(this->loop().on_ready(pair.first.get(), Interest::read, Urgency::normal,
                                     [this](Ready) { this->seen.push_back("ready"), this->watches[0].reset(); }));
    this->keep(this->loop().defer([&] { this->seen.push_back("first"), this->kind.make_readable(pair); }));
    this->keep(this->loop().defer(this->say("second")));
    this->run_until_quiet();
    EXPECT_THAT(this->seen, ElementsAre("first", "ready", "second"));
}

TYPED_TEST(AnyLoop, fires_timers_in_the_order_of_their_times) {
    auto const now = this->loop().now().monotonic;
    this->keep(this->loop().at(now + 3ms, 0us, [this] { this->seen.push_back("3"), this->loop().stop(7); }));
    this->keep(this->loop().at(now + 1ms, 0us, this->say("1")));
    this->keep(this->loop().at(now + 2ms, 0us, this->say("2")));
    this->keep(this->loop().at(now + 2ms, 0us, this->say("2 too")));
    this->keep(this->loop().at(base::infinity, 0us, this->say("never")));
    EXPECT_EQ(this->loop().run(), 7);
    EXPECT_THAT(this->seen, ElementsAre("1", "2", "2 too", "3"));
}

TYPED_TEST(AnyLoop, fires_no_timer_before_its_time) {
    auto const due = this->loop().now().monotonic + 2ms;
    base::Usec fired{0};
    this->keep(this->loop().at(due, 0us, [&] { fired = this->loop().now().monotonic, this->loop().stop(0); }));
    ASSERT_EQ(this->loop().run(), 0);
    EXPECT_GE(fired, due);
}

TYPED_TEST(AnyLoop, forgets_what_is_no_longer_watched) {
    auto const pair = this->sockets();
    auto const now = this->loop().now().monotonic;
    this->keep(this->loop().on_ready(pair.first.get(), Interest::read, Urgency::normal,
                                     [this](Ready) { this->seen.push_back("ready"); }));
    this->keep(this->loop().at(now, 0us, this->say("timer")));
    this->keep(this->loop().defer(this->say("deferred")));
    this->keep(this->loop().on_signal({SIGUSR1}, this->say("signal")));
    this->kind.make_readable(pair);
    this->watches.clear();
    this->run_until_quiet();
    EXPECT_THAT(this->seen, IsEmpty());
}

TYPED_TEST(AnyLoop, lets_a_handler_drop_its_own_watch) {
    auto const pair = this->sockets();
    auto const text = std::make_shared<std::string>("still here");
    this->keep(this->loop().on_ready(pair.first.get(), Interest::read, Urgency::normal, [this, text](Ready) {
        this->watches.clear();
        this->seen.push_back(*text); // what the handler holds lives until it returns
    }));
    this->keep(this->loop().at(this->loop().now().monotonic, 0us, this->say("dropped by the first")));
    this->kind.make_readable(pair);
    this->run_until_quiet();
    EXPECT_THAT(this->seen, ElementsAre("still here"));
    EXPECT_EQ(text.use_count(), 1);
}

TYPED_TEST(AnyLoop, lets_a_timer_drop_itself_and_set_the_next) {
    auto const now = this->loop().now().monotonic;
    this->keep(this->loop().at(now, 0us, [this, now] {
        this->seen.push_back("first");
        this->watches.clear();
        this->keep(this->loop().at(now + 1us, 0us, [this] { this->seen.push_back("second"), this->loop().stop(0); }));
    }));
    ASSERT_EQ(this->loop().run(), 0);
    EXPECT_THAT(this->seen, ElementsAre("first", "second"));
}

TYPED_TEST(AnyLoop, delivers_signals) {
    this->keep(this->loop().on_signal({SIGUSR1}, [this] { this->seen.push_back("USR1"), this->loop().stop(0); }));
    this->kind.raise({SIGUSR1});
    ASSERT_EQ(this->loop().run(), 0);
    EXPECT_THAT(this->seen, ElementsAre("USR1"));
}

TYPED_TEST(AnyLoop, goes_on_after_a_handler_threw) {
    std::vector<std::string> logged;
    base::set_log_sink([&](base::Priority, std::string_view text) { logged.emplace_back(text); });
    this->keep(this->loop().defer([] { throw std::runtime_error("no such luck"); }));
    this->keep(this->loop().defer([] { throw 7; })); // NOLINT(hicpp-exception-baseclass): any of them
    this->keep(this->loop().defer(this->say("after")));
    this->run_until_quiet();
    base::set_log_sink({});
    EXPECT_THAT(this->seen, ElementsAre("after"));
    EXPECT_THAT(logged, ElementsAre(testing::HasSubstr("no such luck"), testing::HasSubstr("no reason")));
}

TYPED_TEST(AnyLoop, refuses_a_descriptor_that_is_none_or_watched_already) {
    auto const pair = this->sockets();
    auto const nothing = [](Ready) {};
    this->keep(this->loop().on_ready(pair.first.get(), Interest::read, Urgency::normal, nothing));
    EXPECT_EQ(this->loop().on_ready(-1, Interest::read, Urgency::normal, nothing).error().number, EBADF);
    EXPECT_EQ(this->loop().on_ready(pair.first.get(), Interest::read, Urgency::normal, nothing).error().number, EEXIST);
}

TEST(RealLoop, tells_reading_writing_and_hang_up_apart) {
    auto const loop = *open_loop();
    auto pair = *base::sys::socket_pair(SOCK_STREAM | SOCK_NONBLOCK);
    std::vector<std::pair<bool, bool>> seen;
    auto watch = loop->on_ready(pair.first.get(), Interest::read_and_write, Urgency::normal, [&](Ready ready) {
        seen.emplace_back(ready.read, ready.write);
        if (seen.size() == 1) static_cast<void>(base::sys::write_all(pair.second.get(), "x"));
        if (seen.size() == 2) pair.second.reset();
        if (seen.size() == 3) loop->stop(0);
    });
    ASSERT_EQ(loop->run(), 0);
    EXPECT_THAT(seen, ElementsAre(std::pair(false, true), std::pair(true, true), std::pair(true, true)));
}

TEST(RealLoop, a_reader_learns_of_the_hang_up) {
    auto const loop = *open_loop();
    auto pipe = *base::sys::pipe();
    Ready seen;
    auto watch = loop->on_ready(pipe.first.get(), Interest::read, Urgency::normal, [&](Ready ready) {
        seen = ready;
        loop->stop(0);
    });
    pipe.second.reset();
    ASSERT_EQ(loop->run(), 0);
    EXPECT_TRUE(seen.read && seen.write);
}

TEST(RealLoop, is_an_sd_event_that_a_bus_can_be_attached_to) { EXPECT_NE((*open_loop())->native(), nullptr); }

TEST(FakeLoop, gives_each_timer_the_time_it_asked_for) {
    test::FakeLoop loop;
    auto const start = loop.now().monotonic;
    std::vector<base::Usec> seen;
    WatchPtr second;
    auto const first = loop.at(start + 10s, 0us, [&] {
        seen.push_back(loop.now().monotonic - start);
        second = *loop.at(loop.now().monotonic + 10s, 0us, [&] { seen.push_back(loop.now().monotonic - start); });
    });
    loop.advance(15s);
    EXPECT_THAT(seen, ElementsAre(10s));
    EXPECT_EQ(loop.now().monotonic - start, 15s);
    EXPECT_EQ(loop.next_timer(), start + 20s);
    loop.advance(15s);
    EXPECT_THAT(seen, ElementsAre(10s, 20s));
    EXPECT_EQ(loop.next_timer(), std::nullopt);
}

TEST(FakeLoop, keeps_readiness_for_who_comes_later) {
    test::FakeLoop loop;
    int count = 0;
    loop.make_readable(7);
    auto watch = loop.on_ready(7, Interest::read, Urgency::exit, [&](Ready) { ++count; });
    loop.settle();
    loop.settle();
    EXPECT_EQ(count, 1);
    EXPECT_TRUE(loop.watches(7));
    watch->reset();
    EXPECT_FALSE(loop.watches(7));
}

TEST(FakeLoop, says_when_nothing_can_happen_any_more) {
    test::FakeLoop loop;
    EXPECT_EQ(loop.run().error().number, EDEADLK);
}

} // namespace
} // namespace mitori::loop
