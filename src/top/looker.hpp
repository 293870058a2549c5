// Looks at the machine again and again, at little cost: of every process one file (stat) at each look. What seldom
// changes (whose it is, its command line, its control group) is read once, again when its name changes, and now and
// then; what it reads and writes only where it has run meanwhile. Reading that of thousands of processes takes longer
// than a first picture may: fill() does it piece by piece, and the picture gets better.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "procfs/scanner.hpp"
#include "top/look.hpp"
#include "top/machine_facts.hpp"
#include "top/units.hpp"

namespace mitori::top {

/// Not thread-safe.
class Looker {
public:
    /// `place` is borrowed and may be none. Another `proc` than the machine's is for tests.
    [[nodiscard]] static base::Result<Looker> open(ManagerPlace* place, std::string const& proc = "/proc");

    enum class Manager : std::uint8_t { ask, leave };
    /// A new look: rates are of the time since the one before.
    Look const& look(Manager manager);
    /// Reads what is missing of the last look, for about so long; at least of one process. False: nothing is missing.
    [[nodiscard]] bool fill(base::Usec most);
    [[nodiscard]] Look const& last() const { return look_; }

private:
    Looker(procfs::Scanner scanner, ManagerPlace* place);

    /// What is kept of a process from one look to the next.
    struct Known {
        std::uint64_t start_ticks = 0;
        std::uint64_t cpu_ticks = 0;
        std::uint64_t seen = 0;     ///< number of the look
        std::string comm;           ///< as it is
        bool is_read = false;       ///< whether what follows is
        std::uint64_t resident = 0; ///< bytes, exactly, and what stat said of it then, roughly
        std::uint64_t rough_pages = 0;
        std::uint32_t user = 0;
        std::uint32_t real_user = 0;
        std::string command;
        std::string cgroup_unit;
        std::string container;
        std::optional<std::uint64_t> io_bytes;
        base::Usec io_at{0};
        std::optional<double> io;
    };
    void take(procfs::Row& row, double seconds);
    [[nodiscard]] Process show(procfs::Row const& row, Known const& known, std::uint64_t ran, double cpu) const;
    [[nodiscard]] static std::uint64_t resident_of(procfs::Row const& row, Known const& known);
    void read_io(pid_t pid, Known& known);
    void read_details(std::size_t index);
    void describe_groups();
    [[nodiscard]] std::string unit_for(pid_t pid, Known const& known) const;
    void note_group(std::string const& name, std::string const& cgroup, bool is_container);

    procfs::Scanner scanner_;
    Units units_;
    std::string own_pressures_; ///< where control groups of v2 are mounted; "" nowhere
    std::string mounted_root_;  ///< the group that is mounted there
    std::unordered_map<pid_t, Known> known_;
    std::unordered_map<std::string, std::string> group_paths_; ///< by unit or container
    std::vector<std::size_t> missing_; ///< processes of the look of which not all is read; the next one last
    std::vector<std::size_t> moved_;   ///< those whose input and output is to be read
    std::optional<Counters> before_;
    base::Usec taken_{0};
    Look look_;
};

/// The shortest beginning of a control group's path of which `is_it` holds, folder by folder; "" none.
template <class Predicate>
[[nodiscard]] std::string_view shortest_path(std::string_view path, Predicate is_it) {
    for (auto end = path.find('/', 1); !path.empty(); end = path.find('/', end + 1)) {
        if (is_it(path.substr(0, end))) return path.substr(0, end);
        if (end == path.npos) break;
    }
    return {};
}

} // namespace mitori::top
