// The plain rows that lists show. Values only; the words in them are systemd's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mitori::status {

/// One line of list-units. Columns of org.freedesktop.systemd1.Manager.ListUnits.
struct UnitRow {
    std::string name;
    std::string description;
    std::string load_state;
    std::string active_state;
    std::string sub_state;
    std::string following;
    std::string path; ///< D-Bus object path
    std::uint32_t job_id = 0;
    std::string job_type;
    std::string job_path;
};

/// One line of list-unit-files.
struct UnitFileRow {
    std::string path;
    std::string state; ///< enabled, disabled, static, masked, alias, indirect, generated …
    /// What presets say of it: enabled, disabled, ignored, or empty where there is nothing to say.
    std::string preset;
};

struct JobRow {
    std::uint32_t id = 0;
    std::string unit;
    std::string type;  ///< start, stop, restart …
    std::string state; ///< waiting, running
};

/// One process of a unit. `group` is its control group below the unit's, "" for the unit's own.
struct ProcessRow {
    std::string group;
    std::uint32_t pid = 0;
    std::uint32_t parent = 0;
    std::string command_line;
};

} // namespace mitori::status
