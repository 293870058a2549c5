// Never silent: what a unit asks for and does not get here, by name. DESIGN's three words.
#pragma once

#include <string>
#include <vector>

#include "base/names.hpp"
#include "base/result.hpp"
#include "cgroup/groups.hpp"
#include "exec/facts.hpp"

namespace mitori::exec {

enum class Grade : std::uint8_t { degraded, refused, not_honoured };

struct Shortfall {
    Grade grade = Grade::not_honoured;
    std::string directive; ///< "PrivateTmp="
    std::string text;      ///< what happens instead
};

/// Everything that this unit asks for and this place does not give, in the order of the table, each directive once.
/// Pure.
[[nodiscard]] std::vector<Shortfall> shortfalls(unit::Unit const& unit, Place const& place, cgroup::Place groups);

/// Whether a child of this unit may be started at all: ENOTSUP, with the directive as operation, for what runs a
/// program as a wrong user or in a wrong root directory when it is left out. The other refusals are the kernel's.
[[nodiscard]] base::Result<void> check_safe(unit::Unit const& unit, Facts const& facts);

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
