#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/dotenv.hpp"
#include "unit/load.hpp"
#include "unit/procfile.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Procfile read(std::string const& text) { return parse_procfile(text, "Procfile"); }

std::string shown(Procfile const& procfile) {
    std::string text;
    for (auto const& type : procfile.types)
        text += type.name + "=[" + type.command + "]\n";
    return text;
}

std::vector<std::string> messages(std::string const& text) {
    std::vector<std::string> all;
    for (auto const& diagnostic : read(text).diagnostics)
        all.push_back(diagnostic.message());
    return all;
}

// Each of these was read by node's foreman 3.0.1, too, with the same result.
TEST(Procfile, reads_what_foreman_reads_as_foreman_does) {
    struct {
        char const* what;
        std::string text;
        std::string types;
    } const cases[] = {
        {"two types", "web: bin/web -p $PORT\nworker: bin/work\n", "web=[bin/web -p $PORT]\nworker=[bin/work]\n"},
        {"comments and empty lines", "# x: y\n\nweb: a\n#w: b\n", "web=[a]\n"},
        {"no newline at the end", "web: a", "web=[a]\n"},
        {"no blank after the colon", "web:a\n", "web=[a]\n"},
        {"many blanks", "web:  \t a  b \n", "web=[a  b]\n"},
        {"colons in the command", "web: a:b: c\n", "web=[a:b: c]\n"},
        {"a hash in the command, which is the shell's", "web: a # b\n", "web=[a # b]\n"},
        {"every character of a name", "We_b-9: a\n", "We_b-9=[a]\n"},
        {"lines of another system", "web: a\r\nworker: b\r\n", "web=[a]\nworker=[b]\n"},
    };
    for (auto const& one : cases) {
        SCOPED_TRACE(one.what);
        EXPECT_EQ(shown(read(one.text)), one.types);
        EXPECT_THAT(messages(one.text), IsEmpty());
    }
}

TEST(Procfile, names_the_place_of_each_line_that_is_no_process_type) {
    EXPECT_THAT(messages("web: a\nnothing here\n"),
                ElementsAre("Procfile:2:1: error: no process type (NAME: COMMAND)"));
    EXPECT_THAT(messages("web.1: a\n"), ElementsAre("Procfile:1:4: error: \".\" cannot stand in the name of a process "
                                                    "type; letters, digits, \"_\" and \"-\" can"));
    EXPECT_THAT(messages("web : a\n"), ElementsAre(HasSubstr("Procfile:1:4: error: \" \" cannot stand in the name")));
    EXPECT_THAT(messages(": a\n"), ElementsAre("Procfile:1:1: error: a process type without a name"));
    EXPECT_THAT(messages("web:  \n"), ElementsAre("Procfile:1:4: error: process type web has no command"));
    EXPECT_THAT(messages("  web: a\n"),
                ElementsAre("Procfile:1:3: error: a process type begins at the start of its line"));
    EXPECT_THAT(messages("web: a\n\nweb: b\n"),
                ElementsAre("Procfile:3:1: error: process type web is there already, in line 1"));
    EXPECT_THAT(messages("all: a\n"), ElementsAre(HasSubstr("\"all\" stands for every type")));
    EXPECT_THAT(messages("web: a\xFF\n"), ElementsAre("Procfile:1:7: error: not UTF-8 text, or a NUL byte"));
    EXPECT_THAT(messages("web: a \\\n  --more\n"),
                ElementsAre("Procfile:2:3: error: a process type begins at the start of its line; a Procfile has no "
                            "continuation lines"));
    EXPECT_THAT(messages("# nothing\n"), ElementsAre(HasSubstr("Procfile: error: no process type in it")));
    EXPECT_THAT(messages("web: " + std::string(200'000, 'x')), ElementsAre(HasSubstr("command of web is too long")));
    EXPECT_THAT(messages(std::string(300, 'w') + ": a\n"), ElementsAre(HasSubstr("this name is too long")));
}

TEST(Procfile, what_is_right_beside_a_bad_line_is_still_read) {
    EXPECT_EQ(shown(read("web: a\n???\nworker: b\n")), "web=[a]\nworker=[b]\n");
}

TEST(Formation, is_one_of_each_where_nothing_is_said) {
    EXPECT_EQ(parse_formation({}, read("a: x\nb: x\n")), (Formation{1, 1}));
}

TEST(Formation, names_leave_out_those_that_are_not_named) {
    auto const procfile = read("a: x\nb: x\nc: x\n");
    EXPECT_EQ(parse_formation({"b"}, procfile), (Formation{0, 1, 0}));
    EXPECT_EQ(parse_formation({"b", "c=3"}, procfile), (Formation{0, 1, 3}));
    EXPECT_EQ(parse_formation({"c=2, a=0"}, procfile), (Formation{0, 0, 2}));
    EXPECT_EQ(parse_formation({"a=0"}, procfile), (Formation{0, 0, 0}));
}

TEST(Formation, all_means_every_type_that_is_not_named) {
    auto const procfile = read("a: x\nb: x\nc: x\n");
    EXPECT_EQ(parse_formation({"all=2"}, procfile), (Formation{2, 2, 2}));
    EXPECT_EQ(parse_formation({"all=1,b=0"}, procfile), (Formation{1, 0, 1}));
    EXPECT_EQ(parse_formation({"b=0", "all"}, procfile), (Formation{1, 0, 1}));
}

TEST(Formation, refuses_what_it_cannot_mean) {
    auto const procfile = read("web: x\nworker: x\n");
    EXPECT_EQ(parse_formation({"wrker=2"}, procfile).error(),
              "Procfile has no process type \"wrker\"; did you mean worker?");
    EXPECT_EQ(parse_formation({"web=two"}, procfile).error(), "\"web=two\": not a number of processes (0 to 10000)");
    EXPECT_THAT(parse_formation({"web=-1"}, procfile).error(), HasSubstr("not a number"));
    EXPECT_THAT(parse_formation({"web=10001"}, procfile).error(), HasSubstr("not a number"));
    EXPECT_THAT(parse_formation({"web="}, procfile).error(), HasSubstr("not a number"));
}

std::string value(Unit const& unit, std::string_view name) {
    auto const* const found = find_value(unit.exec->environment, name);
    return found == nullptr ? "(none)" : *found;
}

TEST(ProcfileUnits, have_a_port_each_in_steps_of_a_hundred_and_of_one) {
    auto const procfile = read("web: x\nclock: x\nworker: x\n");
    auto const units = make_units(procfile, {2, 0, 2}, {.root = "/srv", .port = 5000});
    std::vector<std::string> seen;
    for (auto const& unit : units)
        seen.push_back(unit.id + " " + value(unit, "PORT") + " " + value(unit, "PS"));
    EXPECT_THAT(seen, ElementsAre("web.1.service 5000 web.1", "web.2.service 5001 web.2",
                                  "worker.1.service 5200 worker.1", "worker.2.service 5201 worker.2"));
}

TEST(ProcfileUnits, run_the_command_through_the_shell_in_the_root) {
    auto const units = make_units(read("web: serve -p $PORT %n \"$X\"\n"), {1},
                                  {.root = "/srv/app",
                                   .environment = {{"A", "1"}, {"PORT", "9"}, {"PS", "outer"}},
                                   .timeout = std::chrono::seconds(7),
                                   .umask = 0077});
    ASSERT_EQ(units.size(), 1U);
    auto const& unit = units.front();
    ASSERT_EQ(unit.service.exec_start.size(), 1U);
    EXPECT_EQ(unit.service.exec_start.front().path, "/bin/sh");
    EXPECT_THAT(unit.service.exec_start.front().argv, ElementsAre("sh", "-c", "exec serve -p $PORT %n \"$X\""));
    EXPECT_TRUE(unit.service.exec_start.front().no_variables) << "$PORT is the shell's to expand";
    EXPECT_EQ(unit.exec->working_directory.path, "/srv/app");
    EXPECT_EQ(unit.exec->environment,
              (EnvironmentSetting{{"A", "1"}, {"PORT", "5000"}, {"PS", "web.1"}, {"PWD", "/srv/app"}}));
    EXPECT_EQ(unit.exec->umask.value, 0077U);
    EXPECT_FALSE(unit.exec->ignore_sigpipe);
    EXPECT_EQ(unit.service.restart, Restart::no);
    EXPECT_EQ(unit.service.timeout_stop, std::chrono::seconds(7));
    EXPECT_EQ(unit.kill.signal, base::Signal{SIGTERM});
    EXPECT_EQ(unit.info.source_path, "Procfile");
    EXPECT_EQ(unit.service_type(), ServiceType::simple);
}

TEST(ProcfileUnits, run_what_is_only_words_without_a_shell) {
    ProcfilePlace const place{
        .root = "/srv/app", .environment = {{"HOST", "::1"}}, .find_program = [](std::string_view word) {
            return word == "serve" ? std::string("/opt/bin/serve") : std::string();
        }};
    auto const command = [&](std::string const& line) {
        return make_units(read("web: " + line + "\n"), {1}, place).front().service.exec_start.front();
    };
    auto const direct = command("serve --host ${HOST} -p $PORT");
    EXPECT_EQ(direct.path, "/opt/bin/serve");
    EXPECT_THAT(direct.argv, ElementsAre("serve", "--host", "::1", "-p", "5000"));
    EXPECT_TRUE(direct.no_variables);
    EXPECT_EQ(command("serve | tee log").path, "/bin/sh");
    EXPECT_EQ(command("nosuchprogram").path, "/bin/sh") << "the shell says that there is none";
}

TEST(ProcfileUnits, a_timeout_of_zero_is_the_shortest_and_not_for_ever) {
    auto const units = make_units(read("web: x\n"), {1}, {.root = "/", .timeout = base::Usec(0)});
    EXPECT_EQ(units.front().service.timeout_stop, base::Usec(1));
}

TEST(ProcfileUnits, are_loaded_by_their_names_as_those_of_files_are) {
    Tree tree;
    tree.write("etc/web.1.service.d/no.conf", "[Service]\nRestart=always\n");
    tree.write("app/web.1.service.d/yes.conf", "[Unit]\nAfter=db.service\n[Service]\nNice=5\n");
    auto path = tree.search_path();
    path.vendor = path.machine = path.directories;
    path.directories.insert(path.directories.begin(), tree.path("app"));
    Loader loader(path, tree.host());
    loader.put(make_units(read("web: x\n"), {1}, {.root = "/srv"}).front());

    auto const unit = loader.load("web.1.service");
    EXPECT_EQ(unit->load_state, LoadState::loaded);
    EXPECT_EQ(unit->info.description, "web.1: x");
    EXPECT_EQ(unit->slice, "system.slice");
    EXPECT_EQ(unit->exec->nice, 5) << "a drop-in in a folder of the user's";
    EXPECT_EQ(unit->service.restart, Restart::no) << "the machine's folders do not count";
    EXPECT_THAT(unit->diagnostics, IsEmpty());
    EXPECT_EQ(loader.load("web.2.service")->load_state, LoadState::not_found);
    loader.refresh();
    EXPECT_EQ(loader.load("web.1.service")->load_state, LoadState::loaded) << "after a daemon-reload, too";
}

} // namespace
} // namespace mitori::unit
