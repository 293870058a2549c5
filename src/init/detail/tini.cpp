// tini 0.19's options.
#include "init/detail/dialects.hpp"
#include "init/words.hpp"

namespace mitori::init::detail {

namespace {

constexpr Option options[] = {
    {'h', {}, Takes::nothing, 'h'}, {'s', {}, Takes::nothing, 's'}, {'p', {}, Takes::value, 'p'},
    {'v', {}, Takes::nothing, 'v'}, {'w', {}, Takes::nothing, 'w'}, {'g', {}, Takes::nothing, 'g'},
    {'e', {}, Takes::value, 'e'},   {'l', {}, Takes::nothing, 'l'},
};

constexpr std::string_view help_lines =
    "Execute a program under the supervision of a valid init process\n"
    "\n"
    "Options:\n"
    "\n"
    "  --version: Show version and exit.\n"
    "  -h: Show this help message and exit.\n"
    "  -s: Become the subreaper of what the program starts.\n"
    "  -p SIGNAL: Have SIGNAL sent to us when our parent dies, e.g. \"-p SIGKILL\".\n"
    "  -v: Say more. Up to 3 times.\n"
    "  -w: Print a warning for each orphan that is reaped.\n"
    "  -g: Send signals to the program's process group.\n"
    "  -e EXIT_CODE: Turn EXIT_CODE (from 0 to 255) into 0. May be repeated.\n"
    "  -l: Show license and exit.\n"
    "\n"
    "Environment:\n"
    "\n"
    "  TINI_SUBREAPER: as -s, when set.\n"
    "  TINI_VERBOSITY: how much to say (0 to 4; default: 1).\n"
    "  TINI_KILL_PROCESS_GROUP: as -g, when set.\n"
    "\n";

constexpr std::string_view version = "tini version 0.19.0";

void say_help(Text& said, std::string_view called) {
    std::string_view const name = base_name(called);
    said << name << " (" << version << ", by " << own_version << ")\n";
    said << "Usage: " << name << " [OPTIONS] PROGRAM -- [ARGS] | --version\n\n" << help_lines;
}

Ending invalid(Text& said, int pid, char option, char const* value) {
    said << "[FATAL tini (" << pid << ")] Not a valid option for -" << option << ": " << value << "\n";
    return {1, 2};
}

void set_defaults(Settings& settings) {
    settings.verbosity = 1;
    // Its own calls are stopped by these two, so it ignores them; the others, it thinks, only its own faults raise.
    for (int const signal : {SIGTTIN, SIGTTOU})
        settings.ignored.add({signal});
    for (int const signal : {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS})
        settings.untouched.add({signal});
    leave_to_library(settings.untouched);
}

/// It comes after the options, and is the stronger.
void read_environment(char** environment, Settings& settings) {
    if (variable(environment, "TINI_SUBREAPER") != nullptr) settings.subreaper = true;
    if (variable(environment, "TINI_KILL_PROCESS_GROUP") != nullptr) settings.target = Target::group;
    if (char const* level = variable(environment, "TINI_VERBOSITY")) read_leading_number(level, settings.verbosity);
}

std::optional<Ending> apply(Found const& found, Arguments const& arguments, Settings& settings, Text& said) {
    int status = 0;
    switch (found.key) {
    case 'h': say_help(said, arguments.argv[0]); return Ending{0, 1};
    case 'l': said << licence; return Ending{0, 1};
    case 's': settings.subreaper = true; break;
    case 'v': ++settings.verbosity; break;
    case 'w': settings.warns_of_orphans = true; break;
    case 'g': settings.target = Target::group; break;
    case 'p':
        settings.parent_death = read_signal(found.value);
        if (settings.parent_death.number == 0) return invalid(said, arguments.pid, 'p', found.value);
        break;
    default:
        if ((*found.value != '\0' && !read_number(found.value, status)) || status < 0 || status > 255)
            return invalid(said, arguments.pid, 'e', found.value);
        settings.forgiven.add(status);
    }
    return std::nullopt;
}

} // namespace

std::optional<Ending> read_tini(Arguments const& arguments, Settings& settings, Text& said) {
    set_defaults(settings);
    if (arguments.argc == 2 && std::string_view(arguments.argv[1]) == "--version") {
        said << version << " (" << own_version << ")\n";
        return Ending{0, 1};
    }
    Scanner scanner(arguments.argc, arguments.argv, options, mixed_order(arguments.environment));
    for (;;) {
        Found const found = scanner.next(said);
        if (found.kind == Found::Kind::end) break;
        if (found.kind == Found::Kind::error) {
            say_help(said, arguments.argv[0]);
            return Ending{1, 2};
        }
        if (auto const ending = apply(found, arguments, settings, said)) return ending;
    }
    read_environment(arguments.environment, settings);
    settings.command = scanner.words();
    if (*settings.command == nullptr) {
        say_help(said, arguments.argv[0]);
        return Ending{1, 2};
    }
    return std::nullopt;
}

} // namespace mitori::init::detail
