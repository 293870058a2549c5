// Talking with a child until it has said all: what Python's Popen.communicate and Rust's wait_with_output do.
//
// Input is fed and both outputs are read at the same time, by poll(2) on descriptors that never block, so that neither
// side can wait for the other, for any sizes and in any order. It ends when the outputs have come to their ends and the
// child's exit is taken; at the deadline, or when there was too much, the child is killed, and what was read until
// then is returned. A child that does not read its input to the end is no error (the caller gets no SIGPIPE).
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/names.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "base/time.hpp"
#include "process/exit.hpp"
#include "process/process.hpp"

namespace mitori::process {

/// What follows when a stream is longer than its limit: the rest is read and dropped, or the child is killed.
enum class Excess { is_dropped, ends_the_child };
/// How long we listen: to the end of both streams, which everything that inherited them can put off (a daemon that the
/// child started); or to the end of the child, and what it had written by then.
enum class Until { streams_end, child_ends };
/// Why it was over.
enum class Outcome { complete, timed_out, too_much };

struct CommunicateOptions {
    std::string_view input{};                      ///< borrowed for the length of the call
    std::size_t most = SIZE_MAX;                   ///< bytes kept of each stream
    Excess excess = Excess::ends_the_child;        ///< where a stream has more than that
    base::Usec timeout = base::infinity;           ///< for all of it
    base::Signal at_timeout{SIGKILL};              ///< what the child gets then, or when there was too much
    base::Usec patience = std::chrono::seconds(2); ///< after another signal than SIGKILL, until SIGKILL follows
    Until until = Until::streams_end;
    /// Takes the pieces of standard output as they come, instead of Output::out (likewise for error). Called in the
    /// calling thread. `most` still counts.
    std::function<void(std::span<char const>)> on_out{};
    std::function<void(std::span<char const>)> on_err{};
};

struct Output {
    Exit exit;
    Outcome outcome = Outcome::complete;
    bool cut = false; ///< something beyond `most` was dropped
    std::string out;
    std::string err;
    /// It ended by itself, with exit code 0.
    [[nodiscard]] bool clean() const { return outcome == Outcome::complete && exit.clean(); }
};

/// Talks with the process over the pipes that it has (those it has not are left out), closes them and takes its exit.
/// A pseudo-terminal is not served. Errors: what poll, read, write or wait say; the process is then killed and reaped.
[[nodiscard]] base::Result<Output> communicate(Process process, CommunicateOptions const& options = {});

} // namespace mitori::process

template <>
struct mitori::base::Names<mitori::process::Outcome> {
    using Outcome = mitori::process::Outcome;
    static constexpr auto table = std::to_array<Name<Outcome>>({
        {Outcome::complete, "complete"},
        {Outcome::timed_out, "timed-out"},
        {Outcome::too_much, "too-much"},
    });
};
