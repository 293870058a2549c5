// All processes at once, with few system calls: one descriptor of /proc, one getdents64 for hundreds of names, and for
// each process and each part that is asked for one openat, one read into a buffer that is used again, and one close.
// The groups of many processes are read from the groups' side (group_index.hpp).
// A process that vanishes meanwhile is not an error, it is simply not there.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "procfs/group_index.hpp"
#include "procfs/row.hpp"

namespace mitori::procfs {

/// Not thread-safe: buffers are used again.
class Scanner {
public:
    [[nodiscard]] static base::Result<Scanner> open(std::string const& path = "/proc");

    /// In ascending order of pids.
    [[nodiscard]] std::vector<Row> all(Parts parts = {});
    /// Each as it is read; nothing is kept. `take` may move from it.
    void each(Parts parts, std::function<void(Row&)> const& take);
    [[nodiscard]] std::optional<Row> one(pid_t pid, Parts parts = {});
    /// The threads of a process; none where it is gone.
    [[nodiscard]] std::vector<Row> threads(Row const& process, Parts parts = {});

    /// A file below /proc/PID, for what is asked of one process only; valid until the next call. Nothing when the
    /// process is gone, or keeps it to itself.
    [[nodiscard]] std::optional<std::string_view> read(pid_t pid, std::string_view name);
    /// Where a link below /proc/PID leads ("exe", "cwd", "ns/pid", "fd/3").
    [[nodiscard]] std::optional<std::string> link(pid_t pid, std::string_view name);
    /// The same of this process.
    [[nodiscard]] std::optional<std::string_view> read_of_self(std::string_view name);
    [[nodiscard]] std::optional<std::string> link_of_self(std::string_view name);
    /// Whether a folder below /proc/PID may be listed: an empty answer of names() means two things.
    [[nodiscard]] bool may_list(pid_t pid, std::string_view name);
    /// Names in a folder below /proc/PID ("fd", "task"); none where it may not be read.
    [[nodiscard]] std::vector<std::string> names(pid_t pid, std::string_view name);

private:
    explicit Scanner(base::Fd directory) : directory_(std::move(directory)), buffer_(4096, '\0') {}
    enum class Whole { one_read, until_end };
    [[nodiscard]] std::optional<std::string_view> read_path(Whole whole);
    [[nodiscard]] std::optional<std::string> link_at(std::string const& path);
    [[nodiscard]] std::optional<std::string_view> read_part(std::string_view name);
    [[nodiscard]] bool fill(Row& row, Parts parts);
    void fill_rest(Row& row, Parts parts);
    [[nodiscard]] bool fill_process(Row& row, pid_t pid, Parts parts, GroupIndex const* groups);
    [[nodiscard]] std::optional<GroupIndex> index_groups(std::span<pid_t const> pids);
    [[nodiscard]] std::vector<pid_t> numbers(std::string const& folder) const;

    base::Fd directory_;
    std::string buffer_;
    std::string folder_; ///< "123" or "123/task/124", of the row that is being read
    std::string path_;
};

} // namespace mitori::procfs
