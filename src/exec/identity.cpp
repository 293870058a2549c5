// Names of users and groups to numbers: getpwnam_r(3), getgrnam_r(3), getgrouplist(3). docs/adr/0010.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include "base/text.hpp"
#include "exec/facts.hpp"

namespace mitori::exec {
namespace {

using process::SpawnError;
using process::Stage;
template <class T>
using Found = std::expected<T, SpawnError>;

std::unexpected<SpawnError> fail(Stage stage, int number, std::string operation, std::string subject) {
    return std::unexpected(SpawnError{stage, {number, std::move(operation), std::move(subject)}});
}

/// Calls one of the get…_r functions with more and more room, until the entry fits. Nothing: no such entry.
template <class Entry, class Function, class Key>
Found<std::optional<Entry>> look_up(Function function, Key key, std::vector<char>& room, Stage stage) {
    static constexpr std::size_t first_room = 1024;
    static constexpr std::size_t most_room = std::size_t{1} << 24;
    for (std::size_t size = first_room;; size *= 2) {
        room.resize(size);
        Entry entry{};
        Entry* found = nullptr;
        int const number = function(key, &entry, room.data(), room.size(), &found);
        if (found != nullptr) return entry;
        if (number == ERANGE && size < most_room) continue;
        // Several numbers mean only that nobody has this name, getpwnam(3).
        if (number == 0 || number == ENOENT || number == ESRCH || number == EBADF || number == EPERM)
            return std::nullopt;
        return fail(stage, number, stage == Stage::user ? "look up user" : "look up group", fmt::format("{}", key));
    }
}

bool is_nologin(std::string_view shell) {
    static constexpr auto refusing = std::to_array<std::string_view>({"nologin", "false", "true"});
    auto const slash = shell.rfind('/');
    return slash != shell.npos && std::ranges::find(refusing, shell.substr(slash + 1)) != refusing.end();
}

/// What one knows of a user before groups: `gid` is the primary one where an entry tells it.
struct User {
    uid_t uid = 0;
    std::optional<gid_t> gid;
    std::string name;
    std::string home;
    std::string shell;
};

/// A number is asked for too: its entry has the name, the home, the groups; but it needs none.
Found<User> find_user(std::string const& text) {
    auto const number = base::parse_integer<uid_t>(text);
    std::vector<char> room;
    auto const entry = number ? look_up<passwd>(::getpwuid_r, *number, room, Stage::user)
                              : look_up<passwd>(::getpwnam_r, text.c_str(), room, Stage::user);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry) {
        if (text == "root" || number == 0) return User{.uid = 0, .gid = 0, .name = "root", .home = "/root"};
        if (!number) return fail(Stage::user, ESRCH, "no user is called", text);
        return User{.uid = *number, .name = text};
    }
    passwd const& found = **entry;
    User user{.uid = found.pw_uid, .gid = found.pw_gid, .name = number ? found.pw_name : text};
    // A home or a shell that is none tells a program nothing: systemd leaves these variables unset.
    if (std::string_view(found.pw_dir) != "/") user.home = found.pw_dir;
    if (!is_nologin(found.pw_shell)) user.shell = found.pw_shell;
    return user;
}

Found<gid_t> find_group(std::string const& text) {
    if (auto const number = base::parse_integer<gid_t>(text)) return *number;
    std::vector<char> room;
    auto const entry = look_up<::group>(::getgrnam_r, text.c_str(), room, Stage::group);
    if (!entry) return std::unexpected(entry.error());
    if (*entry) return (*entry)->gr_gid;
    if (text == "root") return gid_t{0};
    return fail(Stage::group, ESRCH, "no group is called", text);
}

std::vector<gid_t> own_groups() {
    int const count = ::getgroups(0, nullptr);
    std::vector<gid_t> groups(static_cast<std::size_t>(std::max(count, 0)));
    int const filled = groups.empty() ? 0 : ::getgroups(count, groups.data());
    groups.resize(static_cast<std::size_t>(std::max(filled, 0)));
    return groups;
}

/// The groups that the databases give this user, `gid` among them.
std::vector<gid_t> groups_of(std::string const& user, gid_t gid) {
    std::vector<gid_t> groups(16);
    for (;;) {
        int count = static_cast<int>(groups.size());
        if (::getgrouplist(user.c_str(), gid, groups.data(), &count) >= 0) {
            groups.resize(static_cast<std::size_t>(count));
            return groups;
        }
        groups.resize(std::max(static_cast<std::size_t>(count), groups.size() * 2));
    }
}

/// The kernel would refuse with the same number; here the answer names the setting.
Found<void> check_own(unit::Exec const& exec, Place const& place, Identity const& identity) {
    if (identity.uid != place.uid) return fail(Stage::user, EPERM, "become user", exec.user);
    if (!exec.group.empty() && identity.gid != place.host.gid)
        return fail(Stage::group, EPERM, "become group", exec.group);
    auto const own = own_groups();
    for (auto const& name : exec.supplementary_groups) {
        gid_t const gid = TRY(find_group(name));
        if (gid != place.host.gid && std::ranges::find(own, gid) == own.end())
            return fail(Stage::group, EPERM, "join group", name);
    }
    return {};
}

Found<User> find_base_user(unit::Exec const& exec, Place const& place) {
    if (exec.user.empty()) return User{.uid = place.uid, .gid = place.host.gid};
    return find_user(exec.user);
}

} // namespace

std::expected<std::optional<Identity>, SpawnError> resolve_identity(unit::Exec const& exec, Place const& place) {
    if (exec.user.empty() && exec.group.empty() && exec.supplementary_groups.empty()) return std::nullopt;
    User user = TRY(find_base_user(exec, place));
    if (!exec.group.empty()) user.gid = TRY(find_group(exec.group));
    if (!user.gid)
        return fail(Stage::group, ESRCH, "no primary group is known (Group= would tell) for user", user.name);

    Identity identity{.uid = user.uid, .gid = *user.gid, .user = user.name, .home = user.home, .shell = user.shell};
    if (!user.name.empty())
        identity.groups = groups_of(user.name, identity.gid);
    else if (exec.supplementary_groups.empty())
        identity.groups = own_groups();
    for (auto const& name : exec.supplementary_groups)
        identity.groups.push_back(TRY(find_group(name)));
    std::ranges::sort(identity.groups);
    identity.groups.erase(std::ranges::unique(identity.groups).begin(), identity.groups.end());
    if (!place.privileged) TRY(check_own(exec, place, identity));
    return identity;
}

} // namespace mitori::exec
