// Never silent: what a unit asks for and does not get here, by name. DESIGN's three words.
#pragma once

#include <string>
#include <vector>

#include "base/names.hpp"
#include "cgroup/groups.hpp"
#include "exec/facts.hpp"

namespace mitori::exec {

enum class Grade : std::uint8_t { degraded, refused, not_honoured };

struct Shortfall {
    Grade grade = Grade::not_honoured;
    std::string directive; ///< "PrivateTmp="
    std::string text;      ///< what happens instead
};

/// Everything about this unit that this place does not give, in the order of the table. Pure.
[[nodiscard]] std::vector<Shortfall> shortfalls(unit::Unit const& unit, Place const& place, cgroup::Place groups);

} // namespace mitori::exec

template <>
struct mitori::base::Names<mitori::exec::Grade> {
    using Grade = mitori::exec::Grade;
    static constexpr auto table = std::to_array<Name<Grade>>({
        {Grade::degraded, "degraded"},
        {Grade::refused, "refused"},
        {Grade::not_honoured, "not honoured yet"},
    });
};
