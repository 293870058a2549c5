// The state table of services: the whole of it as a golden text, and what holds of every row.
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <set>
#include <sstream>

#include "manager/service_steps.hpp"

namespace mitori::manager {
namespace {

using testing::IsEmpty;

std::string name(ServiceState state) { return std::string(base::word(state)); }

std::vector<ServiceState> states() {
    std::vector<ServiceState> all;
    for (auto const& entry : base::Names<ServiceState>::table)
        all.push_back(entry.value);
    return all;
}

std::vector<Event> events() {
    std::vector<Event> all;
    for (auto const& entry : base::Names<Event>::table)
        all.push_back(entry.value);
    return all;
}

/// Every cell that is named, "state  event  next"; "=" for one that stays.
std::string show_table() {
    std::string text;
    for (auto const from : states())
        for (auto const event : events()) {
            auto const [to, act] = step(from, event);
            if (act == Act::refuse) continue;
            text += fmt::format("{:14} {:16} {}\n", base::word(from), base::word(event),
                                act == Act::stay ? "=" : base::word(to));
        }
    return text;
}

bool has_processes(ServiceState state) {
    return state >= ServiceState::condition && state <= ServiceState::final_sigkill;
}

/// Where a stop has nothing to do but to say so.
bool rests(ServiceState state) {
    return state == ServiceState::dead || state == ServiceState::failed || state == ServiceState::auto_restart;
}

std::set<ServiceState> reached_from(ServiceState begin, auto const& allowed) {
    std::set<ServiceState> reached{begin};
    for (bool grown = true; grown;) {
        grown = false;
        for (auto const& row : service_rows())
            if (reached.contains(row.from) && allowed(row)) grown |= reached.insert(row.to).second;
    }
    return reached;
}

TEST(ServiceSteps, are_those_of_the_golden_table) {
    std::ifstream file(MITORI_TEST_DATA "/golden/service_table.txt");
    std::stringstream golden;
    golden << file.rdbuf();
    EXPECT_EQ(show_table(), golden.str()) << "if the change is meant, this is the new table:\n" << show_table();
}

TEST(ServiceSteps, answer_as_the_rows_say_and_refuse_everything_else) {
    std::size_t named = 0;
    for (auto const from : states())
        for (auto const event : events()) {
            auto const row = std::ranges::find_if(
                service_rows(), [&](Row const& each) { return each.from == from && each.on == event; });
            auto const answer = step(from, event);
            if (row == service_rows().end()) {
                EXPECT_EQ(answer, (Step{from, Act::refuse})) << name(from) << " " << base::word(event);
                continue;
            }
            ++named;
            EXPECT_EQ(answer.to, row->to);
            EXPECT_EQ(answer.act, row->to == from ? Act::stay : entry_act(row->to));
        }
    EXPECT_EQ(named, service_rows().size());
}

TEST(ServiceSteps, let_every_state_with_processes_be_stopped) {
    for (auto const state : states())
        EXPECT_EQ(step(state, Event::stop).act == Act::refuse, !has_processes(state) && !rests(state)) << name(state);
}

TEST(ServiceSteps, never_go_up_again_once_the_way_down_has_begun) {
    for (auto const& row : service_rows()) {
        if (active_state(row.from) != ActiveState::deactivating || row.to == ServiceState::auto_restart) continue;
        EXPECT_THAT(active_state(row.to),
                    testing::AnyOf(ActiveState::deactivating, ActiveState::inactive, ActiveState::failed))
            << name(row.from) << " " << base::word(row.on);
    }
}

TEST(ServiceSteps, leave_dead_only_by_a_start_or_for_a_life_that_another_manager_began) {
    for (auto const& row : service_rows()) {
        if (row.from != ServiceState::dead || row.to == ServiceState::dead) continue;
        EXPECT_THAT(row.on, testing::AnyOf(Event::start, Event::refused_start, Event::resumed, Event::left_over));
    }
}

TEST(ServiceSteps, lead_out_of_every_state_by_time_outs_alone) {
    auto const is_time_out = [](Row const& row) {
        return row.on == Event::timeout_stop || row.on == Event::end_failed;
    };
    for (auto const state : states()) {
        // Without a limit of their own: RemainAfterExit= stays; a reload's commands are killed instead.
        if (!has_processes(state) || state == ServiceState::exited || state == ServiceState::reload) continue;
        // From stop_post on a time-out leads to the last signal, whose own is the end.
        auto const reached = reached_from(state, [&](Row const& row) {
            return is_time_out(row) || (row.from == ServiceState::reload_signal && row.on == Event::alive);
        });
        EXPECT_TRUE(reached.contains(ServiceState::failed)) << name(state);
    }
}

TEST(ServiceSteps, run_no_exec_stop_for_a_start_that_has_not_succeeded) {
    for (auto const& row : service_rows()) {
        if (row.to != ServiceState::stop || active_state(row.from) != ActiveState::activating) continue;
        EXPECT_EQ(row.on, Event::gone) << name(row.from) << " " << base::word(row.on);
    }
}

TEST(ServiceSteps, leave_a_running_list_of_commands_only_for_a_signal_or_when_it_is_over) {
    // A second list beside one that still runs would lose sight of its process.
    auto const over = {Event::commands_done, Event::commands_failed, Event::condition_unmet, Event::alive, Event::kept,
                       Event::gone,          Event::unwell,          Event::reloading};
    for (auto const& row : service_rows()) {
        bool const two_lists = entry_act(row.from) == Act::run_commands && entry_act(row.to) == Act::run_commands;
        if (!two_lists || row.from == row.to) continue;
        EXPECT_TRUE(std::ranges::find(over, row.on) != over.end()) << name(row.from) << " " << base::word(row.on);
    }
}

TEST(ServiceSteps, have_an_act_for_every_state_that_is_reached) {
    for (auto const& row : service_rows())
        EXPECT_NE(entry_act(row.to), Act::refuse) << name(row.to);
}

TEST(ServiceSteps, are_shown_in_words_that_are_all_different) {
    std::set<std::string_view> words;
    for (auto const& entry : base::Names<Event>::table)
        EXPECT_TRUE(words.insert(entry.word).second) << entry.word;
    for (auto const state : states())
        EXPECT_THAT(name(state), testing::Not(IsEmpty()));
}

} // namespace
} // namespace mitori::manager
