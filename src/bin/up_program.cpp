#include "bin/up_program.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <getopt.h>
#include <iostream>
#include <set>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "bin/house.hpp"
#include "bin/live_output.hpp"
#include "bin/words.hpp"
#include "unit/name.hpp"

namespace mitori::bin {
namespace {

constexpr std::string_view usage = R"(mitori up [--runtime-dir DIR] FOLDER|FILE...

Starts every unit file given (of a folder: every one in it that is no template) and shows what they do, until they have
all ended or Ctrl-C. Services find the programs that stand beside mitori itself in their PATH.
)";

struct Arguments {
    std::string runtime_directory;
    std::vector<std::string> folders;
    std::vector<std::string> units;
    std::optional<int> leave;
};

namespace files = std::filesystem;

int complain(std::string const& text) {
    std::cerr << "mitori up: " << text << "\n";
    return 125;
}

void add_folder(std::string const& folder, Arguments& arguments) {
    auto const names = base::sys::list_directory(folder);
    if (!names) {
        arguments.leave = complain(names.error().message());
        return;
    }
    arguments.folders.push_back(files::absolute(folder).lexically_normal());
    for (auto const& name : *names)
        if (auto const parts = unit::parse_name(name); parts && !unit::is_template(name))
            arguments.units.push_back(name);
}

void add(std::string const& word, Arguments& arguments) {
    auto const info = base::sys::stat(word);
    if (!info)
        arguments.leave = complain(info.error().message());
    else if (S_ISDIR(info->st_mode))
        add_folder(word, arguments);
    else if (auto const path = files::absolute(word).lexically_normal(); unit::parse_name(path.filename().string())) {
        arguments.folders.push_back(path.parent_path());
        arguments.units.push_back(path.filename());
    } else {
        arguments.leave = complain(fmt::format("{}: not a unit file by its name (NAME.service, NAME.target …)", word));
    }
}

Arguments parse(std::span<char const* const> words) {
    static constexpr option options[] = {
        {"runtime-dir", required_argument, nullptr, 'r'}, {"help", no_argument, nullptr, 'h'}, {}};
    Arguments arguments;
    std::string name = "mitori up";
    auto copy = words_for_getopt(name, words);
    optind = 0;
    for (int option = 0;
         (option = ::getopt_long(static_cast<int>(words.size()), copy.data(), "h", options, nullptr)) != -1;) {
        if (option == 'r')
            arguments.runtime_directory = optarg;
        else if (option == 'h') {
            std::cout << usage;
            arguments.leave = 0;
        } else
            arguments.leave = 125;
    }
    for (int i = optind; !arguments.leave && i < static_cast<int>(words.size()); ++i)
        add(copy[static_cast<std::size_t>(i)], arguments);
    if (!arguments.leave && arguments.units.empty())
        arguments.leave = complain("no unit files given; try: mitori up examples/");
    std::ranges::sort(arguments.units);
    auto const repeated = std::ranges::unique(arguments.units);
    arguments.units.erase(repeated.begin(), repeated.end());
    return arguments;
}

/// A folder of our own, so that several `up` and a manager live beside each other.
std::string private_runtime_directory() {
    auto const runtime = default_runtime_directory();
    auto const base = runtime ? *runtime : fmt::format("/tmp/mitori-{}", ::geteuid());
    return fmt::format("{}/up-{}", base, ::getpid());
}

/// Where mitori's own binary is, and the example programs beside it.
std::string path_of_programs() {
    auto const self = base::sys::read_link("/proc/self/exe");
    if (!self) return {};
    auto const folder = files::path(*self).parent_path().string();
    return folder + ":" + folder + "/examples";
}

bool all_down(House& house, std::vector<std::string> const& units) {
    return std::ranges::all_of(units, [&](std::string const& name) {
        auto const ref = house.manager().graph().find(name);
        if (!ref || house.manager().graph().unit(*ref).type != unit::Type::service) return true;
        auto const state = house.manager().live(*ref).active;
        return (state == manager::ActiveState::inactive || state == manager::ActiveState::failed) &&
               house.manager().jobs().of(*ref) == nullptr;
    });
}

bool any_failed(House& house) {
    auto& graph = house.manager().graph();
    for (std::size_t i = 0; i < graph.size(); ++i)
        if (house.manager().live(static_cast<manager::UnitRef>(i)).active == manager::ActiveState::failed) return true;
    return false;
}

int run_house(House& house, OutputPipe& pipe, std::vector<std::string> const& units) {
    if (auto obeyed = house.obey_signals(); !obeyed) return complain(obeyed.error().message());
    auto output = LiveOutput::make(house, pipe);
    if (!output) return complain(output.error().message());
    int refused = 0;
    for (auto const& unit : units)
        if (auto started = house.start(unit); !started) {
            base::log(base::Priority::err, "{}", started.error().text);
            ++refused;
        }
    // When the last one has ended by itself there is nothing to stay for.
    auto const watch = house.local().subscribe({.unit_changed = [&](control::UnitChanged const&) {
        if (!house.manager().shutting_down() && all_down(house, units)) house.manager().shut_down(0);
    }});
    int const code = house.run();
    output->reset();
    return code != 0 ? code : any_failed(house) || refused > 0 ? 1 : 0;
}

} // namespace

int run_up(std::span<char const* const> words) {
    auto const arguments = parse(words);
    if (arguments.leave) return *arguments.leave;
    auto const runtime =
        arguments.runtime_directory.empty() ? private_runtime_directory() : arguments.runtime_directory;
    int code = 1;
    {
        auto pipe = OutputPipe::make();
        if (!pipe) return complain(pipe.error().message());
        auto house = House::build({.scope = ::geteuid() == 0 ? unit::Scope::system : unit::Scope::user,
                                   .runtime_directory = runtime,
                                   .group = fmt::format("mitori-up-{}", ::getpid()),
                                   .unit_folders = arguments.folders,
                                   .path_prefix = path_of_programs(),
                                   .output = pipe->write.get()});
        if (!house) return complain(house.error().message());
        code = run_house(**house, *pipe, arguments.units);
    }
    if (arguments.runtime_directory.empty()) static_cast<void>(base::sys::remove_tree(runtime));
    return code;
}

} // namespace mitori::bin
