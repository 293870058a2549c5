// Station 3: what has to be done so that one unit gets what was asked for it. A pure function of the graph, the states
// and the jobs that are queued already.
//
// Building, in this order
//   1. pull in      the request's job and, from it, the jobs its relations ask for:
//                     start   Requires, BindsTo: start (must work); Wants, Upholds: start (may fail); Requisite:
//                             verify-active; Conflicts: stop (must work); ConflictedBy: stop (may fail)
//                     stop    RequiredBy, RequisiteOf, BoundBy, ConsistsOf (PartOf's other end), PropagatesStopTo: stop
//                     restart as start does, and RequiredBy, RequisiteOf, BoundBy, ConsistsOf: try-restart
//                     reload  PropagatesReloadTo: try-reload (may fail)
//                   What must work is followed to its end before what may fail: a unit that is wanted here and required
//                   there is required. What cannot load refuses the request if the request requires it; else a note
//                   says so and the rest goes on.
//   2. prune        jobs that are redundant (the unit is that already) and do not conflict with queued ones, and then
//                   jobs that nobody needs any more
//   3. merge        two jobs of one unit become one (start+verify-active = start, restart+reload = restart …); two that
//                   contradict each other: one that the request does not need is dropped, with what needs it, else the
//                   request is refused; prune again
//   4. order        Before/After among the jobs, queued ones included; a cycle is broken by dropping a job that the
//                   request does not need, and named; else the request is refused
//   5. fit          against queued jobs by the mode (replace, fail, …)
//
// A stop job of a pair is always ordered before a start job, whichever way Before/After points (systemd.unit(5)); a
// restart is both. So a circle can only lie among starts or among stops.
//
// Mode triggering (stop only) would also stop what triggers the unit; no type of unit that triggers is run yet.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "manager/graph.hpp"
#include "manager/states.hpp"

namespace mitori::manager {

enum class JobType : std::uint8_t {
    start,
    verify_active,
    stop,
    reload,
    restart,
    // what a request or a relation may ask for; collapsed to one of the above (or nop) by the unit's state
    try_restart,
    try_reload,
    reload_or_start,
    nop,
};

enum class Mode : std::uint8_t {
    replace,
    fail,
    replace_irreversibly,
    isolate,
    flush,
    ignore_dependencies,
    ignore_requirements,
    triggering
};

/// Who asks: a person may be refused by RefuseManualStart=, a dependency not.
enum class Asker : std::uint8_t { client, manager };

struct Request {
    UnitRef unit;
    JobType type = JobType::start;
    Mode mode = Mode::replace;
    Asker asker = Asker::client;
};

/// What the builder needs to know of a unit beside its file.
struct UnitFacts {
    ActiveState active = ActiveState::inactive;
    /// The queued job, nop for none, and whether it may be replaced by a later request.
    JobType queued = JobType::nop;
    bool queued_irreversible = false;
    bool can_reload = false;
};
using FactsOf = std::function<UnitFacts(UnitRef)>;

struct PlannedJob {
    UnitRef unit;
    JobType type;
    /// Needed by the request: its failure is the request's. Others were only wanted.
    bool matters = false;
    bool irreversible = false;
    bool ignore_order = false; ///< mode ignore-dependencies: does not wait for others
    /// What the unit's queued job becomes together with this one; `type` where none is queued.
    JobType merged = type;
};

struct Transaction {
    std::vector<PlannedJob> jobs;   ///< the request's own job (the anchor) is the first; no unit twice
    std::vector<UnitRef> cancel;    ///< whose queued jobs are replaced or, with flush, removed
    std::vector<std::string> notes; ///< what was dropped and why: cycles broken, wanted units that cannot load
};

/// Why there is no transaction. The words are D-Bus error names of org.freedesktop.systemd1 (invalid_args: of
/// org.freedesktop.DBus.Error).
enum class Refused : std::uint8_t {
    no_such_unit,
    load_failed,
    bad_unit_setting,
    unit_masked,
    job_type_not_applicable,
    only_by_dependency,
    transaction_is_destructive,
    transaction_jobs_conflicting,
    transaction_order_is_cyclic,
    no_isolation,
    invalid_args,
};
struct TransactionError {
    Refused why;
    std::string text;               ///< systemd's own sentence: systemctl prints it
    std::vector<std::string> notes; ///< how it came to it, for the log: what was tried, the cycle
};

/// Pure: the same graph, facts and request give the same transaction, in the same order.
[[nodiscard]] std::expected<Transaction, TransactionError> build_transaction(Graph const& graph, FactsOf const& facts,
                                                                             Request const& request);

} // namespace mitori::manager

template <>
struct mitori::base::Names<mitori::manager::JobType> {
    using Type = mitori::manager::JobType;
    static constexpr auto table = std::to_array<Name<Type>>({
        {Type::start, "start"},
        {Type::verify_active, "verify-active"},
        {Type::stop, "stop"},
        {Type::reload, "reload"},
        {Type::restart, "restart"},
        {Type::try_restart, "try-restart"},
        {Type::try_reload, "try-reload"},
        {Type::reload_or_start, "reload-or-start"},
        {Type::nop, "nop"},
    });
};
