#include "cli/detail/top_deeds.hpp"

#include <fmt/format.h>
#include <sstream>

#include "base/text.hpp"
#include "cli/deaths_program.hpp"
#include "cli/detail/kill_targets.hpp"
#include "cli/detail/ps_desk.hpp"
#include "cli/detail/ps_fields.hpp"
#include "cli/logs_program.hpp"
#include "cli/verbs.hpp"
#include "procfs/origin.hpp"

namespace mitori::cli::detail {
namespace {

constexpr procfs::Parts parts_of_targets{procfs::Part::command_line, procfs::Part::cgroup};

std::string container_of(procfs::Row const& row) {
    auto const found = procfs::container_of_cgroup(row.cgroup);
    return found ? found->engine + ":" + base::printable(found->id) : std::string();
}

/// The row of the one process that is meant; npos where it has ended, whoever has its number now.
std::size_t find_one(procfs::Lineage const& lineage, std::vector<procfs::Row> const& rows, top::Whom const& whom) {
    auto const found = lineage.find(whom.pid);
    bool const is_it = found != procfs::Lineage::npos && rows[found].start_ticks == whom.start_ticks;
    return is_it ? found : procfs::Lineage::npos;
}

Choose choice_of(top::Whom const& whom, PsDesk& desk) {
    return [&whom, &desk](std::vector<procfs::Row> const& rows) -> std::vector<std::size_t> {
        using Kind = top::Whom::Kind;
        if (whom.kind == Kind::process || whom.kind == Kind::tree) {
            procfs::Lineage const lineage(rows);
            auto const found = find_one(lineage, rows, whom);
            if (found == procfs::Lineage::npos) return {};
            return whom.kind == Kind::tree ? lineage.below(found) : std::vector{found};
        }
        desk.lay_out(rows);
        std::vector<std::size_t> chosen;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            // As the list has it: who is in a container stands there, and not in the unit.
            auto const container = container_of(rows[i]);
            bool const is_meant =
                whom.kind == Kind::container
                    ? container == whom.name
                    : container.empty() && base::printable(desk.membership(rows[i]).unit) == whom.name;
            if (is_meant) chosen.push_back(i);
        }
        return chosen;
    };
}

std::vector<std::string> words_of(std::vector<procfs::Row> const& rows) {
    std::vector<std::string> words;
    for (auto const& row : rows)
        words.push_back(fmt::format("{} {}", row.pid, command_of(row)));
    return words;
}

} // namespace

control::Query* ManagerOfCall::query() {
    if (!connection_ && call_.manager) connection_ = call_.manager(std::nullopt);
    return connection_ ? &connection_->faces().query : nullptr;
}

std::string TopDeeds::inspect(pid_t pid) {
    std::ostringstream text;
    static_cast<void>(run_inspect({.words = {std::to_string(pid), "--no-pager"},
                                   .screen = {},
                                   .out = text,
                                   .err = text,
                                   .manager = call_.manager}));
    return text.str();
}

std::string TopDeeds::why(std::string const& whom) {
    std::ostringstream text;
    DeathsCall const call{.words = {whom}, .screen = {}, .out = text, .err = text};
    static_cast<void>(run_why(call, call_.deaths, call_.logs));
    return text.str();
}

std::string TopDeeds::unit(std::string const& name) {
    auto const connection = call_.manager ? call_.manager(std::nullopt) : nullptr;
    if (!connection) return "No manager answers here: nobody knows of the unit's state.\n";
    std::ostringstream text;
    Options options;
    options.pager = false;
    auto const place = [this] { return call_.logs ? call_.logs("") : nullptr; };
    Context context{.options = options,
                    .program = "mitori",
                    .faces = connection->faces(),
                    .wait_until = {},
                    .out = text,
                    .err = text,
                    .screen = {},
                    .logs = place};
    static_cast<void>(status(context, {name}));
    return text.str();
}

std::string TopDeeds::logs(std::vector<std::string> words) {
    words.insert(words.end(), {"--no-pager", "-n", "1000"});
    std::ostringstream text;
    LogsCall const call{.words = std::move(words),
                        .program = "mitori logs",
                        .as_journalctl = false,
                        .screen = {},
                        .out = text,
                        .err = text};
    static_cast<void>(run_logs(call, call_.logs));
    return text.str();
}

std::string TopDeeds::logs_of_unit(std::string const& name) { return logs({"-u", name}); }
std::string TopDeeds::logs_of_process(pid_t pid) { return logs({fmt::format("_PID={}", pid)}); }

std::vector<std::string> TopDeeds::targets(top::Whom const& whom) {
    PsDesk desk([this] { return call_.manager ? call_.manager(std::nullopt) : nullptr; });
    return words_of(Killer(scanner_, parts_of_targets, choice_of(whom, desk)).targets());
}

top::Sent TopDeeds::send(top::Whom const& whom, base::Signal signal) {
    PsDesk desk([this] { return call_.manager ? call_.manager(std::nullopt) : nullptr; });
    auto const outcome = Killer(scanner_, parts_of_targets, choice_of(whom, desk)).send(signal);
    return {.hit = words_of(outcome.hit), .refused = words_of(outcome.refused)};
}

} // namespace mitori::cli::detail
