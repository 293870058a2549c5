#include "cli/detail/inspect_report.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "cli/detail/death_words.hpp"
#include "cli/detail/ps_ours.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/table.hpp"

namespace mitori::cli::detail {
namespace {
using procfs::Inspection;
using procfs::Row;

std::string status_of(Inspection const& found, std::string const& key) {
    auto const at = found.status.find(key);
    return at == found.status.end() ? "" : at->second;
}

std::string or_nobody(std::vector<std::string> const& words, std::string_view nobody = "none") {
    return words.empty() ? std::string(nobody) : base::join(words, " ");
}

/// Sections of "name  value" lines.
class Report {
public:
    explicit Report(Screen const& screen) : screen_(screen) {}

    void title(std::string_view text) {
        if (!text_.empty()) text_ += '\n';
        text_ += styled(screen_, Style::strong, text) + "\n";
    }
    void line(std::string_view name, std::string_view value) {
        constexpr std::size_t column = 14;
        if (value.empty()) return;
        auto const begin = fmt::format("  {:<{}} ", name, column);
        auto const room =
            screen_.width == 0 ? 0 : std::max<std::size_t>(screen_.width, column + 30) - base::columns(begin);
        text_ += begin + shortened(value, room) + "\n";
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

private:
    Screen const& screen_;
    std::string text_;
};

std::string ids_of(procfs::Ids const& ids, std::string const& (Names::*name)(std::uint32_t), Names& names) {
    auto const shown = [&](std::size_t which) { return fmt::format("{} ({})", (names.*name)(ids[which]), ids[which]); };
    bool const same = std::ranges::all_of(ids, [&ids](auto id) { return id == ids[0]; });
    if (same) return shown(procfs::real_id);
    return fmt::format("real {}, effective {}, saved {}, file system {}", shown(procfs::real_id),
                       shown(procfs::effective_id), shown(procfs::saved_id), shown(procfs::file_id));
}

void add_identity(Report& report, InspectFacts const& facts) {
    auto const& found = facts.inspection;
    auto const& row = found.row;
    PsCell const cell{row, facts.desk};
    auto& names = facts.desk.names();
    report.title(fmt::format("{} {}", row.pid, base::printable(row.comm)));
    report.line("command", command_of(row));
    report.line("executable", base::printable(found.executable));
    report.line("directory", base::printable(found.working_directory));
    if (found.root != "/") report.line("root", base::printable(found.root));
    report.line("state", process_state(row));
    report.line("marks", base::join(marks_of(cell), "; "));
    report.line("reason", reason_of(cell));
    report.line("started", show_long_start(cell));
    report.line("user", ids_of(row.uids, &Names::user, names));
    report.line("group", ids_of(row.gids, &Names::group, names));
    report.line("groups", status_of(found, "Groups"));
    if (!found.login_user.empty()) {
        auto const id = base::parse_integer<std::uint32_t>(found.login_user);
        report.line("logged in as", id ? names.user(*id) : found.login_user);
    }
    if (row.pids_inside.size() > 1) report.line("pid inside", fmt::format("{}", row.pids_inside.back()));
    for (auto const& above : found.ancestors)
        report.line(&above == &found.ancestors.front() ? "parents" : "",
                    fmt::format("{} {}", above.pid, command_of(above)));
}

/// Of all limits of the groups on the way up the ones that bind: those that leave least.
void add_effective(Report& report, std::vector<procfs::GroupLimit> const& limits) {
    using procfs::Bound;
    auto const name = [&report](char const* kind, procfs::GroupLimit const& limit, std::string const& left) {
        report.line("effective",
                    fmt::format("{}: {}, by {}", kind, left, base::printable(limit.group.empty() ? "/" : limit.group)));
    };
    if (auto const* least = procfs::binding(limits, Bound::memory))
        name("memory", *least, base::show_size(least->left()) + " left");
    if (auto const* least = procfs::binding(limits, Bound::tasks))
        name("tasks", *least, fmt::format("{} left", least->left()));
    if (auto const* least = procfs::binding(limits, Bound::processors))
        name("processors", *least, fmt::format("{:.2f}", least->share()));
}

void add_place(Report& report, InspectFacts const& facts) {
    auto const& found = facts.inspection;
    auto const& row = found.row;
    PsCell const cell{row, facts.desk};
    report.title("Session and place");
    report.line("session", fmt::format("{}{}", row.session, row.session == row.pid ? " (it leads)" : ""));
    report.line("process group", fmt::format("{}{}", row.group, row.group == row.pid ? " (it leads)" : ""));
    if (row.terminal != 0)
        report.line("terminal", fmt::format("{}, {}", facts.desk.terminals().name(row.terminal),
                                            row.foreground == row.group ? "in the foreground" : "in the background"));
    report.line("unit", facts.desk.membership(row).unit);
    if (auto const container = show_container(cell); container != "-") report.line("container", container);
    report.line("control group", base::printable(row.cgroup));
    for (auto const& limit : found.group_limits) {
        auto const who = base::printable(limit.group.empty() ? "/" : limit.group);
        if (limit.period != 0)
            report.line(limit.name, fmt::format("{:.2f} processors, by {}", limit.share(), who));
        else if (limit.name == "pids.max")
            report.line(limit.name, fmt::format("{} of {} used, by {}", limit.used, limit.most, who));
        else
            report.line(limit.name, fmt::format("{} of {} used, by {}", base::show_size(limit.used),
                                                base::show_size(limit.most), who));
    }
    add_effective(report, found.group_limits);
    std::vector<std::string> others;
    for (auto const& space : found.namespaces)
        if (!space.same_as_ours) others.push_back(space.id);
    report.line("namespaces", others.empty() ? "all as ours" : "not ours: " + base::join(others, " "));
    for (auto const& mount : found.mounts)
        report.line(mount.whose == procfs::MountDifference::Whose::theirs ? "mount" : "mount, not",
                    base::printable(mount.point + "  " + mount.text));
}

std::string holders_of(procfs::Descriptor const& one) {
    std::vector<std::string> words;
    for (auto const& other : one.others)
        words.push_back(fmt::format("{} ({}) fd {}", other.pid, base::printable(other.comm), other.descriptor));
    if (!words.empty()) return (one.kind == "pipe" ? "  other end: " : "  peer: ") + base::join(words, ", ");
    if (one.kind == "pipe") return "  other end: nobody that may be seen";
    bool const connected = one.kind == "socket" && one.detail.starts_with("unix") && one.detail.ends_with("connected");
    return connected ? "  peer: nobody that may be seen" : "";
}

void add_descriptors(Report& report, InspectFacts const& facts) {
    auto const& found = facts.inspection;
    report.title("Descriptors");
    if (!found.descriptors_told) return report.line("", "not told: another user's");
    for (auto const& one : found.descriptors) {
        auto text = fmt::format("{:<2} {:<8} ", one.access, one.kind);
        bool const says_itself = one.target.starts_with('/') || one.kind == "pipe" || one.detail.empty();
        text += says_itself ? base::printable(one.target) : base::printable(one.detail);
        if (one.kind == "file") text += fmt::format("  at {}", one.position);
        report.line(fmt::format("{}", one.number), text + holders_of(one));
    }
}

void add_limits(Report& report, Inspection const& found) {
    report.title("Limits");
    for (auto const& limit : found.limits) {
        auto const used = limit.used.empty() ? "" : fmt::format("  used {}", limit.used);
        report.line(limit.name.substr(4), fmt::format("soft {}  hard {}{}{}", limit.soft, limit.hard, used,
                                                      limit.unit.empty() ? "" : "  " + limit.unit));
    }
}

void add_signals(Report& report, Inspection const& found) {
    auto const& row = found.row;
    report.title("Signals");
    report.line("pending", or_nobody(procfs::signal_names({row.pending.bits | row.shared_pending.bits})));
    report.line("blocked", or_nobody(procfs::signal_names(row.blocked)));
    report.line("ignored", or_nobody(procfs::signal_names(row.ignored)));
    report.line("caught", or_nobody(procfs::signal_names(row.caught)));
}

void add_memory(Report& report, InspectFacts const& facts) {
    auto const& found = facts.inspection;
    report.title("Memory");
    static constexpr auto told =
        std::to_array<std::string_view>({"Rss", "Pss", "Private_Clean", "Private_Dirty", "Shared_Clean", "Shared_Dirty",
                                         "Anonymous", "Swap", "Locked"});
    for (auto const name : told)
        if (auto const at = found.memory.find(std::string(name)); at != found.memory.end())
            report.line(name, base::show_size(at->second * 1024));
    if (found.memory.empty())
        for (auto const* const name : {"VmRSS", "RssAnon", "RssFile", "RssShmem", "VmSwap"})
            report.line(name, status_of(found, name));
    report.line("peak", status_of(found, "VmHWM"));
    report.line("OOM score", fmt::format("{}, adjusted by {}", found.oom_score, found.oom_adjustment));
}

void add_rights(Report& report, InspectFacts const& facts) {
    auto const& found = facts.inspection;
    auto const& row = found.row;
    PsCell const cell{row, facts.desk};
    report.title("Scheduling");
    report.line("class", find_ps_field("cls")->show(cell));
    report.line("nice", fmt::format("{}", row.nice));
    if (row.real_time != 0) report.line("real time", fmt::format("{}", row.real_time));
    report.line("processors", status_of(found, "Cpus_allowed_list"));
    report.line("threads", fmt::format("{}", row.threads));
    report.line("CPU time", show_cpu_time(cell));
    report.line("switches", fmt::format("{} of its own will, {} forced", status_of(found, "voluntary_ctxt_switches"),
                                        status_of(found, "nonvoluntary_ctxt_switches")));
    report.title("Rights");
    for (auto const& [key, name] : {std::pair{"CapEff", "effective"},
                                    {"CapPrm", "permitted"},
                                    {"CapInh", "inheritable"},
                                    {"CapBnd", "bounding"},
                                    {"CapAmb", "ambient"}}) {
        auto const set = base::parse_integer<std::uint64_t>(status_of(found, key), 16).value_or(0);
        report.line(name, or_nobody(procfs::capability_names(set)));
    }
    report.line("new privileges", status_of(found, "NoNewPrivs") == "1" ? "never" : "possible");
    auto const filters = status_of(found, "Seccomp_filters");
    report.line("seccomp", row.seccomp == 0   ? "off"
                           : row.seccomp == 1 ? "strict"
                           : filters.empty()  ? "filter"
                                              : fmt::format("{} filters", filters));
    if (row.tracer != 0) report.line("traced by", fmt::format("{}", row.tracer));
}

void add_history(Report& report, InspectHistory const& history) {
    if (history.of.empty()) return;
    report.title("History");
    if (!history.untold.empty()) return report.line("", "not told: " + history.untold);
    report.line("deaths", history.deaths == 0 ? fmt::format("none of {} in the ledger", history.of)
                                              : fmt::format("{} of {} in the ledger, {} of them failed", history.deaths,
                                                            history.of, history.failed));
    for (auto const& death : history.last)
        report.line(&death == &history.last.front() ? "the last" : "",
                    fmt::format("{}  {} (pid {}) {}, by {}", base::show_timestamp(death.ended.realtime),
                                base::printable(death.comm), death.who.pid, how_it_ended(death), whose_doing(death)));
}

} // namespace

std::vector<std::string> environment_lines(std::string_view environment, Values values) {
    std::vector<std::string> lines;
    for (auto const entry : base::split(environment, std::string_view("\0", 1)))
        lines.push_back(base::printable(values == Values::shown ? entry : entry.substr(0, entry.find('='))));
    return lines;
}

std::string inspect_report(InspectFacts const& facts, Screen const& screen) {
    Report report(screen);
    add_identity(report, facts);
    add_place(report, facts);
    add_descriptors(report, facts);
    add_limits(report, facts.inspection);
    add_signals(report, facts.inspection);
    add_memory(report, facts);
    add_rights(report, facts);
    add_history(report, facts.history);
    report.title("Environment");
    auto const lines = environment_lines(facts.inspection.row.environment, facts.values);
    if (facts.values == Values::shown)
        for (auto const& line : lines)
            report.line(line.substr(0, line.find('=')), line.substr(std::min(line.find('='), line.size() - 1) + 1));
    else
        report.line("names", lines.empty() ? "none, or not told" : base::join(lines, " "));
    return report.take();
}

} // namespace mitori::cli::detail
