#include "procfs/scanner.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "procfs/detail/row_parse.hpp"

namespace mitori::procfs {
namespace sys = base::sys;
namespace {

/// What a process may hang on its environment is bounded by the kernel; this only bounds a file that is none of /proc.
constexpr std::size_t longest = 16U << 20U;

} // namespace

base::Result<Scanner> Scanner::open(std::string const& path) {
    return Scanner(TRY(sys::open(path, O_RDONLY | O_DIRECTORY)));
}

std::optional<std::string_view> Scanner::read_path(Whole whole) {
    auto const file = sys::open_at(directory_.get(), path_, O_RDONLY);
    if (!file) return std::nullopt;
    for (std::size_t length = 0; buffer_.size() <= longest;) {
        auto const room = std::as_writable_bytes(std::span(buffer_)).subspan(length);
        auto const count = sys::read(file->get(), room);
        if (!count) return std::nullopt;
        length += *count;
        // What is one record comes whole if there is room for it: a second read would only say so (seq_file in Linux).
        bool const done = *count == 0 || (whole == Whole::one_read && length < buffer_.size());
        if (done) return std::string_view(buffer_).substr(0, length);
        if (length == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    }
    return std::nullopt;
}

std::optional<std::string_view> Scanner::read_part(std::string_view name) {
    path_.assign(folder_).append(name);
    return read_path(Whole::one_read);
}

std::optional<std::string_view> Scanner::read(pid_t pid, std::string_view name) {
    path_.assign(std::to_string(pid)).append("/").append(name);
    return read_path(Whole::until_end);
}

std::optional<std::string_view> Scanner::read_of_self(std::string_view name) {
    path_.assign("self/").append(name);
    return read_path(Whole::until_end);
}

std::optional<std::string> Scanner::link_at(std::string const& path) {
    std::string target(4096, '\0');
    auto const length = ::readlinkat(directory_.get(), path.c_str(), target.data(), target.size());
    if (length < 0) return std::nullopt;
    target.resize(static_cast<std::size_t>(length));
    return target;
}

std::optional<std::string> Scanner::link(pid_t pid, std::string_view name) {
    return link_at(std::to_string(pid).append("/").append(name));
}

std::optional<std::string> Scanner::link_of_self(std::string_view name) {
    return link_at(std::string("self/").append(name));
}

bool Scanner::may_list(pid_t pid, std::string_view name) {
    auto const path = std::to_string(pid).append("/").append(name);
    return sys::list_directory_at(directory_.get(), path).has_value();
}

std::vector<std::string> Scanner::names(pid_t pid, std::string_view name) {
    auto found = sys::list_directory_at(directory_.get(), std::to_string(pid).append("/").append(name));
    return found ? std::move(*found) : std::vector<std::string>();
}

std::vector<pid_t> Scanner::numbers(std::string const& folder) const {
    std::vector<pid_t> found;
    auto const listed = sys::list_directory_at(directory_.get(), folder);
    if (!listed) return found;
    for (auto const& name : *listed)
        if (name.front() >= '0' && name.front() <= '9')
            if (auto const pid = base::parse_integer<pid_t>(name); pid && *pid > 0) found.push_back(*pid);
    std::ranges::sort(found);
    return found;
}

std::optional<GroupIndex> Scanner::index_groups(std::span<pid_t const> pids) {
    constexpr std::size_t few = 100; // their own files are as quick
    // Groups tell numbers of our own pid namespace: is /proc of that one, too?
    if (pids.size() < few || link_at("self") != std::to_string(::getpid())) return std::nullopt;
    auto const memberships = std::string(read_of_self("cgroup").value_or(""));
    auto const mounts = std::string(read_of_self("mountinfo").value_or(""));
    return GroupIndex::read(pids, memberships, mounts);
}

void Scanner::each(Parts parts, std::function<void(Row&)> const& take) {
    auto const pids = numbers(".");
    auto const groups = parts.has(Part::cgroup) ? index_groups(pids) : std::nullopt;
    for (pid_t const pid : pids) {
        Row row;
        if (fill_process(row, pid, parts, groups ? &*groups : nullptr)) take(row);
    }
}

// In place: a row is some hundred bytes with ten strings, and to move thousands of them is to be felt.
std::vector<Row> Scanner::all(Parts parts) {
    auto const pids = numbers(".");
    auto const groups = parts.has(Part::cgroup) ? index_groups(pids) : std::nullopt;
    std::vector<Row> rows;
    rows.reserve(pids.size());
    for (pid_t const pid : pids)
        if (!fill_process(rows.emplace_back(), pid, parts, groups ? &*groups : nullptr)) rows.pop_back();
    return rows;
}

bool Scanner::fill_process(Row& row, pid_t pid, Parts parts, GroupIndex const* groups) {
    folder_ = fmt::format_int(pid).str();
    row.pid = pid;
    bool const known = groups != nullptr && groups->fill(row);
    if (known) parts = parts.without(Part::cgroup);
    return fill(row, parts);
}

std::optional<Row> Scanner::one(pid_t pid, Parts parts) {
    Row row;
    if (!fill_process(row, pid, parts, nullptr)) return std::nullopt;
    return row;
}

std::vector<Row> Scanner::threads(Row const& process, Parts parts) {
    std::vector<Row> rows;
    auto const tasks = std::to_string(process.pid) + "/task";
    for (pid_t const thread : numbers(tasks)) {
        Row row;
        folder_ = tasks + "/" + std::to_string(thread);
        row.pid = process.pid;
        if (fill(row, parts)) rows.push_back(std::move(row));
    }
    return rows;
}

bool Scanner::fill(Row& row, Parts parts) {
    pid_t const process = row.pid;
    auto const stat = read_part("/stat");
    if (!stat || !detail::parse_stat_row(*stat, row)) return false;
    row.thread = std::exchange(row.pid, process);
    // Of what is gone by now the rest stays empty: its row was true when it was read.
    if (parts.has(Part::status))
        if (auto const text = read_part("/status")) detail::parse_status(*text, row);
    if (parts.has(Part::command_line))
        if (auto const text = read_part("/cmdline")) row.command_line = detail::joined_arguments(*text);
    fill_rest(row, parts);
    return true;
}

void Scanner::fill_rest(Row& row, Parts parts) {
    if (parts.has(Part::cgroup))
        if (auto const text = read_part("/cgroup")) detail::parse_cgroup(*text, row);
    if (parts.has(Part::environment))
        if (auto const text = read_part("/environ")) row.environment = *text;
    if (parts.has(Part::wait_channel))
        if (auto const text = read_part("/wchan"); text && *text != "0") row.wait_channel = *text;
    if (parts.has(Part::io))
        if (auto const text = read_part("/io")) detail::parse_io(*text, row);
    if (parts.has(Part::executable)) row.executable = link(row.pid, "exe").value_or("");
}

} // namespace mitori::procfs
