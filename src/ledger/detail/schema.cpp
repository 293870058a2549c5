#include "ledger/detail/schema.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>

#include "status/death_fields.hpp"

namespace mitori::ledger::detail {
namespace {

// Words repeat: a machine has few units, programs and groups, and many deaths. Each is kept once, in `text`, and a
// death holds its id. `last` is the number of a death that used it, not far behind the last one: what no kept death can
// use any more goes with the old deaths (texts.hpp).
//
// A step is history: once released it is never changed, a new one is added below.
constexpr std::string_view version_1 = R"(
CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE, last INTEGER NOT NULL);
CREATE TABLE death (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    pid INTEGER NOT NULL, start_ticks INTEGER, pidfd_inode INTEGER, boot INTEGER,
    parent_pid INTEGER, parent_start_ticks INTEGER, parent_command INTEGER,
    process_group INTEGER, session INTEGER,
    comm INTEGER, executable INTEGER, command_line INTEGER, uid INTEGER,
    cgroup INTEGER, unit INTEGER, invocation INTEGER, role INTEGER,
    started INTEGER, ended INTEGER NOT NULL, ended_monotonic INTEGER,
    kind INTEGER NOT NULL, status INTEGER NOT NULL,
    cause INTEGER NOT NULL, sender_pid INTEGER, sender_start_ticks INTEGER, sender_command INTEGER,
    sender_uid INTEGER, sender_parent INTEGER, request INTEGER, limit_hit INTEGER, limit_group INTEGER,
    reason INTEGER, unknown INTEGER,
    cpu_user INTEGER, cpu_system INTEGER, peak_memory INTEGER, read_bytes INTEGER, written_bytes INTEGER,
    minor_faults INTEGER, major_faults INTEGER,
    followed INTEGER, restarted_as INTEGER, restarted_after INTEGER,
    sources INTEGER NOT NULL,
    failed INTEGER NOT NULL);
CREATE INDEX death_pid ON death (pid, start_ticks);
CREATE INDEX death_parent ON death (parent_pid);
CREATE INDEX death_ended ON death (ended);
CREATE INDEX death_unit ON death (unit, ended) WHERE unit IS NOT NULL;
CREATE INDEX death_failed ON death (ended) WHERE failed = 1;
CREATE TABLE lost (at INTEGER NOT NULL, count INTEGER NOT NULL, why TEXT NOT NULL);
CREATE VIEW deaths AS SELECT
    d.number, d.pid, d.start_ticks, d.pidfd_inode, boot.value AS boot,
    d.parent_pid, d.parent_start_ticks, parent_command.value AS parent_command,
    d.process_group, d.session,
    comm.value AS comm, executable.value AS executable, command_line.value AS command_line, d.uid,
    cgroup.value AS cgroup, unit.value AS unit, invocation.value AS invocation, role.value AS role,
    d.started, d.ended, d.ended_monotonic,
    kind.value AS kind, d.status,
    cause.value AS cause, d.sender_pid, d.sender_start_ticks, sender_command.value AS sender_command,
    d.sender_uid, sender_parent.value AS sender_parent, request.value AS request,
    limit_hit.value AS limit_hit, limit_group.value AS limit_group,
    reason.value AS reason, unknown.value AS unknown,
    d.cpu_user, d.cpu_system, d.peak_memory, d.read_bytes, d.written_bytes, d.minor_faults, d.major_faults,
    followed.value AS followed, d.restarted_as, d.restarted_after,
    d.sources, d.failed
FROM death d
    LEFT JOIN text boot ON boot.id = d.boot
    LEFT JOIN text parent_command ON parent_command.id = d.parent_command
    LEFT JOIN text comm ON comm.id = d.comm
    LEFT JOIN text executable ON executable.id = d.executable
    LEFT JOIN text command_line ON command_line.id = d.command_line
    LEFT JOIN text cgroup ON cgroup.id = d.cgroup
    LEFT JOIN text unit ON unit.id = d.unit
    LEFT JOIN text invocation ON invocation.id = d.invocation
    LEFT JOIN text role ON role.id = d.role
    LEFT JOIN text kind ON kind.id = d.kind
    LEFT JOIN text cause ON cause.id = d.cause
    LEFT JOIN text sender_command ON sender_command.id = d.sender_command
    LEFT JOIN text sender_parent ON sender_parent.id = d.sender_parent
    LEFT JOIN text request ON request.id = d.request
    LEFT JOIN text limit_hit ON limit_hit.id = d.limit_hit
    LEFT JOIN text limit_group ON limit_group.id = d.limit_group
    LEFT JOIN text reason ON reason.id = d.reason
    LEFT JOIN text unknown ON unknown.id = d.unknown
    LEFT JOIN text followed ON followed.id = d.followed;
)";

// What is asked of a name alone: `mitori deaths --comm`, the history that `mitori inspect` shows.
constexpr std::string_view version_2 = "CREATE INDEX death_comm ON death (comm, ended) WHERE comm IS NOT NULL;";

std::array const all_steps{std::string(version_1), std::string(version_2)};
static_assert(std::tuple_size_v<decltype(all_steps)> == schema_version);

} // namespace

base::Result<void> migrate(Database& database) { return migrate(database, all_steps); }

base::Result<void> migrate(Database& database, std::span<std::string const> steps) {
    auto const newest = static_cast<std::int64_t>(steps.size());
    if (TRY(database.number("PRAGMA user_version")) == newest) return {};
    auto transaction = TRY(Transaction::begin(database));
    // Asked again under the lock: another one may have been quicker.
    auto const version = TRY(database.number("PRAGMA user_version"));
    if (version > newest)
        return base::make_error(
            EPROTO, fmt::format("the ledger is of version {}, this mitori knows {}", version, newest), database.path());
    for (auto const& step : steps.subspan(static_cast<std::size_t>(version)))
        TRY(database.execute(step));
    TRY(database.execute(fmt::format("PRAGMA user_version = {}", newest)));
    return transaction.commit();
}

std::vector<std::string> const& stored_columns() {
    static std::vector<std::string> const names = [] {
        std::vector<std::string> all;
        status::Death const none;
        status::for_each_field(none, [&](std::string_view name, auto const&) {
            if (name != "number") all.emplace_back(name);
        });
        return all;
    }();
    return names;
}

} // namespace mitori::ledger::detail
