// Who is whose child, and what can be told of how it came to be so. Pure: rows in, answers out.
//
// An orphan is a process whose parent has ended; the kernel gave it to the nearest subreaper above it, or to the init
// of its pid namespace. /proc does not say that it happened, but the session does: fork(2) hands a session down, only
// setsid(2) leaves it, and who leaves it leads the new one. So a process that leads no session, and whose parent is in
// another one, was not born of that parent: it was adopted, or it is a sibling that its maker made with CLONE_PARENT,
// or the parent has begun a new session since. The last two leave traces that are looked for: a leader of the child's
// session that lives and has the same parent; a parent that leads its own session.
#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "procfs/row.hpp"

namespace mitori::procfs {

/// What is known of a process's descent. The words: see the head of this file.
enum class Descent {
    born,    ///< nothing speaks against it: its parent made it
    adopted, ///< its parent has ended, and another one has it now
    unclear, ///< adopted, or made with CLONE_PARENT, or its parent has left the session
};

/// Indices into the rows that it was made of, which must stay as they are meanwhile.
class Lineage {
public:
    explicit Lineage(std::span<Row const> rows);

    /// No row of that pid: npos.
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
    [[nodiscard]] std::size_t find(pid_t pid) const;
    [[nodiscard]] std::size_t parent(std::size_t row) const { return parents_[row]; }
    [[nodiscard]] std::span<std::size_t const> children(std::size_t row) const;
    /// Rows whose parent is not among the rows.
    [[nodiscard]] std::vector<std::size_t> const& roots() const { return roots_; }
    /// The row and everything below it, each parent before its children.
    [[nodiscard]] std::vector<std::size_t> below(std::size_t row) const;
    [[nodiscard]] bool is_below(std::size_t row, std::size_t above) const;
    [[nodiscard]] Descent descent(std::size_t row) const;
    /// Whether it has adopted somebody, without being the init of the pid namespace: prctl(2), PR_SET_CHILD_SUBREAPER.
    [[nodiscard]] bool is_subreaper(std::size_t row) const;

private:
    std::span<Row const> rows_;
    std::unordered_map<pid_t, std::size_t> by_pid_;
    std::vector<std::size_t> parents_;
    std::vector<std::size_t> children_; ///< of all, parent by parent
    std::vector<std::size_t> first_;    ///< where those of a row begin; one more than rows
    std::vector<std::size_t> roots_;
};

/// A process group is orphaned when no member has a parent in another group of the same session: nobody is left who
/// could continue it by job control (credentials(7), setpgid(2)). The group's members are those rows.
[[nodiscard]] bool is_orphaned_group(Lineage const& lineage, std::span<Row const> rows, pid_t group);

} // namespace mitori::procfs
