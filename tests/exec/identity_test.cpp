// Against the databases of the machine, of which only root, daemon and nogroup are certain.
#include <gmock/gmock.h>
#include <grp.h>
#include <unistd.h>

#include "sample.hpp"

namespace mitori::exec {
namespace {

using process::Stage;
using test::system_place;
using test::user_place;
using testing::Contains;
using testing::ElementsAre;

unit::Exec with(std::string user, std::string group = {}, std::vector<std::string> supplementary = {}) {
    unit::Exec exec;
    exec.user = std::move(user);
    exec.group = std::move(group);
    exec.supplementary_groups = std::move(supplementary);
    return exec;
}

Identity resolve(unit::Exec const& exec, Place const& place = system_place()) {
    auto const identity = resolve_identity(exec, place);
    if (!identity) {
        ADD_FAILURE() << identity.error().message();
        return {};
    }
    EXPECT_TRUE(*identity);
    return identity->value_or(Identity{});
}

TEST(Identity, is_none_where_none_is_asked_for) {
    auto const identity = resolve_identity({}, system_place());
    ASSERT_TRUE(identity);
    EXPECT_FALSE(*identity);
}

TEST(Identity, of_a_user_has_its_groups_but_no_shell_that_is_none) {
    auto const daemon = resolve(with("daemon"));
    EXPECT_EQ(daemon.uid, 1U);
    EXPECT_EQ(daemon.gid, 1U);
    EXPECT_EQ(daemon.user, "daemon");
    EXPECT_EQ(daemon.home, "/usr/sbin");
    EXPECT_EQ(daemon.shell, "");
    EXPECT_THAT(daemon.groups, Contains(1U));
}

TEST(Identity, may_be_given_by_number) {
    EXPECT_EQ(resolve(with("1")).user, "daemon");
    auto const stranger = resolve(with("54321", "54322"));
    EXPECT_EQ(stranger.uid, 54321U);
    EXPECT_EQ(stranger.gid, 54322U);
    EXPECT_EQ(stranger.user, "54321");
}

TEST(Identity, of_a_number_without_an_entry_needs_a_group) {
    auto const stranger = resolve_identity(with("54321"), system_place());
    ASSERT_FALSE(stranger);
    EXPECT_EQ(stranger.error().stage, Stage::group);
}

TEST(Identity, takes_group_before_the_user_s_own) {
    EXPECT_EQ(resolve(with("daemon", "nogroup")).gid, 65534U);
    EXPECT_EQ(resolve(with("daemon", "77")).gid, 77U);
}

TEST(Identity, adds_supplementary_groups_sorted_and_each_once) {
    auto const identity = resolve(with("daemon", "", {"65000", "64000", "nogroup", "65000"}));
    EXPECT_THAT(identity.groups, Contains(64000U));
    EXPECT_TRUE(std::ranges::is_sorted(identity.groups));
    EXPECT_EQ(std::ranges::count(identity.groups, 65000U), 1);
}

TEST(Identity, of_a_group_alone_keeps_the_manager_s_user) {
    auto const identity = resolve(with("", "nogroup", {"64000"}));
    EXPECT_EQ(identity.uid, 0U);
    EXPECT_EQ(identity.gid, 65534U);
    EXPECT_EQ(identity.user, "");
    EXPECT_THAT(identity.groups, ElementsAre(64000U));
}

TEST(Identity, of_somebody_who_does_not_exist_fails_with_the_name) {
    auto const user = resolve_identity(with("no-such-user"), system_place());
    ASSERT_FALSE(user);
    EXPECT_EQ(user.error().stage, Stage::user);
    EXPECT_EQ(user.error().error.subject, "no-such-user");
    auto const group = resolve_identity(with("daemon", "no-such-group"), system_place());
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().stage, Stage::group);
    auto const supplementary = resolve_identity(with("daemon", "", {"no-such-group"}), system_place());
    ASSERT_FALSE(supplementary);
    EXPECT_EQ(supplementary.error().stage, Stage::group);
}

TEST(Identity, of_somebody_else_is_refused_to_an_ordinary_user) {
    auto const other = resolve_identity(with("daemon"), user_place());
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().stage, Stage::user);
    EXPECT_EQ(other.error().error.number, EPERM);
    auto const group = resolve_identity(with("1000", "64000"), user_place());
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().stage, Stage::group);
    EXPECT_EQ(group.error().error.number, EPERM);
    auto const joined = resolve_identity(with("1000", "100", {"64000"}), user_place());
    ASSERT_FALSE(joined);
    EXPECT_EQ(joined.error().stage, Stage::group);
}

TEST(Identity, of_oneself_is_granted_to_an_ordinary_user) {
    EXPECT_EQ(resolve(with("1000", "100", {"100"}), user_place()).uid, 1000U);
}

TEST(Place, is_what_this_process_is) {
    auto const place = read_place(unit::Scope::system, test::system_host(), "/run/x/notify");
    EXPECT_EQ(place.uid, ::getuid());
    EXPECT_EQ(place.pid, ::getpid());
    EXPECT_EQ(place.limits.size(), static_cast<std::size_t>(RLIM_NLIMITS));
    rlimit files{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
    EXPECT_THAT(place.limits, Contains(process::Limit{RLIMIT_NOFILE, files.rlim_cur, files.rlim_max}));
    EXPECT_EQ(place.notify_socket, "/run/x/notify");
}

/// A variable of our own for the length of a test.
class Variable {
public:
    Variable(char const* name, char const* value) : name_(name) { ::setenv(name, value, 1); }
    Variable(Variable const&) = delete;
    Variable& operator=(Variable const&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    char const* name_;
};

TEST(Place, hands_a_user_s_environment_down_but_not_what_was_meant_for_the_manager) {
    Variable const mine("MITORI_TEST_MINE", "1");
    Variable const notify("NOTIFY_SOCKET", "/run/outer");
    Variable const invocation("INVOCATION_ID", "outer");
    auto const place = read_place(unit::Scope::user, {}, "");
    EXPECT_THAT(place.environment, Contains("MITORI_TEST_MINE=1"));
    EXPECT_THAT(place.own_environment, Contains("NOTIFY_SOCKET=/run/outer"));
    for (auto const& entry : place.environment)
        EXPECT_FALSE(entry.starts_with("NOTIFY_SOCKET=") || entry.starts_with("INVOCATION_ID=")) << entry;
}

TEST(Place, gives_the_system_s_services_a_search_path_and_a_language_only) {
    Variable const mine("MITORI_TEST_MINE", "1");
    auto const place = read_place(unit::Scope::system, {}, "");
    EXPECT_THAT(place.environment, Contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    EXPECT_THAT(place.environment, Contains(testing::StartsWith("LANG=")));
    for (auto const& entry : place.environment)
        EXPECT_TRUE(entry.starts_with("PATH=") || entry.starts_with("LANG") || entry.starts_with("LC_")) << entry;
    EXPECT_THAT(place.own_environment, Contains("MITORI_TEST_MINE=1"));
}

} // namespace
} // namespace mitori::exec
