#include "bin/house.hpp"

#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "bin/syslog_place.hpp"

namespace mitori::bin {

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> all;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text(*entry);
        if (auto const equals = text.find('='); equals != std::string_view::npos)
            all[std::string(text.substr(0, equals))] = text.substr(equals + 1);
    }
    return all;
}

std::optional<std::string> default_runtime_directory() {
    auto const all = environment();
    if (auto const given = all.find("MITORI_RUNTIME_DIR"); given != all.end() && !given->second.empty())
        return given->second;
    if (::geteuid() == 0) return "/run/mitori";
    if (auto const xdg = all.find("XDG_RUNTIME_DIR"); xdg != all.end() && !xdg->second.empty())
        return xdg->second + "/mitori";
    return std::nullopt;
}

base::Result<std::unique_ptr<House>> House::build(HouseOptions const& options) {
    std::unique_ptr<House> house(new House);
    TRY(house->make(options));
    TRY(house->listen(options));
    return house;
}

House::~House() {
    // The group that we made for ourselves goes with us; in init.scope of a v2 tree we are still inside.
    server_.reset();
    local_.reset();
    manager_.reset();
    if (own_group_) static_cast<void>(groups_->remove(""));
}

base::Result<void> House::make(HouseOptions const& options) {
    TRY(base::sys::ignore_signal(base::Signal{SIGPIPE}));
    // A service takes two descriptors while it lives; 1024 of them are soon gone.
    if (auto raised = base::sys::raise_descriptor_limit(); !raised)
        base::log(base::Priority::notice, "{}", raised.error().message());
    TRY(base::sys::make_directories(options.runtime_directory, 0755));
    auto lock = base::sys::lock_file(options.runtime_directory + "/lock");
    if (!lock && lock.error().number == EWOULDBLOCK)
        return base::make_error(EADDRINUSE, "another mitori manager runs in", options.runtime_directory);
    lock_ = TRY(std::move(lock));

    auto const variables = environment();
    auto host = unit::read_host(options.scope, variables);
    // %t of a user who has no login session: where we keep our own things, for there is no other place for it.
    if (host.runtime_directory.empty()) host.runtime_directory = options.runtime_directory;
    auto path = unit::search_path(options.scope, variables);
    if (!options.unit_folders.empty() || !options.units.empty()) path.vendor = path.machine = path.directories;
    path.directories.insert(path.directories.begin(), options.unit_folders.begin(), options.unit_folders.end());

    auto place = exec::read_place(options.scope, host, "");
    run_generators(options, path, host, place.environment);
    loop_ = TRY(loop::open_loop());
    groups_ = cgroup::open_groups({.below = options.group});
    own_group_ = !options.group.empty() && groups_->place() != cgroup::Place::none;
    procfs_ = TRY(procfs::Procfs::open());
    loader_ = std::make_unique<unit::Loader>(std::move(path), host);
    for (auto const& unit : options.units)
        loader_->put(unit);
    if (options.make_output) output_ = TRY(options.make_output(*loop_));
    if (options.output >= 0) place.output = place.error = options.output;
    if (!options.path_prefix.empty())
        for (auto& entry : place.environment)
            if (entry.starts_with("PATH=")) entry = "PATH=" + options.path_prefix + ":" + entry.substr(5);
    manager_ = TRY(manager::Manager::make({.scope = options.scope,
                                           .runtime_directory = options.runtime_directory,
                                           .place = std::move(place),
                                           .world = {.user_manager = options.scope == unit::Scope::user},
                                           .leftovers = options.leftovers},
                                          {*loop_, *groups_, *loader_, *procfs_, output_.get()}));
    local_ = std::make_unique<local::Local>(*manager_);
    if (!generators_) return {};
    manager_->before_reloads([this](std::function<void()> done) { generators_->run(*loop_, std::move(done)); });
    syslog_place_ = keep_syslog_place(*manager_);
    return {};
}

void House::run_generators(HouseOptions const& options, unit::SearchPath& path, unit::Host const& host,
                           std::vector<std::string> const& environment) {
    if (options.serve_systemctl == HouseOptions::ServeSystemctl::no || options.scope != unit::Scope::system) return;
    auto folders = unit::generator_folders(options.runtime_directory);
    if (!unit::place_generator_folders(path, folders)) return;
    generators_.emplace(std::move(folders), host, environment);
    generators_->run_and_wait();
}

base::Result<void> House::listen(HouseOptions const& options) {
    server_ = TRY(bus::Server::make(*loop_, local_->faces(), {.owner = ::geteuid()}));
    TRY(server_->listen(options.runtime_directory + "/private"));
    if (options.serve_systemctl == HouseOptions::ServeSystemctl::no) return {};
    // sd_booted(3) looks for this folder, and systemctl for this socket.
    TRY(base::sys::make_directories("/run/systemd/system"));
    return server_->listen("/run/systemd/private");
}

control::Answer<control::JobRef> House::start(std::string const& unit) {
    auto const enqueue = [this](std::string const& name) {
        return local_->enqueue(control::JobVerb::start, name, control::JobMode::replace);
    };
    if (generators_)
        if (auto const queued = enqueue("systemd-tmpfiles-setup.service"); !queued)
            base::log(base::Priority::warning, "{}", queued.error().text);
    return enqueue(unit);
}

base::Result<void> House::obey_signals() {
    auto const watch = [this](int number, std::function<void()> handler) -> base::Result<void> {
        watches_.push_back(TRY(loop_->on_signal(base::Signal{number}, std::move(handler))));
        return {};
    };
    using status::Ending;
    for (auto const& [number, ending] : {std::pair{SIGTERM, Ending::poweroff},
                                         {SIGINT, Ending::reboot},
                                         {SIGRTMIN + 3, Ending::halt},
                                         {SIGRTMIN + 4, Ending::poweroff},
                                         {SIGRTMIN + 5, Ending::reboot}})
        TRY(watch(number, [this, ending] { manager_->shut_down(0, ending); }));
    return watch(SIGHUP, [this] { manager_->daemon_reload(); });
}

int House::run() {
    auto const code = loop_->run();
    if (code) return *code;
    base::log(base::Priority::err, "the loop ended: {}", code.error().message());
    return 1;
}

} // namespace mitori::bin
