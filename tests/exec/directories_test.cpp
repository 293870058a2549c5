#include <gmock/gmock.h>

#include "exec/directories.hpp"
#include "sample.hpp"

namespace mitori::exec {
namespace {

using test::plan_lines;
using test::redis_identity;
using test::service;
using test::system_place;
using test::user_place;
using testing::ElementsAre;

std::vector<std::string> steps_of(unit::Unit const& unit, Facts const& facts = {},
                                  Place const& place = system_place()) {
    auto lines = plan_lines(unit, facts, place);
    std::erase_if(lines, [](auto const& line) { return !line.starts_with("directory") && !line.starts_with("link"); });
    return lines;
}

unit::Unit with_all_kinds() {
    auto unit = service();
    unit.exec.edit().runtime_directory.entries = {{"r", {}}};
    unit.exec.edit().state_directory.entries = {{"s", {}}};
    unit.exec.edit().cache_directory.entries = {{"c", {}}};
    unit.exec.edit().logs_directory.entries = {{"l", {}}};
    unit.exec.edit().configuration_directory.entries = {{"e", {}}};
    unit.exec.edit().runtime_directory_mode.value = 02755;
    unit.exec.edit().configuration_directory_mode.value = 0700;
    return unit;
}

TEST(Directories, belong_to_the_user_but_for_the_configuration) {
    Facts facts;
    facts.identity = redis_identity();
    EXPECT_THAT(steps_of(with_all_kinds(), facts),
                ElementsAre("directory /run/r 2755 106:113", "directory /var/lib/s 0755 106:113",
                            "directory /var/cache/c 0755 106:113", "directory /var/log/l 0755 106:113",
                            "directory /etc/e 0700 -:-, unless it exists"));
}

TEST(Directories, keep_their_owner_where_the_unit_names_none) {
    EXPECT_EQ(steps_of(with_all_kinds()).at(0), "directory /run/r 2755 -:-");
    Facts group_only;
    group_only.identity = Identity{.uid = 0, .gid = 8, .groups = {8}};
    EXPECT_EQ(steps_of(with_all_kinds(), group_only).at(0), "directory /run/r 2755 -:8");
}

TEST(Directories, of_a_user_lie_below_its_own) {
    Facts facts;
    facts.identity = Identity{.uid = 1000, .gid = 100, .user = "ann"};
    EXPECT_THAT(steps_of(with_all_kinds(), facts, user_place()),
                ElementsAre("directory /run/user/1000/r 2755 -:-", "directory /home/ann/.config/s 0755 -:-",
                            "directory /home/ann/.cache/c 0755 -:-", "directory /home/ann/.config/log/l 0755 -:-",
                            "directory /home/ann/.config/e 0700 -:-, unless it exists"));
}

TEST(Directories, are_made_for_every_command_whatever_its_prefix) {
    auto command = test::command({"/bin/true"});
    command.privileges = unit::ExecCommand::Privileges::full;
    for (auto const purpose : {Purpose::condition, Purpose::reload, Purpose::stop_post})
        EXPECT_THAT(plan_lines(with_all_kinds(), command, purpose, {}, system_place()),
                    testing::Contains("directory /run/r 2755 -:-"));
}

TEST(Directories, have_links_that_lead_to_them_relatively) {
    auto unit = service();
    unit.exec.edit().runtime_directory.entries = {{"foo", {"bar", "deep/er/baz"}}, {"a/b", {"c"}}};
    EXPECT_THAT(steps_of(unit),
                ElementsAre("directory /run/foo 0755 -:-", "directory /run/a/b 0755 -:-", "link /run/bar -> foo",
                            "link /run/deep/er/baz -> ../../foo", "link /run/c -> a/b"));
}

TEST(Directories, of_the_runtime_go_with_their_links_first) {
    auto unit = with_all_kinds();
    unit.exec.edit().runtime_directory.entries = {{"foo", {"bar"}}, {"foo", {"baz"}}, {"a/b", {}}};
    EXPECT_THAT(runtime_paths(unit, system_place()), ElementsAre("/run/bar", "/run/baz", "/run/foo", "/run/a/b"));
}

} // namespace
} // namespace mitori::exec
