// RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory=, ConfigurationDirectory=: where they lie and what
// they are called in the environment. systemd.exec(5).
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "exec/facts.hpp"
#include "process/stage.hpp"
#include "unit/unit.hpp"

namespace mitori::exec {

/// One of the five kinds.
struct DirectoryKind {
    std::string_view directive;
    std::string_view variable;
    unit::DirectoriesSetting unit::Exec::* setting;
    unit::Mode unit::Exec::* mode;
    std::string unit::Host::* base; ///< the directory of the host that these lie below
    process::Stage stage;
};
[[nodiscard]] std::array<DirectoryKind, 5> const& directory_kinds();

/// The absolute paths of one kind's directories, each once, in the order of the unit.
[[nodiscard]] std::vector<std::string> directory_paths(unit::Unit const& unit, DirectoryKind const& kind,
                                                       Place const& place);

/// What RuntimeDirectory= made and a stop takes away again: the links first, then the directories.
[[nodiscard]] std::vector<std::string> runtime_paths(unit::Unit const& unit, Place const& place);

} // namespace mitori::exec
