// A tree of processes is gone, whatever it does. MITORI_TREE_TRIES says how often that is tried (bench/run: 1000).
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <stdexcept>
#include <sys/wait.h>

#include "process/scope.hpp"
#include "process/support.hpp"

namespace mitori::process {
namespace {

using namespace testing;
using namespace std::chrono_literals;
namespace sys = base::sys;

Command shell(std::string script) { return Command("/bin/sh").arg("-c").arg(std::move(script)); }

int tries() {
    char const* wish = std::getenv("MITORI_TREE_TRIES");
    return wish != nullptr ? std::atoi(wish) : 10;
}

/// A tree of tests/process/probe/tree.cpp, all of it there.
struct Tree {
    Child child;
    base::Fd alive; ///< comes to its end when nothing of the tree is left

    static Tree grow(Scope& scope, std::vector<std::string> const& roles, int letters, int cgroup = -1) {
        auto pipe = sys::pipe();
        Command command(MITORI_TREE);
        command.args(roles).pass(pipe->second.get(), 3);
        if (cgroup >= 0) command.cgroup(cgroup);
        auto process = scope.start(command);
        pipe->second.reset();
        if (!process) throw std::runtime_error(process.error().message());
        for (char letter = 0; letters > 0; --letters)
            if (::read(pipe->first.get(), &letter, 1) != 1) throw std::runtime_error("the tree died while it grew");
        return {.child = std::move(process->child), .alive = std::move(pipe->first)};
    }

    /// A live process would hold the other end.
    [[nodiscard]] bool is_gone() const {
        if (!sys::set_nonblocking(alive.get())) return false;
        for (char letter = 0;;) {
            auto const got = ::read(alive.get(), &letter, 1);
            if (got <= 0) return got == 0;
        }
    }
};

std::vector<std::string> const all_roles{"orphan", "comet", "session", "group", "keeper", "widow", "deep"};
constexpr int all_letters = 6 + 8;

/// Nothing of it is left, and nothing to reap but the one that we hold.
void expect_killed(Scope& scope, Tree& tree, KillOptions const& options = {}) {
    auto const killed = scope.kill(options);
    ASSERT_TRUE(killed) << killed.error().message();
    EXPECT_TRUE(tree.is_gone());
    EXPECT_TRUE(scope.members().empty());
    EXPECT_EQ(tree.child.wait()->message(), "killed, signal=KILL");
    EXPECT_TRUE(no_child_left());
}

TEST(Scope, knows_descendants_however_they_hide) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope) << scope.error().message();
    auto tree = Tree::grow(*scope, {"orphan", "deep"}, 9);
    auto const members = scope->members();
    // itself, the daemon, eight of the chain
    EXPECT_EQ(members.size(), 10U);
    EXPECT_EQ(std::ranges::count(members, tree.child.pid(), &Member::pid), 1);
    EXPECT_GE(std::ranges::count(members, ::getpid(), &Member::parent), 2); // the daemon has come to us
    expect_killed(*scope, tree);
}

TEST(Scope, kills_a_tree_that_forks_while_it_is_killed) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    for (int n = 0; n < tries() && !HasFailure(); ++n) {
        auto tree = Tree::grow(*scope, all_roles, all_letters);
        expect_killed(*scope, tree);
    }
}

class WithCgroup : public ::testing::Test {
protected:
    /// A new one for each try: Linux 6.14 and later kill whatever is born in a group that was killed once.
    void make_group() {
        directory_.reset();
        TearDown();
        for (std::string const root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"})
            if (*sys::access(root + "/cgroup.kill", F_OK) || *sys::access(root + "/cgroup.procs", W_OK))
                if (sys::mkdir(root + "/mitori-scope-test-" + std::to_string(::getpid()), 0755)) {
                    path_ = root + "/mitori-scope-test-" + std::to_string(::getpid());
                    if (*sys::access(path_ + "/cgroup.kill", W_OK)) break;
                    TearDown();
                }
        if (!path_.empty()) directory_ = *sys::open(path_, O_RDONLY | O_DIRECTORY);
    }
    void SetUp() override {
        make_group();
        if (path_.empty()) GTEST_SKIP() << "no cgroup v2 with cgroup.kill can be made here";
    }
    void TearDown() override {
        if (!path_.empty()) static_cast<void>(sys::remove_directory(path_));
        path_.clear();
    }
    base::Result<void> kill() {
        auto const file = sys::open(path_ + "/cgroup.kill", O_WRONLY);
        if (!file) return std::unexpected(file.error());
        return sys::write_all(file->get(), "1");
    }

    std::string path_;
    base::Fd directory_;
};

TEST_F(WithCgroup, a_tree_that_forks_is_killed_at_once) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    for (int n = 0; n < tries() && !HasFailure(); ++n) {
        auto tree = Tree::grow(*scope, all_roles, all_letters, directory_.get());
        expect_killed(*scope, tree, {.cgroup = [this] { return kill(); }});
        make_group();
    }
}

TEST(Scope, spares_the_children_that_were_there_before_it) {
    auto spared = shell("sleep 1000 & wait").new_group().stdin_from(Stdio::null()).spawn();
    ASSERT_TRUE(spared);
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    auto tree = Tree::grow(*scope, {"orphan"}, 1);
    auto const killed = scope->kill();
    ASSERT_TRUE(killed) << killed.error().message();
    EXPECT_TRUE(tree.is_gone());
    EXPECT_EQ(spared->take_exit().error().number, EAGAIN);
    EXPECT_TRUE(spared->signal_group({SIGKILL}));
    EXPECT_TRUE(spared->wait());
    EXPECT_TRUE(tree.child.wait());
    static_cast<void>(scope->kill()); // the spared one's sleeper has come to us
}

TEST(Scope, leaves_the_ends_of_its_own_children_to_their_owners) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    auto held = scope->start(probe({"exit:5"}));
    auto other = scope->start(shell("(sleep 0.01; exit 3) & exit 0"));
    ASSERT_TRUE(held);
    ASSERT_TRUE(other);
    std::vector<OrphanEnd> ends;
    ASSERT_TRUE(scope->wait_all(60s, [&](OrphanEnd const& end) { ends.push_back(end); }));
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].exit.status, 3);
    EXPECT_EQ(held->child.wait()->status, 5);
    EXPECT_EQ(other->child.wait()->status, 0);
    EXPECT_TRUE(no_child_left());
}

TEST(Scope, waits_for_all_no_longer_than_asked) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    auto tree = Tree::grow(*scope, {"orphan"}, 1);
    EXPECT_EQ(scope->wait_all(20ms).error().number, ETIMEDOUT);
    expect_killed(*scope, tree);
    EXPECT_TRUE(scope->wait_all(0s));
}

TEST(Scope, signals_a_whole_tree_a_session_or_a_group) {
    auto scope = Scope::open();
    ASSERT_TRUE(scope);
    auto const sleeper = [] { return shell("sleep 1000 & sleep 1000 & wait"); };
    auto session = scope->start(sleeper().new_session().stdout_to(Stdio::pipe()));
    auto group = scope->start(sleeper().new_group().stdout_to(Stdio::pipe()));
    auto plain = scope->start(sleeper().stdout_to(Stdio::pipe()));
    ASSERT_TRUE(session && group && plain);
    while (scope->members().size() < 9)
        ::sched_yield();
    EXPECT_EQ(scope->signal_session(session->child.pid(), {SIGTERM}), 3U);
    EXPECT_EQ(read_to_end(session->out.get()), "");
    EXPECT_EQ(scope->signal_group(group->child.pid(), {SIGTERM}), 3U);
    EXPECT_EQ(read_to_end(group->out.get()), "");
    auto const all = scope->signal({SIGTERM});
    ASSERT_TRUE(all);
    EXPECT_GE(*all, 3U);
    EXPECT_EQ(read_to_end(plain->out.get()), "");
    EXPECT_TRUE(scope->wait_all(60s));
    for (auto* process : {&*session, &*group, &*plain})
        EXPECT_EQ(process->child.wait()->message(), "killed, signal=TERM");
}

TEST(Scope, works_with_sigchld_ignored) {
    auto const before = ::signal(SIGCHLD, SIG_IGN);
    {
        auto scope = Scope::open();
        ASSERT_TRUE(scope);
        auto tree = Tree::grow(*scope, all_roles, all_letters);
        auto const killed = scope->kill();
        EXPECT_TRUE(killed);
        EXPECT_TRUE(tree.is_gone());
    }
    ::signal(SIGCHLD, before);
}

TEST(Scope, is_alone_in_its_process_and_puts_back_what_it_found) {
    EXPECT_FALSE(sys::is_child_subreaper());
    {
        auto const scope = Scope::open();
        ASSERT_TRUE(scope);
        EXPECT_TRUE(sys::is_child_subreaper());
        EXPECT_EQ(Scope::open().error().number, EBUSY);
    }
    EXPECT_FALSE(sys::is_child_subreaper());
    EXPECT_TRUE(Scope::open());
}

} // namespace
} // namespace mitori::process
