#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/detail/builtin.hpp"
#include "unit/name.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

TEST(Defaults, order_a_service_after_the_base_system) {
    auto const unit = Tree().loader().load_text("x.service", service_text);
    EXPECT_EQ(unit->slice, "system.slice");
    EXPECT_THAT(related(*unit, Relation::requires_), UnorderedElementsAre("system.slice", "sysinit.target"));
    EXPECT_THAT(related(*unit, Relation::after),
                UnorderedElementsAre("system.slice", "sysinit.target", "basic.target"));
    EXPECT_THAT(related(*unit, Relation::before), ElementsAre("shutdown.target"));
    EXPECT_THAT(related(*unit, Relation::conflicts), ElementsAre("shutdown.target"));
}

TEST(Defaults, of_a_users_manager_know_no_sysinit) {
    auto const unit = Tree().loader(Scope::user).load_text("x@i.service", service_text);
    EXPECT_EQ(unit->slice, "app-x.slice");
    EXPECT_THAT(related(*unit, Relation::requires_), UnorderedElementsAre("app-x.slice", "basic.target"));
}

TEST(Defaults, can_be_turned_off_but_for_the_slice) {
    auto const unit = Tree().loader().load_text("a-b@i.service", "[Unit]\nDefaultDependencies=no\n" + service_text);
    EXPECT_EQ(unit->slice, "system-a\\x2db.slice");
    EXPECT_THAT(related(*unit, Relation::requires_), ElementsAre("system-a\\x2db.slice"));
    EXPECT_THAT(related(*unit, Relation::conflicts), IsEmpty());
}

TEST(Defaults, put_a_slice_into_its_parent) {
    auto loader = Tree().loader();
    EXPECT_EQ(loader.load("a-b.slice")->slice, "a.slice");
    EXPECT_EQ(loader.load("a.slice")->slice, "-.slice");
    EXPECT_EQ(loader.load("-.slice")->slice, "");
    EXPECT_THAT(related(*loader.load("a-b.slice"), Relation::requires_), ElementsAre("a.slice"));
    EXPECT_EQ(loader.load("a-b.slice")->load_state, LoadState::loaded) << "a slice needs no file";
    EXPECT_EQ(loader.load("a--b.slice")->load_state, LoadState::bad_setting);
}

TEST(BuiltIn, units_load_without_a_file_and_without_a_complaint) {
    for (auto const scope : {Scope::system, Scope::user}) {
        auto loader = Tree().loader(scope);
        for (auto const& row : detail::built_in_units(scope)) {
            auto const name = is_template(row.name) ? instantiate(row.name, "x") : std::string(row.name);
            auto const unit = loader.load(name);
            EXPECT_EQ(unit->load_state, LoadState::loaded) << name << ": " << unit->load_error;
            EXPECT_THAT(messages(*unit), IsEmpty()) << name;
            EXPECT_TRUE(unit->built_in) << name;
        }
    }
}

/// What a built-in unit requires must be built in too: nothing else may be there.
TEST(BuiltIn, units_require_only_each_other) {
    for (auto const scope : {Scope::system, Scope::user}) {
        auto loader = Tree().loader(scope);
        for (auto const& row : detail::built_in_units(scope))
            for (auto const& needed : related(*loader.load(row.name), Relation::requires_))
                EXPECT_EQ(loader.load(needed)->load_state, LoadState::loaded) << row.name << " requires " << needed;
    }
}

TEST(BuiltIn, targets_have_their_aliases) {
    auto const unit = Tree().loader().load("default.target");
    EXPECT_EQ(unit->id, "graphical.target");
    EXPECT_THAT(unit->names, UnorderedElementsAre("default.target", "runlevel5.target"));
}

TEST(BuiltIn, units_win_over_the_vendors_files_and_links) {
    Tree const tree;
    tree.write("lib/multi-user.target", "[Unit]\nDescription=vendor\n");
    tree.link("lib/multi-user.target.wants/getty.target", "../getty.target");
    tree.link("etc/multi-user.target.wants/nginx.service", "/tree/lib/nginx.service");
    tree.link("lib/default.target", "rescue.target");
    auto loader = tree.loader();
    auto const unit = loader.load("multi-user.target");
    EXPECT_EQ(unit->info.description, "Multi-User System");
    EXPECT_THAT(related(*unit, Relation::wants), ElementsAre("nginx.service"));
    EXPECT_EQ(loader.load("default.target")->id, "graphical.target");
}

TEST(BuiltIn, units_of_early_boot_take_no_links_of_the_machine_but_those_of_named_folders) {
    Tree const tree;
    tree.link("etc/sysinit.target.wants/clock.service", "/tree/lib/clock.service");
    tree.link("etc/multi-user.target.wants/nginx.service", "/tree/lib/nginx.service");
    tree.link("run/sysinit.target.wants/named.service", "/tree/run/named.service");
    auto path = tree.search_path();
    path.machine = {tree.path("etc"), tree.path("lib")};
    Loader loader(path, tree.host());
    EXPECT_THAT(related(*loader.load("sysinit.target"), Relation::wants), Contains("named.service"));
    EXPECT_THAT(related(*loader.load("sysinit.target"), Relation::wants), Not(Contains("clock.service")));
    EXPECT_THAT(related(*loader.load("multi-user.target"), Relation::wants), ElementsAre("nginx.service"));
}

TEST(BuiltIn, units_yield_to_the_administrators_files_and_links) {
    Tree const tree;
    tree.write("etc/multi-user.target", "[Unit]\nDescription=admin\n");
    tree.link("etc/default.target", "/tree/lib/multi-user.target");
    tree.link("lib/multi-user.target.wants/vendor.service", "../vendor.service");
    auto const unit = tree.loader().load("default.target");
    EXPECT_EQ(unit->id, "multi-user.target");
    EXPECT_EQ(unit->info.description, "admin");
    EXPECT_FALSE(unit->built_in);
    EXPECT_THAT(related(*unit, Relation::wants), ElementsAre("vendor.service"))
        << "a file of its own has all its folders";
}

TEST(Contradiction, makes_a_service_bad) {
    auto loader = Tree().loader();
    std::pair<char const*, char const*> const cases[] = {
        {"", "the service has no ExecStart=, ExecStop= or SuccessAction="},
        {"Type=simple\nExecStop=/bin/true\n", "the service has no ExecStart=, which only Type=oneshot may leave out"},
        {"ExecStop=/bin/true\n", "the service has no ExecStart= and no SuccessAction=, and no RemainAfterExit=yes"},
        {"ExecStart=/bin/true\nExecStart=/bin/true\n",
         "the service has more than one ExecStart=, which only Type=oneshot may have"},
        {"Type=oneshot\nExecStart=/bin/true\nRestart=always\n", "Restart=always is not allowed for Type=oneshot"},
        {"Type=oneshot\nExecStart=/bin/true\nRestartForceExitStatus=1\n",
         "RestartForceExitStatus= is not allowed for Type=oneshot"},
        {"Type=dbus\nExecStart=/bin/true\n", "Type=dbus needs a BusName="},
    };
    for (auto const& [text, why] : cases) {
        auto const unit = loader.load_text("x.service", std::string("[Service]\n") + text);
        EXPECT_EQ(unit->load_state, LoadState::bad_setting) << text;
        EXPECT_THAT(messages(*unit), Contains(std::string("x.service: error: ") + why)) << text;
    }
}

TEST(Contradiction, is_not_in_what_systemd_allows) {
    auto loader = Tree().loader();
    for (auto const* text :
         {"ExecStart=/bin/true\n", "Type=oneshot\nExecStart=/bin/true\nExecStart=/bin/true\n",
          "ExecStop=/bin/true\nRemainAfterExit=yes\n", "Type=oneshot\nExecStart=/bin/true\nRestart=on-failure\n",
          "ExecStart=/bin/true\n[Unit]\nSuccessAction=exit\n", "[Unit]\nSuccessAction=exit\n"})
        EXPECT_EQ(loader.load_text("x.service", std::string("[Service]\n") + text)->load_state, LoadState::loaded)
            << text;
}

TEST(Unit, has_a_type_and_access_by_its_other_settings) {
    auto loader = Tree().loader();
    auto const loaded = [&](std::string const& text) { return loader.load_text("x.service", "[Service]\n" + text); };
    EXPECT_EQ(loaded("ExecStart=/bin/true\n")->service_type(), ServiceType::simple);
    EXPECT_EQ(loaded("ExecStop=/bin/true\nRemainAfterExit=yes\n")->service_type(), ServiceType::oneshot);
    EXPECT_EQ(loaded("ExecStart=/bin/true\nBusName=org.x\n")->service_type(), ServiceType::dbus);
    EXPECT_EQ(loaded("ExecStart=/bin/true\n")->notify_access(), NotifyAccess::none);
    EXPECT_EQ(loaded("Type=notify\nExecStart=/bin/true\n")->notify_access(), NotifyAccess::main);
    EXPECT_EQ(loaded("Type=notify\nNotifyAccess=all\nExecStart=/bin/true\n")->notify_access(), NotifyAccess::all);
    EXPECT_EQ(loaded("Type=notify\nNotifyAccess=none\nExecStart=/bin/true\n")->notify_access(), NotifyAccess::main);
    EXPECT_EQ(loaded("WatchdogSec=5\nExecStart=/bin/true\n")->notify_access(), NotifyAccess::main);
}

} // namespace
} // namespace mitori::unit
