#pragma once

#include <nlohmann/json_fwd.hpp>

#include "status/rows.hpp"
#include "status/value.hpp"

namespace mitori::status {

void to_json(nlohmann::json& json, Value const& value);
void to_json(nlohmann::json& json, Properties const& properties);
void to_json(nlohmann::json& json, UnitRow const& row);
void to_json(nlohmann::json& json, UnitFileRow const& row);
void to_json(nlohmann::json& json, JobRow const& row);
void to_json(nlohmann::json& json, ProcessRow const& row);

} // namespace mitori::status
