// Chooses rows from a board and puts them in order, as a tree or flat. One for each call.
#pragma once

#include <cstddef>
#include <vector>

#include "top/board.hpp"

namespace mitori::top {

namespace detail {
constexpr std::size_t nobody = static_cast<std::size_t>(-1);
} // namespace detail

class Planting {
public:
    Planting(Board const& board, Choice const& choice);
    [[nodiscard]] std::vector<Row> rows();

private:
    [[nodiscard]] Process const& process(std::size_t index) const { return board_.look_.processes[index]; }
    [[nodiscard]] bool is_wanted(std::size_t process) const;
    [[nodiscard]] bool is_selected(Process const& process) const;
    [[nodiscard]] bool is_group_wanted(GroupTotals const& group) const;
    /// Whether the process stands below its parent: both are in one group.
    [[nodiscard]] bool hangs_below_parent(std::size_t process) const;
    void mark_wanted();
    void plant();
    void emit_group(std::size_t group);
    struct Spot {
        std::size_t process;
        unsigned depth;
        std::uint64_t branches;
        bool is_last;
    };
    void emit_below(std::vector<std::size_t> const& roots);
    [[nodiscard]] bool comes_first(std::size_t a, std::size_t b) const;
    [[nodiscard]] bool group_comes_first(std::size_t a, std::size_t b) const;
    [[nodiscard]] std::vector<Row> flat() const;

    Board const& board_;
    Choice const& choice_;
    std::vector<char> wanted_;                       ///< by process: it matches, or somebody below it does
    std::vector<std::vector<std::size_t>> children_; ///< by process, in order
    std::vector<std::vector<std::size_t>> roots_;    ///< by group, in order
    std::vector<Row> made_;
};

} // namespace mitori::top
