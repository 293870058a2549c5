#include "run/run.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <iostream>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/sys_terminal.hpp"
#include "base/text.hpp"
#include "cgroup/groups.hpp"
#include "run/daemonize.hpp"
#include "run/job.hpp"
#include "run/relay.hpp"
#include "run/report.hpp"

namespace mitori::run {
namespace {

using base::Result;
using process::SpawnError;

constexpr int timed_out = 124;
constexpr int of_signals = 128;

void say(std::string_view text) { std::cerr << "mitori run: " << text << "\n"; }

std::string name_of(pid_t pid) {
    auto const text = base::sys::read_file(fmt::format("/proc/{}/comm", pid));
    return text ? std::string(base::trim(*text)) : std::string();
}

/// Our controlling terminal, by whatever stream. Its foreground may be ours to give now, or only after an `fg`.
std::optional<int> own_terminal() {
    for (int const fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (base::sys::foreground_group(fd).value_or(0) > 0) return fd;
    return std::nullopt;
}

class Run {
public:
    Run(Settings const& settings, InheritedSignals const& inherited, Keeper const& keep)
        : settings_(settings),
          inherited_(inherited),
          keep_(keep) {}

    int run() {
        auto const status = start_and_hold();
        if (!status) {
            auto const error = with_reason(status.error());
            say(error.message());
            int const failed = run::status_of(error);
            write_report(to_json(settings_, error, failed));
            return failed;
        }
        return *status;
    }

private:
    using Status = std::expected<int, SpawnError>;

    static SpawnError own(base::Error error) { return {.stage = process::Stage::none, .error = std::move(error)}; }

    Status start_and_hold() {
        auto scope = process::Scope::open();
        if (!scope) return std::unexpected(own(scope.error()));
        auto loop = loop::open_loop();
        if (!loop) return std::unexpected(own(loop.error()));
        make_group();
        auto const limited = cgroup::Limited::apply(settings_.limits, group_.get(), name());
        for (auto const& refused : limited.refused())
            say(refused);
        report_.refused = limited.refused();
        bool const shares = settings_.terminal == Terminal::as_is && settings_.session == Session::as_is;
        auto const terminal = shares ? own_terminal() : std::nullopt;
        auto command =
            make_command(settings_, {.signals = inherited_,
                                     .cgroup = group_.get(),
                                     .joins = limited.joins(),
                                     .terminal = terminal && has_foreground(*terminal) ? terminal : std::nullopt});
        if (!command) return std::unexpected(command.error());
        Job job(**loop, *scope, settings_, terminal, inherited_.ignored);
        auto status = hold(**loop, *scope, job, *command);
        if (status)
            report_.group.memory_peak = report_.group.memory_peak ? report_.group.memory_peak : limited.memory_peak();
        remove_group();
        if (status) write_report(to_json(settings_, report_));
        if (status && keep_) keep_(deaths_of(settings_, report_, command_));
        return status;
    }

    Status hold(loop::Loop& loop, process::Scope& scope, Job& job, process::Command& command) {
        if (auto taken = job.take_signals(); !taken) return std::unexpected(own(taken.error()));
        if (settings_.terminal == Terminal::new_pair)
            if (auto const size = base::sys::window_size(STDIN_FILENO)) command.terminal_size(*size);
        report_.started = loop.now();
        auto started = scope.start(command);
        if (!started) return std::unexpected(started.error());
        if (keep_) command_ = describe_living(started->child.pid());
        if (settings_.terminal == Terminal::new_pair) {
            auto relay = Relay::make(loop, std::move(started->terminal));
            if (!relay) return std::unexpected(own(relay.error()));
            relay_ = *std::move(relay);
            job.on_resized([this] { relay_->resize(); });
        }
        if (auto watched = job.watch(std::move(started->child)); !watched) return std::unexpected(own(watched.error()));
        if (auto code = loop.run(); !code) return std::unexpected(own(code.error()));
        if (relay_) relay_->finish();
        relay_.reset();
        report_.ended = job.ended();
        for (auto const& orphan : job.ended().orphans)
            report_.descendants.push_back({.pid = orphan.pid, .name = {}, .end = orphan.exit});
        clear(scope);
        report_.exit_status = run::status_of(settings_, job.ended());
        return report_.exit_status;
    }

    /// What the command left behind.
    void clear(process::Scope& scope) {
        auto const left = scope.members();
        for (auto const& member : left)
            report_.descendants.push_back({.pid = member.pid, .name = name_of(member.pid), .end = {}});
        if (settings_.descendants == Descendants::keep) {
            for (auto const& member : left)
                say(fmt::format("left running: {} {}", member.pid, name_of(member.pid)));
            return;
        }
        process::KillOptions options;
        if (group_)
            options.cgroup = [this]() -> Result<void> {
                TRY(groups_->kill(group_name, base::Signal{SIGKILL}));
                return {};
            };
        auto const killed = scope.kill(options);
        if (!killed) return say(killed.error().message());
        for (auto const& orphan : killed->orphans) {
            auto known = std::ranges::find(report_.descendants, orphan.pid, &Descendant::pid);
            if (known != report_.descendants.end())
                known->end = orphan.exit;
            else
                known = report_.descendants.insert(known, {.pid = orphan.pid, .name = {}, .end = orphan.exit});
            known->ended_by_us = true;
        }
    }

    // -- the control group

    static std::string name() { return fmt::format("mitori-run-{}", ::getpid()); }

    /// A group is a help, not a need: the tree is known without one. Limits need it, and say so themselves.
    void make_group() {
        groups_ = cgroup::open_groups({.below = name()});
        if (groups_->place() == cgroup::Place::none || !groups_->make(group_name)) return;
        if (auto directory = groups_->open(group_name)) group_ = *std::move(directory);
    }

    void remove_group() {
        if (!group_) return;
        report_.group = merge(groups_->account(group_name));
        group_ = base::Fd();
        static_cast<void>(groups_->remove(""));
    }

    cgroup::Accounting merge(cgroup::Accounting counted) const {
        if (report_.group.memory_peak) counted.memory_peak = report_.group.memory_peak;
        return counted;
    }

    void write_report(std::string const& text) const {
        if (!settings_.report) return;
        auto const written = *settings_.report == "-" ? base::sys::write_all(STDOUT_FILENO, text)
                                                      : base::sys::write_file(*settings_.report, text);
        if (!written) say(fmt::format("--report: {}", written.error().message()));
    }

    static constexpr auto group_name = "command";
    Settings const& settings_;
    InheritedSignals const& inherited_;
    Keeper const& keep_;
    status::Death command_; ///< as far as only the living tell; of interest to who keeps deaths
    std::unique_ptr<cgroup::Groups> groups_;
    base::Fd group_; ///< of the command; empty: it stays where we are
    std::unique_ptr<Relay> relay_;
    Report report_;
};

} // namespace

int status_of(Settings const& settings, Ended const& ended) {
    auto const& exit = ended.exit;
    bool const by_signal = exit.kind != process::ExitKind::exited;
    if (ended.timed_out != TimedOut::no && settings.timeout_status == TimeoutStatus::of_timeout) {
        // As timeout(1): 137 tells that it had to be killed.
        bool const killed = by_signal && exit.status == SIGKILL && ended.timed_out == TimedOut::killed;
        return killed ? of_signals + SIGKILL : timed_out;
    }
    return by_signal ? of_signals + exit.status : exit.status;
}

int run(Settings const& settings, InheritedSignals const& inherited, Keeper const& keep) {
    return Run(settings, inherited, keep).run();
}

} // namespace mitori::run
