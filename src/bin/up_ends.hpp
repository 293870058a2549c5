#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bin/house.hpp"
#include "bin/up_arguments.hpp"
#include "bin/up_console.hpp"
#include "manager/events.hpp"

namespace mitori::bin {

/// How the services of `up` end, what follows from it, and with which status `up` itself then ends: foreman's way for
/// the processes of a Procfile, the manager's for units of files.
class UpEnds {
public:
    struct Options {
        std::vector<std::string> units;  ///< everything that was named
        std::set<std::string> processes; ///< those of the Procfile
        KeepGoing keep_going = KeepGoing::no;
        UpConsole* console = nullptr; ///< the processes' ends are told there; null: they are seen otherwise
    };
    UpEnds(House& house, Options options);

    /// Stops everything in order; again: at once. `why` is said before.
    void stop(std::string_view why);
    /// Of the first that failed: its exit code, 128+N for signal N.
    [[nodiscard]] int status() const;

private:
    struct Seen {
        base::Stamp exit;        ///< of the last end that was told
        bool stop_asked = false; ///< a stop was under way before it ended
    };
    void look(manager::UnitRef unit);
    void take_end(std::string const& name, Seen const& seen, process::Exit const& exit);
    void take_failure(int status, base::Usec at);
    [[nodiscard]] bool all_down();
    void stop_soon();

    House& house_;
    Options options_;
    std::map<std::string, Seen> seen_;
    struct Failure {
        base::Usec at{0};
        int status = 0;
    };
    std::optional<Failure> first_failure_;
    bool stopping_ = false;
    std::shared_ptr<void> listening_;
    loop::WatchPtr soon_;
};

} // namespace mitori::bin
