#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "cli/detail/inspect_report.hpp"
#include "cli/detail/ps_ours.hpp"
#include "status/death_json.hpp"

namespace mitori::cli::detail {
namespace {
using Json = nlohmann::ordered_json;
using procfs::Inspection;

Json descriptors_of(Inspection const& found) {
    auto all = Json::array();
    for (auto const& one : found.descriptors) {
        auto others = Json::array();
        for (auto const& other : one.others)
            others.push_back({{"pid", other.pid}, {"fd", other.descriptor}, {"comm", other.comm}});
        all.push_back({{"fd", one.number},
                       {"kind", one.kind},
                       {"target", one.target},
                       {"access", one.access},
                       {"position", one.position},
                       {"detail", one.detail},
                       {"others", std::move(others)}});
    }
    return all;
}

Json limits_of(Inspection const& found) {
    auto all = Json::array();
    auto const value = [](std::string const& text) -> Json {
        if (auto const number = base::parse_integer<std::uint64_t>(text)) return *number;
        return text.empty() ? Json() : Json(text);
    };
    for (auto const& limit : found.limits)
        all.push_back({{"name", limit.name},
                       {"soft", value(limit.soft)},
                       {"hard", value(limit.hard)},
                       {"used", value(limit.used)},
                       {"unit", limit.unit}});
    return all;
}

Json groups_of(Inspection const& found) {
    auto all = Json::array();
    for (auto const& limit : found.group_limits) {
        Json one{{"group", limit.group}, {"name", limit.name}, {"most", limit.most}, {"used", limit.used}};
        if (limit.period != 0) one["period"] = limit.period;
        all.push_back(std::move(one));
    }
    return all;
}

Json mounts_of(Inspection const& found) {
    auto all = Json::array();
    for (auto const& mount : found.mounts)
        all.push_back({{"whose", mount.whose == procfs::MountDifference::Whose::theirs ? "theirs" : "ours"},
                       {"point", mount.point},
                       {"text", mount.text}});
    return all;
}

Json signals_of(procfs::Row const& row) {
    return {{"pending", procfs::signal_names({row.pending.bits | row.shared_pending.bits})},
            {"blocked", procfs::signal_names(row.blocked)},
            {"ignored", procfs::signal_names(row.ignored)},
            {"caught", procfs::signal_names(row.caught)}};
}

Json capabilities_of(Inspection const& found) {
    Json sets;
    for (auto const& [key, name] : {std::pair{"CapEff", "effective"},
                                    {"CapPrm", "permitted"},
                                    {"CapInh", "inheritable"},
                                    {"CapBnd", "bounding"},
                                    {"CapAmb", "ambient"}}) {
        auto const at = found.status.find(key);
        auto const set = at == found.status.end() ? 0 : base::parse_integer<std::uint64_t>(at->second, 16).value_or(0);
        sets[name] = procfs::capability_names(set);
    }
    return sets;
}

/// Of the groups on the way up, which binds.
Json effective_of(Inspection const& found) {
    using procfs::Bound;
    Json all = Json::object();
    for (auto const& [kind, name] : {std::pair{Bound::memory, "memory"}, {Bound::tasks, "tasks"}})
        if (auto const* least = procfs::binding(found.group_limits, kind))
            all[name] = {{"left", least->left()}, {"group", least->group}, {"name", least->name}};
    if (auto const* least = procfs::binding(found.group_limits, Bound::processors))
        all["processors"] = {{"most", least->share()}, {"group", least->group}, {"name", least->name}};
    return all;
}

/// Null where no ledger tells.
Json history_json(InspectHistory const& history) {
    if (history.of.empty() || !history.untold.empty()) return {};
    auto last = Json::array();
    for (auto const& death : history.last)
        last.push_back(Json(nlohmann::json(death)));
    return {{"of", history.of}, {"deaths", history.deaths}, {"failed", history.failed}, {"last", std::move(last)}};
}

Json status_number(Inspection const& found, std::string const& key) {
    auto const at = found.status.find(key);
    auto const number = at == found.status.end() ? std::nullopt : base::parse_integer<std::uint64_t>(at->second);
    return number ? Json(*number) : Json();
}

Json namespaces_of(Inspection const& found) {
    Json all;
    for (auto const& space : found.namespaces)
        all[space.kind] = {{"id", space.id}, {"same_as_ours", space.same_as_ours}};
    return all;
}

Json identity_of(InspectFacts const& facts) {
    auto const& found = facts.inspection;
    auto const& row = found.row;
    PsCell const cell{row, facts.desk};
    auto parents = Json::array();
    for (auto const& above : found.ancestors)
        parents.push_back({{"pid", above.pid}, {"command", command_of(above)}});
    return {{"pid", row.pid},
            {"start_ticks", row.start_ticks},
            {"comm", row.comm},
            {"command", command_of(row)},
            {"executable", found.executable},
            {"directory", found.working_directory},
            {"root", found.root},
            {"stat", process_state(row)},
            {"marks", marks_of(cell)},
            {"reason", reason_of(cell)},
            {"uids", row.uids},
            {"gids", row.gids},
            {"parents", std::move(parents)},
            {"session", row.session},
            {"group", row.group},
            {"terminal", row.terminal == 0 ? Json() : Json(facts.desk.terminals().name(row.terminal))},
            {"foreground", row.foreground == row.group},
            {"unit", facts.desk.membership(row).unit},
            {"container", show_container(cell)},
            {"cgroup", row.cgroup}};
}

} // namespace

std::string inspect_json(InspectFacts const& facts) {
    auto const& found = facts.inspection;
    auto json = identity_of(facts);
    json["group_limits"] = groups_of(found);
    json["effective_limits"] = effective_of(found);
    json["descriptors"] = found.descriptors_told ? descriptors_of(found) : Json();
    json["limits"] = limits_of(found);
    json["signals"] = signals_of(found.row);
    json["namespaces"] = namespaces_of(found);
    json["mounts"] = mounts_of(found);
    json["memory_kib"] = found.memory;
    json["oom"] = {{"score", found.oom_score}, {"adjustment", found.oom_adjustment}};
    json["nice"] = found.row.nice;
    json["policy"] = find_ps_field("cls")->show({found.row, facts.desk});
    json["threads"] = found.row.threads;
    json["capabilities"] = capabilities_of(found);
    json["no_new_privileges"] = status_number(found, "NoNewPrivs") == 1;
    json["seccomp"] = found.row.seccomp;
    json["seccomp_filters"] = status_number(found, "Seccomp_filters");
    json["tracer"] = found.row.tracer == 0 ? Json() : Json(found.row.tracer);
    json["history"] = history_json(facts.history);
    json["environment"] = environment_lines(found.row.environment, facts.values);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

} // namespace mitori::cli::detail
