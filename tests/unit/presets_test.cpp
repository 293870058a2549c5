#include <gtest/gtest.h>

#include "unit/presets.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

Presets of(std::string_view text) {
    Presets presets;
    presets.add(split_source("50-test.preset", text));
    return presets;
}

TEST(Presets, enable_what_no_line_speaks_of) { EXPECT_EQ(of("").decide("a.service"), Preset::enable); }

TEST(Presets, take_the_first_line_that_fits) {
    auto const presets =
        of("# a comment\nenable a.service\n; another\ndisable a*.service\nignore c.socket\ndisable *\n");
    EXPECT_EQ(presets.decide("a.service"), Preset::enable);
    EXPECT_EQ(presets.decide("ab.service"), Preset::disable);
    EXPECT_EQ(presets.decide("c.socket"), Preset::ignore);
    EXPECT_EQ(presets.decide("z.timer"), Preset::disable);
    EXPECT_TRUE(presets.diagnostics().empty());
}

TEST(Presets, name_instances_of_a_template) {
    auto const presets = of("enable getty@.service tty1 tty2\ndisable *\n");
    EXPECT_EQ(presets.decide("getty@tty1.service"), Preset::enable);
    EXPECT_EQ(presets.decide("getty@tty9.service"), Preset::disable);
    EXPECT_EQ(presets.decide("getty@.service"), Preset::enable);
}

TEST(Presets, tell_of_lines_that_make_no_sense) {
    auto const presets = of("enabel a.service\ndisable\nenable a.service b.service\ndisable b.service\n");
    EXPECT_EQ(presets.diagnostics().size(), 3U);
    EXPECT_EQ(presets.decide("a.service"), Preset::enable);
    EXPECT_EQ(presets.decide("b.service"), Preset::disable);
}

TEST(Presets, are_read_by_name_and_the_first_folder_wins) {
    Tree tree;
    tree.write("etc/p/50-b.preset", "disable a.service\n");
    tree.write("lib/p/50-b.preset", "enable a.service\ndisable b.service\n");
    tree.write("lib/p/90-c.preset", "disable c.service\nenable a.service\n");
    tree.write("lib/p/10-not.conf", "disable *\n");
    auto const presets = Presets::read({tree.path("etc/p"), tree.path("run/p"), tree.path("lib/p")});
    EXPECT_EQ(presets.decide("a.service"), Preset::disable);
    EXPECT_EQ(presets.decide("b.service"), Preset::enable) << "its file is hidden by one of the same name";
    EXPECT_EQ(presets.decide("c.service"), Preset::disable);
}

} // namespace
} // namespace mitori::unit
