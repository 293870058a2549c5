#pragma once

#include <nlohmann/json_fwd.hpp>

#include "status/death.hpp"
#include "status/death_filter.hpp"

namespace mitori::status {

/// The names of death_fields.hpp; what is not known is not there. Besides, `signal` is the signal's name where one
/// ended it, and `sources` is a list of words.
void to_json(nlohmann::json& json, Death const& death);
void to_json(nlohmann::json& json, DeathTotals const& totals);
void to_json(nlohmann::json& json, LostDeaths const& lost);

} // namespace mitori::status
