#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/load.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::string service(std::string const& description) {
    return "[Unit]\nDescription=" + description + "\n" + service_text;
}

TEST(Load, takes_the_file_of_the_most_important_folder) {
    Tree const tree;
    tree.write("lib/x.service", service("vendor"));
    tree.write("etc/x.service", service("admin"));
    auto const unit = tree.loader().load("x.service");
    EXPECT_EQ(unit->load_state, LoadState::loaded);
    EXPECT_EQ(unit->info.description, "admin");
    EXPECT_EQ(unit->fragment, tree.path("etc/x.service"));
    EXPECT_GT(unit->newest_file.count(), 0);
}

TEST(Load, says_why_a_unit_is_not_loaded) {
    Tree const tree;
    tree.write("etc/bad.service", "[Service]\nType=simple\n");
    tree.write("etc/broken.service", "[Service\nExecStart=/bin/true\n");
    tree.write("etc/empty.service", "");
    tree.link("etc/masked.service", "/dev/null");
    tree.link("etc/loop.service", "/tree/etc/loop.service");
    tree.link("etc/dangling.service", "/nowhere/at/all.service");
    std::filesystem::create_directory(tree.path("etc/folder.service"));
    ASSERT_EQ(::mkfifo(tree.path("etc/fifo.service").c_str(), 0600), 0);
    struct Case {
        char const* name;
        LoadState state;
        char const* why;
    };
    Case const cases[] = {
        {"none.service", LoadState::not_found, "Unit none.service not found."},
        {"no name", LoadState::error, "Unit name no name is not valid."},
        {"x@.service", LoadState::error, "Unit name x@.service is missing the instance name."},
        {"bad.service", LoadState::bad_setting, "Unit bad.service has a bad unit file setting."},
        {"broken.service", LoadState::error, "Unit broken.service failed to load: invalid section header '[Service'."},
        {"empty.service", LoadState::masked, "Unit empty.service is masked."},
        {"masked.service", LoadState::masked, "Unit masked.service is masked."},
        {"dangling.service", LoadState::not_found, "Unit dangling.service not found."},
    };
    auto loader = tree.loader();
    for (auto const& [name, state, why] : cases) {
        auto const unit = loader.load(name);
        EXPECT_EQ(unit->load_state, state) << name;
        EXPECT_EQ(unit->load_error, why);
        EXPECT_EQ(unit->info.description, name);
    }
    for (auto const* name : {"loop.service", "folder.service", "fifo.service"}) {
        auto const unit = loader.load(name);
        EXPECT_EQ(unit->load_state, LoadState::error) << name;
        EXPECT_THAT(unit->load_error, HasSubstr("failed to load")) << name;
    }
    EXPECT_EQ(loader.load("masked.service")->fragment, "/dev/null");
}

/// Root may read every file: for the time of this object it is nobody.
class Nobody {
public:
    Nobody() { changed_ = ::geteuid() == 0 && ::seteuid(65534) == 0; }
    Nobody(Nobody const&) = delete;
    Nobody& operator=(Nobody const&) = delete;
    ~Nobody() {
        if (changed_ && ::seteuid(0) != 0) std::abort();
    }

private:
    bool changed_ = false;
};

TEST(Load, names_a_file_that_may_not_be_read) {
    Tree const tree;
    tree.write("etc/x.service", service_text);
    auto loader = tree.loader();
    EXPECT_EQ(loader.list_files().size(), 1U) << "the folder is listed while it can be";
    ::chmod(tree.path("etc/x.service").c_str(), 0);
    Nobody const nobody;
    auto const unit = loader.load("x.service");
    EXPECT_EQ(unit->load_state, LoadState::error);
    EXPECT_THAT(unit->load_error, HasSubstr("Permission denied"));
}

TEST(Load, follows_aliases_to_the_primary_name) {
    Tree const tree;
    tree.write("lib/ssh.service", service("shell"));
    tree.link("etc/sshd.service", "/tree/lib/ssh.service");
    tree.link("run/shell.service", "sshd.service");
    for (auto const* name : {"ssh.service", "sshd.service", "shell.service"}) {
        auto const unit = tree.loader().load(name);
        EXPECT_EQ(unit->id, "ssh.service") << name;
        EXPECT_THAT(unit->names, UnorderedElementsAre("sshd.service", "shell.service")) << name;
        EXPECT_EQ(unit->info.description, "shell") << name;
    }
}

TEST(Load, reads_a_linked_file_from_outside_of_the_path) {
    Tree const tree;
    tree.write("opt/program.unit", service("linked"));
    tree.link("etc/x.service", "/tree/opt/program.unit");
    auto const unit = tree.loader().load("x.service");
    EXPECT_EQ(unit->id, "x.service");
    EXPECT_EQ(unit->fragment, tree.path("opt/program.unit"));
    EXPECT_EQ(unit->info.description, "linked");
}

TEST(Load, refuses_links_that_are_no_alias) {
    Tree const tree;
    tree.write("lib/x.service", service_text);
    tree.write("lib/t@.service", service_text);
    tree.link("etc/x.socket", "/tree/lib/x.service");
    tree.link("etc/plain.service", "/tree/lib/t@.service");
    tree.link("etc/a.service", "b.service");
    tree.link("etc/b.service", "a.service");
    auto loader = tree.loader();
    for (auto const* name : {"x.socket", "plain.service", "a.service"}) {
        EXPECT_EQ(loader.load(name)->load_state, LoadState::error) << name;
        EXPECT_EQ(loader.load(name)->id, name);
    }
    EXPECT_THAT(loader.load("x.socket")->load_error, HasSubstr("a unit of another type"));
    EXPECT_THAT(loader.load("a.service")->load_error, HasSubstr("go round in a circle"));
}

TEST(Load, makes_instances_of_templates) {
    Tree const tree;
    tree.write("lib/t@.service", service("instance %i of %p"));
    tree.write("lib/t@special.service", service("special"));
    tree.link("etc/other@.service", "/tree/lib/t@.service");
    tree.link("etc/one@x.service", "/tree/lib/t@x.service");
    tree.link("etc/t@own.service", "/tree/lib/t@.service");
    auto loader = tree.loader();
    EXPECT_EQ(loader.load("t@a-b.service")->info.description, "instance a-b of t");
    EXPECT_EQ(loader.load("t@a-b.service")->instance(), "a-b");
    EXPECT_EQ(loader.load("t@special.service")->info.description, "special");
    EXPECT_EQ(loader.load("other@q.service")->id, "t@q.service");
    EXPECT_THAT(loader.load("t@q.service")->names, ElementsAre("other@q.service"));
    EXPECT_EQ(loader.load("one@x.service")->id, "t@x.service");
    EXPECT_EQ(loader.load("t@own.service")->id, "t@own.service");
    EXPECT_EQ(loader.load("t@own.service")->info.description, "instance own of t");
}

std::string tag(std::string const& text) { return "[Unit]\nDocumentation=man:" + text + "\n"; }

TEST(Load, applies_drop_ins_by_file_name_and_folder) {
    Tree const tree;
    tree.write("lib/a-b.service", service_text);
    tree.write("lib/a-b.service.d/20.conf", tag("vendor-20"));
    tree.write("etc/a-b.service.d/10.conf", tag("admin-10"));
    tree.write("run/a-b.service.d/20.conf", tag("run-20"));
    tree.write("lib/a-.service.d/30.conf", tag("prefix-30"));
    tree.write("lib/a-b.service.d/30.conf", tag("own-30"));
    tree.write("lib/a-.service.d/35.conf", tag("prefix-35"));
    tree.write("etc/service.d/40.conf", tag("type-40"));
    tree.write("etc/a-b.service.d/ignored.txt", tag("no"));
    tree.write("lib/a-b.service.d/50.conf", tag("masked"));
    tree.link("etc/a-b.service.d/50.conf", "/dev/null");
    auto const unit = tree.loader().load("a-b.service");
    EXPECT_THAT(unit->info.documentation,
                ElementsAre("man:admin-10", "man:run-20", "man:own-30", "man:prefix-35", "man:type-40"));
    EXPECT_THAT(unit->drop_ins,
                ElementsAre(tree.path("etc/a-b.service.d/10.conf"), tree.path("run/a-b.service.d/20.conf"),
                            tree.path("lib/a-b.service.d/30.conf"), tree.path("lib/a-.service.d/35.conf"),
                            tree.path("etc/service.d/40.conf")));
}

TEST(Load, applies_drop_ins_of_templates_instances_and_aliases) {
    Tree const tree;
    tree.write("lib/a-t@.service", service_text);
    tree.write("etc/a-t@.service.d/1.conf", tag("template"));
    tree.write("etc/a-t@x.service.d/2.conf", tag("instance"));
    tree.write("etc/a-@.service.d/3.conf", tag("prefix"));
    tree.write("etc/a-t@y.service.d/4.conf", tag("other-instance"));
    tree.link("etc/alias@.service", "/tree/lib/a-t@.service");
    tree.write("etc/alias@x.service.d/5.conf", tag("alias"));
    EXPECT_THAT(tree.loader().load("a-t@x.service")->info.documentation,
                ElementsAre("man:template", "man:instance", "man:prefix", "man:alias"));
}

TEST(Load, survives_drop_ins_that_cannot_be_read) {
    Tree const tree;
    tree.write("lib/x.service", service_text);
    std::filesystem::create_directories(tree.path("etc/x.service.d/1.conf"));
    tree.link("etc/x.service.d/2.conf", "/nowhere");
    tree.write("etc/x.service.d/3.conf", "[Unit\n");
    tree.write("etc/x.service.d/4.conf", tag("good"));
    auto const unit = tree.loader().load("x.service");
    EXPECT_EQ(unit->load_state, LoadState::loaded);
    EXPECT_THAT(unit->info.documentation, ElementsAre("man:good"));
    EXPECT_THAT(messages(*unit, tree.path("etc/x.service.d")),
                ElementsAre("1.conf: warning: drop-in is not read: read: Is a directory",
                            HasSubstr("2.conf: warning: drop-in is not read: stat: No such file"),
                            "3.conf:1:1: error: invalid section header '[Unit'"));
}

TEST(Load, does_not_run_a_unit_whose_drop_in_names_no_user) {
    Tree const tree;
    tree.write("lib/x.service", service_text);
    tree.write("etc/x.service.d/user.conf", "[Service]\nUser=not/a name\n");
    EXPECT_EQ(tree.loader().load("x.service")->load_state, LoadState::bad_setting);
}

TEST(Load, takes_links_in_wants_folders_for_dependencies) {
    Tree const tree;
    tree.write("lib/x.service", "[Unit]\nWants=a.service\n" + service_text);
    tree.link("etc/x.service.wants/a.service", "/tree/lib/a.service");
    tree.link("etc/x.service.wants/b.service", "/tree/lib/b.service");
    tree.link("lib/x.service.requires/c.service", "../c.service");
    tree.link("lib/x.service.upholds/d.service", "../d.service");
    tree.link("lib/x.service.wants/masked.service", "../masked.service");
    tree.link("etc/x.service.wants/masked.service", "/dev/null");
    tree.write("etc/x.service.wants/file.service", "");
    tree.link("etc/x.service.wants/nonsense", "/tree/lib/b.service");
    auto const unit = tree.loader().load("x.service");
    EXPECT_THAT(related(*unit, Relation::wants), ElementsAre("a.service", "b.service"));
    EXPECT_THAT(related(*unit, Relation::requires_), Contains("c.service"));
    EXPECT_THAT(related(*unit, Relation::upholds), ElementsAre("d.service"));
    EXPECT_THAT(messages(*unit, tree.path("etc/x.service.wants")),
                UnorderedElementsAre("file.service: warning: not a symbolic link, it is ignored",
                                     "nonsense: warning: not the name of a unit, it is ignored"));
}

TEST(Load, gives_templates_among_the_dependencies_the_units_own_instance) {
    Tree const tree;
    tree.write("lib/t@.service", "[Unit]\nAfter=u@.service\n" + service_text);
    tree.write("lib/x.service", "[Unit]\nAfter=u@.service\n" + service_text);
    auto loader = tree.loader();
    EXPECT_THAT(related(*loader.load("t@i.service"), Relation::after), Contains("u@i.service"));
    EXPECT_THAT(related(*loader.load("x.service"), Relation::after), Contains("u@x.service"));
}

TEST(Load, drops_what_a_unit_says_of_itself) {
    auto const unit = Tree().loader().load_text("x.service", "[Unit]\nAfter=x.service\n" + service_text);
    EXPECT_THAT(related(*unit, Relation::after), testing::Not(Contains("x.service")));
    EXPECT_THAT(messages(*unit), ElementsAre(HasSubstr("its relation to itself")));
}

TEST(Load, remembers_folders_until_it_is_refreshed) {
    Tree const tree;
    auto loader = tree.loader();
    EXPECT_EQ(loader.load("x.service")->load_state, LoadState::not_found);
    tree.write("etc/x.service", service_text);
    EXPECT_EQ(loader.load("x.service")->load_state, LoadState::not_found);
    loader.refresh();
    EXPECT_EQ(loader.load("x.service")->load_state, LoadState::loaded);
}

TEST(Load, sees_what_changed_on_disk) {
    Tree const tree;
    tree.write("etc/x.service", service_text);
    tree.write("etc/x.service.d/a.conf", tag("a"));
    auto loader = tree.loader();
    auto const unit = loader.load("x.service");
    auto const missing = loader.load("y.service");
    EXPECT_FALSE(loader.changed_on_disk(*unit));
    EXPECT_FALSE(loader.changed_on_disk(*missing));

    tree.write("run/x.service.d/masked.conf", "");
    EXPECT_FALSE(loader.changed_on_disk(*unit)) << "an empty drop-in changes nothing";
    tree.write("run/x.service.d/b.conf", tag("b"));
    EXPECT_TRUE(loader.changed_on_disk(*unit)) << "a drop-in came";
    tree.write("etc/y.service", service_text);
    EXPECT_TRUE(loader.changed_on_disk(*missing)) << "the file came";

    loader.refresh();
    auto const again = loader.load("x.service");
    EXPECT_FALSE(loader.changed_on_disk(*again));
    tree.age("etc/x.service", std::chrono::seconds(5));
    EXPECT_TRUE(loader.changed_on_disk(*again)) << "the main file was written";

    loader.refresh();
    auto const last = loader.load("x.service");
    std::filesystem::remove(tree.path("etc/x.service.d/a.conf"));
    EXPECT_TRUE(loader.changed_on_disk(*last)) << "a drop-in went";
}

TEST(Load, sees_that_a_mask_went) {
    Tree const tree;
    tree.link("etc/link.service", "/dev/null");
    tree.write("etc/blank.service", "");
    auto loader = tree.loader();
    for (auto const* name : {"link.service", "blank.service"}) {
        auto const unit = loader.load(name);
        ASSERT_EQ(unit->load_state, LoadState::masked);
        EXPECT_FALSE(loader.changed_on_disk(*unit)) << name;
        std::filesystem::remove(tree.path(std::string("etc/") + name));
        EXPECT_TRUE(loader.changed_on_disk(*unit)) << name;
        tree.write(std::string("etc/") + name, service_text);
        EXPECT_TRUE(loader.changed_on_disk(*unit)) << name;
    }
}

TEST(Load, reads_one_file_with_the_drop_ins_beside_it) {
    Tree const tree;
    tree.write("home/x.service", service("mine"));
    tree.write("home/x.service.d/1.conf", tag("beside"));
    tree.write("home/t@.service", service("%i"));
    auto loader = tree.loader();
    auto const unit = loader.load_file(tree.path("home/x.service"));
    EXPECT_EQ(unit->id, "x.service");
    EXPECT_EQ(unit->info.description, "mine");
    EXPECT_THAT(unit->info.documentation, ElementsAre("man:beside"));
    EXPECT_EQ(loader.load_file(tree.path("home/t@.service"))->id, "t@i.service");
    EXPECT_EQ(loader.load_file(tree.path("home/x.service.d/1.conf"))->load_state, LoadState::error);
    EXPECT_EQ(loader.load_file(tree.path("home/none.service"))->load_state, LoadState::not_found);
}

TEST(Load, lists_the_first_file_of_each_name) {
    Tree const tree;
    tree.write("lib/a.service", service_text);
    tree.write("etc/a.service", service_text);
    tree.write("lib/b@.service", service_text);
    tree.link("etc/c.service", "/dev/null");
    tree.write("etc/README", "");
    std::vector<std::string> paths;
    for (auto const& file : tree.loader().list_files())
        paths.push_back(file.path);
    EXPECT_THAT(paths, UnorderedElementsAre(tree.path("etc/a.service"), tree.path("lib/b@.service"),
                                            tree.path("etc/c.service")));
}

TEST(SearchPath, is_systemds_own) {
    auto const system = search_path(Scope::system, {});
    EXPECT_EQ(system.directories.front(), "/etc/systemd/system.control");
    EXPECT_THAT(system.vendor,
                ElementsAre("/usr/local/lib/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/system"));
    auto const user = search_path(Scope::user, {{"HOME", "/h"}, {"XDG_RUNTIME_DIR", "/r"}, {"XDG_DATA_HOME", "/d"}});
    EXPECT_THAT(user.directories,
                ElementsAre("/h/.config/systemd/user.control", "/r/systemd/user.control", "/r/systemd/transient",
                            "/r/systemd/generator.early", "/h/.config/systemd/user", "/etc/xdg/systemd/user",
                            "/etc/systemd/user", "/r/systemd/user", "/run/systemd/user", "/r/systemd/generator",
                            "/d/systemd/user", "/usr/local/share/systemd/user", "/usr/share/systemd/user",
                            "/usr/local/lib/systemd/user", "/usr/lib/systemd/user", "/r/systemd/generator.late"));
}

TEST(SearchPath, is_replaced_or_led_by_the_environments) {
    EXPECT_THAT(search_path(Scope::system, {{"SYSTEMD_UNIT_PATH", "/a:/b/"}}).directories, ElementsAre("/a", "/b"));
    EXPECT_THAT(search_path(Scope::system, {{"SYSTEMD_UNIT_PATH", "/a:/b"}}).vendor, IsEmpty());
    auto const led = search_path(Scope::system, {{"SYSTEMD_UNIT_PATH", "/a:"}});
    EXPECT_EQ(led.directories.front(), "/a");
    EXPECT_THAT(led.directories, Contains("/lib/systemd/system"));
}

} // namespace
} // namespace mitori::unit
