// What is ours alone, and what the side-by-side comparison cannot see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sys.hpp"
#include "bus/fake_faces.hpp"
#include "cli/detail/table.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/live.hpp"
#include "cli/main.hpp"
#include "cli/run_verb.hpp"
#include "support/run_command.hpp"
#include "support/temporary_directory.hpp"

namespace mitori {
namespace {
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

test::Said say(test::FakeFaces& faces, std::string const& line, cli::Screen screen = {}) {
    return test::run_verb(
        faces.faces(), line,
        [](auto const& done) -> control::Answer<void> {
            if (done()) return {};
            return std::unexpected(control::Refusal{control::Reason::timeout, "never"});
        },
        screen);
}

TEST(UnitName, is_made_of_what_people_type) {
    using cli::detail::unit_name;
    EXPECT_EQ(unit_name("nginx"), "nginx.service");
    EXPECT_EQ(unit_name("nginx.socket"), "nginx.socket");
    EXPECT_EQ(unit_name("a.b"), "a.b.service");
    EXPECT_EQ(unit_name("/srv/my data/"), "srv-my\\x20data.mount");
    EXPECT_EQ(unit_name("/"), "-.mount");
    EXPECT_EQ(unit_name("/dev/sda-1"), "dev-sda\\x2d1.device");
    EXPECT_EQ(unit_name("a b"), "a\\x20b.service");
    EXPECT_EQ(unit_name("web*"), "web*");
}

/// start --wait of foo.service, which comes to `state` while it is waited for.
test::Said start_and_wait(test::FakeFaces& faces, std::string const& state) {
    return test::run_verb(faces.faces(), "start --wait foo.service", [&](auto const& done) -> control::Answer<void> {
        if (!done()) faces.tell(&control::Listener::unit_changed, control::UnitChanged{"foo.service", state, state});
        if (done()) return {};
        return std::unexpected(control::Refusal{control::Reason::timeout, "never"});
    });
}

TEST(Start, with_wait_ends_when_the_unit_has_ended_and_says_how) {
    test::FakeFaces faces;
    EXPECT_EQ(start_and_wait(faces, "inactive").status, 0);
    auto const failed = start_and_wait(faces, "failed");
    EXPECT_EQ(failed.status, 1);
    EXPECT_EQ(failed.err, "") << "systemctl says nothing of it either";
    EXPECT_THAT(start_and_wait(faces, "deactivating").err, HasSubstr("Failed to wait for the unit's end: never"));
}

TEST(Start, with_wait_does_not_wait_for_what_has_ended_already) {
    test::FakeFaces faces;
    faces.results["dead.service"] = "skipped";
    EXPECT_EQ(say(faces, "start --wait dead.service").status, 0);
}

TEST(Start, refuses_to_wait_and_not_to_wait) {
    test::FakeFaces faces;
    auto const said = say(faces, "start --wait --no-block foo.service");
    EXPECT_EQ(said.status, 1);
    EXPECT_EQ(said.err, "--wait may not be combined with --no-block.\n");
    EXPECT_THAT(faces.asked, ElementsAre());
}

TEST(Machine, ends_by_the_target_of_its_end_or_with_force_by_the_manager) {
    test::FakeFaces faces;
    for (auto const* const verb : {"poweroff", "reboot"}) {
        faces.add({.name = std::string(verb) + ".target"});
        EXPECT_EQ(say(faces, verb).status, 0);
        EXPECT_EQ(say(faces, std::string(verb) + " --force").status, 0);
    }
    EXPECT_EQ(say(faces, "halt").status, 0);
    EXPECT_THAT(faces.asked, ElementsAre("start poweroff.target replace-irreversibly", "poweroff",
                                         "start reboot.target replace-irreversibly", "reboot", "halt"));
}

TEST(Tree, shows_units_with_processes_under_their_slices) {
    test::FakeFaces faces;
    faces.units.clear();
    faces.add({.name = "web.service", .active = "active", .sub = "running"});
    faces.units["web.service"].more = {{"Service", "Slice", "system-web.slice"}};
    faces.units["web.service"].processes = {{.pid = 7, .command_line = "web \x1b[2J"},
                                            {.group = "w", .pid = 8, .command_line = "w"}};
    faces.add({.name = "off.service"});
    EXPECT_EQ(say(faces, "tree").out, "-.slice\n"
                                      "└─system.slice\n"
                                      "  └─system-web.slice\n"
                                      "    └─● web.service  active (running)\n"
                                      "      ├─7 web \\x1b[2J\n"
                                      "      └─w\n"
                                      "        └─8 w\n");
    EXPECT_THAT(say(faces, "tree --all").out, HasSubstr("○ off.service  inactive (dead)"));
}

TEST(Status, names_what_is_not_honoured_and_what_is_done_instead) {
    test::FakeFaces faces;
    faces.units["foo.service"].more = {
        {"Unit", "NotHonoured", status::List{"s", {"PrivateTmp=yes"}}},
        {"Unit", "Degraded", status::List{"s", {"no control groups: tracked by session"}}}};
    auto const out = say(faces, "status foo").out;
    EXPECT_THAT(out, HasSubstr("Not honoured: PrivateTmp=yes\n"));
    EXPECT_THAT(out, HasSubstr("   Degraded: no control groups: tracked by session\n"));
}

TEST(Status, foreign_text_cannot_drive_the_terminal) {
    test::FakeFaces faces;
    faces.units["foo.service"].more = {{"Unit", "Description", "x\x1b]0;owned\x07"},
                                       {"Service", "StatusText", "y\x1b[31m"}};
    for (auto const* line : {"status foo", "list-units", "show foo"})
        EXPECT_THAT(say(faces, line).out, Not(HasSubstr("\x1b"))) << line;
}

TEST(Status, has_colours_only_where_the_screen_has) {
    test::FakeFaces faces;
    EXPECT_THAT(say(faces, "status broken", {.colour = true}).out, HasSubstr("\x1b[0;1;31m"));
    EXPECT_THAT(say(faces, "status broken").out, Not(HasSubstr("\x1b")));
}

TEST(Json, is_given_where_asked_for) {
    test::FakeFaces faces;
    EXPECT_THAT(say(faces, "list-units -o json").out, HasSubstr("\"foo.service\""));
    EXPECT_THAT(say(faces, "show foo -o json -p Id").out, HasSubstr("\"Id\""));
    EXPECT_THAT(say(faces, "status foo -o json").out, HasSubstr("\"processes\""));
}

TEST(Plan, is_printed_as_it_comes) {
    test::FakeFaces faces;
    EXPECT_EQ(say(faces, "plan foo").out, "exec /bin/foo.service\n");
    EXPECT_EQ(say(faces, "plan none").status, 5);
}

TEST(Environment, is_set_taken_back_and_imported_as_it_is_here) {
    test::FakeFaces faces;
    ::setenv("MITORI_TEST_COLOUR", "dark green", 1);
    EXPECT_EQ(say(faces, "set-environment A=1 B=2").status, 0);
    EXPECT_EQ(say(faces, "unset-environment A B=2").status, 0);
    auto const imported = say(faces, "import-environment MITORI_TEST_COLOUR MITORI_TEST_NOT_SET");
    EXPECT_EQ(imported.status, 0);
    EXPECT_EQ(imported.err, "systemctl: $MITORI_TEST_NOT_SET is not set here, not imported\n");
    ::unsetenv("MITORI_TEST_COLOUR");
    EXPECT_THAT(faces.asked, ElementsAre("environment -[] +[A=1 B=2]", "environment -[A B=2] +[]",
                                         "environment -[] +[MITORI_TEST_COLOUR=dark green]"));
}

TEST(Environment, that_is_refused_is_named) {
    test::FakeFaces faces;
    faces.refusals["environment"] = {control::Reason::invalid_args, "Invalid environment assignment A"};
    auto const said = say(faces, "set-environment A");
    EXPECT_EQ(said.status, 1);
    EXPECT_THAT(said.err, HasSubstr("Invalid environment assignment A"));
}

TEST(Verify, names_file_line_and_nearest_name_and_fails_on_errors) {
    test::FakeFaces faces;
    test::TemporaryDirectory const folder;
    ASSERT_TRUE(base::sys::write_file(folder / "typo.service", "[Service]\nExecStart=/bin/true\nRestrat=no\n"));
    auto const said = say(faces, "verify " + (folder / "typo.service"));
    EXPECT_THAT(said.out, HasSubstr("typo.service:3"));
    EXPECT_THAT(said.out, HasSubstr("Restart"));
}

TEST(Options, that_are_wrong_are_named) {
    test::FakeFaces faces;
    EXPECT_EQ(say(faces, "kill foo -s NONSENSE").status, 1);
    EXPECT_THAT(say(faces, "start foo --job-mode=sometimes").err, HasSubstr("sometimes"));
    EXPECT_EQ(say(faces, "list-units --frobnicate").status, 1);
    EXPECT_TRUE(faces.asked.empty());
}

TEST(Completion, knows_every_verb_and_completes_in_bash) {
    test::FakeFaces faces;
    auto const script = say(faces, "completion bash").out;
    for (auto const& verb : cli::verbs())
        EXPECT_THAT(script, HasSubstr(std::string(verb.name)));
    test::TemporaryDirectory const folder;
    auto const file = folder / "mitori.bash";
    ASSERT_TRUE(base::sys::write_file(file, script));
    auto const tried = test::run("bash -c 'source " + file +
                                 "; COMP_WORDS=(mitori is-); COMP_CWORD=1; _mitori; echo \"${COMPREPLY[@]}\"'");
    EXPECT_EQ(tried.output, "is-active is-failed is-system-running\n");
    EXPECT_EQ(say(faces, "completion csh").status, 1);
}

TEST(Main, hands_programs_their_own_words) {
    std::vector<std::string> seen;
    cli::Programs const programs{.manager =
                                     [&](std::span<char const* const> words) {
                                         seen.assign(words.begin(), words.end());
                                         return 42;
                                     },
                                 .up = nullptr};
    std::vector<std::string> words{"mitori", "--runtime-dir", "/tmp/x", "manager", "--user", "--unit", "a.target"};
    std::vector<char*> argv;
    for (auto& word : words)
        argv.push_back(word.data());
    EXPECT_EQ(cli::main(static_cast<int>(argv.size()), argv.data(), programs), 42);
    EXPECT_THAT(seen, ElementsAre("manager", "--user", "--unit", "a.target"));
    EXPECT_STREQ(::getenv("MITORI_RUNTIME_DIR"), "/tmp/x");
    ::unsetenv("MITORI_RUNTIME_DIR");
}

TEST(Table, cuts_the_last_column_to_the_screen) {
    EXPECT_EQ(cli::detail::shortened("abcdef", 4), "abc…");
    EXPECT_EQ(cli::detail::shortened("äöüß", 4), "äöüß");
    EXPECT_EQ(cli::detail::shortened("äöüßx", 4), "äöü…");
    EXPECT_EQ(cli::detail::shortened("abc", 0), "abc");
}

TEST(LiveFrame, fits_the_screen) {
    test::FakeFaces faces;
    auto const all = cli::live_frame(faces, {.width = 60}, 0);
    EXPECT_THAT(all.front(), HasSubstr("1 failed"));
    EXPECT_THAT(all, testing::Contains(HasSubstr("broken.service")));
    auto const few = cli::live_frame(faces, {.width = 60}, 4);
    ASSERT_EQ(few.size(), 4U);
    EXPECT_THAT(few.back(), HasSubstr("more lines"));
}

TEST(LiveView, tells_changes_line_by_line_on_a_pipe) {
    test::FakeFaces faces;
    auto pipe = base::sys::pipe().value();
    int stale = 0;
    {
        cli::LiveView view(faces.faces(), pipe.second.get(), [&] { ++stale; });
        view.refresh();
        faces.results["dead.service"] = "done";
        (void)faces.enqueue(control::JobVerb::start, "dead.service", control::JobMode::replace);
        view.refresh();
        view.refresh(); // nothing new
    }
    std::byte buffer[4096];
    auto const got = base::sys::read(pipe.first.get(), buffer).value();
    std::string const text(reinterpret_cast<char const*>(buffer), got);
    EXPECT_THAT(text, HasSubstr(" foo.service active (running)\n"));
    EXPECT_THAT(text, HasSubstr(" dead.service active (running)\n"));
    EXPECT_EQ(text.find("foo.service active"), text.rfind("foo.service active"));
    EXPECT_GT(stale, 0);
}

} // namespace
} // namespace mitori
