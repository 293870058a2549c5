// What keys do: selection, order, filter, search, signals with their confirmation, panes.
#include <gtest/gtest.h>

#include "top/desk.hpp"
#include "top/sample.hpp"

namespace mitori::top {
namespace {
using test::process;
using test::sample;

struct FakeDeeds final : Deeds {
    std::string inspect(pid_t pid) override { return "all of " + std::to_string(pid) + "\n\tsecond\n"; }
    std::string why(std::string const& whom) override { return "why " + whom + "\n"; }
    std::string unit(std::string const& name) override { return "state of " + name + "\n"; }
    std::string logs_of_unit(std::string const& name) override {
        std::string text;
        for (int i = 0; i < 100; ++i)
            text += name + " line " + std::to_string(i) + "\n";
        return text;
    }
    std::string logs_of_process(pid_t pid) override { return "words of " + std::to_string(pid) + "\n"; }
    std::vector<std::string> targets(Whom const& whom) override {
        asked = whom;
        if (nobody) return {};
        return whom.kind == Whom::Kind::process ? std::vector<std::string>{"101 worker"}
                                                : std::vector<std::string>{"101 worker", "102 worker"};
    }
    Sent send(Whom const& whom, base::Signal signal) override {
        sent.emplace_back(whom, signal);
        return {.hit = targets(whom), .refused = refused};
    }
    bool nobody = false;
    std::vector<std::string> refused;
    std::optional<Whom> asked;
    std::vector<std::pair<Whom, base::Signal>> sent;
};

class DeskTest : public testing::Test {
protected:
    DeskTest() : desk(Board(), {}, {}, deeds) {
        desk.resize({.rows = 24, .columns = 80});
        desk.take(sample());
    }
    Wish press(Key::Kind kind) { return desk.on_key({.kind = kind}); }
    Wish type(std::string_view text) {
        auto wish = Wish::none;
        for (char const c : text)
            wish = desk.on_key({.kind = Key::Kind::character, .character = static_cast<char32_t>(c)});
        return wish;
    }
    /// The number of the selected process; 0 for a group.
    pid_t pid() {
        auto const row = desk.selected();
        return row && row->kind == Kind::process ? look.processes[row->index].pid : 0;
    }
    std::string line(std::size_t row) {
        auto const picture = desk.picture();
        return row < picture.lines.size() ? text_of(picture.lines[row]) : "";
    }
    std::string footer() { return text_of(desk.picture().lines.back()); }
    bool shows(std::string_view text) {
        for (auto const& one : desk.picture().lines)
            if (text_of(one).find(text) != std::string::npos) return true;
        return false;
    }
    /// Selects the row of a process by its number.
    void select(pid_t wanted) {
        press(Key::Kind::home);
        for (int i = 0; i < 30 && pid() != wanted; ++i)
            press(Key::Kind::down);
        ASSERT_EQ(pid(), wanted);
    }

    FakeDeeds deeds;
    Look look = sample();
    Desk desk;
};

TEST_F(DeskTest, keeps_the_selection_on_its_process_through_a_refresh) {
    select(101);
    look.number = 2;
    look.processes[4].cpu = 3; // 102 runs ahead of it
    desk.take(look);
    EXPECT_EQ(pid(), 101);
    look.number = 3;
    look.processes.erase(look.processes.begin() + 3);
    desk.take(look);
    EXPECT_NE(pid(), 101) << "it is gone, and the selection stays where it was";
    EXPECT_TRUE(desk.selected());
}

TEST_F(DeskTest, stays_at_the_top_until_somebody_moves) {
    EXPECT_EQ(desk.selected()->kind, Kind::unit);
    look.number = 2;
    look.processes[6].cpu = 9;
    desk.take(look);
    EXPECT_EQ(desk.selected()->kind, Kind::loose) << "the first row, whoever that is";
}

TEST_F(DeskTest, survives_a_look_without_anybody) {
    select(101);
    desk.take({});
    EXPECT_FALSE(desk.selected());
    for (auto const* const keys : {"k", "i", "w", "l", "u", " ", "n"})
        type(keys);
    EXPECT_EQ(press(Key::Kind::down), Wish::none);
}

TEST_F(DeskTest, filters_while_it_is_typed) {
    type("\\worker");
    EXPECT_TRUE(shows("nginx: worker"));
    EXPECT_FALSE(shows("redis"));
    EXPECT_TRUE(shows("Filter: worker"));
    press(Key::Kind::erase);
    type("rr");
    EXPECT_FALSE(shows("nginx: worker"));
    press(Key::Kind::escape);
    EXPECT_TRUE(shows("redis")) << "Escape leaves without a filter";
    type("\\redis");
    press(Key::Kind::enter);
    EXPECT_TRUE(shows("filter 'redis'"));
    EXPECT_FALSE(shows("nginx"));
}

TEST_F(DeskTest, searches_onwards_and_round) {
    type("/WORKER");
    EXPECT_EQ(pid(), 101);
    press(Key::Kind::enter);
    type("n");
    EXPECT_EQ(pid(), 102);
    type("n");
    EXPECT_EQ(pid(), 101);
    type("/nothing of that kind");
    press(Key::Kind::enter);
    type("n");
    EXPECT_EQ(footer(), "nothing here holds 'nothing of that kind'");
}

TEST_F(DeskTest, sorts_by_letters_titles_and_their_neighbours) {
    type("M");
    EXPECT_EQ(footer(), "sorted by mem, greatest first");
    type("M");
    EXPECT_EQ(footer(), "sorted by mem, least first");
    type("P>");
    EXPECT_EQ(footer(), "sorted by mem, greatest first");
    type("<");
    EXPECT_EQ(footer(), "sorted by cpu, greatest first");
    EXPECT_EQ(desk.on_key({.kind = Key::Kind::click, .row = list_top({}) - 1, .column = 3}), Wish::none);
    EXPECT_EQ(footer(), "sorted by pid, least first");
    desk.on_key({.kind = Key::Kind::click, .row = list_top({}) - 1, .column = 79});
    EXPECT_EQ(footer(), "sorted by command, least first");
}

TEST_F(DeskTest, folds_and_flattens) {
    EXPECT_TRUE(shows("worker"));
    type(" ");
    EXPECT_FALSE(shows("worker"));
    press(Key::Kind::right);
    EXPECT_TRUE(shows("worker"));
    type("t");
    EXPECT_FALSE(shows("(no unit)"));
    EXPECT_TRUE(shows("bash"));
}

TEST_F(DeskTest, takes_clicks_and_the_wheel) {
    desk.on_key({.kind = Key::Kind::click, .row = list_top({}) + 2, .column = 60});
    EXPECT_EQ(pid(), 101);
    press(Key::Kind::wheel_up);
    EXPECT_EQ(desk.selected()->kind, Kind::unit);
    desk.on_key({.kind = Key::Kind::click, .row = list_top({}), .column = 60});
    EXPECT_FALSE(shows("worker")) << "a click on the selected row folds it";
    desk.on_key({.kind = Key::Kind::click, .row = 23, .column = 0});
}

TEST_F(DeskTest, sends_a_signal_only_after_a_yes) {
    select(101);
    type("k");
    EXPECT_TRUE(shows("Signal to 101 (nginx: worker process): TERM"));
    press(Key::Kind::enter);
    EXPECT_TRUE(shows("SIGTERM to 1 process?"));
    EXPECT_TRUE(shows("101 worker"));
    type("n");
    EXPECT_EQ(footer(), "nothing was sent");
    EXPECT_TRUE(deeds.sent.empty());

    type("k");
    for (int i = 0; i < 4; ++i)
        press(Key::Kind::erase);
    type("hup");
    press(Key::Kind::enter);
    type("t");
    EXPECT_TRUE(shows("SIGHUP to 2 processes?"));
    type("y");
    ASSERT_EQ(deeds.sent.size(), 1U);
    auto const& [whom, signal] = deeds.sent.front();
    EXPECT_EQ(whom.kind, Whom::Kind::tree);
    EXPECT_EQ(whom.pid, 101);
    EXPECT_EQ(whom.start_ticks, 1010U) << "this process, and no later one of its number";
    EXPECT_EQ(signal.number, SIGHUP);
    EXPECT_EQ(footer(), "SIGHUP to 2 processes");
}

TEST_F(DeskTest, sends_signals_to_units_and_says_who_may_not_be_hit) {
    deeds.refused = {"102 worker"};
    type("k");
    EXPECT_TRUE(shows("Signal to nginx.service: TERM"));
    press(Key::Kind::enter);
    type("y");
    ASSERT_EQ(deeds.sent.size(), 1U);
    EXPECT_EQ(deeds.sent.front().first.kind, Whom::Kind::unit);
    EXPECT_EQ(deeds.sent.front().first.name, "nginx.service");
    EXPECT_TRUE(shows("not permitted: 102 worker"));
}

TEST_F(DeskTest, sends_nothing_to_nobody_or_by_no_signal) {
    type("kX");
    press(Key::Kind::enter);
    EXPECT_EQ(footer(), "there is no signal 'TERMX'");
    deeds.nobody = true;
    type("k");
    press(Key::Kind::enter);
    EXPECT_EQ(footer(), "there is nobody to send it to");
    type("k");
    press(Key::Kind::escape);
    type("y");
    EXPECT_TRUE(deeds.sent.empty());
    select(1);
    press(Key::Kind::up); // (no unit)
    type("k");
    EXPECT_EQ(footer(), "signals are for a process, a unit or a container");
}

TEST_F(DeskTest, sends_no_signals_when_it_is_secure) {
    Desk secure(Board(), {}, {.is_secure = true}, deeds);
    secure.resize({.rows = 24, .columns = 80});
    secure.take(sample());
    static_cast<void>(secure.on_key({.kind = Key::Kind::character, .character = 'k'}));
    EXPECT_FALSE(deeds.asked);
}

TEST_F(DeskTest, shows_what_the_verbs_say) {
    select(101);
    type("i");
    EXPECT_TRUE(shows("all of 101"));
    EXPECT_TRUE(shows("        second")) << "a tab is blanks";
    type("q");
    EXPECT_TRUE(shows("COMMAND"));
    type("w");
    EXPECT_TRUE(shows("why nginx.service"));
    press(Key::Kind::escape);
    type("u");
    EXPECT_TRUE(shows("state of nginx.service"));
    type("q");
    type("l");
    EXPECT_TRUE(shows("words of 101"));
    type("q");
    press(Key::Kind::home);
    type("l");
    EXPECT_TRUE(shows("nginx.service line 99")) << "logs are shown from their end";
    press(Key::Kind::home);
    EXPECT_TRUE(shows("nginx.service line 0"));
    press(Key::Kind::page_down);
    EXPECT_TRUE(shows("23-44 of 100"));
    EXPECT_EQ(type("q"), Wish::none) << "that leaves the pane";
    EXPECT_EQ(type("q"), Wish::quit);
}

TEST_F(DeskTest, takes_another_interval) {
    type("d0.5");
    press(Key::Kind::enter);
    EXPECT_EQ(desk.interval(), std::chrono::milliseconds(500));
    EXPECT_TRUE(shows("every 0.5 s"));
    type("dsoon");
    press(Key::Kind::enter);
    EXPECT_EQ(desk.interval(), std::chrono::milliseconds(500));
    type("p");
    EXPECT_TRUE(desk.is_paused());
    EXPECT_TRUE(shows("paused"));
}

TEST_F(DeskTest, scrolls_long_lists) {
    Look many;
    many.number = 5;
    for (pid_t p = 1; p <= 200; ++p)
        many.processes.push_back(process(p, 0, "number " + std::to_string(p)));
    desk.take(many);
    type("N");
    press(Key::Kind::end);
    EXPECT_TRUE(shows("number 200"));
    desk.resize({.rows = 10, .columns = 40});
    EXPECT_TRUE(shows("number 200"));
    press(Key::Kind::home);
    EXPECT_TRUE(shows("(no unit)"));
}

} // namespace
} // namespace mitori::top
