#include "bin/manager_program.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/names.hpp"
#include "base/options.hpp"
#include "bin/house.hpp"
#include "bin/recorder_output.hpp"
#include "manager/machine.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view usage =
    R"(mitori manager [--system|--user] [--unit UNIT] [--runtime-dir DIR] [--serve-systemctl] [--serve-log]
               [--journal-dir DIR] [--console raw|prefix|json|none]

Runs unit files until it is told to end (SIGTERM, SIGINT, mitori exit).

  --system             units of the system; the default for root
  --user               units of a user; the default for everybody else
  --unit UNIT          what to start first (default: default.target as PID 1; else basic.target, which starts no
                       service: beside another init the enabled ones run already)
  --runtime-dir DIR    where the sockets are made (default: /run/mitori, or $XDG_RUNTIME_DIR/mitori)
  --leftovers WHAT     of services whose manager was killed: end them (the default), adopt or leave them
  --serve-systemctl    serve /run/systemd/private too, so that systemctl works; the default as PID 1
  --serve-log          serve /dev/log and /run/systemd/journal, too; the default with --serve-systemctl
  --journal-dir DIR    where the journal files go (default: in systemd's place /var/log/journal or /run/log/journal, else
                       /var/log/mitori/journal, or ~/.local/state/mitori/journal; with a --runtime-dir of its own there)
  --console FORMAT     show what services say on stdout, too: raw, prefix or json (default: prefix as PID 1, else none)
  --log-level LEVEL    err, warning, notice, info or debug (default: info)
)";

struct Arguments {
    HouseOptions house;
    std::string unit = "default.target";
    base::Priority level = base::Priority::info;
    std::string journal_folder;
    std::optional<journal::ConsoleFormat> console;
    RecorderWish::ServeLog serve_log = RecorderWish::ServeLog::no;
    std::optional<int> leave;
};

std::optional<base::Priority> level_of(std::string_view word) {
    using enum base::Priority;
    if (word == "err") return err;
    if (word == "warning") return warning;
    if (word == "notice") return notice;
    if (word == "info") return info;
    if (word == "debug") return debug;
    return std::nullopt;
}

void take_console(std::string_view word, Arguments& arguments) {
    arguments.console = base::value_of<journal::ConsoleFormat>(word);
    if (arguments.console || word == "none") return;
    std::cerr << fmt::format("mitori manager: no console format \"{}\": raw, prefix, json or none\n", word);
    arguments.leave = 125;
}

void take_leftovers(std::string_view word, Arguments& arguments) {
    if (auto const found = base::value_of<manager::Leftovers>(word)) {
        arguments.house.leftovers = *found;
        return;
    }
    std::cerr << fmt::format("mitori manager: leftovers cannot be \"{}\": end, adopt or leave\n", word);
    arguments.leave = 125;
}

enum : int {
    option_system = 1,
    option_user,
    option_unit,
    option_runtime,
    option_serve,
    option_level,
    option_serve_log,
    option_journal,
    option_console,
    option_leftovers
};

void take(base::GivenOption const& given, Arguments& arguments) {
    std::string const value(given.value);
    switch (given.letter) {
    case option_system: arguments.house.scope = unit::Scope::system; return;
    case option_user: arguments.house.scope = unit::Scope::user; return;
    case option_unit: arguments.unit = value; return;
    case option_runtime: arguments.house.runtime_directory = value; return;
    case option_serve: arguments.house.serve_systemctl = HouseOptions::ServeSystemctl::yes; return;
    case option_serve_log: arguments.serve_log = RecorderWish::ServeLog::yes; return;
    case option_journal: arguments.journal_folder = std::filesystem::absolute(value); return;
    case option_console: return take_console(value, arguments);
    case option_leftovers: return take_leftovers(value, arguments);
    case option_level:
        if (auto const level = level_of(value))
            arguments.level = *level;
        else {
            std::cerr << fmt::format("mitori manager: no log level \"{}\": err, warning, notice, info or debug\n",
                                     value);
            arguments.leave = 125;
        }
        return;
    case 'h':
        std::cout << usage;
        arguments.leave = 0;
        return;
    default: arguments.leave = 125; // getopt has said what is wrong
    }
}

Arguments parse(std::span<char const* const> words) {
    static constexpr option options[] = {
        {"system", no_argument, nullptr, option_system},
        {"user", no_argument, nullptr, option_user},
        {"unit", required_argument, nullptr, option_unit},
        {"runtime-dir", required_argument, nullptr, option_runtime},
        {"serve-systemctl", no_argument, nullptr, option_serve},
        {"log-level", required_argument, nullptr, option_level},
        {"serve-log", no_argument, nullptr, option_serve_log},
        {"journal-dir", required_argument, nullptr, option_journal},
        {"console", required_argument, nullptr, option_console},
        {"leftovers", required_argument, nullptr, option_leftovers},
        {"help", no_argument, nullptr, 'h'},
        {},
    };
    Arguments arguments;
    bool const first = ::getpid() == 1;
    arguments.house.scope = ::geteuid() == 0 ? unit::Scope::system : unit::Scope::user;
    if (first) arguments.house.serve_systemctl = HouseOptions::ServeSystemctl::yes;
    if (first) arguments.console = journal::ConsoleFormat::prefix;
    if (auto runtime = default_runtime_directory()) arguments.house.runtime_directory = *runtime;
    // Beside another init we keep to a group of our own.
    if (!first) {
        arguments.house.group = "mitori";
        arguments.unit = "basic.target";
    }

    auto const rest = base::read_options("mitori manager", words, "h", options, [&](auto const& given) {
        take(given, arguments);
        return !arguments.leave;
    });
    if (!arguments.leave && !rest.empty()) {
        std::cerr << fmt::format("mitori manager: \"{}\" is no option; the unit to start is given with --unit\n",
                                 rest.front());
        arguments.leave = 125;
    }
    if (!arguments.leave && arguments.house.runtime_directory.empty()) {
        std::cerr << "mitori manager: $XDG_RUNTIME_DIR is not set; say where the sockets shall be with --runtime-dir\n";
        arguments.leave = 125;
    }
    return arguments;
}

/// Not what $MITORI_RUNTIME_DIR says.
std::string usual_runtime_directory() {
    if (::geteuid() == 0) return "/run/mitori";
    char const* const folder = std::getenv("XDG_RUNTIME_DIR");
    return folder == nullptr ? std::string() : std::string(folder) + "/mitori";
}

RecorderWish recorder_wish(Arguments const& arguments) {
    auto const& house = arguments.house;
    bool const stands_in = house.serve_systemctl == HouseOptions::ServeSystemctl::yes;
    bool const usual = house.runtime_directory == usual_runtime_directory();
    return {.place = {.scope = house.scope == unit::Scope::user ? journal::Scope::user : journal::Scope::system,
                      .runtime_directory = house.runtime_directory,
                      .folder = arguments.journal_folder,
                      .beside = usual ? JournalWish::Beside::no : JournalWish::Beside::yes,
                      .stands_in = stands_in ? JournalWish::StandsIn::yes : JournalWish::StandsIn::no},
            .console = arguments.console,
            .serve_log = stands_in ? RecorderWish::ServeLog::yes : arguments.serve_log};
}

/// Without a recorder services run all the same, and write where we write: a manager that does not start helps nobody.
base::Result<std::unique_ptr<manager::Output>> make_output(loop::Loop& loop, RecorderWish wish,
                                                           RecorderOutput*& recorder) {
    auto output = RecorderOutput::make(loop, std::move(wish));
    if (output) {
        recorder = output->get();
        return *std::move(output);
    }
    base::log(base::Priority::err, "no journal is kept: {}", output.error().message());
    return nullptr;
}

/// How a manager has ended.
struct End {
    int code = 0;
    status::Ending ending = status::Ending::exit;
};

/// From the making of the house to its last stone.
base::Result<End> live(Arguments& arguments) {
    RecorderOutput* recorder = nullptr;
    arguments.house.make_output = [&recorder, wish = recorder_wish(arguments)](loop::Loop& loop) {
        return make_output(loop, wish, recorder);
    };
    auto const house = TRY(House::build(arguments.house));
    std::shared_ptr<void> deaths;
    if (recorder != nullptr)
        deaths = house->manager().listen({.died = [recorder](status::Death const& death) { recorder->died(death); }});
    TRY(house->obey_signals());
    if (auto started = house->start(arguments.unit); !started)
        base::log(base::Priority::err, "{}", started.error().text);
    static_cast<void>(::sd_notify(1, "READY=1"));
    int const code = house->run();
    return End{code, house->manager().ending()};
}

} // namespace

int run_manager(std::span<char const* const> words) {
    auto arguments = parse(words);
    if (arguments.leave) return *arguments.leave;
    base::set_log_level(arguments.level);
    if (!manager::is_machines_init()) {
        auto const end = live(arguments);
        if (!end) std::cerr << fmt::format("mitori manager: {}\n", end.error().message());
        return end ? end->code : 1;
    }
    // Process 1 of a machine never returns: the kernel would panic.
    manager::begin_machine();
    auto const end = live(arguments);
    if (!end) manager::stay_for_ever(end.error().message());
    manager::end_machine(end->ending);
}

} // namespace mitori::bin
