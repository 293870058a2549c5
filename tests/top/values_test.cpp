// Small values: graphs, cells, figures, texts of /proc, options.
#include <ctime>
#include <gtest/gtest.h>
#include <unistd.h>

#include "top/cells.hpp"
#include "top/graph.hpp"
#include "top/looker.hpp"
#include "top/machine_facts.hpp"
#include "top/options.hpp"

namespace mitori::top {
namespace {

TEST(Graph, draws_the_newest_at_the_right) {
    std::vector<float> const values{0, 0.25F, 0.5F, 1, 2};
    EXPECT_EQ(graph(values, 7, 1, Glyphs::utf8), "  ▁▃▅██");
    EXPECT_EQ(graph(values, 3, 1, Glyphs::utf8), "▅██");
    EXPECT_EQ(graph(values, 7, 1, Glyphs::ascii), "  _-=##");
    EXPECT_EQ(graph({}, 3, 1, Glyphs::utf8), "   ");
    EXPECT_EQ(own_graph(values, 5, 0, Glyphs::utf8), "▁▂▃▅█");
    EXPECT_EQ(own_graph(values, 5, 100, Glyphs::utf8), "▁▁▁▁▁");
}

TEST(History, forgets_the_oldest) {
    History<3> history;
    for (int i = 1; i <= 5; ++i)
        history.push(i);
    EXPECT_EQ(history.values(), (std::vector<float>{3, 4, 5}));
}

TEST(Cells, count_wide_and_combining_characters) {
    EXPECT_EQ(cells("abc"), 3U);
    EXPECT_EQ(cells("日本"), 4U);
    EXPECT_EQ(cells("e\u0301"), 1U);
    EXPECT_EQ(cells("\xff\xfe"), 2U);
    EXPECT_EQ(cut("日本語", 5), "日本");
    EXPECT_EQ(fit_left("日本語", 5), "日本 ");
    EXPECT_EQ(fit_right("ab", 4), "  ab");
    EXPECT_EQ(as_glyphs("a日\xff", Glyphs::ascii), "a??");
}

TEST(Figures, fit_into_their_columns) {
    EXPECT_EQ(short_size(0), "0K");
    EXPECT_EQ(short_size(512), "0.5K");
    EXPECT_EQ(short_size(10 << 20), "10M");
    EXPECT_EQ(short_size(1.5 * (1 << 30)), "1.5G");
    EXPECT_EQ(short_size(1023.6 * 1024), "1.0M");
    EXPECT_EQ(short_percent(99.96), "100");
    EXPECT_EQ(short_percent(0.04), "0.0");
    EXPECT_EQ(short_time(6'234, 100), "1:02.34");
    EXPECT_EQ(short_time(100ULL * 3600 * 21, 100), "21h00");
    EXPECT_EQ(short_time(100ULL * 86400 * 12, 100), "12d00");
}

TEST(MachineFacts, are_read_from_texts) {
    EXPECT_EQ(parse_pressure("some avg10=1.25 avg60=0.00 avg300=0.00 total=1\nfull avg10=9.00\n"), 1.25);
    EXPECT_EQ(parse_pressure(""), std::nullopt);
    EXPECT_EQ(parse_io("rchar: 9\nread_bytes: 3\nwrite_bytes: 4\ncancelled_write_bytes: 0\n"), 7U);
    EXPECT_EQ(parse_io("read_bytes: x\n"), std::nullopt);
    Machine machine;
    parse_memory("MemTotal: 100 kB\nMemFree: 10 kB\nMemAvailable: 60 kB\nSwapTotal: 5 kB\nSwapFree: 5 kB\n", machine);
    EXPECT_EQ(machine.memory, 102400U);
    EXPECT_EQ(machine.memory_used, 40960U);
    EXPECT_EQ(machine.swap_used, 0U);
    parse_load("0.50 1.25 2.00 1/99 1234\n", machine);
    EXPECT_EQ(machine.load[1], 1.25);
}

TEST(MachineFacts, are_of_the_time_between_two_looks) {
    Counters before;
    Counters now;
    parse_stat("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1\ncpu1 1\nintr 1\n", before);
    parse_stat("cpu  150 0 150 900 0 0 0 0 0 0\ncpu0 1\ncpu1 1\nintr 1\n", now);
    parse_vmstat("pgpgin 10\npgpgout 20\n", before);
    parse_vmstat("pgpgin 14\npgpgout 20\n", now);
    auto const machine = between(before, now, 2);
    EXPECT_EQ(machine.processors, 2U);
    EXPECT_DOUBLE_EQ(machine.busy, 0.5);
    EXPECT_EQ(machine.read_bytes, 2048);
    EXPECT_EQ(machine.written_bytes, 0);
    EXPECT_DOUBLE_EQ(between(std::nullopt, before, 2).busy, 0.2) << "since the machine is up";
    EXPECT_EQ(between(std::nullopt, before, 2).read_bytes, std::nullopt);
}

TEST(Pressure, is_the_worst_of_what_is_told) {
    EXPECT_EQ((Pressure{.cpu = 1, .memory = {}, .io = 2}.most()), 2);
    EXPECT_EQ(Pressure{}.most(), std::nullopt);
}

TEST(ShortestPath, ends_where_the_group_begins) {
    auto const is_unit = [](std::string_view path) { return path.ends_with(".service"); };
    EXPECT_EQ(shortest_path("/system.slice/a.service/inner", is_unit), "/system.slice/a.service");
    EXPECT_EQ(shortest_path("/a.service", is_unit), "/a.service");
    EXPECT_EQ(shortest_path("/none/here", is_unit), "");
    EXPECT_EQ(shortest_path("", is_unit), "");
}

Options parsed(std::vector<std::string> const& words) {
    auto options = parse_options(words);
    EXPECT_TRUE(options) << options.error();
    return options ? *options : Options{};
}

TEST(TopOptions, are_tops_where_they_mean_the_same) {
    auto const batch = parsed({"-bn1"});
    EXPECT_TRUE(batch.batch);
    EXPECT_EQ(batch.looks, 1U);
    EXPECT_EQ(batch.choice.shape, Shape::flat);
    EXPECT_EQ(parsed({"-b", "--tree"}).choice.shape, Shape::tree);
    EXPECT_EQ(parsed({"-d", "0.5"}).interval, std::chrono::milliseconds(500));
    EXPECT_EQ(parsed({"-d0"}).interval, std::chrono::milliseconds(100));
    EXPECT_EQ(parsed({"-p", "1,2", "-p3"}).choice.pids, (std::vector<pid_t>{1, 2, 3}));
    EXPECT_EQ(parsed({"-u", "root"}).choice.users, (std::vector<std::uint32_t>{0}));
    EXPECT_EQ(parsed({"--unit=nginx"}).choice.unit, "nginx.service");
    EXPECT_EQ(parsed({"-o", "%MEM"}).choice.sort, Sort::memory);
    EXPECT_EQ(parsed({"-o-cpu"}).choice.order, Order::rising);
    EXPECT_EQ(parsed({"-o", "pid"}).choice.order, Order::rising);
    EXPECT_TRUE(parsed({"-b", "-o", "json"}).json);
    EXPECT_FALSE(parsed({"-i"}).choice.idle);
}

TEST(TopOptions, say_what_is_wrong) {
    auto const wrong = [](std::vector<std::string> const& words) { return parse_options(words).error(); };
    EXPECT_EQ(wrong({"-x"}), "Unknown option '-x'.");
    EXPECT_EQ(wrong({"--nix"}), "Unknown option '--nix'.");
    EXPECT_EQ(wrong({"-n"}), "Option '-n' needs a word.");
    EXPECT_EQ(wrong({"-n", "0"}), "'0' is no number of at least one.");
    EXPECT_EQ(wrong({"-o", "beauty"}), "Unknown field 'beauty'.");
    EXPECT_EQ(wrong({"--json"}), "--json goes with -b.");
    EXPECT_EQ(wrong({"--flat=yes"}), "Option '--flat' takes no word.");
    EXPECT_EQ(wrong({"word"}), "Unknown argument 'word'.");
}

TEST(Looker, tells_of_this_process_and_its_rates) {
    auto looker = Looker::open(nullptr);
    ASSERT_TRUE(looker);
    auto const find = [&]() -> Process const* {
        for (auto const& process : looker->last().processes)
            if (process.pid == ::getpid()) return &process;
        return nullptr;
    };
    looker->look(Looker::Manager::ask);
    ASSERT_NE(find(), nullptr);
    EXPECT_FALSE(find()->user) << "the first picture does not wait for it";
    while (looker->fill(std::chrono::seconds(1))) {}
    EXPECT_EQ(find()->user, ::geteuid());
    EXPECT_NE(find()->command.find("test"), std::string::npos);
    EXPECT_TRUE(find()->io);
    auto const ticks = find()->cpu_ticks;
    while (::clock() < static_cast<std::clock_t>((ticks + 20) * CLOCKS_PER_SEC / 100)) {}
    looker->look(Looker::Manager::ask);
    EXPECT_GT(find()->cpu, 0);
    EXPECT_EQ(looker->last().number, 2U);
    EXPECT_FALSE(looker->last().has_manager);
}

} // namespace
} // namespace mitori::top
