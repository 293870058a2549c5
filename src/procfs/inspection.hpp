// Everything that /proc tells of one process.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/signal.hpp"
#include "procfs/capabilities.hpp"
#include "procfs/descriptors.hpp"
#include "procfs/group_limits.hpp"
#include "procfs/scanner.hpp"

namespace mitori::procfs {

/// One line of /proc/PID/limits. "unlimited" stays a word.
struct Limit {
    std::string name; ///< "Max open files"
    std::string soft;
    std::string hard;
    std::string unit;
    std::string used; ///< "" where it cannot be told
};

struct Namespace {
    std::string kind; ///< net, mnt, pid …
    std::string id;   ///< "net:[4026531840]"
    bool same_as_ours = false;
};

/// A mount that the process sees and we do not; or the other way round.
struct MountDifference {
    enum class Whose { theirs, ours };
    Whose whose = Whose::theirs;
    std::string point;
    std::string text; ///< "ext4 /dev/sda1 rw,noatime"
};

struct Inspection {
    Row row;
    std::vector<Row> ancestors;                ///< its parent first, up to process 1
    std::map<std::string, std::string> status; ///< the lines of /proc/PID/status
    std::string working_directory;             ///< "" without the right to know, as the two that follow
    std::string root;
    std::string executable;
    std::vector<Descriptor> descriptors;
    bool descriptors_told = false; ///< false: it may not be looked into
    std::vector<Limit> limits;
    std::vector<Namespace> namespaces;
    std::vector<MountDifference> mounts;
    std::vector<GroupLimit> group_limits;
    std::map<std::string, std::uint64_t> memory; ///< KiB, by the words of smaps_rollup; empty without the right
    std::string login_user;                      ///< the id of who logged in; "" nobody
    std::int64_t oom_score = 0;
    std::int64_t oom_adjustment = 0;
};

/// Nothing when there is no such process, or when it ended while it was looked at.
[[nodiscard]] std::optional<Inspection> inspect(Scanner& scanner, pid_t pid);

[[nodiscard]] std::vector<Limit> parse_limits(std::string_view text);
/// Lines of /proc/PID/mountinfo that are only in one of the two, by mount point, type, source and options.
[[nodiscard]] std::vector<MountDifference> compare_mounts(std::string_view theirs, std::string_view ours);
/// "CHLD INT TERM"
[[nodiscard]] std::vector<std::string> signal_names(base::SignalSet set);

} // namespace mitori::procfs
