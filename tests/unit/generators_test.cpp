#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/generators.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Folders of generators: etc is the administrator's, lib the vendor's.
class GeneratorsFound : public testing::Test {
protected:
    void program(std::string const& below) const {
        tree.write(below, "#!/bin/sh\n");
        std::filesystem::permissions(tree.path(below), std::filesystem::perms::owner_all);
    }
    [[nodiscard]] Generators found() const {
        return find_generators({.directories = {tree.path("etc"), tree.path("lib")}, //
                                .vendor = {tree.path("lib")},
                                .machine = {}});
    }
    Tree tree;
};

TEST_F(GeneratorsFound, are_the_programs_of_all_folders_by_name) {
    program("lib/zebra");
    program("lib/ant");
    program("etc/mole");
    EXPECT_THAT(found().run, ElementsAre(tree.path("lib/ant"), tree.path("etc/mole"), tree.path("lib/zebra")));
}

TEST_F(GeneratorsFound, are_the_first_of_each_name) {
    program("lib/ant");
    program("etc/ant");
    EXPECT_THAT(found().run, ElementsAre(tree.path("etc/ant")));
}

TEST_F(GeneratorsFound, do_not_include_what_is_masked_by_an_empty_file_or_a_link_to_dev_null) {
    program("lib/ant");
    program("lib/mole");
    tree.write("etc/ant", "");
    tree.link("etc/mole", "/dev/null");
    EXPECT_THAT(found().run, IsEmpty());
}

TEST_F(GeneratorsFound, do_not_include_what_cannot_be_executed) {
    tree.write("etc/ant", "#!/bin/sh\n");
    std::filesystem::create_directory(tree.path("lib/folder"));
    program("lib/ant");
    EXPECT_THAT(found().run, ElementsAre(tree.path("lib/ant")));
}

TEST_F(GeneratorsFound, leave_out_systemds_own_by_name) {
    program("lib/systemd-getty-generator");
    program("lib/systemd-fstab-generator");
    program("lib/postgresql-generator");
    EXPECT_THAT(found().run, ElementsAre(tree.path("lib/postgresql-generator")));
    EXPECT_THAT(found().left_out, ElementsAre("systemd-fstab-generator", "systemd-getty-generator"));
}

TEST_F(GeneratorsFound, include_the_administrators_own_of_such_a_name) {
    program("lib/systemd-getty-generator");
    program("etc/systemd-getty-generator");
    EXPECT_THAT(found().run, ElementsAre(tree.path("etc/systemd-getty-generator")));
    EXPECT_THAT(found().left_out, IsEmpty());
}

TEST(GeneratorFolders, stand_where_systemds_stood_in_the_search_path) {
    auto path = search_path(Scope::system, {});
    auto const at = [&](std::string const& folder) {
        return std::ranges::find(path.directories, folder) - path.directories.begin();
    };
    auto const before = std::vector{at("/run/systemd/generator.early"), at("/run/systemd/generator"),
                                    at("/run/systemd/generator.late")};
    auto const folders = generator_folders("/run/mitori");
    EXPECT_TRUE(place_generator_folders(path, folders));
    EXPECT_EQ((std::vector{at(folders.early), at(folders.normal), at(folders.late)}), before);
    EXPECT_EQ(folders.normal, "/run/mitori/generator");
    EXPECT_THAT(path.directories, testing::Not(testing::Contains("/run/systemd/generator")));
    // What generators hang on sysinit.target is a machine's boot as well.
    EXPECT_THAT(path.machine, testing::Contains(folders.normal));
}

TEST(GeneratorFolders, have_no_place_in_a_path_that_was_named_by_hand) {
    auto path = search_path(Scope::system, {{"SYSTEMD_UNIT_PATH", "/srv/units"}});
    EXPECT_FALSE(place_generator_folders(path, generator_folders("/run/mitori")));
    EXPECT_THAT(path.directories, ElementsAre("/srv/units"));
}

} // namespace
} // namespace mitori::unit
