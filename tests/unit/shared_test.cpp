#include <gtest/gtest.h>

#include "unit/settings/shared.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

struct Group {
    std::string text = "as it is";
};

TEST(Shared, gives_all_that_were_never_edited_one_instance) {
    Shared<Group> const a;
    Shared<Group> const b;
    EXPECT_EQ(&*a, &*b);
    EXPECT_EQ(a->text, "as it is");
}

TEST(Shared, is_its_own_once_it_is_edited) {
    Shared<Group> a;
    a.edit().text = "changed";
    EXPECT_EQ(a->text, "changed");
    EXPECT_EQ(Shared<Group>()->text, "as it is");
}

TEST(Shared, copies_share_until_one_is_edited) {
    Shared<Group> a(Group{"first"});
    Shared<Group> b = a;
    EXPECT_EQ(&*a, &*b);
    b.edit().text = "second";
    EXPECT_EQ(a->text, "first");
    EXPECT_EQ(b->text, "second");
    auto const* const before = &*b;
    b.edit().text = "third";
    EXPECT_EQ(&*b, before) << "what is its own already is not copied again";
}

TEST(Loader, lets_units_that_say_the_same_share_it) {
    Tree tree;
    tree.write("etc/a.service", service_text);
    tree.write("etc/b.service", service_text);
    tree.write("etc/c.service", "[Unit]\nAfter=a.service\n" + service_text + "Nice=5\n");
    auto loader = tree.loader();
    auto const a = loader.load("a.service");
    auto const b = loader.load("b.service");
    auto const c = loader.load("c.service");
    EXPECT_EQ(&*a->info.dependencies, &*b->info.dependencies);
    EXPECT_EQ(&*a->exec, &*b->exec);
    EXPECT_EQ(&*a->install, &*c->install);
    EXPECT_NE(&*a->info.dependencies, &*c->info.dependencies);
    EXPECT_NE(&*a->exec, &*c->exec);
    EXPECT_EQ(c->exec->nice, 5);
}

} // namespace
} // namespace mitori::unit
