#include <gtest/gtest.h>

#include "unit/name.hpp"

namespace mitori::unit {
namespace {

TEST(Name, has_prefix_instance_and_type) {
    auto const plain = parse_name("foo.service");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->prefix, "foo");
    EXPECT_FALSE(plain->instance);
    EXPECT_EQ(plain->type, Type::service);

    auto const instance = parse_name("foo@a@b.c.timer");
    ASSERT_TRUE(instance);
    EXPECT_EQ(instance->prefix, "foo");
    EXPECT_EQ(instance->instance, "a@b.c");
    EXPECT_EQ(instance->type, Type::timer);

    EXPECT_EQ(parse_name("foo@.socket")->instance, "");
    EXPECT_EQ(parse_name("-.slice")->prefix, "-");
}

TEST(Name, that_breaks_the_rules_is_none) {
    for (auto const* bad : {"", "foo", ".service", "foo.", "foo.bar", "@.service", "@x.service", "a b.service",
                            "a/b.service", "ä.service", "foo.service ", "a\nb.service", "foo*.service"})
        EXPECT_FALSE(parse_name(bad)) << bad;
    EXPECT_TRUE(parse_name(std::string(247, 'x') + ".service"));
    EXPECT_FALSE(parse_name(std::string(248, 'x') + ".service"));
}

TEST(Name, of_an_instance_tells_its_template_and_back) {
    EXPECT_EQ(template_of("foo@bar.service"), "foo@.service");
    EXPECT_EQ(template_of("foo@.service"), "foo@.service");
    EXPECT_EQ(template_of("foo.service"), "");
    EXPECT_EQ(instantiate("foo@.service", "x-y"), "foo@x-y.service");
    EXPECT_EQ(instantiate("foo@old.service", "new"), "foo@new.service");
    EXPECT_EQ(instantiate("foo.service", "x"), "foo.service");
    EXPECT_TRUE(is_template("foo@.service"));
    EXPECT_FALSE(is_template("foo@x.service"));
    EXPECT_FALSE(is_template("foo.service"));
}

/// Expectations are what systemd-escape(1) 252 prints.
TEST(Name, is_mangled_from_what_people_type) {
    std::pair<char const*, char const*> const cases[] = {
        {"nginx", "nginx.service"},     {"nginx.socket", "nginx.socket"}, {"a b", "a\\x20b.service"},
        {"/srv", "srv.mount"},          {"/srv//x/", "srv-x.mount"},      {"/", "-.mount"},
        {"/dev/sda", "dev-sda.device"}, {"/sys/x", "sys-x.device"},       {"/device", "device.mount"},
        {"foo@bar", "foo@bar.service"}, {"foo.conf", "foo.conf.service"}, {"a/b", "a-b.service"},
    };
    for (auto const& [typed, name] : cases)
        EXPECT_EQ(mangle(typed), name) << typed;
}

TEST(Name, escapes_as_systemd_escape_does) {
    EXPECT_EQ(escape("Hallöchen, Meister"), "Hall\\xc3\\xb6chen\\x2c\\x20Meister");
    EXPECT_EQ(escape("a/b-c"), "a-b\\x2dc");
    EXPECT_EQ(escape(".hidden.x"), "\\x2ehidden.x");
    EXPECT_EQ(escape("a\\b"), "a\\x5cb");
    EXPECT_EQ(escape_path("/tmp//waldi/foobar/"), "tmp-waldi-foobar");
    EXPECT_EQ(escape_path("/"), "-");
    EXPECT_EQ(escape_path("/.x"), "\\x2ex");
}

TEST(Name, unescapes_what_it_escaped) {
    for (auto const* text : {"a/b-c", "Hallöchen, Meister", "a\\b", ".x", "100%", "@"})
        EXPECT_EQ(unescape(escape(text)), text);
    for (auto const* path : {"/", "/srv/a-b/c d", "/.x"})
        EXPECT_EQ(unescape_path(escape_path(path)), path);
    EXPECT_EQ(unescape("a\\xZZ\\x2"), "a\\xZZ\\x2") << "what is no escape stands for itself";
}

} // namespace
} // namespace mitori::unit
