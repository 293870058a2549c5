// start, stop, reload, restart …: queue a job for each unit, then wait until all of them have ended.
#include <algorithm>
#include <array>
#include <fmt/ostream.h>
#include <map>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"
#include "control/names.hpp"

namespace mitori::cli {
using detail::code;
using detail::ExitStatus;

namespace {

/// Collects the ends of jobs from before the first is queued: one may end before its number is known.
class JobEnds {
public:
    explicit JobEnds(control::Watch& watch)
        : subscription_(watch.subscribe(
              {.job_removed = [this](control::JobRemoved const& event) { results_[event.id] = event.result; }})) {}
    [[nodiscard]] bool all(std::vector<control::JobRef> const& jobs) const {
        return std::ranges::all_of(jobs, [this](auto const& job) { return results_.contains(job.id); });
    }
    [[nodiscard]] std::string const& result(control::JobRef const& job) const { return results_.at(job.id); }

private:
    std::map<std::uint32_t, std::string> results_;
    std::unique_ptr<control::Subscription> subscription_;
};

void warn_if_changed_on_disk(Context& context, std::string const& unit) {
    auto const properties = context.faces.query.unit_properties(unit);
    if (!properties || !properties->get("NeedDaemonReload").flag()) return;
    fmt::print(context.err,
               "Warning: The unit file, source configuration file or drop-ins of {} changed on disk. Run '{} "
               "daemon-reload' to reload units.\n",
               unit, context.program);
}

/// Whether systemctl, too, would point at the logs.
bool worth_a_look(control::Reason reason) {
    using control::Reason;
    return reason != Reason::no_such_unit && reason != Reason::unit_masked && reason != Reason::job_type_not_applicable;
}

int refuse(Context& context, control::JobVerb verb, std::string const& unit, control::Refusal const& refusal) {
    int const status =
        detail::complain(context, fmt::format("{} {}", base::word(verb), base::printable(unit)), refusal);
    if (worth_a_look(refusal.reason))
        fmt::print(context.err, "See '{} status {}' for details.\n", context.program, base::printable(unit));
    return status;
}

/// What happened to a service whose job failed, by its Result property.
std::string_view because(std::string_view result) {
    if (result == "resources") return "of unavailable resources or another system error";
    if (result == "protocol") return "the service did not take the steps required by its unit configuration";
    if (result == "timeout") return "a timeout was exceeded";
    if (result == "exit-code") return "the control process exited with error code";
    if (result == "signal") return "a fatal signal was delivered to the control process";
    if (result == "core-dump") return "a fatal signal was delivered causing the control process to dump core";
    if (result == "watchdog") return "the service failed to send watchdog ping";
    if (result == "start-limit-hit") return "start of the service was attempted too often";
    if (result == "oom-kill") return "of an out-of-memory situation";
    return {};
}

void explain_failure(Context& context, std::string const& unit) {
    auto const properties = context.faces.query.unit_properties(unit);
    auto const result = properties ? properties->get("Result").text() : std::string();
    auto const reason = because(result);
    auto const name = base::printable(unit);
    if (reason.empty())
        fmt::print(context.err, "Job for {} failed.\n", name);
    else
        fmt::print(context.err, "Job for {} failed because {}.\n", name, reason);
    fmt::print(context.err, "See \"{} status {}\" for details.\n", context.program, name);
    if (result == "start-limit-hit")
        fmt::print(context.err, "To force a start use \"{0} reset-failed {1}\"\nfollowed by \"{0} start {1}\" again.\n",
                   context.program, name);
}

struct Ending {
    std::string_view result;
    std::string_view before; ///< the unit's name
    std::string_view after;
};
constexpr auto endings = std::to_array<Ending>({
    {"canceled", "Job for ", " canceled."},
    {"timeout", "Job for ", " timed out."},
    {"dependency", "A dependency job for ", " failed."},
    {"invalid", "", " is not active, cannot reload."},
    {"assert", "Assertion failed on job for ", "."},
    {"unsupported", "Operation on or unit type of ", " not supported on this system."},
    {"collected", "Queued job for ", " was garbage collected."},
    {"once", "Unit ", " was started already once and can't be started again."},
});

void explain(Context& context, std::string const& unit, std::string const& result) {
    auto const* const known = std::ranges::find(endings, result, &Ending::result);
    if (known == endings.end()) return explain_failure(context, unit);
    fmt::print(context.err, "{}{}{}\n", known->before, base::printable(unit), known->after);
}

/// The exit status: 1 where any job ended badly.
int wait_for(Context& context, JobEnds const& ends, std::vector<control::JobRef> const& jobs) {
    if (auto const waited = context.wait_until([&] { return ends.all(jobs); }); !waited)
        return detail::complain(context, "wait for the job", waited.error());
    int status = code(ExitStatus::success);
    for (auto const& job : jobs) {
        auto const& result = ends.result(job);
        if (result == "done" || result == "skipped") continue;
        status = code(ExitStatus::failure);
        if (!context.options.quiet) explain(context, job.unit, result);
    }
    return status;
}

/// What has become of units. For when the ends of their jobs have been heard of: what is heard from then on is of the
/// life that was begun.
class UnitEnds {
public:
    explicit UnitEnds(control::Watch& watch)
        : subscription_(watch.subscribe({.unit_changed = [this](control::UnitChanged const& event) {
              if (!event.active_state.empty()) states_[event.unit] = event.active_state;
          }})) {}
    /// The unit's own name, of which events tell. One that no event has told of is as it is now.
    [[nodiscard]] std::string look(Context& context, std::string const& unit) {
        auto const properties = context.faces.query.unit_properties(unit);
        if (!properties) return unit;
        auto name = properties->get("Id").text();
        states_.try_emplace(name, properties->get("ActiveState").text());
        return name;
    }
    [[nodiscard]] bool over(std::string const& unit) const {
        auto const found = states_.find(unit);
        return found != states_.end() && (found->second == "inactive" || failed(unit));
    }
    [[nodiscard]] bool failed(std::string const& unit) const {
        auto const found = states_.find(unit);
        return found != states_.end() && found->second == "failed";
    }

private:
    std::map<std::string, std::string> states_;
    std::unique_ptr<control::Subscription> subscription_;
};

/// --wait: 1 where any has failed.
int wait_for_ends(Context& context, std::vector<control::JobRef> const& jobs) {
    UnitEnds ends(context.faces.watch);
    std::vector<std::string> units;
    for (auto const& job : jobs)
        units.push_back(ends.look(context, job.unit));
    auto const over = [&](std::string const& unit) { return ends.over(unit); };
    if (auto const waited = context.wait_until([&] { return std::ranges::all_of(units, over); }); !waited)
        return detail::complain(context, "wait for the unit's end", waited.error());
    bool const failed = std::ranges::any_of(units, [&](std::string const& unit) { return ends.failed(unit); });
    return code(failed ? ExitStatus::failure : ExitStatus::success);
}

int run(Context& context, Arguments const& typed, control::JobVerb verb) {
    if (context.options.wait && !context.options.block) {
        fmt::print(context.err, "--wait may not be combined with --no-block.\n");
        return code(ExitStatus::failure);
    }
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    JobEnds const ends(context.faces.watch);
    std::vector<control::JobRef> jobs;
    int status = code(ExitStatus::success);
    for (auto const& unit : *units) {
        auto job = context.faces.command.enqueue(verb, unit, context.options.job_mode);
        if (!job) {
            int const refused = refuse(context, verb, unit, job.error());
            if (status == code(ExitStatus::success)) status = refused;
            continue;
        }
        job->unit = unit;
        jobs.push_back(std::move(*job));
        warn_if_changed_on_disk(context, unit);
    }
    if (!context.options.block) return status;
    int ended = wait_for(context, ends, jobs);
    bool const starts = verb == control::JobVerb::start || verb == control::JobVerb::restart;
    if (context.options.wait && starts && ended == code(ExitStatus::success)) ended = wait_for_ends(context, jobs);
    return ended != code(ExitStatus::success) ? ended : status;
}

} // namespace

int start(Context& context, Arguments const& units) { return run(context, units, control::JobVerb::start); }
int stop(Context& context, Arguments const& units) { return run(context, units, control::JobVerb::stop); }
int restart(Context& context, Arguments const& units) { return run(context, units, control::JobVerb::restart); }
int try_restart(Context& context, Arguments const& units) { return run(context, units, control::JobVerb::try_restart); }
int reload(Context& context, Arguments const& units) { return run(context, units, control::JobVerb::reload); }
int reload_or_restart(Context& context, Arguments const& units) {
    return run(context, units, control::JobVerb::reload_or_restart);
}
int try_reload_or_restart(Context& context, Arguments const& units) {
    return run(context, units, control::JobVerb::reload_or_try_restart);
}

} // namespace mitori::cli
