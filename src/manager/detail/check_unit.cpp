#include <fmt/format.h>

#include "manager/detail/building.hpp"

namespace mitori::manager {

namespace {

/// The few units that are there as long as the manager is: systemd.special(7).
bool perpetual(unit::Unit const& unit) {
    return unit.id == "-.slice" || unit.id == "system.slice" || unit.id == "init.scope" || unit.id == "-.mount";
}

/// A device comes and goes by itself; a scope is made by a program and cannot be made again.
bool restartable(unit::Unit const& unit) {
    return !perpetual(unit) && unit.type != unit::Type::device && unit.type != unit::Type::scope;
}

bool applicable(unit::Unit const& unit, JobType type, bool can_reload) {
    switch (type) {
    case JobType::stop: return !perpetual(unit);
    case JobType::restart:
    case JobType::try_restart: return restartable(unit);
    case JobType::reload:
    case JobType::try_reload: return can_reload;
    case JobType::reload_or_start: return can_reload && restartable(unit);
    default: return true;
    }
}

Built check_loaded(unit::Unit const& unit) {
    using unit::LoadState;
    switch (unit.load_state) {
    case LoadState::loaded: return {};
    case LoadState::not_found: return refuse(Refused::no_such_unit, fmt::format("Unit {} not found.", unit.id));
    case LoadState::masked: return refuse(Refused::unit_masked, fmt::format("Unit {} is masked.", unit.id));
    case LoadState::bad_setting:
        return refuse(Refused::bad_unit_setting, fmt::format("Unit {} has a bad unit file setting.", unit.id));
    case LoadState::error:
        return refuse(
            Refused::load_failed,
            fmt::format("Unit {} failed to load properly, please adjust/correct and reload service manager: {}",
                        unit.id, unit.load_error));
    case LoadState::stub:
    case LoadState::merged: break;
    }
    return refuse(Refused::load_failed, fmt::format("Unexpected load state of unit {}", unit.id));
}

} // namespace

std::unexpected<TransactionError> refuse(Refused why, std::string text) {
    return std::unexpected(TransactionError{why, std::move(text), {}});
}

Built check_unit(Building& building, UnitRef ref, JobType type) {
    auto const& unit = building.graph.unit(ref);
    // What is not loaded can at least be stopped.
    if (type != JobType::stop)
        if (auto loaded = check_loaded(unit); !loaded) return loaded;
    bool const asks_reload = type == JobType::reload || type == JobType::try_reload || type == JobType::reload_or_start;
    if (applicable(unit, type, asks_reload && building.facts.of(ref).can_reload)) return {};
    return refuse(Refused::job_type_not_applicable,
                  fmt::format("Job type {} is not applicable for unit {}.", base::word(type), unit.id));
}

} // namespace mitori::manager
