#include <gtest/gtest.h>

#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

std::string const wanted = service_text + "[Install]\nWantedBy=multi-user.target\n";

/// The words are those of `systemctl is-enabled`.
TEST(FileState, is_what_is_enabled_says) {
    Tree const tree;
    tree.write("lib/off.service", wanted);
    tree.write("lib/on.service", wanted);
    tree.link("etc/multi-user.target.wants/on.service", "/tree/lib/on.service");
    tree.write("lib/now.service", wanted);
    tree.link("run/multi-user.target.wants/now.service", "/tree/lib/now.service");
    tree.write("lib/named.service", service_text + "[Install]\nAlias=name.service\n");
    tree.link("etc/name.service", "/tree/lib/named.service");
    tree.write("lib/still.service", service_text);
    tree.write("lib/vendor.service", service_text);
    tree.link("lib/multi-user.target.wants/vendor.service", "../vendor.service");
    tree.write("lib/via.service", service_text + "[Install]\nAlso=off.service\n");
    tree.link("etc/gone.service", "/dev/null");
    tree.link("run/away.service", "/dev/null");
    tree.write("etc/blank.service", "");
    tree.write("opt/x.service", wanted);
    tree.link("etc/x.service", "/tree/opt/x.service");
    tree.write("lib/t@.service", service_text + "[Install]\nWantedBy=a.target\nDefaultInstance=d\n");
    tree.link("etc/a.target.wants/t@d.service", "/tree/lib/t@.service");
    tree.write("lib/broken.service", "[Unit\n");
    std::pair<char const*, char const*> const cases[] = {
        {"off.service", "disabled"},        {"on.service", "enabled"},   {"now.service", "enabled-runtime"},
        {"named.service", "enabled"},       {"name.service", "alias"},   {"still.service", "static"},
        {"vendor.service", "static"},       {"via.service", "indirect"}, {"gone.service", "masked"},
        {"away.service", "masked-runtime"}, {"blank.service", "masked"}, {"x.service", "linked"},
        {"t@.service", "enabled"},          {"t@d.service", "enabled"},  {"t@e.service", "disabled"},
        {"broken.service", "bad"},          {"none.service", ""},        {"basic.target", "static"},
        {"remote-fs.target", "disabled"},
    };
    auto loader = tree.loader();
    for (auto const& [name, state] : cases)
        EXPECT_EQ(loader.file_state(name), state) << name;
}

TEST(FileState, tells_what_was_generated) {
    Tree const tree;
    tree.write("run/generator/x.service", service_text);
    tree.write("run/transient/y.service", service_text);
    Loader loader({{tree.path("run/generator"), tree.path("run/transient")}, {}}, tree.host());
    EXPECT_EQ(loader.file_state("x.service"), "generated");
    EXPECT_EQ(loader.file_state("y.service"), "transient");
}

} // namespace
} // namespace mitori::unit
