// Which rows stand where, and what is kept from one look to the next.
#include <gtest/gtest.h>

#include "top/sample.hpp"

namespace mitori::top {
namespace {
using test::board_of;
using test::process;
using test::sample;
using Words = std::vector<std::string>;

/// "  101" for each row: two blanks for each step down, then the number or the group's name.
Words drawn(Board const& board, Choice const& choice) {
    Words lines;
    for (auto const& row : board.rows(choice)) {
        auto const name = row.kind == Kind::process ? std::to_string(board.process(row).pid) : board.group(row).name;
        lines.push_back(std::string(row.depth * 2, ' ') + name + (row.is_folded ? "+" : ""));
    }
    return lines;
}

TEST(Board, puts_processes_under_their_unit_and_their_parent) {
    auto const board = board_of(sample());
    EXPECT_EQ(drawn(board, {}),
              (Words{"nginx.service", "  100", "    101", "    102", "(no unit)", "  1", "    300", "      301",
                     "      302", "broken.service", "docker:0123456789ab", "  400", "redis.service", "  200"}));
}

TEST(Board, adds_up_what_a_group_uses) {
    auto const board = board_of(sample());
    auto const rows = board.rows({});
    auto const& nginx = board.group(rows.front());
    EXPECT_DOUBLE_EQ(nginx.cpu, 1.0);
    EXPECT_EQ(nginx.memory, 30U << 20U);
    EXPECT_EQ(nginx.processes, 3U);
    EXPECT_EQ(nginx.io, 4096);
    EXPECT_EQ(nginx.told->restarts, 3U);
    auto const& redis = board.group(rows[12]);
    EXPECT_EQ(redis.name, "redis.service");
    EXPECT_EQ(redis.io, std::nullopt) << "nobody in it tells";
}

TEST(Board, sorts_groups_and_siblings_alike) {
    auto const board = board_of(sample());
    auto const first = [&](Sort sort, Order order) { return drawn(board, {.sort = sort, .order = order}).front(); };
    EXPECT_EQ(first(Sort::memory, Order::falling), "redis.service");
    EXPECT_EQ(first(Sort::restarts, Order::falling), "broken.service");
    EXPECT_EQ(first(Sort::pressure, Order::falling), "nginx.service");
    EXPECT_EQ(first(Sort::command, Order::rising), "(no unit)");
    auto const by_memory = drawn(board, {.sort = Sort::memory});
    EXPECT_EQ(Words(by_memory.begin() + 2, by_memory.begin() + 6),
              (Words{"nginx.service", "  100", "    102", "    101"}));
}

TEST(Board, lists_processes_alone_when_flat) {
    auto const board = board_of(sample());
    EXPECT_EQ(drawn(board, {.sort = Sort::pid, .order = Order::rising, .shape = Shape::flat}),
              (Words{"1", "100", "101", "102", "200", "300", "301", "302", "400"}));
    auto const all =
        drawn(board, {.sort = Sort::pid, .order = Order::rising, .shape = Shape::flat, .kernel_threads = true});
    EXPECT_EQ(all[1], "2");
}

TEST(Board, filters_by_command_user_unit_and_number) {
    auto const board = board_of(sample());
    EXPECT_EQ(drawn(board, {.filter = "WORKER"}), (Words{"nginx.service", "  100", "    101", "    102"}))
        << "the master stands above those that were found";
    EXPECT_EQ(drawn(board, {.shape = Shape::flat, .filter = "worker"}), (Words{"101", "102"}));
    EXPECT_EQ(drawn(board, {.shape = Shape::flat, .filter = "www-data"}), (Words{"101", "102"}));
    EXPECT_EQ(drawn(board, {.filter = "redis"}), (Words{"redis.service", "  200"}));
    EXPECT_EQ(drawn(board, {.filter = "301"}), (Words{"(no unit)", "  1", "    300", "      301"}));
    EXPECT_EQ(drawn(board, {.filter = "broken"}), (Words{"broken.service"}));
    EXPECT_EQ(drawn(board, {.filter = "nobody has this"}), Words{});
}

TEST(Board, shows_only_whom_options_name) {
    auto const board = board_of(sample());
    Choice choice{.sort = Sort::pid, .order = Order::rising, .shape = Shape::flat};
    choice.pids = {200, 300};
    EXPECT_EQ(drawn(board, choice), (Words{"200", "300"}));
    choice.pids.clear();
    choice.users = {33};
    EXPECT_EQ(drawn(board, choice), (Words{"101", "102"}));
    choice.users.clear();
    choice.unit = "nginx.service";
    EXPECT_EQ(drawn(board, choice), (Words{"100", "101", "102"}));
    choice.unit.clear();
    choice.idle = false;
    EXPECT_EQ(drawn(board, choice), (Words{"101", "102"}));
}

TEST(Board, folds_what_is_below_a_row) {
    auto const board = board_of(sample());
    Choice choice;
    choice.folded.insert({.group = {}, .pid = 100, .start_ticks = 1000});
    choice.folded.insert({.group = "(no unit)"});
    EXPECT_EQ(drawn(board, choice), (Words{"nginx.service", "  100+", "(no unit)+", "broken.service",
                                           "docker:0123456789ab", "  400", "redis.service", "  200"}));
    choice.folded = {{.group = {}, .pid = 100, .start_ticks = 999}};
    EXPECT_EQ(drawn(board, choice)[1], "  100") << "that was another process of this number";
}

TEST(Board, keeps_histories_of_those_that_live) {
    auto board = board_of(sample());
    auto next = sample();
    next.number = 2;
    next.processes[3].cpu = 0.5;
    next.groups[1].restarts = 5;
    board.take(next);
    board.take(next); // more is known of the same look: no new point
    auto const rows = board.rows({});
    EXPECT_EQ(board.process_history(rows[2]).cpu.values(), (std::vector<float>{0.75F, 0.5F}));
    EXPECT_EQ(board.group_history(rows[0]).restarts.values(), (std::vector<float>{2}));
    EXPECT_EQ(board.machine_history().cpu.values().size(), 2U);

    next.number = 3;
    next.processes[3].start_ticks = 77; // the number was given again
    board.take(next);
    EXPECT_EQ(board.process_history(board.rows({})[2]).cpu.values().size(), 1U);
}

TEST(Board, stands_processes_without_a_known_parent_at_the_top) {
    Look look;
    look.number = 1;
    look.processes = {process(5, 4, "orphan"), process(6, 6, "its own parent")};
    EXPECT_EQ(drawn(board_of(look), {.sort = Sort::pid, .order = Order::rising}), (Words{"(no unit)", "  5", "  6"}));
}

TEST(Board, draws_deep_trees) {
    Look look;
    look.number = 1;
    constexpr pid_t deep = 5000;
    for (pid_t pid = 1; pid <= deep; ++pid)
        look.processes.push_back(process(pid, pid - 1, "nested"));
    auto const rows = board_of(look).rows({});
    EXPECT_EQ(rows.size(), deep + 1U);
    EXPECT_EQ(rows.back().depth, static_cast<unsigned>(deep));
}

} // namespace
} // namespace mitori::top
