// catatonit 0.1.7's options.
#include "init/detail/dialects.hpp"

namespace mitori::init::detail {

namespace {

constexpr Option options[] = {
    {'g', {}, Takes::nothing, 'g'}, {'h', {}, Takes::nothing, 'h'},        {'L', {}, Takes::nothing, 'L'},
    {'P', {}, Takes::nothing, 'P'}, {'V', "version", Takes::nothing, 'V'},
};

// Podman looks for the word tini.
constexpr std::string_view version = "tini version 0.1.7_catatonit";

constexpr std::string_view usage = "usage: catatonit [-ghLPV] [--] <progname> [<arguments>...]\n";

constexpr std::string_view help_lines = "\n"
                                        "options:\n"
                                        "  -g              Forward signals to the program's process group.\n"
                                        "  -h              Print this help and exit.\n"
                                        "  -L              Print the license and exit.\n"
                                        "  -P              Pause: run no program, reap, end on SIGINT or SIGTERM.\n"
                                        "  -V, --version   Print the version and exit.\n"
                                        "\n"
                                        "Environment: CATATONIT_DEBUG, when set, says what happens.\n";

std::optional<Ending> apply(char key, Settings& settings, Text& said) {
    switch (key) {
    case 'g': settings.target = Target::group; break;
    case 'P': settings.quarry = Quarry::nothing; break;
    case 'h': said << usage << help_lines; return Ending{0, 2};
    case 'L': said << licence; return Ending{0, 1};
    default: said << version << " (" << own_version << ")\n"; return Ending{0, 1};
    }
    return std::nullopt;
}

void set_defaults(Arguments const& arguments, Settings& settings) {
    settings.subreaper = arguments.pid != 1;
    settings.closes_files = true;
    settings.hands_listen_pid = true;
    settings.asks_for_tty = true;
    for (int const signal : {SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS})
        settings.untouched.add({signal});
    for (int const signal : {SIGTSTP, SIGTTIN, SIGTTOU})
        settings.refused.add({signal});
    leave_to_library(settings.untouched);
}

} // namespace

std::optional<Ending> read_catatonit(Arguments const& arguments, Settings& settings, Text& said) {
    set_defaults(arguments, settings);
    Scanner scanner(arguments.argc, arguments.argv, options, mixed_order(arguments.environment));
    for (;;) {
        Found const found = scanner.next(said);
        if (found.kind == Found::Kind::end) break;
        if (found.kind == Found::Kind::error) {
            said << usage;
            return Ending{1, 2};
        }
        if (auto const ending = apply(found.key, settings, said)) return ending;
    }
    if (variable(arguments.environment, "CATATONIT_DEBUG") != nullptr) settings.verbosity = 1;
    if (variable(arguments.environment, "CATATONIT_LOG") != nullptr) {
        said << "ERROR (catatonit:" << arguments.pid << "): CATATONIT_LOG is reserved for future use\n";
        return Ending{1, 2};
    }
    settings.command = scanner.words();
    if (*settings.command == nullptr && settings.quarry == Quarry::command) {
        said << "ERROR (catatonit:" << arguments.pid << "): missing program name\n" << usage;
        return Ending{1, 2};
    }
    return std::nullopt;
}

} // namespace mitori::init::detail
