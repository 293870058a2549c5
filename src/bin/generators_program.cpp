// The process that runs generators: all at once, with a time limit, and nobody is left of them afterwards.
#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"
#include "bin/generators.hpp"
#include "process/command.hpp"

namespace mitori::bin {
namespace {

struct Running {
    std::string program;
    process::Child child;
};

std::vector<Running> start_all(std::vector<std::string> const& folders, std::span<char const* const> programs) {
    std::vector<Running> running;
    for (std::string const program : programs) {
        auto child = process::Command(program).args(folders).stdin_from(process::Stdio::null()).umask(0022).spawn();
        if (child)
            running.push_back({program, std::move(*child)});
        else
            base::log(base::Priority::warning, "generator {}: {}", program, child.error().message());
    }
    return running;
}

/// Takes the ends that are there; says which were no good ones.
void take_ends(std::vector<Running>& running) {
    std::erase_if(running, [](Running& one) {
        auto const exit = one.child.take_exit();
        if (!exit && exit.error().number == EAGAIN) return false;
        if (exit && !exit->clean())
            base::log(base::Priority::warning, "generator {}: {}", one.program, exit->message());
        return true;
    });
}

void wait_for_all(std::vector<Running>& running, base::Usec limit) {
    auto const end = base::plus(base::sys::now_monotonic(), limit);
    while (!running.empty()) {
        auto const now = base::sys::now_monotonic();
        if (now >= end) return;
        std::vector<pollfd> polls;
        for (auto const& one : running)
            polls.push_back({.fd = one.child.pidfd(), .events = POLLIN, .revents = 0});
        auto const rest = std::chrono::ceil<std::chrono::milliseconds>(end - now);
        static_cast<void>(::poll(polls.data(), polls.size(), static_cast<int>(rest.count())));
        take_ends(running);
    }
}

std::vector<pid_t> own_children() {
    auto const self = ::getpid();
    auto const text = base::sys::read_file(fmt::format("/proc/{}/task/{}/children", self, self)).value_or("");
    std::vector<pid_t> pids;
    for (auto const word : base::split(text))
        if (auto const pid = base::parse_integer<pid_t>(word)) pids.push_back(*pid);
    return pids;
}

/// What generators have left behind comes to us when its parents have gone: we are its subreaper.
void end_the_rest() {
    for (auto pids = own_children(); !pids.empty(); pids = own_children())
        for (auto const pid : pids) {
            if (auto const pidfd = base::sys::pidfd_open(pid))
                static_cast<void>(base::sys::pidfd_send_signal(pidfd->get(), {SIGKILL}));
            static_cast<void>(base::sys::wait_pid(pid, WEXITED));
        }
}

} // namespace

int run_generators(std::span<char const* const> words) {
    auto const limit = words.size() < 5 ? std::nullopt : base::parse_integer<unsigned>(words[1]);
    if (!limit) return 125;
    std::chrono::seconds const most(*limit);
    if (auto reaps = base::sys::set_child_subreaper(); !reaps)
        base::log(base::Priority::warning, "generators: {}", reaps.error().message());
    auto running = start_all({words[2], words[3], words[4]}, words.subspan(5));
    wait_for_all(running, most);
    for (auto const& one : running)
        base::log(base::Priority::err, "generator {}: it took longer than {} and is ended", one.program,
                  base::show_span(most));
    end_the_rest();
    return 0;
}

} // namespace mitori::bin
