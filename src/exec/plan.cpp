#include "exec/plan.hpp"

#include <algorithm>
#include <csignal>

#include "base/text.hpp"
#include "exec/degrade.hpp"
#include "exec/detail/steps.hpp"
#include "exec/detail/streams.hpp"
#include "exec/detail/variables.hpp"

namespace mitori::exec {
namespace {

using process::PlanBuilder;
using Privileges = unit::ExecCommand::Privileges;

/// A manager of many services needs many descriptors, and takes them; a service that was told nothing gets the soft
/// limit that programs with select(2) can live with: DefaultLimitNOFILE= of systemd-system.conf(5).
void add_default_limits(PlanBuilder& builder, unit::Exec const& exec, Place const& place) {
    static constexpr rlim_t default_files = 1024;
    auto const is_files = [](process::Limit const& limit) { return limit.resource == RLIMIT_NOFILE; };
    auto const own = std::ranges::find_if(place.limits, is_files);
    if (own == place.limits.end() || own->soft <= default_files || std::ranges::any_of(exec.limits, is_files)) return;
    builder.limit({.resource = RLIMIT_NOFILE, .soft = default_files, .hard = own->hard});
}

void add_limits(PlanBuilder& builder, unit::Exec const& exec) {
    for (auto const& limit : exec.limits)
        builder.limit(limit, process::Denied::takes_nearest);
}

void add_identity(PlanBuilder& builder, Identity const& identity) {
    builder.supplementary_groups(identity.groups);
    builder.group(identity.gid);
    builder.user(identity.uid);
}

/// ENXIO: WorkingDirectory=~, and no home is known. `root` is what the path is relative to.
base::Result<void> add_working_directory(PlanBuilder& builder, unit::Unit const& unit, Facts const& facts,
                                         Place const& place, std::string const& root) {
    using Missing = PlanBuilder::Missing;
    auto const& setting = unit.exec->working_directory;
    if (setting.home) {
        bool const own = !facts.identity || facts.identity->home.empty();
        std::string const& home = own ? place.host.user_home : facts.identity->home;
        if (home.empty()) return base::make_error(ENXIO, "WorkingDirectory=", "~");
        builder.working_directory(root + home, setting.optional ? Missing::is_ignored : Missing::is_error);
    } else if (!setting.path.empty()) {
        builder.working_directory(root + setting.path, setting.optional ? Missing::is_ignored : Missing::is_error);
    } else if (place.scope == unit::Scope::user && !place.host.user_home.empty()) {
        builder.working_directory(root + place.host.user_home, Missing::is_ignored);
    } else {
        builder.working_directory(root + "/", Missing::is_error);
    }
    return {};
}

/// The manager's PATH, then what systemd itself would search: a unit that names a program of /usr/sbin must find it
/// though an ordinary user's PATH lacks that directory.
std::vector<std::string> search(std::string const& program, Place const& place) {
    if (program.starts_with('/')) return {program};
    std::vector<std::string> candidates;
    for (auto const path : {find_variable(place.environment, "PATH").value_or(""), default_path})
        for (auto const directory : base::split(path, ":")) {
            auto candidate = std::string(directory) + "/" + program;
            if (std::ranges::find(candidates, candidate) == candidates.end())
                candidates.push_back(std::move(candidate));
        }
    return candidates;
}

std::vector<std::string> arguments(unit::ExecCommand const& command, std::vector<std::string> const& environment) {
    if (command.no_variables) return command.argv;
    std::vector<std::string> missing;
    auto argv = substitute(command.argv, environment, missing);
    if (argv.empty()) argv.push_back(command.path); // "@path $EMPTY"
    return argv;
}

void add_program(PlanBuilder& builder, unit::Unit const& unit, unit::ExecCommand const& command, Purpose purpose,
                 Facts const& facts, Place const& place) {
    auto const variables = collect_variables(unit, purpose, facts, place);
    auto environment = variables.entries();
    auto argv = arguments(command, environment);
    builder.environment(std::move(environment));
    for (auto const& name : variables.pid_variables())
        builder.pid_variable(name);
    builder.execute(search(command.path, place), std::move(argv));
}

base::SignalSet ignored_signals(unit::Exec const& exec) {
    base::SignalSet ignored;
    if (exec.ignore_sigpipe) ignored.add(base::Signal{SIGPIPE});
    return ignored;
}

} // namespace

base::Result<process::Plan> make_plan(unit::Unit const& unit, unit::ExecCommand const& command, Purpose purpose,
                                      Facts const& facts, Place const& place) {
    auto const& exec = *unit.exec;
    bool const full = command.privileges == Privileges::full;
    if (!full) TRY(check_safe(unit, facts));
    bool const changes_root = !exec.root_directory.empty() && !full;
    bool const changes_identity =
        facts.identity && place.privileged && !full && command.privileges != Privileges::no_setuid;

    PlanBuilder builder;
    if (facts.cgroup >= 0) builder.born_in_cgroup(builder.lend(facts.cgroup));
    for (int const group : facts.joins)
        builder.join_cgroup(builder.lend(group));
    builder.new_session();
    TRY(add_scheduling(builder, exec));
    add_directories(builder, unit, facts, place);
    builder.umask(exec.umask.value);
    auto const streams = TRY(add_streams(builder, exec, purpose, facts, place));
    add_default_limits(builder, exec, place);
    if (!full) add_limits(builder, exec);
    if (changes_root) builder.root_directory(exec.root_directory);
    if (changes_identity) add_identity(builder, *facts.identity);
    TRY(add_working_directory(builder, unit, facts, place, full ? exec.root_directory : ""));
    builder.place({{streams.input, 0}, {streams.output, 1}, {streams.error, 2}});
    builder.signal_dispositions(ignored_signals(exec));
    builder.signal_mask({});
    add_program(builder, unit, command, purpose, facts, place);
    return std::move(builder).finish();
}

} // namespace mitori::exec
