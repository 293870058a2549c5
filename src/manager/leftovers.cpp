#include "manager/leftovers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::manager {
namespace {

constexpr std::size_t longest_record = 4096;

using ByUnit = std::map<std::string, Found>;

void add(Found& found, pid_t pid) {
    auto const at = std::ranges::lower_bound(found.pids, pid);
    if (at == found.pids.end() || *at != pid) found.pids.insert(at, pid);
}

void read_records(std::string const& folder, ByUnit& into) {
    auto const names = base::sys::list_directory(folder);
    if (!names) return;
    auto const boot = read_boot_id();
    for (auto const& name : *names) {
        auto const text = base::sys::read_file(folder + "/" + name, longest_record);
        auto record = text ? parse_record(*text) : std::nullopt;
        if (record && record->boot == boot) into[name] = {.unit = name, .record = std::move(*record)};
    }
}

void find_by_group(cgroup::Groups& groups, procfs::Procfs& procfs, ByUnit& into) {
    if (groups.place() == cgroup::Place::none) return;
    auto const pids = groups.pids("");
    if (!pids) return;
    for (auto const pid : *pids) {
        auto path = pid != ::getpid() ? groups.path_of(pid) : std::nullopt;
        if (!path) continue;
        // A service may have made groups below its own.
        for (auto const name : base::split(*path, "/")) {
            if (!name.ends_with(".service")) continue;
            auto& found = into[std::string(name)];
            found.unit = name;
            add(found, pid);
            if (found.record.invocation.empty())
                found.record.invocation = procfs.environment(pid, "INVOCATION_ID").value_or("");
            break;
        }
    }
}

void find_by_invocation(procfs::Procfs& procfs, ByUnit& into) {
    std::map<std::string, Found*> by_invocation;
    for (auto& [name, found] : into)
        if (!found.record.invocation.empty()) by_invocation[found.record.invocation] = &found;
    if (by_invocation.empty()) return;
    for (auto const& process : procfs.processes()) {
        if (process.pid == ::getpid() || process.state == 'Z') continue;
        auto const invocation = procfs.environment(process.pid, "INVOCATION_ID");
        auto const owner = invocation ? by_invocation.find(*invocation) : by_invocation.end();
        if (owner != by_invocation.end()) add(*owner->second, process.pid);
    }
}

/// The main process may have written over its environment and left its group; who it is its start tells.
void find_main(procfs::Procfs& procfs, Found& found) {
    if (found.record.main <= 1) return;
    auto const process = procfs.process(found.record.main);
    if (!process || process->state == 'Z' || process->start_ticks != found.record.main_start) return;
    found.main = found.record.main;
    add(found, found.record.main);
}

} // namespace

std::string show_record(UnitRecord const& record) {
    return fmt::format("boot={}\ninvocation={}\nstate={}\nmain={}\nmain-start={}\nend\n", record.boot,
                       record.invocation, record.state, record.main, record.main_start);
}

std::optional<UnitRecord> parse_record(std::string_view text) {
    UnitRecord record;
    if (!text.ends_with("end\n")) return std::nullopt;
    for (auto const line : base::split(text, "\n")) {
        auto const equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        auto const name = line.substr(0, equals);
        auto const value = line.substr(equals + 1);
        if (name == "boot") record.boot = value;
        if (name == "invocation") record.invocation = value;
        if (name == "state") record.state = value;
        if (name == "main") record.main = base::parse_integer<pid_t>(value).value_or(0);
        if (name == "main-start") record.main_start = base::parse_integer<std::uint64_t>(value).value_or(0);
    }
    return record;
}

std::string read_boot_id() {
    auto const text = base::sys::read_file("/proc/sys/kernel/random/boot_id");
    return text ? std::string(base::trim(*text)) : "unknown";
}

std::vector<Found> find_leftovers(std::string const& folder, cgroup::Groups& groups, procfs::Procfs& procfs) {
    ByUnit units;
    read_records(folder, units);
    find_by_group(groups, procfs, units);
    find_by_invocation(procfs, units);
    std::vector<Found> all;
    for (auto& [name, found] : units) {
        find_main(procfs, found);
        all.push_back(std::move(found));
    }
    return all;
}

} // namespace mitori::manager
