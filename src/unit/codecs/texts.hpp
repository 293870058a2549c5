// Codecs of single texts (paths, names) and of lists of them: see codec.hpp. Of lists, each assignment appends and the
// empty text clears.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/codec.hpp"

namespace mitori::unit {

// -- one text

struct ShownText {
    static status::Value show(std::string const& value) { return value; }
};
/// Any text, specifiers expanded.
struct Text : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// What may stand between "@" and the suffix of a unit's name. Specifiers are expanded where it is used.
struct InstanceName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const&);
};
/// An absolute path without "..", specifiers expanded, superfluous slashes taken out.
struct Path : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// A path that the unit must not be run without.
struct SafetyPath : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// PIDFile=: a relative path is below the runtime directory; /var/run is /run.
struct PidFilePath : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// User=, Group=: a name or a number. The unit must not be run with another one.
struct AccountName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// A well-known name of the D-Bus specification.
struct BusName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};
/// The name of a .slice unit.
struct SliceName : ShownText {
    static base::Result<void> assign(std::string& value, std::string_view text, Specifiers const& specifiers);
};

// -- lists of texts: each assignment appends, the empty text clears

struct ShownTexts {
    static status::Value show(std::vector<std::string> const& value);
};
/// Words as they stand ([Install]): specifiers are expanded where they are used.
struct RawWords : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text, Specifiers const&);
};
/// Documentation=: URLs of the kinds http, https, file, info, man.
struct Urls : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// RequiresMountsFor=: absolute paths. Cannot be cleared.
struct MountPaths : ShownTexts {
    static constexpr bool reads_empty = true;
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// SupplementaryGroups=
struct AccountNames : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// PassEnvironment=: names of variables.
struct VariableNames : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};
/// UnsetEnvironment=: names of variables, or NAME=value to unset it only where it has that value.
struct VariableMatches : ShownTexts {
    static base::Result<void> assign(std::vector<std::string>& value, std::string_view text,
                                     Specifiers const& specifiers);
};

} // namespace mitori::unit
