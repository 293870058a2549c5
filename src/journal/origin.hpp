// Whose words: what is known of a stream or of a sender, and the fields that this becomes. Values, no I/O but where a
// name says read_.
//
// A stream's line carries, beside MESSAGE: PRIORITY, SYSLOG_IDENTIFIER, _TRANSPORT=stdout, _PID, _UID, _COMM,
// _SYSTEMD_UNIT (_SYSTEMD_USER_UNIT for a user's manager), _SYSTEMD_INVOCATION_ID, _BOOT_ID and _HOSTNAME, and no more:
// each field costs four bytes per line and eight per index. A datagram's message carries what /proc knows besides.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "journal/label.hpp"
#include "journal/lines.hpp"
#include "journal/rate_limit.hpp"

namespace mitori::journal {

enum class Scope : std::uint8_t { system, user };

/// Who speaks in one stream, and how it is to be taken: the manager's StreamOrder, as the recorder knows it.
struct Origin {
    std::string unit;
    std::string invocation; ///< 32 hex digits, or empty
    std::string identifier;
    Scope scope = Scope::system;
    std::optional<std::uint8_t> facility; ///< nothing: none is written
    std::uint8_t level = 6;
    std::uint8_t level_max = 7;
    LevelPrefix level_prefix = LevelPrefix::on;
    /// never: the manager says its own words on its stderr, which is the same place for who reads there.
    enum class Console : std::uint8_t { no, yes, never } console = Console::no;
    std::optional<base::Usec> rate_interval;
    std::optional<std::uint32_t> rate_burst;
    std::vector<std::string> extra_fields; ///< "NAME=value"
    friend bool operator==(Origin const&, Origin const&) = default;
};

/// For the way over the link, and back.
[[nodiscard]] std::vector<std::string> show_origin(Origin const& origin);
/// EINVAL for what no show_origin made.
[[nodiscard]] base::Result<Origin> parse_origin(std::vector<std::string> const& texts);

/// What is the same for all entries of this recorder.
struct Machine {
    std::string boot; ///< 32 hex digits
    std::string id;
    std::string host_name;
};
[[nodiscard]] Machine read_machine();

struct Speaker {
    pid_t pid = 0; ///< 0: unknown
    uid_t uid = 0;
    std::string command; ///< comm; empty: unknown
};

/// The fields of a stream's lines with this level.
[[nodiscard]] Label make_stream_label(Origin const& origin, Speaker const& speaker, Machine const& machine,
                                      std::uint8_t level);

/// Who sent a datagram, by the kernel's word.
struct Sender {
    std::string transport; ///< "syslog", "journal"
    pid_t pid = 0;
    uid_t uid = 0;
    gid_t gid = 0;
    std::optional<Origin> origin; ///< its unit, where that is known
};
/// With what /proc says of it now: _COMM, _EXE, _CMDLINE, _SYSTEMD_CGROUP.
[[nodiscard]] Label make_sender_label(Sender const& sender, Machine const& machine);

/// 0 where it is gone.
[[nodiscard]] pid_t read_parent(pid_t pid);

/// The unit by the process's control group; nothing where there is none (or no groups).
[[nodiscard]] std::optional<std::string> read_unit_of(pid_t pid);
/// The last part of a group's path that is named like a unit: "/a.slice/b.service/x" is b.service.
[[nodiscard]] std::optional<std::string> unit_of_group(std::string_view path);

/// /proc/PID/comm; empty where the process is gone.
[[nodiscard]] std::string read_command(pid_t pid);

} // namespace mitori::journal
