#include <gtest/gtest.h>

#include "unit/detail/specifiers.hpp"
#include "unit/load.hpp"

namespace mitori::unit {
namespace {

Host const& host() {
    static Host const made = [] {
        Host host{.scope = Scope::user};
        host.runtime_directory = "/run/user/7";
        host.state_directory = "/home/u/.config";
        host.cache_directory = "/home/u/.cache";
        host.logs_directory = "/home/u/.config/log";
        host.configuration_directory = "/home/u/.config";
        host.temporary_directory = "/tmp";
        host.large_temporary_directory = "/var/tmp";
        host.host_name = "box.example.org";
        host.machine_id = "11112222333344445555666677778888";
        host.boot_id = "aaaabbbbccccddddeeeeffff00001111";
        host.kernel_release = "6.1.0-9-amd64";
        host.architecture = "x86-64";
        host.os_release = {{"ID", "debian"},     {"VERSION_ID", "12"}, {"BUILD_ID", "b1"},
                           {"VARIANT_ID", "v1"}, {"IMAGE_ID", "im"},   {"IMAGE_VERSION", "iv"}};
        host.user_name = "u";
        host.user_home = "/home/u";
        host.user_shell = "/bin/zsh";
        host.group_name = "g";
        host.uid = 7;
        host.gid = 8;
        return host;
    }();
    return made;
}

TEST(Specifiers, stand_for_what_the_manual_says) {
    auto const unit = make_specifiers("a-b\\x2dc@d-e\\x20f.service", host(), "/etc/systemd/system/a-b@.service");
    std::pair<char const*, char const*> const cases[] = {
        {"%n", "a-b\\x2dc@d-e\\x20f.service"},
        {"%N", "a-b\\x2dc@d-e\\x20f"},
        {"%p", "a-b\\x2dc"},
        {"%P", "a/b-c"},
        {"%i", "d-e\\x20f"},
        {"%I", "d/e f"},
        {"%j", "b\\x2dc"},
        {"%J", "b-c"},
        {"%f", "/d/e f"},
        {"%y", "/etc/systemd/system/a-b@.service"},
        {"%Y", "/etc/systemd/system"},
        {"%t", "/run/user/7"},
        {"%d", "/run/user/7/credentials/a-b\\x2dc@d-e\\x20f.service"},
        {"%S", "/home/u/.config"},
        {"%C", "/home/u/.cache"},
        {"%L", "/home/u/.config/log"},
        {"%E", "/home/u/.config"},
        {"%T", "/tmp"},
        {"%V", "/var/tmp"},
        {"%H", "box.example.org"},
        {"%l", "box"},
        {"%q", "box"},
        {"%m", "11112222333344445555666677778888"},
        {"%b", "aaaabbbbccccddddeeeeffff00001111"},
        {"%v", "6.1.0-9-amd64"},
        {"%a", "x86-64"},
        {"%o", "debian"},
        {"%w", "12"},
        {"%B", "b1"},
        {"%W", "v1"},
        {"%M", "im"},
        {"%A", "iv"},
        {"%u", "u"},
        {"%U", "7"},
        {"%g", "g"},
        {"%G", "8"},
        {"%h", "/home/u"},
        {"%s", "/bin/zsh"},
        {"%%", "%"},
        {"%%n", "%n"},
        {"x%n%%y", "xa-b\\x2dc@d-e\\x20f.service%y"},
    };
    for (auto const& [text, value] : cases) {
        auto const expanded = unit.expand(text);
        ASSERT_TRUE(expanded) << text << ": " << expanded.error().message();
        EXPECT_EQ(*expanded, value) << text;
    }
}

TEST(Specifiers, of_a_plain_unit_take_the_prefix_for_the_instance) {
    auto const unit = make_specifiers("srv-data.service", host());
    EXPECT_EQ(*unit.expand("%p|%i|%I|%f|%j"), "srv-data|||/srv/data|data");
}

TEST(Specifiers, leave_a_percent_sign_alone_that_no_letter_follows) {
    auto const unit = make_specifiers("x.service", host());
    EXPECT_EQ(*unit.expand("50% of %, %"), "50% of %, %");
}

TEST(Specifiers, that_are_unknown_are_an_error_with_their_place) {
    auto const unit = make_specifiers("x.service", host());
    for (auto const* text : {"%k", "%c", "%r", "%2"})
        EXPECT_FALSE(unit.expand(text)) << text;
    EXPECT_EQ(unit.expand("ab %Z").error().message(), "unknown specifier %Z at character 4 of \"ab %Z\"");
}

TEST(Specifiers, without_a_value_are_an_error) {
    EXPECT_EQ(make_specifiers("x.service", host()).expand("%y").error().message(),
              "specifier %y has no value: the unit has no file");
    Host const empty;
    EXPECT_FALSE(make_specifiers("x.service", empty).expand("/run/%m"));
}

TEST(Specifiers, cannot_make_a_value_of_any_length) {
    std::string const id = std::string(240, 'x') + ".service";
    std::string text;
    for (int i = 0; i < 10'000; ++i)
        text += "%n";
    EXPECT_EQ(make_specifiers(id, host()).expand(text).error().message(),
              "specifiers make the value longer than 1 MiB");
}

} // namespace
} // namespace mitori::unit
