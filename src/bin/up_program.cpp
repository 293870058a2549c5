#include "bin/up_program.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "bin/death_book.hpp"
#include "bin/house.hpp"
#include "bin/live_output.hpp"
#include "bin/up_application.hpp"
#include "bin/up_arguments.hpp"
#include "bin/up_ends.hpp"
#include "bin/up_streams.hpp"

namespace mitori::bin {
namespace {

namespace files = std::filesystem;

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

bool on_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

Look look_of(UpArguments const& arguments, UpApplication const& application) {
    auto const fallback = application.has_procfile || !on_terminal() ? Look::prefix : Look::live;
    auto const look = arguments.look.value_or(fallback);
    return look == Look::live && !on_terminal() ? Look::prefix : look;
}

Colours colours_of(UpArguments const& arguments, Look look) {
    char const* const forbidden = std::getenv("NO_COLOR");
    bool const wanted = arguments.colours == Colours::yes || on_terminal();
    bool const allowed = forbidden == nullptr || *forbidden == '\0';
    return wanted && allowed && look == Look::prefix ? Colours::yes : Colours::no;
}

std::set<std::string> ids_of(std::vector<unit::Unit> const& units) {
    std::set<std::string> ids;
    for (auto const& unit : units)
        ids.insert(unit.id);
    return ids;
}

/// One `up`, from its house to its exit status.
class Up {
public:
    Up(UpArguments const& arguments, UpApplication application)
        : arguments_(arguments),
          application_(std::move(application)),
          look_(look_of(arguments, application_)),
          processes_(ids_of(application_.processes)),
          names_(application_.names()) {}

    int run(std::string const& runtime) {
        if (application_.has_procfile) base::set_log_level(base::Priority::warning);
        auto pipe = look_ == Look::live ? OutputPipe::make() : OutputPipe{};
        if (!pipe) return complain_of_up(pipe.error().message());
        auto house = House::build(options(runtime, *pipe));
        if (!house) return complain_of_up(house.error().message());
        auto const status = run_in(**house, *pipe);
        return status ? *status : complain_of_up(status.error().message());
    }

private:
    HouseOptions options(std::string const& runtime, OutputPipe const& pipe) {
        return {.scope = ::geteuid() == 0 ? unit::Scope::system : unit::Scope::user,
                .runtime_directory = runtime,
                .group = fmt::format("mitori-up-{}", ::getpid()),
                .unit_folders = application_.folders,
                .units = std::move(application_.processes),
                .path_prefix = path_of_programs(),
                .output = pipe.write.get(),
                .make_output = [this](loop::Loop& loop) { return make_streams(loop); }};
    }

    base::Result<std::unique_ptr<manager::Output>> make_streams(loop::Loop& loop) {
        std::size_t width = 6; // "system"
        for (auto const& name : names_)
            width = std::max(width, tag_of_unit(name).size());
        auto streams = std::make_unique<UpStreams>(
            loop, UpStreams::Options{.console = {.look = look_,
                                                 .colours = colours_of(arguments_, look_),
                                                 .clock = arguments_.clock,
                                                 .tag_width = width},
                                     .fd = STDOUT_FILENO,
                                     .announced = [this](std::string const& unit) { return processes_.contains(unit); },
                                     .least = application_.unit_files.empty() ? base::Priority::warning
                                                                              : base::Priority::info});
        streams_ = streams.get();
        return streams;
    }

    base::Result<int> run_in(House& house, OutputPipe& pipe) {
        auto const deaths = house.manager().listen(
            {.died = [this](status::Death const& death) { book_.keep(std::span(&death, 1), 0); }});
        UpEnds ends(house, {.units = names_,
                            .processes = processes_,
                            .keep_going = arguments_.keep_going,
                            .console = look_ == Look::live ? nullptr : &streams_->console()});
        TRY(obey_signals(house, ends));
        std::unique_ptr<LiveOutput> view;
        if (look_ == Look::live) {
            view = TRY(LiveOutput::make(house, pipe));
            streams_->console().divert([&view](std::string_view line) { view->say(line); });
        }
        for (auto const& remark : application_.remarks)
            streams_->console().say(base::Priority::warning, remark);
        int refused = 0;
        for (auto const& name : names_)
            if (auto started = house.start(name); !started) {
                base::log(base::Priority::err, "{}", started.error().text);
                ++refused;
            }
        int const code = house.run();
        watches_.clear();
        streams_->finish();
        streams_->console().divert({});
        if (code != 0) return code;
        return ends.status() == 0 && refused > 0 ? 1 : ends.status();
    }

    /// Also when the terminal goes: there is nobody left to show anything to.
    base::Result<void> obey_signals(House& house, UpEnds& ends) {
        for (int const number : {SIGINT, SIGTERM, SIGHUP}) {
            auto const name = base::signal_name(base::Signal{number});
            watches_.push_back(TRY(house.loop().on_signal(base::Signal{number}, [&ends, name] {
                ends.stop(fmt::format("SIG{} received, starting shutdown", name));
            })));
        }
        return {};
    }

    UpArguments const& arguments_;
    UpApplication application_;
    Look look_;
    std::set<std::string> processes_; ///< ids of the Procfile's
    std::vector<std::string> names_;
    UpStreams* streams_ = nullptr; ///< the house's
    /// So that `mitori why` knows also when all is over: what runs here is no load for a disk.
    DeathBook book_{read_ledger_files(::geteuid() == 0 ? journal::Scope::system : journal::Scope::user,
                                      JournalWish::Beside::no, "")};
    std::vector<loop::WatchPtr> watches_;
};

} // namespace

int run_up(std::span<char const* const> words) {
    auto const arguments = parse_up_arguments(words);
    if (arguments.leave) return *arguments.leave;
    auto application = find_application(arguments);
    if (!application) return complain_of_up(application.error());
    auto const runtime =
        arguments.runtime_directory.empty() ? private_runtime_directory() : arguments.runtime_directory;
    int const code = Up(arguments, std::move(*application)).run(runtime);
    if (arguments.runtime_directory.empty()) static_cast<void>(base::sys::remove_tree(runtime));
    return code;
}

} // namespace mitori::bin
