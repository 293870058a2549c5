#include "procfs/inspection.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>

#include "base/octal.hpp"
#include "base/text.hpp"
#include "procfs/detail/parse.hpp"
#include "procfs/lineage.hpp"
#include "procfs/machine.hpp"

namespace mitori::procfs {
namespace {

std::map<std::string, std::string> parse_pairs(std::string_view text) {
    std::map<std::string, std::string> pairs;
    for (auto const line : base::split(text, "\n"))
        if (auto const colon = line.find(':'); colon != line.npos)
            pairs.emplace(line.substr(0, colon), base::trim(line.substr(colon + 1)));
    return pairs;
}

std::string kib(std::map<std::string, std::string> const& status, std::string const& key) {
    auto const found = status.find(key);
    if (found == status.end()) return "";
    auto const words = base::split(found->second);
    auto const number = words.empty() ? std::nullopt : base::parse_integer<std::uint64_t>(words[0]);
    return number ? std::to_string(*number * 1024) : "";
}

/// What of each limit is used, where something tells.
void fill_used(Inspection& found, std::vector<Row> const& rows, Machine const& machine) {
    auto const own = found.row.uids[real_id];
    std::uint64_t tasks = 0;
    for (auto const& row : rows)
        if (row.uids[real_id] == own && !row.is_kernel_thread()) tasks += row.threads;
    auto const queue = found.status.find("SigQ");
    for (auto& limit : found.limits) {
        if (limit.name == "Max open files" && found.descriptors_told)
            limit.used = std::to_string(found.descriptors.size());
        if (limit.name == "Max processes") limit.used = std::to_string(tasks);
        if (limit.name == "Max address space") limit.used = std::to_string(found.row.virtual_bytes);
        if (limit.name == "Max data size") limit.used = kib(found.status, "VmData");
        if (limit.name == "Max stack size") limit.used = kib(found.status, "VmStk");
        if (limit.name == "Max locked memory") limit.used = kib(found.status, "VmLck");
        if (limit.name == "Max resident set") limit.used = std::to_string(found.row.resident_pages * machine.page_size);
        if (limit.name == "Max cpu time") limit.used = std::to_string(found.row.cpu_ticks() / machine.ticks_per_second);
        if (limit.name == "Max pending signals" && queue != found.status.end())
            limit.used = queue->second.substr(0, queue->second.find('/'));
    }
}

std::vector<Namespace> read_namespaces(Scanner& scanner, pid_t pid) {
    static constexpr auto kinds =
        std::to_array<std::string_view>({"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"});
    std::vector<Namespace> all;
    for (auto const kind : kinds) {
        auto const name = fmt::format("ns/{}", kind);
        auto const own = scanner.link(pid, name);
        if (own) all.push_back({std::string(kind), *own, scanner.link_of_self(name) == own});
    }
    return all;
}

std::vector<Row> ancestors_of(Row const& row, std::vector<Row> const& rows) {
    Lineage const lineage(rows);
    std::vector<Row> above;
    auto at = lineage.find(row.pid);
    while (at != Lineage::npos && above.size() < rows.size() && (at = lineage.parent(at)) != Lineage::npos)
        above.push_back(rows[at]);
    return above;
}

std::int64_t number_in(Scanner& scanner, pid_t pid, std::string_view name) {
    auto const text = scanner.read(pid, name);
    return text ? base::parse_integer<std::int64_t>(base::trim(*text)).value_or(0) : 0;
}

void read_texts(Scanner& scanner, pid_t pid, Inspection& found) {
    if (auto const text = scanner.read(pid, "status")) found.status = parse_pairs(*text);
    if (auto const text = scanner.read(pid, "limits")) found.limits = parse_limits(*text);
    if (auto const text = scanner.read(pid, "smaps_rollup"))
        for (auto const& [key, value] : parse_pairs(*text))
            if (auto const words = base::split(value); words.size() == 2 && words[1] == "kB")
                found.memory[key] = base::parse_integer<std::uint64_t>(words[0]).value_or(0);
    if (auto const text = scanner.read(pid, "loginuid"); text && *text != "4294967295") found.login_user = *text;
    found.oom_score = number_in(scanner, pid, "oom_score");
    found.oom_adjustment = number_in(scanner, pid, "oom_score_adj");
    found.working_directory = scanner.link(pid, "cwd").value_or("");
    found.root = scanner.link(pid, "root").value_or("");
    found.executable = scanner.link(pid, "exe").value_or("");
}

void read_mounts(Scanner& scanner, pid_t pid, Inspection& found) {
    auto const mnt = std::ranges::find(found.namespaces, "mnt", &Namespace::kind);
    if (mnt == found.namespaces.end() || mnt->same_as_ours) return;
    auto const theirs = std::string(scanner.read(pid, "mountinfo").value_or(""));
    auto const ours = std::string(scanner.read_of_self("mountinfo").value_or(""));
    found.mounts = compare_mounts(theirs, ours);
}

} // namespace

std::optional<Inspection> inspect(Scanner& scanner, pid_t pid) {
    auto row = scanner.one(pid, {Part::status, Part::command_line, Part::cgroup, Part::environment});
    if (!row) return std::nullopt;
    Inspection found{.row = std::move(*row)};
    auto const rows = scanner.all({Part::status, Part::command_line});
    found.ancestors = ancestors_of(found.row, rows);
    read_texts(scanner, pid, found);
    found.descriptors_told = scanner.may_list(pid, "fd");
    found.descriptors = read_descriptors(scanner, pid);
    find_holders(scanner, pid, found.descriptors);
    found.namespaces = read_namespaces(scanner, pid);
    read_mounts(scanner, pid, found);
    if (auto const text = scanner.read(pid, "cgroup")) found.group_limits = GroupLimits().all(std::string(*text));
    fill_used(found, rows, read_machine());
    // All of it is of one process only if the number still means that one.
    auto const now = scanner.one(pid);
    return now && now->same_process(found.row) ? std::optional(std::move(found)) : std::nullopt;
}

std::vector<Limit> parse_limits(std::string_view text) {
    // Columns of fixed width: 26, 21 and 21 bytes, then the unit.
    constexpr std::size_t name = 26;
    constexpr std::size_t value = 21;
    std::vector<Limit> limits;
    for (auto const line : base::split(text, "\n")) {
        if (!line.starts_with("Max ") || line.size() < name + value) continue;
        auto const words = base::split(line.substr(name));
        if (words.size() < 2) continue;
        limits.push_back({std::string(base::trim(line.substr(0, name))), std::string(words[0]), std::string(words[1]),
                          words.size() > 2 ? std::string(words[2]) : "", ""});
    }
    return limits;
}

std::vector<MountDifference> compare_mounts(std::string_view theirs, std::string_view ours) {
    using Mount = std::pair<std::string, std::string>;
    auto const read = [](std::string_view text) {
        std::set<Mount> mounts;
        for (auto const line : base::split(text, "\n")) {
            auto const fields = base::split(line, " ");
            auto const dash = std::ranges::find(fields, "-");
            if (dash - fields.begin() < 6 || fields.end() - dash < 3) continue;
            mounts.emplace(base::read_octal_escapes(fields[4]), fmt::format("{} {} {}", dash[1], dash[2], fields[5]));
        }
        return mounts;
    };
    auto const own = read(ours);
    auto const other = read(theirs);
    std::vector<MountDifference> differences;
    for (auto const& mount : other)
        if (!own.contains(mount)) differences.push_back({MountDifference::Whose::theirs, mount.first, mount.second});
    for (auto const& mount : own)
        if (!other.contains(mount)) differences.push_back({MountDifference::Whose::ours, mount.first, mount.second});
    return differences;
}

std::vector<std::string> signal_names(base::SignalSet set) {
    constexpr int last = 64;
    std::vector<std::string> names;
    for (int number = 1; number <= last; ++number)
        if (set.has({number})) names.push_back(base::signal_name({number}));
    return names;
}

} // namespace mitori::procfs
