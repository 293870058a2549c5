#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tree.hpp"
#include "unit/verify.hpp"

namespace mitori::unit {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> findings(Verdict const& verdict) {
    std::vector<std::string> all;
    for (auto const& one : verdict.findings)
        all.push_back(one.message());
    return all;
}

Verdict verdict_on(Tree const& tree, std::string const& text) {
    tree.write("home/x.service", text);
    auto loader = tree.loader();
    return verify(loader, {tree.path("home/x.service")}).at(0);
}

TEST(Verify, finds_nothing_in_a_good_file) {
    Tree const tree;
    auto const verdict = verdict_on(tree, service_text);
    EXPECT_TRUE(verdict.good());
    EXPECT_THAT(findings(verdict), IsEmpty());
}

TEST(Verify, finds_programs_that_are_not_there) {
    Tree const tree;
    auto const verdict = verdict_on(
        tree,
        "[Service]\nExecStartPre=-/no/such/helper\nExecStart=/no/such/program\nExecStop=/etc\nExecReload=sh -c :\n");
    EXPECT_FALSE(verdict.good());
    EXPECT_THAT(findings(verdict), ElementsAre(HasSubstr("warning: /no/such/helper is no program"),
                                               HasSubstr("error: /no/such/program is no program"),
                                               HasSubstr("error: /etc is no program")));
}

TEST(Verify, finds_unknown_users_and_groups) {
    Tree const tree;
    auto const verdict =
        verdict_on(tree, service_text + "User=nosuchuser\nGroup=nosuchgroup\nSupplementaryGroups=root 4711\n");
    EXPECT_TRUE(verdict.good()) << "a package may make them when it is installed";
    EXPECT_THAT(findings(verdict), ElementsAre(HasSubstr("User=nosuchuser"), HasSubstr("Group=nosuchgroup")));
}

TEST(Verify, finds_needed_units_without_a_file) {
    Tree const tree;
    tree.link("etc/off.service", "/dev/null");
    auto const verdict =
        verdict_on(tree, "[Unit]\nRequires=gone.service basic.target off.service\nWants=perhaps.service\n"
                         "After=elsewhere.service\n" +
                             service_text);
    EXPECT_FALSE(verdict.good());
    EXPECT_THAT(findings(verdict),
                ElementsAre(HasSubstr("error: it needs gone.service, for which there is no unit file"),
                            HasSubstr("error: it needs off.service, which is masked")));
}

TEST(Verify, takes_files_that_are_given_together_as_one_set) {
    Tree const tree;
    tree.write("home/a.service", "[Unit]\nRequires=b.service\n" + service_text);
    tree.write("home/b.service", service_text);
    auto loader = tree.loader();
    auto const verdicts = verify(loader, {tree.path("home/a.service"), tree.path("home/b.service")});
    ASSERT_EQ(verdicts.size(), 2U);
    EXPECT_THAT(findings(verdicts[0]), IsEmpty());
}

TEST(Verify, names_what_is_read_but_not_honoured) {
    Tree const tree;
    auto const verdict = verdict_on(tree, service_text + "PrivateTmp=yes\nIOWeight=5\nPrivateTmp=no\n");
    EXPECT_TRUE(verdict.good());
    EXPECT_THAT(findings(verdict), ElementsAre(HasSubstr("notice: read, not honoured yet: IOWeight= PrivateTmp=")));
}

TEST(Verify, looks_names_up_on_the_search_path) {
    Tree const tree;
    tree.write("lib/there.service", service_text);
    auto loader = tree.loader();
    auto const verdicts = verify(loader, {"there", "missing.service"});
    EXPECT_TRUE(verdicts.at(0).good());
    EXPECT_FALSE(verdicts.at(1).good());
    EXPECT_THAT(findings(verdicts[1]), ElementsAre("missing.service: error: Unit missing.service not found."));
}

TEST(Verify, tells_one_cause_once) {
    Tree const tree;
    EXPECT_THAT(findings(verdict_on(tree, "[Service]\nType=simple\n")),
                ElementsAre(HasSubstr("error: the service has no ExecStart=")));
}

} // namespace
} // namespace mitori::unit
