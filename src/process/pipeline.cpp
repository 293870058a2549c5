#include "process/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ranges>

#include "base/sys.hpp"
#include "process/detail/converse.hpp"
#include "process/detail/poll.hpp"

namespace mitori::process {

namespace {

std::unexpected<SpawnError> no_pipe(base::Error error) {
    return std::unexpected(SpawnError{Stage::fds, std::move(error)});
}

void end_all(std::vector<Child>& children) {
    for (auto const& child : children)
        static_cast<void>(child.signal({SIGKILL}));
    for (auto& child : children)
        static_cast<void>(child.wait());
}

/// The end of one whose output nobody waits for any more.
base::Result<Exit> end_of(Child& child, CommunicateOptions const& options, detail::Deadline deadline,
                          Outcome& outcome) {
    if (outcome == Outcome::complete) {
        auto exit = child.wait_for(deadline.left());
        if (exit || exit.error().number != ETIMEDOUT) return exit;
        outcome = Outcome::timed_out;
    }
    static_cast<void>(child.signal(options.at_timeout));
    auto exit = child.wait_for(options.at_timeout.number == SIGKILL ? base::infinity : options.patience);
    if (exit || exit.error().number != ETIMEDOUT) return exit;
    static_cast<void>(child.signal({SIGKILL}));
    return child.wait();
}

/// All ends, after the talk with the last one.
base::Result<std::vector<Exit>> ends_of(std::vector<Child>& others, CommunicateOptions const& options,
                                        detail::Deadline deadline, Outcome& outcome) {
    if (outcome != Outcome::complete) // all at once, and not each after the other's patience
        for (auto const& child : others)
            static_cast<void>(child.signal(options.at_timeout));
    std::vector<Exit> exits;
    for (auto& child : others)
        exits.push_back(TRY(end_of(child, options, deadline, outcome)));
    return exits;
}

} // namespace

base::Result<std::vector<Exit>> RunningPipeline::wait() {
    std::vector<Exit> exits;
    for (auto& child : children)
        exits.push_back(TRY(child.wait()));
    return exits;
}

Exit const& PipelineOutput::pipefail() const {
    auto const failed =
        std::ranges::find_if(exits | std::views::reverse, [](Exit const& exit) { return !exit.clean(); });
    return failed != exits.rend() ? *failed : exits.back();
}

std::expected<void, SpawnError> Pipeline::start_into(RunningPipeline& running) const {
    base::Fd errors;
    base::Fd upstream;
    for (std::size_t n = 0; n < commands_.size(); ++n) {
        Command command = commands_[n];
        if (n > 0) command.stdin_from(Stdio::descriptor(upstream.get()));
        if (n + 1 < commands_.size()) command.stdout_to(Stdio::pipe());
        if (command.stderr_kind() == Stdio::Kind::pipe) {
            if (!errors) {
                auto pipe = base::sys::pipe();
                if (!pipe) return no_pipe(std::move(pipe).error());
                running.err = std::move(pipe->first);
                errors = std::move(pipe->second);
            }
            command.stderr_to(Stdio::descriptor(errors.get()));
        }
        if (group_ && n == 0) command.new_group();
        if (group_ && n > 0) command.join_group(running.children.front().pid());
        auto process = command.start();
        if (!process) return std::unexpected(std::move(process).error());
        running.children.push_back(std::move(process->child));
        if (n == 0) running.in = std::move(process->in);
        upstream = std::move(process->out);
    }
    running.out = std::move(upstream);
    return {};
}

std::expected<RunningPipeline, SpawnError> Pipeline::start() const {
    RunningPipeline running;
    if (auto started = start_into(running); !started) {
        end_all(running.children);
        return std::unexpected(std::move(started).error());
    }
    return running;
}

std::expected<PipelineOutput, SpawnError> Pipeline::output(CommunicateOptions const& options) const {
    Pipeline pipeline = *this;
    pipeline.commands_.front().default_input(options.input.empty() ? Stdio::null() : Stdio::pipe());
    pipeline.commands_.back().default_output(Stdio::pipe());
    for (auto& command : pipeline.commands_)
        command.default_error(Stdio::pipe());
    detail::Deadline const deadline(options.timeout);
    auto running = pipeline.start();
    if (!running) return std::unexpected(std::move(running).error());

    auto& children = running->children;
    Process talk{.child = std::move(children.back()),
                 .in = std::move(running->in),
                 .out = std::move(running->out),
                 .err = std::move(running->err),
                 .terminal = {}};
    children.pop_back();
    auto output = detail::converse(std::move(talk), options, detail::Feeding::goes_on);
    if (!output) {
        end_all(children);
        return std::unexpected(SpawnError{Stage::none, std::move(output).error()});
    }
    auto exits = ends_of(children, options, deadline, output->outcome);
    if (!exits) {
        end_all(children);
        return std::unexpected(SpawnError{Stage::none, std::move(exits).error()});
    }
    exits->push_back(output->exit);
    return PipelineOutput{.exits = *std::move(exits),
                          .outcome = output->outcome,
                          .cut = output->cut,
                          .out = std::move(output->out),
                          .err = std::move(output->err)};
}

} // namespace mitori::process
