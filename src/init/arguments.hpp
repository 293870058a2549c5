// The arguments and environment of the init, in the dialect of the name that it was called by.
//
// tini(1), dumb-init(1) and catatonit have no two options in common but -v, and three opinions on it. Each has its
// table here, with its own defaults, which are measured (tests/system/init), not guessed; what they come to is one
// Settings.
#pragma once

#include <optional>
#include <string_view>

#include "init/settings.hpp"
#include "init/text.hpp"

namespace mitori::init {

struct Arguments {
    int argc = 0;
    char** argv = nullptr;        ///< rewritten: what is no option moves to the front
    char** environment = nullptr; ///< null-terminated
    int pid = 0;                  ///< ours
};

/// There is nothing to run: `said` goes to `fd`, and the status is ours.
struct Ending {
    int status = 0;
    int fd = 1;
};

/// tini, docker-init, dumb-init, catatonit, whatever folder they are called in; every other name is our own.
[[nodiscard]] Style style_of(std::string_view called);

/// Fills `settings`; an ending where help, a version or an error is all that there is.
[[nodiscard]] std::optional<Ending> read_arguments(Arguments const& arguments, Settings& settings, Text& said);

/// The variable's value, or nullptr.
[[nodiscard]] char const* variable(char** environment, std::string_view name);

} // namespace mitori::init
