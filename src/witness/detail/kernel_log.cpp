#include "witness/detail/kernel_log.hpp"

#include <array>
#include <cerrno>
#include <unistd.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::witness::detail {
namespace {

constexpr std::size_t most_victims = 1024;

/// What stands between `before` and the next of `ends`.
std::string_view between(std::string_view line, std::string_view before, std::string_view ends) {
    auto const at = line.find(before);
    if (at == std::string_view::npos) return {};
    auto const rest = line.substr(at + before.size());
    return rest.substr(0, rest.find_first_of(ends));
}

} // namespace

// "memory: usage 51200kB, limit 51200kB, failcnt 12", "memory+swap: usage …": the group's counters, memory's first.
void OomLines::take_usage(std::string_view line) {
    auto const usage = base::parse_integer<std::uint64_t>(between(line, "usage ", "k"));
    auto const limit = base::parse_integer<std::uint64_t>(between(line, "limit ", "k"));
    if (!usage || !limit) return;
    bool const is_swap = line.starts_with("memory+swap:");
    if (is_swap && (memory_is_full_ || *usage < *limit)) return;
    counters_ = {.limit = *limit * 1024, .limit_name = is_swap ? "MemoryMax+Swap" : "MemoryMax"};
    memory_is_full_ = *usage >= *limit;
}

// "… Killed process 12 (worker) …" has a line of its own for each one, and is never left out; the report before it is,
// where there are many. So one that no report has named belongs to the last report only if its group goes as a whole.
void OomLines::take_victim(pid_t pid) {
    if (victims_.contains(pid) || !now_) return;
    if (takes_group_)
        victims_[pid] = *now_;
    else
        now_.reset();
}

void OomLines::take(std::string_view line) {
    if (line.find(" invoked oom-killer:") != std::string_view::npos) {
        counters_ = {};
        memory_is_full_ = takes_group_ = false;
        now_.reset();
    } else if (line.starts_with("memory: usage ") || line.starts_with("memory+swap: usage ")) {
        take_usage(line);
    } else if (line.starts_with("oom-kill:")) {
        if (line.find("constraint=CONSTRAINT_MEMCG") == std::string_view::npos) counters_ = {};
        counters_.group = between(line, "oom_memcg=", ",");
        now_ = counters_;
        if (auto const pid = base::parse_integer<pid_t>(between(line, ",pid=", ","))) victims_[*pid] = *now_;
    } else if (line.starts_with("Tasks in ") && line.find("memory.oom.group") != std::string_view::npos) {
        takes_group_ = true;
    } else if (auto const pid = base::parse_integer<pid_t>(between(line, "ut of memory: Killed process ", " "))) {
        take_victim(*pid);
    }
    while (victims_.size() > most_victims)
        victims_.erase(victims_.begin());
}

std::optional<OutOfMemory> OomLines::victim(pid_t pid) {
    auto const found = victims_.find(pid);
    if (found == victims_.end()) return std::nullopt;
    auto const oom = found->second;
    victims_.erase(found);
    return oom;
}

base::Result<KernelLog> KernelLog::open() {
    auto file = TRY(base::sys::open("/dev/kmsg", O_RDONLY | O_NONBLOCK));
    if (::lseek(file.get(), 0, SEEK_END) < 0) return base::errno_error("lseek", "/dev/kmsg");
    return KernelLog(std::move(file));
}

std::optional<OutOfMemory> KernelLog::victim(pid_t pid) {
    std::array<char, 8192> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
    while (true) {
        auto const got = base::sys::read(file_.get(), std::as_writable_bytes(std::span(buffer)));
        if (!got && got.error().number == EPIPE) continue; // the ring has gone over some: go on with what is there
        if (!got || *got == 0) break;
        std::string_view const record(buffer.data(), *got);
        auto const text = record.substr(std::min(record.find(';'), record.size() - 1) + 1);
        lines_.take(text.substr(0, text.find('\n')));
    }
    return lines_.victim(pid);
}

} // namespace mitori::witness::detail
