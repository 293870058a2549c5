// Deaths to keep.
#pragma once

#include <gmock/gmock.h>
#include <memory>
#include <string>
#include <vector>

#include "base/signal.hpp"
#include "ledger/ledger.hpp"
#include "ledger/reader.hpp"
#include "status/death.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::ledger::test {

inline constexpr base::Usec second = std::chrono::seconds(1);
/// 2026-11-22 12:00:00 UTC
inline constexpr base::Usec noon = std::chrono::seconds(1795348800);

/// With something in every field, all different for different n.
[[nodiscard]] inline status::Death full(int n) {
    status::Death death;
    auto const text = [n](std::string_view what) { return std::string(what) + " " + std::to_string(n); };
    death.who = {1000 + n, 5000U + static_cast<unsigned>(n)};
    death.pidfd_inode = 70000U + static_cast<unsigned>(n);
    death.boot = std::string(31, 'b') + std::to_string(n % 10);
    death.parent = {500 + n, 60U + static_cast<unsigned>(n)};
    death.parent_command = text("parent");
    death.group = 1200 + n;
    death.session = 1300 + n;
    death.comm = text("comm");
    death.executable = text("/usr/bin/x");
    death.command_line = text("x --n");
    death.user = static_cast<uid_t>(n);
    death.cgroup = text("/system.slice/x");
    death.unit = text("x") + ".service";
    death.invocation = std::string(31, 'a') + std::to_string(n % 10);
    death.role = "main";
    death.started = noon + n * second;
    death.ended = {noon + (n + 100) * second, (n + 7) * second};
    death.kind = status::DeathKind::killed;
    death.status = 9;
    death.cause = status::Cause::process;
    death.sender = {4000 + n, 80U + static_cast<unsigned>(n)};
    death.sender_command = text("kill");
    death.sender_user = 0;
    death.sender_parent = text("deploy.sh");
    death.request = text("request");
    death.limit = text("limit");
    death.limit_group = text("/group");
    death.reason = text("reason");
    death.unknown = text("unknown");
    death.cpu_user = n * second;
    death.cpu_system = base::Usec(0);
    death.peak_memory = 1U << 30;
    death.read_bytes = 0;
    death.written_bytes = 1;
    death.minor_faults = 2;
    death.major_faults = 3;
    death.followed = text("restarted");
    death.restarted_as = 2000 + n;
    death.restarted_after = 100 * base::Usec(1000);
    death.sources = status::Sources{} | status::Source::wait;
    return death;
}

/// A short one that exited with 0, n seconds after noon.
[[nodiscard]] inline status::Death plain(int n, std::string comm = "true") {
    status::Death death;
    death.who = {1000 + n, 5000U + static_cast<unsigned>(n)};
    death.parent = {1, 1};
    death.boot = std::string(32, '1');
    death.comm = std::move(comm);
    death.started = noon;
    death.ended = {noon + n * second, n * second};
    death.kind = status::DeathKind::exited;
    death.cause = status::Cause::itself;
    return death;
}

[[nodiscard]] inline status::Death killed(int n, int signal) {
    auto death = plain(n, "victim");
    death.kind = status::DeathKind::killed;
    death.status = signal;
    return death;
}

class LedgerTest : public ::testing::Test {
protected:
    /// May be called again: then it opens the same file again. Ages do not count: samples are from the past.
    void open(Limits limits = {.bytes = 0, .age = base::Usec(0)}) {
        ledger_.reset();
        auto opened = Ledger::open(path(), limits);
        ASSERT_TRUE(opened) << opened.error().message();
        ledger_ = *std::move(opened);
    }
    void add(std::vector<status::Death> const& deaths) {
        if (!ledger_) open();
        auto const added = ledger_->add(deaths);
        ASSERT_TRUE(added) << added.error().message();
    }
    [[nodiscard]] std::unique_ptr<Reader> reader() const {
        auto opened = Reader::open(path());
        EXPECT_TRUE(opened) << opened.error().message();
        return *std::move(opened);
    }
    [[nodiscard]] std::vector<status::Death> all(status::DeathFilter const& filter = {}) const {
        std::vector<status::Death> found;
        auto const read = reader()->for_each(filter, [&](status::Death const& death) {
            found.push_back(death);
            return true;
        });
        EXPECT_TRUE(read) << read.error().message();
        return found;
    }
    [[nodiscard]] std::vector<pid_t> pids(status::DeathFilter const& filter) const {
        std::vector<pid_t> found;
        for (auto const& death : all(filter))
            found.push_back(death.who.pid - 1000);
        return found;
    }
    [[nodiscard]] std::string path() const { return folder_.path() + "/ledger.sqlite"; }

    mitori::test::TemporaryDirectory folder_;
    std::unique_ptr<Ledger> ledger_;
};

} // namespace mitori::ledger::test
