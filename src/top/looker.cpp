#include "top/looker.hpp"

#include <algorithm>
#include <set>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/machine.hpp"
#include "procfs/origin.hpp"

namespace mitori::top {
namespace sys = base::sys;
namespace {

/// A process is read whole again after so many looks; not all of them at the same one.
constexpr std::uint64_t again = 16;
constexpr procfs::Parts details{procfs::Part::status, procfs::Part::command_line, procfs::Part::cgroup};

struct Mounted {
    std::string point;
    std::string root;
};
/// Where the v2 hierarchy is mounted: mountinfo's fields, proc(5).
Mounted find_groups() {
    auto const text = sys::read_file("/proc/self/mountinfo");
    if (!text) return {};
    for (auto const line : base::split(*text, "\n")) {
        auto const dash = line.find(" - ");
        auto const words = base::split(line);
        if (dash == line.npos || words.size() < 5 || !line.substr(dash + 3).starts_with("cgroup2 ")) continue;
        return {.point = std::string(words[4]), .root = words[3] == "/" ? "" : std::string(words[3])};
    }
    return {};
}

std::string container_word(std::string_view cgroup) {
    auto const found = procfs::container_of_cgroup(cgroup);
    return found ? found->engine + ":" + base::printable(found->id) : std::string();
}

} // namespace

base::Result<Looker> Looker::open(ManagerPlace* place, std::string const& proc) {
    return Looker(TRY(procfs::Scanner::open(proc)), place);
}

Looker::Looker(procfs::Scanner scanner, ManagerPlace* place) : scanner_(std::move(scanner)), units_(place) {
    auto const mounted = find_groups();
    own_pressures_ = mounted.point;
    mounted_root_ = mounted.root;
}

Look const& Looker::look(Manager manager) {
    auto const now = sys::now_monotonic();
    auto const seconds = std::chrono::duration<double>(now - taken_).count();
    auto const counters = read_counters();
    look_.number += 1;
    look_.realtime = sys::now_realtime();
    look_.machine = between(before_, counters, seconds);
    if (manager == Manager::ask) units_.refresh();
    look_.has_manager = units_.has_manager();
    look_.processes.clear();
    missing_.clear();
    moved_.clear();
    scanner_.each({}, [&](procfs::Row& row) { take(row, seconds); });
    std::erase_if(known_, [this](auto const& entry) { return entry.second.seen != look_.number; });
    for (auto const index : moved_) {
        auto& known = known_[look_.processes[index].pid];
        read_io(look_.processes[index].pid, known);
        look_.processes[index].io = known.io;
    }
    // Who ran is looked at first: missing_ is taken from the back.
    std::ranges::stable_sort(missing_, {}, [this](std::size_t index) { return look_.processes[index].cpu; });
    before_ = counters;
    taken_ = now;
    describe_groups();
    return look_;
}

void Looker::take(procfs::Row& row, double seconds) {
    auto& known = known_[row.pid];
    bool const is_new = known.seen == 0 || known.start_ticks != row.start_ticks;
    if (is_new) known = {.start_ticks = row.start_ticks};
    bool const is_first_look = !before_;
    auto const tps = static_cast<double>(look_.machine.ticks_per_second);
    // Who was not there before has run since; at the first look nobody was, and the mean of a life must do.
    auto const ran = row.cpu_ticks() - std::min(row.cpu_ticks(), known.cpu_ticks);
    auto const life = std::max(look_.machine.uptime - static_cast<double>(row.start_ticks) / tps, 0.01);
    auto const span = is_first_look ? life : std::max(seconds, 0.001);
    known.cpu_ticks = row.cpu_ticks();
    bool const is_due = (look_.number + static_cast<std::uint64_t>(row.pid)) % again == 0;
    bool const is_missing = !known.is_read || known.comm != row.comm || is_due;
    known.seen = look_.number;
    known.comm = std::move(row.comm);
    auto const index = look_.processes.size();
    look_.processes.push_back(show(row, known, ran, static_cast<double>(ran) / tps / span));
    if (row.is_kernel_thread()) return;
    if (is_missing) missing_.push_back(index);
    if (known.is_read && (ran != 0 || row.state == 'D' || is_due)) moved_.push_back(index);
    if (known.is_read && ran == 0 && known.io) look_.processes.back().io = known.io = 0;
}

std::uint64_t Looker::resident_of(procfs::Row const& row, Known const& known) {
    static auto const page = procfs::read_machine().page_size;
    if (!known.is_read) return row.resident_pages * page;
    // Linux counts for each processor apart, and stat leaves out what is not added up yet; the change is told well.
    auto const grown = known.resident + row.resident_pages * page;
    return grown - std::min(grown, known.rough_pages * page);
}

Process Looker::show(procfs::Row const& row, Known const& known, std::uint64_t ran, double cpu) const {
    Process made{.pid = row.pid,
                 .parent = row.parent,
                 .start_ticks = row.start_ticks,
                 .cpu_ticks = row.cpu_ticks(),
                 .resident = resident_of(row, known),
                 .cpu = ran == 0 ? 0 : cpu,
                 .threads = row.threads,
                 .nice = row.nice,
                 .state = row.state,
                 .is_kernel = row.is_kernel_thread()};
    made.name = base::printable(known.comm);
    made.unit = unit_for(row.pid, known);
    if (!known.is_read) return made;
    made.user = known.user;
    made.real_user = known.real_user;
    made.command = known.command;
    made.container = known.container;
    return made;
}

std::string Looker::unit_for(pid_t pid, Known const& known) const {
    auto unit = units_.unit_of(pid);
    return unit.empty() ? known.cgroup_unit : unit;
}

void Looker::read_io(pid_t pid, Known& known) {
    auto const text = scanner_.read(pid, "io");
    auto const bytes = text ? parse_io(*text) : std::nullopt;
    auto const now = sys::now_monotonic();
    auto const seconds = std::chrono::duration<double>(now - known.io_at).count();
    if (bytes && known.io_bytes && seconds > 0)
        known.io = static_cast<double>(*bytes - std::min(*bytes, *known.io_bytes)) / seconds;
    else
        known.io = bytes ? std::optional(0.0) : std::nullopt;
    known.io_bytes = bytes;
    known.io_at = now;
}

void Looker::read_details(std::size_t index) {
    auto& process = look_.processes[index];
    auto& known = known_[process.pid];
    auto const row = scanner_.one(process.pid, details);
    if (!row || row->start_ticks != known.start_ticks) return; // it has ended: the next look says so
    bool const is_first = !known.is_read;
    known.is_read = true;
    known.resident = row->resident_kib * 1024;
    known.rough_pages = row->resident_pages;
    known.user = row->uids[procfs::effective_id];
    known.real_user = row->uids[procfs::real_id];
    known.command = base::printable(row->command_line);
    known.cgroup_unit = base::printable(procfs::unit_of_cgroup(row->cgroup));
    known.container = container_word(row->cgroup);
    if (is_first) read_io(process.pid, known);
    process.resident = resident_of(*row, known);
    process.user = known.user;
    process.real_user = known.real_user;
    process.command = known.command;
    process.container = known.container;
    process.unit = unit_for(process.pid, known);
    process.io = known.io;
    if (!known.container.empty()) note_group(known.container, row->cgroup, true);
    if (!known.cgroup_unit.empty()) note_group(known.cgroup_unit, row->cgroup, false);
}

void Looker::note_group(std::string const& name, std::string const& cgroup, bool is_container) {
    if (group_paths_.contains(name)) return;
    auto const path = shortest_path(cgroup, [&](std::string_view part) {
        return is_container ? container_word(part) == name : procfs::unit_of_cgroup(part) == name;
    });
    group_paths_.emplace(name, path);
}

bool Looker::fill(base::Usec most) {
    if (missing_.empty()) return false;
    auto const end = sys::now_monotonic() + most;
    do {
        read_details(missing_.back());
        missing_.pop_back();
    } while (!missing_.empty() && sys::now_monotonic() < end);
    describe_groups();
    return !missing_.empty();
}

void Looker::describe_groups() {
    std::set<std::string_view> live;
    for (auto const& process : look_.processes) {
        if (!process.unit.empty()) live.insert(process.unit);
        if (!process.container.empty()) live.insert(process.container);
    }
    std::erase_if(group_paths_, [&](auto const& entry) { return !live.contains(entry.first); });
    for (auto const& [name, unit] : units_.all())
        live.insert(name);
    look_.groups.clear();
    for (auto const name : live) {
        Group group{.name = std::string(name)};
        if (auto const unit = units_.all().find(group.name); unit != units_.all().end()) {
            group.active_state = unit->second.active_state;
            group.sub_state = unit->second.sub_state;
            group.restarts = unit->second.restarts;
        }
        auto const path = group_paths_.find(group.name);
        if (path != group_paths_.end() && !own_pressures_.empty() && path->second.starts_with(mounted_root_))
            group.pressure = read_pressure(own_pressures_ + path->second.substr(mounted_root_.size()), ".pressure");
        look_.groups.push_back(std::move(group));
    }
}

} // namespace mitori::top
