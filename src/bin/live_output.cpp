#include "bin/live_output.hpp"

#include <fmt/format.h>
#include <iostream>

namespace mitori::bin {

LiveOutput::LiveOutput(House& house)
    : house_(house),
      subscription_(house.local().subscribe(
          {.unit_changed = [this](control::UnitChanged const& changed) { show(changed.unit); }})) {}

void LiveOutput::show(std::string const& unit) {
    auto const ref = house_.manager().graph().find(unit);
    if (!ref || house_.manager().graph().unit(*ref).type != unit::Type::service) return;
    auto const state = std::string(house_.manager().sub_state(*ref));
    if (std::exchange(shown_[unit], state) == state) return;
    auto const* const service = house_.manager().service(*ref);
    auto const pid = service != nullptr ? service->main_pid() : std::nullopt;
    std::cout << fmt::format("{:<28} {}{}\n", unit, state, pid ? fmt::format(" (pid {})", *pid) : "") << std::flush;
}

void LiveOutput::finish() {
    subscription_.reset();
    for (auto const& [unit, state] : shown_)
        std::cout << fmt::format("{:<28} ended: {}\n", unit, state);
    std::cout << std::flush;
}

} // namespace mitori::bin
