// What words mean to `ps`, and which rows they choose; the facts themselves are compared with ps(1) in tests/system/ps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "cli/detail/ps_print.hpp"
#include "cli/detail/sessions_picture.hpp"
#include "cli/detail/tree_options.hpp"

namespace mitori::cli::detail {
namespace {
using procfs::Row;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> fields(PsOptions const& options) {
    std::vector<std::string> names;
    for (auto const& column : options.columns)
        names.emplace_back(column.field->name);
    return names;
}

PsOptions parsed(std::vector<std::string> const& words) {
    auto options = parse_ps_options(words);
    EXPECT_TRUE(options) << options.error();
    return options ? *options : PsOptions{};
}

Row row(pid_t pid, pid_t parent, std::string comm, std::uint32_t terminal = 0) {
    Row made;
    made.pid = made.thread = pid;
    made.parent = parent;
    made.group = made.session = pid;
    made.state = 'S';
    made.terminal = terminal;
    made.start_ticks = static_cast<std::uint64_t>(pid);
    made.comm = std::move(comm);
    return made;
}

std::vector<pid_t> chosen(std::vector<std::string> const& words, std::vector<Row> const& rows, PsAsker asker = {}) {
    auto const options = parsed(words);
    PsDesk desk({});
    desk.lay_out(rows);
    std::vector<pid_t> pids;
    for (auto const* const found : chosen_rows(options, desk, asker))
        pids.push_back(found->pid);
    return pids;
}

TEST(PsOptions, are_read_as_people_type_them) {
    EXPECT_EQ(fields(parsed({"aux"})).front(), "user");
    EXPECT_EQ(fields(parsed({"-ef"})).back(), "cmd");
    EXPECT_THAT(fields(parsed({"-o", "pid,ppid", "-o", "comm"})), ElementsAre("pid", "ppid", "comm"));
    EXPECT_THAT(fields(parsed({"-opid,ppid"})), ElementsAre("pid", "ppid"));
    EXPECT_THAT(fields(parsed({"axo", "pid"})), ElementsAre("pid"));
    EXPECT_TRUE(parsed({"-e", "--forest"}).forest);
    EXPECT_EQ(parsed({"auxww"}).wide, 2U);
    EXPECT_TRUE(parsed({"-eLf"}).threads);
    EXPECT_EQ(parsed({"--watch", "0.5"}).watch, std::chrono::milliseconds(500));
    EXPECT_EQ(parsed({"--watch", "-e"}).watch, std::chrono::seconds(2));
    EXPECT_TRUE(parsed({"-o", "json"}).json);
    EXPECT_THAT(parsed({"-p", "1,2 3"}).selection.pids, ElementsAre(1, 2, 3));
    EXPECT_THAT(parsed({"42"}).selection.pids, ElementsAre(42));
}

TEST(PsOptions, give_headers_as_posix_and_ps_do) {
    auto const two = parsed({"-o", "pid=THE NUMBER,comm=NAME"});
    EXPECT_EQ(two.columns.at(0).header, "THE NUMBER");
    EXPECT_EQ(two.columns.at(1).header, "NAME");
    EXPECT_EQ(parsed({"-o", "pid=A,B"}).columns.at(0).header, "A,B") << "B is no field: it belongs to the header";
    EXPECT_EQ(parsed({"-o", "pid=,comm="}).columns.at(1).header, "");
    EXPECT_EQ(parsed({"-o", "user:20,pid"}).columns.at(0).width, 20U);
}

TEST(PsOptions, say_what_is_wrong) {
    EXPECT_THAT(parse_ps_options({"-o", "comn"}).error(), HasSubstr("Did you mean 'comm'?"));
    EXPECT_THAT(parse_ps_options({"-p"}).error(), HasSubstr("needs a list"));
    EXPECT_THAT(parse_ps_options({"-y!"}).error(), HasSubstr("Unknown option '-y'"));
    EXPECT_THAT(parse_ps_options({"--watch=never"}).error(), HasSubstr("span of time"));
    EXPECT_THAT(parse_ps_options({"--json=x"}).error(), HasSubstr("takes no word"));
    EXPECT_FALSE(parse_ps_options({"-p", "-3"}));
}

TEST(PsOptions, read_only_the_files_that_columns_need) {
    EXPECT_EQ(parts_for(parsed({"-eo", "pid,ppid,stat,comm"})), procfs::Parts{});
    auto const aux = parts_for(parsed({"aux"}));
    EXPECT_TRUE(aux.has(procfs::Part::status) && aux.has(procfs::Part::command_line));
    EXPECT_FALSE(aux.has(procfs::Part::cgroup) || aux.has(procfs::Part::environment));
    EXPECT_TRUE(parts_for(parsed({"-o", "pid"})).has(procfs::Part::status)) << "the default is whose it is";
    EXPECT_TRUE(parts_for(parsed({"-eo", "pid", "--sort", "args"})).has(procfs::Part::command_line));
}

TEST(PsSelection, takes_own_processes_of_this_terminal_when_nothing_is_said) {
    auto rows = std::vector{row(1, 0, "init"), row(5, 1, "sh", 7), row(6, 1, "other", 8), row(7, 1, "foreign", 7)};
    rows[3].uids[procfs::effective_id] = 1000;
    EXPECT_THAT(chosen({}, rows, {.user = 0, .terminal = 7}), ElementsAre(5));
    EXPECT_THAT(chosen({"x"}, rows, {.user = 0, .terminal = 7}), ElementsAre(1, 5, 6));
    EXPECT_THAT(chosen({"a"}, rows), ElementsAre(5, 6, 7));
    EXPECT_THAT(chosen({"ax"}, rows), ElementsAre(1, 5, 6, 7));
    EXPECT_THAT(chosen({"-N", "-p", "5,6"}, rows), ElementsAre(1, 7));
    EXPECT_THAT(chosen({"-C", "sh", "-u", "1000"}, rows), ElementsAre(5, 7));
}

TEST(PsSelection, is_narrowed_down_by_filters) {
    auto rows = std::vector{row(1, 0, "init"), row(5, 1, "sh"), row(6, 5, "a"), row(7, 6, "b"), row(8, 1, "c")};
    rows[3].cgroup = "/system.slice/web.service/inner";
    EXPECT_THAT(chosen({"--tree", "5"}, rows), ElementsAre(5, 6, 7));
    EXPECT_THAT(chosen({"--tree", "5", "-C", "b,c"}, rows), ElementsAre(7));
    EXPECT_THAT(chosen({"--unit", "web"}, rows), ElementsAre(7));
    EXPECT_THAT(chosen({"--cgroup", "/system.slice"}, rows), ElementsAre(7));
    EXPECT_THAT(chosen({"--cgroup", "/system.sl"}, rows), ElementsAre());
    EXPECT_THAT(chosen({"-e", "--sort=-pid"}, rows), ElementsAre(8, 7, 6, 5, 1));
    EXPECT_THAT(chosen({"-e", "--sort=comm"}, rows), ElementsAre(6, 7, 8, 1, 5));
}

TEST(PsForest, draws_children_below_their_parents) {
    auto const rows =
        std::vector{row(1, 0, "init"), row(8, 1, "last"), row(5, 1, "sh"), row(6, 5, "a"), row(7, 5, "b")};
    std::vector<Row const*> pointers;
    for (auto const& one : rows)
        pointers.push_back(&one);
    std::string drawn;
    for (auto const& line : forest_of(pointers))
        drawn += line.branches + line.row->comm + "\n";
    EXPECT_EQ(drawn, "init\n \\_ last\n \\_ sh\n     \\_ a\n     \\_ b\n");
}

TEST(PsTable, aligns_and_cuts_only_the_end) {
    auto rows = std::vector{row(1, 0, "init"), row(4711, 1, "name")};
    rows[1].command_line = "a very long command line";
    PsDesk desk({});
    desk.lay_out(rows);
    std::vector<PsLine> const lines{{&rows[0], ""}, {&rows[1], ""}};
    auto const options = parsed({"-eo", "pid,stat,args"});
    EXPECT_EQ(ps_table(options, lines, desk, 0),
              " PID STAT COMMAND\n   1 Ss   [init]\n4711 Ss   a very long command line\n");
    EXPECT_THAT(ps_table(options, lines, desk, 20), HasSubstr("4711 Ss   a very lo…\n"));
    EXPECT_EQ(ps_table(parsed({"-eo", "pid=,comm="}), lines, desk, 0), "   1 init\n4711 name\n");
}

TEST(PsTable, escapes_what_would_drive_the_terminal) {
    auto rows = std::vector{row(1, 0, "a\x1b[2Jb")};
    PsDesk desk({});
    desk.lay_out(rows);
    EXPECT_EQ(ps_table(parsed({"-eo", "comm="}), {{&rows[0], ""}}, desk, 0), "a\\x1b[2Jb\n");
}

TEST(PsFields, have_no_name_twice) {
    std::set<std::string_view> names;
    for (auto const& field : ps_fields())
        EXPECT_TRUE(names.insert(field.name).second) << field.name;
}

TEST(PsState, spells_what_ps_spells) {
    auto one = row(5, 1, "x", 9);
    one.foreground = one.group;
    one.nice = -1;
    one.threads = 2;
    one.locked_kib = 4;
    EXPECT_EQ(process_state(one), "S<Lsl+");
    one.nice = 5;
    one.session = 1;
    one.foreground = 3;
    EXPECT_EQ(process_state(one), "SNLl");
}

TEST(TreeOptions, tell_processes_from_units) {
    EXPECT_FALSE(parse_tree_options({})->processes);
    EXPECT_FALSE(parse_tree_options({"redis", "--all", "-l"})->processes);
    EXPECT_TRUE(parse_tree_options({"4711"})->processes);
    EXPECT_TRUE(parse_tree_options({"-p"})->processes);
    auto const both = parse_tree_options({"-apH", "12"});
    EXPECT_EQ(both->look.highlighted, 12);
    EXPECT_TRUE(both->look.arguments && both->look.pids && !both->look.compact);
    EXPECT_FALSE(parse_tree_options({"-H"}));
    EXPECT_FALSE(parse_tree_options({"-o", "yaml"}));
}

TEST(Sessions, have_one_group_in_the_foreground) {
    auto rows =
        std::vector{row(1, 0, "init"), row(5, 1, "sh", 0x8801), row(6, 5, "cat", 0x8801), row(7, 5, "job", 0x8801)};
    for (std::size_t i = 1; i < rows.size(); ++i) {
        rows[i].session = 5;
        rows[i].foreground = 6;
    }
    PsDesk desk({});
    desk.lay_out(rows);
    auto const sessions = sessions_of(desk);
    ASSERT_EQ(sessions.size(), 2U);
    EXPECT_EQ(sessions[1].terminal, "pts/1");
    ASSERT_EQ(sessions[1].groups.size(), 3U);
    EXPECT_EQ(sessions[1].groups[0].place, Place::background);
    EXPECT_EQ(sessions[1].groups[1].place, Place::foreground);
    EXPECT_FALSE(sessions[1].groups[2].orphaned) << "the shell is of its session";
    EXPECT_THAT(draw_sessions(sessions, desk, {}).at(3), HasSubstr("session 5  pts/1  controlling process 5 (sh)"));
}

} // namespace
} // namespace mitori::cli::detail
