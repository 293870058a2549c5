// A witness over real processes: each test makes its own children and looks only for them.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "loop/loop.hpp"
#include "witness/witness.hpp"

namespace mitori::test {

/// A child that does this and nothing of the parent's: its status is what `act` returns.
inline pid_t fork_child(std::function<int()> const& act) {
    pid_t const pid = ::fork();
    if (pid == 0) ::_exit(act());
    return pid;
}

/// Sleeps until somebody ends it.
[[noreturn]] inline int wait_for_signal() {
    while (true)
        ::pause();
}

class Live {
public:
    explicit Live(witness::Options const& options) : loop_(*loop::open_loop()) {
        auto opened =
            witness::open_witness(*loop_,
                                  {.died =
                                       [this](std::span<status::Death> deaths) {
                                           deaths_.insert(deaths_.end(), deaths.begin(), deaths.end());
                                           look();
                                       },
                                   .lost = [this](std::uint64_t count, std::string const&) { lost_ += count; }},
                                  options);
        if (opened)
            witness_ = std::move(opened->witness);
        else
            why_not_ = opened.error().message();
    }

    [[nodiscard]] witness::Witness* witness() const { return witness_.get(); }
    [[nodiscard]] std::string const& why_not() const { return why_not_; }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }
    [[nodiscard]] std::vector<status::Death> const& deaths() const { return deaths_; }

    /// Runs the loop until the condition holds, which is looked at after each batch; false after ten seconds.
    [[nodiscard]] bool run_until(std::function<bool()> condition) {
        condition_ = std::move(condition);
        auto const limit = loop_->at(base::plus(loop_->now().monotonic, std::chrono::seconds(10)), base::Usec(0),
                                     [this] { loop_->stop(1); });
        auto const at_once = loop_->defer([this] { look(); });
        auto const code = loop_->run();
        condition_ = nullptr;
        return code && *code == 0;
    }

    /// The record of this pid, for which it waits; nothing after ten seconds.
    [[nodiscard]] status::Death const* death_of(pid_t pid) {
        auto const find = [&]() -> status::Death const* {
            for (auto const& death : deaths_)
                if (death.who.pid == pid) return &death;
            return nullptr;
        };
        return run_until([&] { return find() != nullptr; }) ? find() : nullptr;
    }

private:
    void look() {
        if (condition_ && condition_()) loop_->stop(0);
    }
    std::unique_ptr<loop::Loop> loop_;
    std::vector<status::Death> deaths_;
    std::uint64_t lost_ = 0;
    std::string why_not_;
    std::function<bool()> condition_;
    std::unique_ptr<witness::Witness> witness_;
};

} // namespace mitori::test
