// A .env file, as foreman and its kin read it. It looks like the environment files of units (exec/facts.hpp), but it is
// another dialect: there are no continuations, a "#" ends an unquoted value, and "\n" within double quotes is a
// newline.
//
//     # a comment
//     NAME=value              blanks around name and value go; `export NAME=value` is read, too
//     NAME=value # comment    an unquoted value ends before "#"
//     NAME='as it stands'
//     NAME="a\nb\"c"          \n is a newline, before any other character the backslash goes
//
// The two foremans differ in places; where they do, ours is the one that loses nothing or says so:
//   - an unquoted "#" ends the value as in node's; where no blank stands before it there is a warning (ruby's keeps
//   it);
//   - escapes within double quotes are ruby's (node's ends the value at the first quote);
//   - a quote that is not closed, or is followed by more than a comment, is an error (node's ends with an exception).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "unit/settings/exec.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

struct Dotenv {
    EnvironmentSetting entries; ///< in the order of the file; of two of one name the later counts
    std::vector<Diagnostic> diagnostics;
};

/// `path` is what diagnostics call it. Pure.
[[nodiscard]] Dotenv parse_dotenv(std::string_view text, std::string const& path);

/// Sets what `entries` say in `environment`: a name that is there gets its new value in its old place.
void merge_environment(EnvironmentSetting& environment, EnvironmentSetting const& entries);
/// The value of a name, or null.
[[nodiscard]] std::string const* find_value(EnvironmentSetting const& environment, std::string_view name);

} // namespace mitori::unit
