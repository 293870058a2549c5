// A parsed unit: station 2 of the road. A value: const after it has been loaded; daemon-reload makes a new one.
//
// A directive lives in one of two ways, and both have a row in directives/*.cpp:
//   honoured      a typed member of one of the settings groups below
//   not honoured  its row says so; what the file said is kept as text in `kept`, shown by name, never silently dropped
//
// Groups are plain aggregates so that rows can count their members at compile time. They are composed, not inherited:
// socket, mount and swap units will hold the same Exec and Kill. Those that are large and mostly left alone are Shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "unit/settings/exec.hpp"
#include "unit/settings/kill.hpp"
#include "unit/settings/resources.hpp"
#include "unit/settings/service.hpp"
#include "unit/settings/shared.hpp"
#include "unit/settings/unit.hpp"

namespace mitori::unit {

/// The types of systemd.unit(5), by the suffix of the name.
enum class Type : std::uint8_t { service, target, socket, mount, automount, swap, timer, path, slice, scope, device };

enum class LoadState : std::uint8_t { stub, loaded, not_found, bad_setting, error, merged, masked };

enum class Severity : std::uint8_t { error, warning, notice };

/// What reading found: place, sentence, hint. Line and column count from 1; 0 means the file as a whole.
struct Diagnostic {
    Severity severity = Severity::warning;
    std::string file;
    unsigned line = 0;
    unsigned column = 0;
    std::string text;
    std::string hint; ///< "did you mean Restart=?"
    /// "/etc/x.service:3:1: warning: …; hint"
    [[nodiscard]] std::string message() const;
};

/// What a file said for a directive that is not honoured yet. `row` is its index in the table of directives.
struct Kept {
    std::uint16_t row = 0;
    std::string text;
    friend bool operator==(Kept const&, Kept const&) = default;
};

struct Unit {
    std::string id;                 ///< the primary name
    std::vector<std::string> names; ///< aliases, without the id
    Type type = Type::service;
    LoadState load_state = LoadState::stub;
    std::string load_error; ///< why not loaded, in a sentence

    std::string fragment; ///< path of the main file; empty for built-in and not-found units
    std::vector<std::string> drop_ins;
    base::Usec newest_file{0}; ///< youngest mtime of all files read: NeedDaemonReload
    bool built_in = false;

    Info info;
    Shared<Install> install;
    Service service;
    Shared<Exec> exec;
    Kill kill;
    Shared<Resources> resources;
    std::string slice; ///< Slice=; default: system.slice, app.slice for users

    std::vector<Kept> kept;
    std::vector<Diagnostic> diagnostics;

    /// The instance between "@" and the suffix; empty for plain units and templates.
    [[nodiscard]] std::string_view instance() const;
    /// With the defaults applied that depend on other settings (systemd.service(5)).
    [[nodiscard]] ServiceType service_type() const;
    [[nodiscard]] NotifyAccess notify_access() const;
};
using UnitPtr = std::shared_ptr<Unit const>;

} // namespace mitori::unit
