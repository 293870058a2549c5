#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "status/rows.hpp"
#include "status/value.hpp"

namespace mitori::status {

void to_json(nlohmann::json& json, Value const& value);
void to_json(nlohmann::json& json, Properties const& properties);
void to_json(nlohmann::json& json, UnitRow const& row);
void to_json(nlohmann::json& json, UnitFileRow const& row);
void to_json(nlohmann::json& json, JobRow const& row);
void to_json(nlohmann::json& json, ProcessRow const& row);

/// The document as text: on one line, or indented by two. Command lines and descriptions may hold bytes that are no
/// UTF-8; they become U+FFFD, where nlohmann's own dump would throw.
enum class Layout { compact, indented };
[[nodiscard]] std::string show(nlohmann::json const& json, Layout layout = Layout::compact);

} // namespace mitori::status
