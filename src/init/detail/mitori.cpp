// Our own options: what the three peers can do, under long names, with defaults for a container.
#include "init/detail/dialects.hpp"
#include "init/words.hpp"

namespace mitori::init::detail {

namespace {

constexpr Option options[] = {
    {'g', "group", Takes::nothing, 'g'},        {'S', "session", Takes::nothing, 'S'},
    {'c', "single-child", Takes::nothing, 'c'}, {'E', "end-group", Takes::nothing, 'E'},
    {'r', "rewrite", Takes::value, 'r'},        {'e', "success", Takes::value, 'e'},
    {'p', "parent-death", Takes::value, 'p'},   {'s', "subreaper", Takes::nothing, 's'},
    {'P', "pause", Takes::nothing, 'P'},        {'w', "warn-orphans", Takes::nothing, 'w'},
    {'v', "verbose", Takes::nothing, 'v'},      {'l', "licence", Takes::nothing, 'l'},
    {'V', "version", Takes::nothing, 'V'},      {'h', "help", Takes::nothing, 'h'},
};

constexpr std::string_view help_lines =
    "usage: mitori-init [options] [--] command [arguments]\n"
    "       mitori-init --pause\n"
    "\n"
    "Runs the command, forwards signals to it, reaps what is orphaned, and ends with the command's exit status\n"
    "(128+n where signal n ended it, 127 not found, 126 cannot be executed, 125 our own failure).\n"
    "\n"
    "  -g, --group               forward signals to the command's whole process group\n"
    "  -S, --session             give the command a session of its own, and forward to its whole group\n"
    "  -c, --single-child        leave the command in our own process group\n"
    "  -E, --end-group           when the command has ended, send SIGTERM to what is left of its group\n"
    "  -r, --rewrite FROM:TO     forward signal FROM as TO, names or numbers; TO 0 is not to forward it\n"
    "  -e, --success STATUS      this exit status counts as 0\n"
    "  -p, --parent-death SIGNAL have the kernel send us SIGNAL when our parent ends\n"
    "  -s, --subreaper           accepted; orphans always come to us\n"
    "  -P, --pause               run no command; reap until SIGTERM or SIGINT\n"
    "  -w, --warn-orphans        say so when an orphan is reaped\n"
    "  -v, --verbose             say what happens; twice: signals too; three times: orphans too\n"
    "  -l, --licence  -V, --version  -h, --help\n"
    "\n"
    "Called as tini, docker-init, dumb-init or catatonit it takes their options and does as they do: mitori-init(1).\n";

constexpr int own_failure = 125;

Ending invalid(Text& said, std::string_view option, char const* value) {
    said << "mitori-init: --" << option << ": not valid: " << value << "\n";
    return {own_failure, 2};
}

bool read_rewrite(std::string_view text, Rewrites& rewrites) {
    std::size_t const colon = text.find(':');
    if (colon == std::string_view::npos) return false;
    std::string_view to = text;
    to.remove_prefix(colon + 1);
    text.remove_suffix(text.size() - colon);
    base::Signal const from = read_signal(text);
    base::Signal const becomes = read_signal(to);
    if (from.number == 0 || (becomes.number == 0 && to != "0")) return false;
    rewrites.to[from.number] = static_cast<std::uint8_t>(becomes.number);
    rewrites.named.add(from);
    return true;
}

std::optional<Ending> apply_valued(Found const& found, Settings& settings, Text& said) {
    int status = 0;
    switch (found.key) {
    case 'r':
        if (!read_rewrite(found.value, settings.rewrites)) return invalid(said, "rewrite", found.value);
        break;
    case 'p':
        settings.parent_death = read_signal(found.value);
        if (settings.parent_death.number == 0) return invalid(said, "parent-death", found.value);
        break;
    default:
        if (!read_number(found.value, status) || status < 0 || status > 255)
            return invalid(said, "success", found.value);
        settings.forgiven.add(status);
    }
    return std::nullopt;
}

std::optional<Ending> apply(Found const& found, Settings& settings, Text& said) {
    if (found.value != nullptr) return apply_valued(found, settings, said);
    switch (found.key) {
    case 'g': settings.target = Target::group; break;
    case 'S': settings.home = Home::own_session; break;
    case 'c': settings.home = Home::ours; break;
    case 'E': settings.ends_group = true; break;
    case 's': break;
    case 'P': settings.quarry = Quarry::nothing; break;
    case 'w': settings.warns_of_orphans = true; break;
    case 'v': ++settings.verbosity; break;
    case 'l': said << licence; return Ending{0, 1};
    case 'V': said << own_version << "\n"; return Ending{0, 1};
    default: said << help_lines; return Ending{0, 1};
    }
    return std::nullopt;
}

/// Our own group has us in it: what is sent to the command's may not come back to us.
std::optional<Ending> check(Settings& settings, Text& said) {
    if (settings.home == Home::own_session) settings.target = Target::group;
    if (settings.home == Home::ours && (settings.target == Target::group || settings.ends_group)) {
        said << "mitori-init: --single-child leaves the command in our own group: neither --group nor --end-group\n";
        return Ending{own_failure, 2};
    }
    if (settings.home == Home::own_session || settings.home == Home::ours)
        for (int const signal : {SIGTSTP, SIGTTIN, SIGTTOU}) {
            settings.suspend.add({signal});
            if (settings.home == Home::own_session && !settings.rewrites.named.has({signal}))
                settings.rewrites.to[signal] = SIGSTOP;
        }
    if (settings.quarry == Quarry::nothing || *settings.command != nullptr) return std::nullopt;
    said << "mitori-init: no command\nusage: mitori-init [options] [--] command [arguments]; --help says more\n";
    return Ending{own_failure, 2};
}

} // namespace

std::optional<Ending> read_mitori(Arguments const& arguments, Settings& settings, Text& said) {
    settings.subreaper = arguments.pid != 1;
    settings.leaves_folder = true;
    settings.closes_files = true;
    settings.hands_listen_pid = true;
    settings.asks_for_tty = true;
    Scanner scanner(arguments.argc, arguments.argv, options, Order::strict);
    for (;;) {
        Found const found = scanner.next(said);
        if (found.kind == Found::Kind::end) break;
        if (found.kind == Found::Kind::error) return Ending{own_failure, 2};
        if (auto const ending = apply(found, settings, said)) return ending;
    }
    settings.command = scanner.words();
    return check(settings, said);
}

} // namespace mitori::init::detail
