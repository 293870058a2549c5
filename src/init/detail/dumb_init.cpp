// dumb-init 1.2.5's options.
#include "init/detail/dialects.hpp"
#include "init/words.hpp"

namespace mitori::init::detail {

namespace {

constexpr Option options[] = {
    {'h', "help", Takes::nothing, 'h'},    {'c', "single-child", Takes::nothing, 'c'},
    {'r', "rewrite", Takes::value, 'r'},   {'v', "verbose", Takes::nothing, 'v'},
    {'V', "version", Takes::nothing, 'V'},
};

constexpr std::string_view version = "dumb-init v1.2.5";

constexpr std::string_view help_lines =
    "Forwards signals to the command and all of its session, reaps what is orphaned, and ends as the command does.\n"
    "\n"
    "Options:\n"
    "   -c, --single-child   No session of its own for the command: signals are\n"
    "                        forwarded to it alone.\n"
    "   -r, --rewrite s:r    Forward signal s as signal r; 0 is not to forward it.\n"
    "                        May be repeated.\n"
    "   -v, --verbose        Say on stderr what happens.\n"
    "   -h, --help           Print this help and exit.\n"
    "   -V, --version        Print the version and exit.\n"
    "\n"
    "Environment: DUMB_INIT_DEBUG=1 is -v, DUMB_INIT_SETSID=0 is -c.\n";

constexpr std::string_view usage_lines =
    "Usage: -r option takes <signum>:<signum>, where <signum> is between 1 and 31.\n"
    "This option can be specified multiple times.\n"
    "Use --help for full usage.\n";

constexpr int most_rewritten = 31;

/// "15:2", "15:0"; as dumb-init, whatever comes behind it is passed over. False where it is not that.
bool read_rewrite(std::string_view text, Rewrites& rewrites) {
    std::size_t const colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    std::string_view to = text;
    to.remove_prefix(colon + 1);
    text.remove_suffix(text.size() - colon);
    int number = 0;
    int becomes = 0;
    if (!read_number(text, number) || !read_leading_number(to, becomes)) return false;
    if (number < 1 || number > most_rewritten || becomes < 0 || becomes > most_rewritten) return false;
    rewrites.to[number] = static_cast<std::uint8_t>(becomes);
    rewrites.named.add({number});
    return true;
}

/// Stopping: the command may not hear of it by a signal that it could refuse, and we stop with it, so that the shell
/// that we run in sees its job stop.
void set_job_control(Settings& settings) {
    for (int const signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
        settings.suspend.add({signal});
        if (settings.home == Home::own_session && !settings.rewrites.named.has({signal}))
            settings.rewrites.to[signal] = SIGSTOP;
    }
}

void read_environment(char** environment, Settings& settings, Text& said) {
    auto const is = [&](std::string_view name, std::string_view value) {
        char const* const found = variable(environment, name);
        return found != nullptr && value == found;
    };
    if (is("DUMB_INIT_DEBUG", "1")) {
        settings.verbosity = 1;
        said << "[dumb-init] Running in debug mode.\n";
    }
    if (is("DUMB_INIT_SETSID", "0")) {
        settings.home = Home::ours;
        if (settings.verbosity > 0) said << "[dumb-init] Not running in setsid mode.\n";
    }
}

std::optional<Ending> apply(Found const& found, Settings& settings, Text& said) {
    switch (found.key) {
    case 'h':
        said << version << " (" << own_version << ")\nUsage: dumb-init [option] command [[arg] ...]\n\n" << help_lines;
        return Ending{0, 2};
    case 'V': said << version << " (" << own_version << ")\n"; return Ending{0, 2};
    case 'v': settings.verbosity = 1; break;
    case 'c': settings.home = Home::ours; break;
    default:
        if (read_rewrite(found.value, settings.rewrites)) break;
        said << usage_lines;
        return Ending{1, 2};
    }
    return std::nullopt;
}

} // namespace

std::optional<Ending> read_dumb_init(Arguments const& arguments, Settings& settings, Text& said) {
    settings.home = Home::own_session;
    settings.leaves_folder = true;
    settings.ends_group = true;
    leave_to_library(settings.untouched);
    Scanner scanner(arguments.argc, arguments.argv, options, Order::strict);
    for (;;) {
        Found const found = scanner.next(said);
        if (found.kind == Found::Kind::end) break;
        if (found.kind == Found::Kind::error) return Ending{1, 2};
        if (auto const ending = apply(found, settings, said)) return ending;
    }
    settings.command = scanner.words();
    if (*settings.command == nullptr) {
        said << "Usage: " << arguments.argv[0] << " [option] program [args]\nTry " << arguments.argv[0]
             << " --help for full usage.\n";
        return Ending{1, 2};
    }
    read_environment(arguments.environment, settings, said);
    settings.target = settings.home == Home::own_session ? Target::group : Target::command;
    set_job_control(settings);
    return std::nullopt;
}

} // namespace mitori::init::detail
