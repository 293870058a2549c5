// The objects of one manager process and who listens to whom: made here, nowhere else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "bin/generators.hpp"
#include "bus/server.hpp"
#include "cgroup/groups.hpp"
#include "local/local.hpp"
#include "loop/loop.hpp"
#include "manager/manager.hpp"
#include "manager/output.hpp"
#include "procfs/snapshot.hpp"
#include "unit/load.hpp"

namespace mitori::bin {

/// What a manager process is asked to be.
struct HouseOptions {
    unit::Scope scope = unit::Scope::system;
    std::string runtime_directory;
    /// Where our control groups begin, below the one that we were started in; empty: that one itself.
    std::string group;
    /// Folders of unit files that go before the standard search path. With any, the links that packages and the
    /// administrator hang on the standard targets do not count: nothing is started that nobody named.
    std::vector<std::string> unit_folders;
    /// Units that no file holds, from a Procfile. They count as unit_folders do.
    std::vector<unit::Unit> units;
    /// Put in front of the PATH of services.
    std::string path_prefix;
    /// Where services' output goes that has no better place; -1: to our own stdout and stderr. Borrowed.
    int output = -1;
    /// Who takes services' output; empty: nobody, it goes to `output`.
    using MakeOutput = std::function<base::Result<std::unique_ptr<manager::Output>>(loop::Loop&)>;
    MakeOutput make_output;
    enum class ServeSystemctl { no, yes } serve_systemctl = ServeSystemctl::no;
    /// What becomes of processes that a killed manager left in this runtime directory.
    manager::Leftovers leftovers = manager::Leftovers::end;
};

/// Owns everything; members are destroyed in the reverse order of their making.
class House {
public:
    [[nodiscard]] static base::Result<std::unique_ptr<House>> build(HouseOptions const& options);
    ~House();

    /// Queues a start, as a client would. A manager that stands in for systemd first queues what makes the folders that
    /// packages expect (tmpfiles.d(5)): units wait for it by their order.
    [[nodiscard]] control::Answer<control::JobRef> start(std::string const& unit);
    /// SIGTERM, SIGINT and SIGRTMIN+3… stop everything in order, again at once; SIGHUP is daemon-reload. What they mean
    /// for a machine is systemd(1)'s: SIGINT and SIGRTMIN+5 reboot it, SIGRTMIN+3 halts it, the others power it off.
    [[nodiscard]] base::Result<void> obey_signals();
    /// Runs until it is told to end and everything has stopped; the exit status.
    [[nodiscard]] int run();

    [[nodiscard]] manager::Manager& manager() { return *manager_; }
    [[nodiscard]] local::Local& local() { return *local_; }
    [[nodiscard]] loop::Loop& loop() { return *loop_; }
    [[nodiscard]] cgroup::Groups& groups() { return *groups_; }

private:
    House() = default;
    base::Result<void> make(HouseOptions const& options);
    base::Result<void> listen(HouseOptions const& options);
    void run_generators(HouseOptions const& options, unit::SearchPath& path, unit::Host const& host,
                        std::vector<std::string> const& environment);

    base::Fd lock_;
    std::unique_ptr<loop::Loop> loop_;
    std::unique_ptr<cgroup::Groups> groups_;
    std::optional<procfs::Procfs> procfs_;
    std::optional<GeneratorRuns> generators_; ///< of one that stands in for systemd
    std::unique_ptr<unit::Loader> loader_;
    std::unique_ptr<manager::Output> output_;
    std::unique_ptr<manager::Manager> manager_;
    std::unique_ptr<local::Local> local_;
    std::unique_ptr<bus::Server> server_;
    std::vector<loop::WatchPtr> watches_;
    bool own_group_ = false;
    std::shared_ptr<void> syslog_place_; ///< goes before the manager
};

/// The environment of this process as a map; later duplicates win, as getenv(3) does not promise.
[[nodiscard]] std::map<std::string, std::string> environment();
/// /run/mitori for root, $XDG_RUNTIME_DIR/mitori else; nothing where that is not set.
[[nodiscard]] std::optional<std::string> default_runtime_directory();

} // namespace mitori::bin
