// What the fields of `ps` are made from, beside the row itself: found when it is asked for the first time, and kept.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/process_programs.hpp"
#include "procfs/group_limits.hpp"
#include "procfs/lineage.hpp"
#include "procfs/machine.hpp"
#include "procfs/rates.hpp"
#include "procfs/row.hpp"

namespace mitori::cli::detail {

/// Names of users and groups, by passwd(5) and group(5); the number where there is none.
class Names {
public:
    [[nodiscard]] std::string const& user(std::uint32_t id);
    [[nodiscard]] std::string const& group(std::uint32_t id);

private:
    std::unordered_map<std::uint32_t, std::string> users_;
    std::unordered_map<std::uint32_t, std::string> groups_;
};

/// What a manager says of a process.
struct Membership {
    std::string unit;
    bool is_main = false;
};

class PsDesk {
public:
    using Connect = std::function<std::unique_ptr<Connection>()>;
    explicit PsDesk(Connect connect) : connect_(std::move(connect)), machine_(procfs::read_machine()) {}

    /// Takes the rows of a look; they stay the caller's and must not move.
    void lay_out(std::span<procfs::Row const> rows);
    /// For a look that follows another: what happened meanwhile is the rates.
    void lay_out(std::span<procfs::Row const> rows, std::span<procfs::Row const> before, double seconds);
    [[nodiscard]] std::span<procfs::Row const> rows() const { return rows_; }
    [[nodiscard]] procfs::Lineage const& lineage();

    [[nodiscard]] procfs::Machine const& machine() const { return machine_; }
    [[nodiscard]] procfs::Terminals& terminals() { return terminals_; }
    [[nodiscard]] Names& names() { return names_; }
    [[nodiscard]] procfs::GroupLimits& limits() { return limits_; }
    /// The unit of a process as the manager knows it, else by its control group; "" in none.
    [[nodiscard]] Membership membership(procfs::Row const& row);
    /// Nothing at the first look.
    [[nodiscard]] procfs::Rates const* rates(procfs::Row const& row) const;

private:
    void ask_manager();

    Connect connect_;
    procfs::Machine machine_;
    procfs::Terminals terminals_;
    Names names_;
    procfs::GroupLimits limits_;
    std::span<procfs::Row const> rows_;
    std::optional<procfs::Lineage> lineage_;
    bool asked_ = false;
    std::unordered_map<pid_t, Membership> memberships_;
    std::vector<procfs::Rates> rates_;
};

} // namespace mitori::cli::detail
