#include "cli/main.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <fmt/ostream.h>
#include <iostream>
#include <optional>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.hpp"
#include "bus/client.hpp"
#include "cli/deaths_program.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/logs_program.hpp"
#include "cli/pager.hpp"
#include "cli/process_programs.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

/// The last part of a path.
std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// $SYSTEMD_COLORS goes before what the terminal says: scripts and tests set it.
std::optional<bool> asked_colour() {
    char const* const said = std::getenv("SYSTEMD_COLORS");
    if (said == nullptr || *said == '\0') return std::nullopt;
    return base::parse_boolean(said).value_or(true); // "16", "256": with colour
}

Screen screen_of(int fd) {
    Screen screen;
    if (::isatty(fd) != 0) {
        char const* const no_colour = std::getenv("NO_COLOR");
        char const* const term = std::getenv("TERM");
        screen.colour =
            (no_colour == nullptr || *no_colour == '\0') && term != nullptr && std::string_view(term) != "dumb";
        winsize size{};
        if (::ioctl(fd, TIOCGWINSZ, &size) == 0) screen.width = size.ws_col;
    }
    screen.colour = asked_colour().value_or(screen.colour);
    return screen;
}

/// Where the managers may be that these options mean, best first.
base::Result<std::vector<std::string>> sockets(Options const& options, Kin kin) {
    auto chosen = options.runtime_dir;
    if (!chosen && options.scope == Scope::system) chosen = "/run/mitori";
    if (!chosen && options.scope == Scope::user) {
        char const* const folder = std::getenv("XDG_RUNTIME_DIR");
        if (folder == nullptr) return base::make_error(ENOENT, "find the user's manager", "XDG_RUNTIME_DIR is not set");
        chosen = std::string(folder) + "/mitori";
    }
    std::vector<std::string> found{bus::socket_in(TRY(bus::runtime_directory(chosen)))};
    // Called as systemctl we are asked for whatever manages services here, and that may be a systemd.
    if (kin == Kin::systemctls && !options.runtime_dir) found.emplace_back("/run/systemd/private");
    return found;
}

control::Answer<std::unique_ptr<bus::Client>> connect(std::vector<std::string> const& sockets) {
    auto client = bus::Client::connect(sockets.front());
    for (std::size_t i = 1; !client && client.error().reason == control::Reason::no_server && i < sockets.size(); ++i)
        if (auto other = bus::Client::connect(sockets[i])) return other;
    return client;
}

/// By which name we are called, and what that name knows.
struct Caller {
    std::string program;
    Kin kin = Kin::ours;
    LogsMaker const& logs;
};

/// Verbs whose answer may be longer than a screen.
bool is_paged(Verb const& verb) {
    static constexpr auto names = std::to_array<std::string_view>(
        {"list-units", "list-unit-files", "list-jobs", "status", "show", "cat", "tree", "plan", "help"});
    return std::ranges::find(names, verb.name) != names.end();
}

int run_on(Verb const& verb, Options const& options, Caller const& caller, control::Faces faces,
           std::function<control::Answer<void>(std::function<bool()> const&)> wait_until = nullptr) {
    auto const pager = options.pager && is_paged(verb) ? Pager::open() : nullptr;
    Context context{.options = options,
                    .program = caller.program,
                    .faces = faces,
                    .wait_until = std::move(wait_until),
                    .out = pager ? pager->out() : std::cout,
                    .err = std::cerr,
                    .screen = screen_of(STDOUT_FILENO),
                    .paged = pager != nullptr};
    auto const place = bus::runtime_directory(options.runtime_dir);
    if (caller.logs) context.logs = [&caller, folder = place.value_or("")] { return caller.logs(folder); };
    return verb.run(context, {options.words.begin() + 1, options.words.end()});
}

int run_with_manager(Verb const& verb, Options const& options, Caller const& caller) {
    auto const& program = caller.program;
    auto const where = sockets(options, caller.kin);
    if (!where) {
        fmt::print(std::cerr, "{}: {}\n", program, where.error().message());
        return detail::code(detail::ExitStatus::failure);
    }
    auto client = connect(*where);
    if (!client) {
        fmt::print(std::cerr, "{}: no manager answers at {}: {}\n", program, where->front(), client.error().text);
        return detail::code(detail::ExitStatus::failure);
    }
    return run_on(verb, options, caller, (*client)->faces(),
                  [&client](auto const& done) { return (*client)->wait_until(done); });
}

/// Stands in for a manager where a verb needs none: it is never called.
int run_alone(Verb const& verb, Options const& options, Caller const& caller) {
    static bus::Client* const none = nullptr;
    return run_on(verb, options, caller, {*none, *none, *none});
}

int wrong_use(std::string const& program, std::string const& what) {
    fmt::print(std::cerr, "{}: {}\nTry '{} help'.\n", program, what, program);
    return detail::code(detail::ExitStatus::failure);
}

int run_verb(Options options, Caller const& caller) {
    auto const& [program, kin, logs] = caller;
    if (options.help) options.words = {"help"};
    if (options.version) options.words = {"version"};
    if (options.words.empty()) {
        if (kin == Kin::ours)
            options.words = {"help"};
        else
            options.words = {"list-units"};
    }
    auto const* const verb = find_verb(options.words.front());
    bool const common = options.help || options.version;
    if (verb == nullptr || verb->run == nullptr || (kin == Kin::systemctls && verb->kin == Kin::ours && !common))
        return wrong_use(program, fmt::format("Unknown verb '{}'.", options.words.front()));
    auto const given = options.words.size() - 1;
    if (given < verb->least) return wrong_use(program, fmt::format("{} needs {}.", verb->name, verb->usage));
    if (given > verb->most) return wrong_use(program, fmt::format("Too many arguments for {}.", verb->name));
    return verb->needs == Needs::nobody ? run_alone(*verb, options, caller) : run_with_manager(*verb, options, caller);
}

class BusConnection final : public Connection {
public:
    explicit BusConnection(std::unique_ptr<bus::Client> client) : client_(std::move(client)) {}
    control::Faces faces() override { return client_->faces(); }

private:
    std::unique_ptr<bus::Client> client_;
};

std::unique_ptr<Connection> find_manager(std::optional<std::string> const& runtime_directory) {
    Options options;
    options.runtime_dir = runtime_directory;
    auto const where = sockets(options, Kin::ours);
    auto client = where ? connect(*where) : std::unexpected(control::Refusal{});
    return client ? std::make_unique<BusConnection>(std::move(*client)) : nullptr;
}

/// `mitori ps …` and its like: the name comes first.
int look_at_processes(std::span<char const* const> words, Programs const& programs) {
    std::ios::sync_with_stdio(false);
    std::vector<std::string> const rest(words.begin() + 1, words.end());
    auto const* const program = find_process_program(words.front(), rest);
    int const status = program->run({.words = rest,
                                     .screen = screen_of(STDOUT_FILENO),
                                     .out = std::cout,
                                     .err = std::cerr,
                                     .manager = find_manager,
                                     .deaths = programs.deaths,
                                     .logs = programs.logs});
    std::cout.flush();
    return status;
}

/// `mitori deaths …`, `mitori why …`: the name comes first.
int look_at_deaths(std::span<char const* const> words, Programs const& programs) {
    std::ios::sync_with_stdio(false);
    DeathsCall const call{.words = {words.begin() + 1, words.end()},
                          .screen = screen_of(STDOUT_FILENO),
                          .out = std::cout,
                          .err = std::cerr,
                          .manager = find_manager};
    bool const why = std::string_view(words.front()) == "why";
    int const status = why ? run_why(call, programs.deaths, programs.logs) : run_deaths(call, programs.deaths);
    std::cout.flush();
    return status;
}

/// The program that is named, with the place in argv where its own words start. `--runtime-dir DIR` may stand before it
/// and is handed on in the environment.
struct ProgramCall {
    Program const* program = nullptr;
    int first = 0;
};
/// Those whose words are read here, by what they share.
struct Readers {
    Program logs;
    Program deaths;
    Program processes;
};
ProgramCall find_program(int argc, char** argv, Programs const& programs, Readers const& readers) {
    for (int i = 1; i < argc; ++i) {
        std::string_view const word = argv[i];
        constexpr std::string_view option = "--runtime-dir";
        if (word == option && i + 1 < argc)
            ::setenv("MITORI_RUNTIME_DIR", argv[++i], 1);
        else if (word.starts_with(option) && word.substr(option.size()).starts_with('='))
            ::setenv("MITORI_RUNTIME_DIR", argv[i] + option.size() + 1, 1);
        else if (word == "manager")
            return {&programs.manager, i};
        else if (word == "up")
            return {&programs.up, i};
        else if (word == "run")
            return {&programs.run, i};
        else if (word == "daemonize")
            return {&programs.daemonize, i};
        else if (word == "record")
            return {&programs.record, i};
        else if (word == "logs" || word == "journalctl")
            return {&readers.logs, i};
        else if (word == "deaths" || word == "why")
            return {&readers.deaths, i};
        else if (find_process_program(word, {argv + i + 1, argv + argc}) != nullptr)
            return {&readers.processes, i};
        else
            break;
    }
    return {};
}

/// `mitori logs …`, `mitori journalctl …`, and journalctl by a link to us: the name comes first.
int read_logs(std::span<char const* const> words, Programs const& programs) {
    std::ios::sync_with_stdio(false);
    bool const as_journalctl = file_name(words.front()) == "journalctl";
    int const status = run_logs({.words = {words.begin() + 1, words.end()},
                                 .program = as_journalctl ? "journalctl" : "mitori logs",
                                 .as_journalctl = as_journalctl,
                                 .screen = screen_of(STDOUT_FILENO),
                                 .out = std::cout,
                                 .err = std::cerr},
                                programs.logs);
    std::cout.flush();
    return status;
}

int run(int argc, char** argv, Programs const& programs) {
    std::string const called = argc > 0 ? std::string(file_name(argv[0])) : "mitori";
    auto const kin = called == "systemctl" ? Kin::systemctls : Kin::ours;
    std::string const program = kin == Kin::systemctls ? "systemctl" : "mitori";
    Readers const readers{
        .logs = [&](std::span<char const* const> words) { return read_logs(words, programs); },
        .deaths = [&](std::span<char const* const> words) { return look_at_deaths(words, programs); },
        .processes = [&](std::span<char const* const> words) { return look_at_processes(words, programs); }};
    if (called == "journalctl") return readers.logs({argv, static_cast<std::size_t>(argc)});
    if (kin == Kin::ours)
        if (auto const call = find_program(argc, argv, programs, readers); call.program != nullptr && *call.program)
            return (*call.program)({argv + call.first, static_cast<std::size_t>(argc - call.first)});

    auto options = parse_options(argc, argv);
    if (!options) return wrong_use(program, options.error());
    int const status = run_verb(std::move(*options), {program, kin, programs.logs});
    std::cout.flush();
    if (std::cout.good()) return status;
    fmt::print(std::cerr, "{}: the output could not be written\n", program);
    return status == 0 ? detail::code(detail::ExitStatus::failure) : status;
}

} // namespace

int main(int argc, char** argv, Programs const& programs) {
    try {
        return run(argc, argv, programs);
    } catch (std::exception const& failure) {
        fmt::print(std::cerr, "mitori: {}\n", failure.what());
        return detail::code(detail::ExitStatus::failure);
    }
}

} // namespace mitori::cli
