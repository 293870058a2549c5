// Several commands, each reading what the one before it writes: a | b | c.
//
// All are started, from the first to the last, and run at the same time. The pipes between them are in nobody's hands
// but their two ends', so that a reader sees the end of file when its writer ends, and a writer gets SIGPIPE when its
// reader ends: `yes | head -1` comes to an end. When one cannot be started, those before it are killed and reaped, and
// the error says which command it was about.
#pragma once

#include <cstddef>
#include <vector>

#include "process/command.hpp"

namespace mitori::process {

/// A pipeline under way. Owns the children (in order) and our ends; dropping it neither kills nor reaps.
struct RunningPipeline {
    std::vector<Child> children;
    base::Fd in;  ///< what the first one reads, where its standard input is Stdio::pipe()
    base::Fd out; ///< what the last one writes, where its standard output is Stdio::pipe()
    base::Fd err; ///< what all those write whose standard error is Stdio::pipe(): one pipe for them all

    /// Waits for all, in order. Each takes as long as it takes.
    [[nodiscard]] base::Result<std::vector<Exit>> wait();
};

struct PipelineOutput {
    std::vector<Exit> exits; ///< of each command, in order; never empty
    Outcome outcome = Outcome::complete;
    bool cut = false;
    std::string out; ///< of the last one
    std::string err; ///< of all that did not redirect theirs
    /// What `set -o pipefail` of bash(1) shows: the last exit that is not clean, or else the last one's.
    [[nodiscard]] Exit const& pipefail() const;
    [[nodiscard]] bool clean() const { return outcome == Outcome::complete && pipefail().clean(); }
};

/// Value type. The first command's input, the last one's output and everyone's error are as the commands say; the
/// streams between are the pipeline's. Thread-safe where const.
///
///     auto names = (Command("ps").arg("ax") | Command("grep").arg("nginx")).output();
class Pipeline {
public:
    Pipeline(Command first) { commands_.push_back(std::move(first)); } // NOLINT: a command is a short pipeline
    Pipeline& then(Command next) { return commands_.push_back(std::move(next)), *this; }
    /// All in one process group, which the first one leads: one job, as shells have it.
    Pipeline& new_group() { return group_ = true, *this; }

    [[nodiscard]] std::expected<RunningPipeline, SpawnError> start() const;
    /// Runs all to their ends: Command::output() for pipelines. At the deadline, or where there was too much, all that
    /// live get the signal.
    [[nodiscard]] std::expected<PipelineOutput, SpawnError> output(CommunicateOptions const& options = {}) const;

private:
    [[nodiscard]] std::expected<void, SpawnError> start_into(RunningPipeline& running) const;

    std::vector<Command> commands_;
    bool group_ = false;
};

[[nodiscard]] inline Pipeline operator|(Pipeline left, Command right) {
    left.then(std::move(right));
    return left;
}

} // namespace mitori::process
