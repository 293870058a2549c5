// The programs and unit files of examples/ do what their comments say, without a manager.
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/sys.hpp"
#include "process/command.hpp"
#include "support/temporary_directory.hpp"
#include "unit/load.hpp"

namespace mitori {
namespace {

using process::Command;
using process::ExitKind;
using test::TemporaryDirectory;
using testing::HasSubstr;
using testing::StartsWith;

std::string program(std::string_view name) { return MITORI_EXAMPLE_PROGRAMS "/" + std::string(name); }

std::string read(std::string const& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

process::Child spawn(Command const& command) {
    auto child = command.spawn();
    if (!child) {
        ADD_FAILURE() << child.error().message();
        return {};
    }
    return std::move(*child);
}

process::Exit run(Command const& command) {
    auto exit = spawn(command).wait();
    EXPECT_TRUE(exit) << exit.error().message();
    return exit.value_or(process::Exit{});
}

/// The manager's end of the notification protocol.
class NotifySocket {
public:
    explicit NotifySocket(std::string const& path) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address), 0);
    }

    /// The next message that begins so; "nothing" when none comes for ten seconds.
    std::string next(std::string_view start) {
        static constexpr int patience = 10'000;
        std::array<char, 4096> buffer{};
        for (;;) {
            pollfd wanted{socket_.get(), POLLIN, 0};
            if (::poll(&wanted, 1, patience) <= 0) return "nothing";
            auto const length = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
            if (length < 0) return "nothing";
            std::string message(buffer.data(), static_cast<std::size_t>(length));
            if (message.starts_with(start)) return message;
        }
    }

private:
    base::Fd socket_;
};

TEST(Examples, load_without_a_word_and_name_programs_that_are_built) {
    unit::Host host;
    host.runtime_directory = "/run";
    unit::Loader loader({}, host);
    std::size_t units = 0;
    for (auto const& entry : std::filesystem::directory_iterator(MITORI_EXAMPLE_UNITS)) {
        auto const extension = entry.path().extension();
        if (extension != ".service" && extension != ".target") continue;
        ++units;
        auto const unit = loader.load_file(entry.path());
        EXPECT_EQ(unit->load_state, unit::LoadState::loaded) << entry.path() << unit->load_error;
        for (auto const& diagnostic : unit->diagnostics)
            ADD_FAILURE() << diagnostic.message();
        for (auto const& command : unit->service.exec_start)
            EXPECT_TRUE(std::filesystem::exists(program(command.path))) << command.path;
    }
    EXPECT_EQ(units, 5U);
}

TEST(Examples, notify_is_ready_reloads_and_stops) {
    TemporaryDirectory directory;
    NotifySocket manager(directory / "notify");
    auto child = spawn(Command(program("mitori-example-notify")).env("NOTIFY_SOCKET", directory / "notify"));
    EXPECT_THAT(manager.next(""), StartsWith("READY=1\nSTATUS="));
    ASSERT_TRUE(child.signal(base::Signal{SIGHUP}));
    EXPECT_THAT(manager.next("RELOADING=1"), HasSubstr("\nMONOTONIC_USEC="));
    EXPECT_THAT(manager.next("READY=1"), HasSubstr("STATUS="));
    ASSERT_TRUE(child.signal(base::Signal{SIGTERM}));
    EXPECT_THAT(manager.next("STOPPING=1"), StartsWith("STOPPING=1"));
    auto const exit = child.wait();
    ASSERT_TRUE(exit);
    EXPECT_TRUE(exit->clean());
}

TEST(Examples, notify_feeds_the_watchdog) {
    TemporaryDirectory directory;
    NotifySocket manager(directory / "notify");
    auto child = spawn(Command(program("mitori-example-notify"))
                           .env("NOTIFY_SOCKET", directory / "notify")
                           .env("WATCHDOG_USEC", "20000"));
    EXPECT_EQ(manager.next("WATCHDOG=1"), "WATCHDOG=1");
    EXPECT_EQ(manager.next("WATCHDOG=1"), "WATCHDOG=1");
    ASSERT_TRUE(child.signal(base::Signal{SIGTERM}));
    EXPECT_TRUE(child.wait());
}

TEST(Examples, forking_returns_when_its_daemon_is_ready_and_leaves_nothing_behind) {
    // What the daemon's parents leave becomes ours, so that it can be waited for.
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    TemporaryDirectory directory;
    EXPECT_TRUE(run(Command(program("mitori-example-forking")).arg(directory / "pid")).clean());
    auto const pid = static_cast<pid_t>(std::stoi(read(directory / "pid")));
    EXPECT_EQ(::getpgid(pid), ::getsid(pid));
    EXPECT_NE(::getsid(pid), pid) << "a session's leader could be given a terminal";
    ASSERT_EQ(::kill(pid, SIGTERM), 0);
    int status = 0;
    // It becomes ours with the end of its parent, who may still be on the way out and comes to us, too.
    pid_t ended = 0;
    while ((ended = ::waitpid(-1, &status, 0)) > 0 && ended != pid) {}
    EXPECT_EQ(ended, pid);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT_FALSE(std::filesystem::exists(directory / "pid"));
    while (::waitpid(-1, nullptr, 0) > 0) {}
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

TEST(Examples, forking_fails_where_it_cannot_write_its_pid_file) {
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    auto const exit =
        run(Command(program("mitori-example-forking")).arg("/proc/nonexistent/pid").stderr_to(process::Stdio::null()));
    EXPECT_EQ(exit.status, 1);
    while (::waitpid(-1, nullptr, 0) > 0) {}
    ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

TEST(Examples, oneshot_writes_what_the_worker_reads) {
    TemporaryDirectory directory;
    EXPECT_TRUE(run(Command(program("mitori-example-oneshot"))
                        .env("RUNTIME_DIRECTORY", directory.path() + ":/elsewhere")
                        .stdout_to(process::Stdio::null()))
                    .clean());
    EXPECT_THAT(read(directory / "settings"), testing::AllOf(HasSubstr("\nat_least=5\n"), HasSubstr("\nat_most=20\n")));
}

TEST(Examples, oneshot_says_that_it_needs_a_directory) {
    auto const exit = run(
        Command(program("mitori-example-oneshot")).unset_env("RUNTIME_DIRECTORY").stderr_to(process::Stdio::null()));
    EXPECT_EQ(exit.status, 78);
}

TEST(Examples, worker_fails_after_its_time) {
    TemporaryDirectory directory;
    std::ofstream(directory / "settings") << "at_least=0\nat_most=0\n";
    auto const exit = run(Command(program("mitori-example-worker"))
                              .arg(directory / "settings")
                              .limit({RLIMIT_CORE, 0, 0})
                              .stdout_to(process::Stdio::null())
                              .stderr_to(process::Stdio::null()));
    EXPECT_FALSE(exit.clean());
}

TEST(Examples, worker_refuses_settings_that_are_none) {
    TemporaryDirectory directory;
    for (auto const* text : {"", "at_least=1\n", "at_least=2\nat_most=1\n", "at_least=x\nat_most=1\n"}) {
        std::ofstream(directory / "settings") << text;
        auto const exit = run(
            Command(program("mitori-example-worker")).arg(directory / "settings").stderr_to(process::Stdio::null()));
        EXPECT_EQ(exit.status, 78) << text;
    }
}

} // namespace
} // namespace mitori
