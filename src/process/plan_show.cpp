#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>

#include "base/names.hpp"
#include "base/text.hpp"
#include "process/detail/block.hpp"
#include "process/plan.hpp"

namespace mitori::process {

using namespace detail;

namespace {

/// A block to read texts from.
struct Reader {
    std::byte const* block;

    [[nodiscard]] std::string text(std::uint64_t at) const {
        return base::printable(reinterpret_cast<char const*>(block + at));
    }
    [[nodiscard]] std::string text(Text text) const { return this->text(text.at); }

    [[nodiscard]] std::vector<std::uint64_t> words(List list) const {
        std::vector<std::uint64_t> words(list.count);
        if (list.count > 0) std::memcpy(words.data(), block + list.at, words.size() * 8);
        return words;
    }
    [[nodiscard]] std::vector<std::uint32_t> numbers(Numbers list) const {
        std::vector<std::uint32_t> numbers(list.count);
        if (list.count > 0) std::memcpy(numbers.data(), block + list.at, numbers.size() * 4);
        return numbers;
    }
};

std::string quoted(std::string const& word) {
    std::string text = "\"";
    for (char const c : word) {
        if (c == '"') text += '\\';
        text += c;
    }
    return text + '"';
}

struct Row {
    int value;
    std::string_view word;
};

template <std::size_t n>
std::string word_or_number(std::array<Row, n> const& rows, int value) {
    auto const* const row = std::ranges::find(rows, value, &Row::value);
    return row != rows.end() ? std::string(row->word) : fmt::format("{}", value);
}

/// Words of getrlimit(2) without the prefix, as systemd's Limit...= have them.
constexpr auto resources = std::to_array<Row>({
    {RLIMIT_CPU, "CPU"},
    {RLIMIT_FSIZE, "FSIZE"},
    {RLIMIT_DATA, "DATA"},
    {RLIMIT_STACK, "STACK"},
    {RLIMIT_CORE, "CORE"},
    {RLIMIT_RSS, "RSS"},
    {RLIMIT_NPROC, "NPROC"},
    {RLIMIT_NOFILE, "NOFILE"},
    {RLIMIT_MEMLOCK, "MEMLOCK"},
    {RLIMIT_AS, "AS"},
    {RLIMIT_LOCKS, "LOCKS"},
    {RLIMIT_SIGPENDING, "SIGPENDING"},
    {RLIMIT_MSGQUEUE, "MSGQUEUE"},
    {RLIMIT_NICE, "NICE"},
    {RLIMIT_RTPRIO, "RTPRIO"},
    {RLIMIT_RTTIME, "RTTIME"},
});

constexpr auto policies = std::to_array<Row>({
    {SCHED_OTHER, "other"},
    {SCHED_FIFO, "fifo"},
    {SCHED_RR, "rr"},
    {SCHED_BATCH, "batch"},
    {SCHED_IDLE, "idle"},
});

/// ioprio_set(2).
constexpr auto io_classes = std::to_array<Row>({{0, "none"}, {1, "realtime"}, {2, "best-effort"}, {3, "idle"}});

constexpr auto open_flags = std::to_array<Row>({
    {O_CREAT, "creat"},
    {O_EXCL, "excl"},
    {O_TRUNC, "trunc"},
    {O_APPEND, "append"},
    {O_NONBLOCK, "nonblock"},
    {O_DIRECTORY, "directory"},
    {O_NOFOLLOW, "nofollow"},
});

std::string limit_text(std::uint64_t value) { return value == RLIM_INFINITY ? "infinity" : fmt::format("{}", value); }

std::string flags_text(int flags) {
    static constexpr auto modes = std::to_array<Row>({{O_RDONLY, "rdonly"}, {O_WRONLY, "wronly"}, {O_RDWR, "rdwr"}});
    std::string text = word_or_number(modes, flags & O_ACCMODE);
    int rest = flags & ~(O_ACCMODE | O_CLOEXEC | O_NOCTTY); // the child adds the last two always
    for (auto const& [flag, word] : open_flags) {
        if ((rest & flag) != flag) continue;
        text += fmt::format(",{}", word);
        rest &= ~flag;
    }
    return rest == 0 ? text : fmt::format("{},{:#o}", text, rest);
}

std::string signals_text(std::uint64_t bits) {
    std::string text;
    for (int signal = 1; signal <= 64; ++signal)
        if (((bits >> (signal - 1)) & 1U) != 0) text += (text.empty() ? "" : ",") + base::signal_name({signal});
    return text.empty() ? "none" : text;
}

/// "0-3,8"
std::string cpus_text(CpuMask const& mask) {
    auto const has = [&](std::size_t cpu) {
        return cpu < 64 * mask.size() && ((mask[cpu / 64] >> (cpu % 64)) & 1U) != 0;
    };
    std::string text;
    for (std::size_t cpu = 0; cpu < 64 * mask.size(); ++cpu) {
        if (!has(cpu)) continue;
        std::size_t last = cpu;
        while (has(last + 1))
            ++last;
        text += fmt::format("{}{}", text.empty() ? "" : ",", cpu);
        if (last > cpu) text += fmt::format("-{}", last);
        cpu = last;
    }
    return text.empty() ? "none" : text;
}

std::string denied_text(Denied denied) {
    switch (denied) {
    case Denied::is_error: return "";
    case Denied::takes_nearest: return ", or the nearest allowed";
    case Denied::is_ignored: return ", if allowed";
    }
    return "";
}

std::string owner_text(std::uint32_t id) { return id == ManagedDirectory::owner_stays ? "-" : fmt::format("{}", id); }

// One line for each payload.
std::string line(Reader const&, NewSession const&) { return "setsid"; }
std::string line(Reader const&, JoinGroup const& step) { return fmt::format("setpgid {}", step.group); }
std::string line(Reader const&, SetLimit const& step) {
    return fmt::format("limit {} {}:{}{}", word_or_number(resources, step.resource), limit_text(step.soft),
                       limit_text(step.hard), denied_text(step.denied));
}
std::string line(Reader const&, SetNice const& step) {
    return fmt::format("nice {}{}", step.value, denied_text(step.denied));
}
std::string line(Reader const&, SetScheduler const& step) {
    return fmt::format("scheduler {} {}{}", word_or_number(policies, step.policy), step.priority,
                       step.reset_on_fork != 0 ? " reset-on-fork" : "");
}
std::string line(Reader const&, SetIoPriority const& step) {
    return fmt::format("io-priority {} {}", word_or_number(io_classes, step.value >> 13), step.value & 0x1fff);
}
std::string line(Reader const&, SetAffinity const& step) { return "cpu-affinity " + cpus_text(step.mask); }
std::string line(Reader const& in, SetOomScore const& step) {
    return fmt::format("oom-score-adjust {}{}", in.text(step.value), denied_text(step.denied));
}
std::string line(Reader const&, SetUmask const& step) { return fmt::format("umask {:04o}", step.mask); }
std::string line(Reader const&, SetTimerSlack const& step) { return fmt::format("timer-slack {}ns", step.nanoseconds); }
std::string line(Reader const&, NewNetwork const&) { return "new-network"; }
std::string line(Reader const&, NoNewPrivileges const&) { return "no-new-privileges"; }
std::string line(Reader const&, ParentDeathSignal const& step) {
    return "parent-death-signal " + base::signal_name({step.signal});
}
std::string line(Reader const&, JoinCgroup const& step) { return fmt::format("join cgroup of slot {}", step.slot); }
std::string line(Reader const& in, ChangeRoot const& step) { return "chroot " + in.text(step.path); }
std::string line(Reader const& in, ChangeDirectory const& step) {
    return fmt::format("chdir {}{}", in.text(step.path), step.ignore_missing != 0 ? ", if it exists" : "");
}
std::string line(Reader const& in, MakeDirectory const& step) {
    bool const stays = step.existing == ManagedDirectory::Existing::stays;
    return fmt::format("directory {} {:04o} {}:{}{}", in.text(step.path), step.mode, owner_text(step.uid),
                       owner_text(step.gid), stays ? ", unless it exists" : "");
}
std::string line(Reader const& in, MakeLink const& step) {
    return fmt::format("link {} -> {}", in.text(step.path), in.text(step.target));
}
std::string line(Reader const& in, OpenFile const& step) {
    auto const mode = (step.flags & O_CREAT) != 0 ? fmt::format(" {:04o}", step.mode) : "";
    return fmt::format("open slot {} {} {}{}", step.slot, in.text(step.path), flags_text(step.flags), mode);
}
std::string line(Reader const&, ConnectUnix const& step) {
    std::string path(step.address.sun_path, step.length - offsetof(sockaddr_un, sun_path));
    if (path.front() == '\0') path.front() = '@';
    if (path.back() == '\0') path.pop_back();
    return fmt::format("connect slot {} {}", step.slot, base::printable(path));
}
std::string line(Reader const&, Truncate const& step) { return fmt::format("truncate slot {}", step.slot); }
std::string line(Reader const&, ControllingTerminal const& step) {
    return fmt::format("terminal slot {}{}", step.slot, step.steal == PlanBuilder::Steal::yes ? ", stealing" : "");
}
std::string line(Reader const&, TakeForeground const& step) {
    return fmt::format("foreground of terminal slot {}", step.slot);
}
std::string line(Reader const&, BecomeOrphan const&) { return "orphan"; }
std::string line(Reader const& in, Place const& step) {
    std::string text = "place";
    auto const slots = in.numbers(step.slots);
    auto const numbers = in.numbers(step.numbers);
    for (std::size_t n = 0; n < slots.size(); ++n)
        text += fmt::format(" {}<-slot{}", numbers[n], slots[n]);
    return text + (slots.empty() ? " none, close all" : ", close all others");
}
std::string line(Reader const& in, SetGroups const& step) {
    std::string text = "setgroups";
    for (auto const gid : in.numbers(step.groups))
        text += fmt::format(" {}", gid);
    return text + (step.groups.count == 0 ? " none" : "");
}
std::string line(Reader const&, SetGid const& step) { return fmt::format("setgid {}", step.gid); }
std::string line(Reader const&, SetUid const& step) { return fmt::format("setuid {}", step.uid); }
std::string line(Reader const&, SetDispositions const& step) {
    return "signals default, ignored " + signals_text(step.ignored);
}
std::string line(Reader const&, SetMask const& step) { return "signals blocked " + signals_text(step.blocked); }

std::string line(Reader const& in, SetEnvironment const& step) {
    auto const pids = in.numbers(step.pids);
    std::string text;
    for (auto const at : in.words(step.entries)) {
        auto const entry = in.text(at);
        bool const pid = std::ranges::any_of(pids, [&](std::uint32_t digits) {
            return digits >= at && digits - at == std::strlen(reinterpret_cast<char const*>(in.block + at));
        });
        text += fmt::format("{}env {}{}", text.empty() ? "" : "\n", entry, pid ? "<pid>" : "");
    }
    return text.empty() ? "env none" : text;
}

std::string arguments_text(Reader const& in, List argv) {
    std::string text;
    auto const words = in.words(argv);
    for (std::size_t n = 1; n < words.size(); ++n)
        text += " " + quoted(in.text(words[n]));
    return text;
}

std::string line(Reader const& in, Execute const& step) {
    auto const candidates = in.words(step.candidates);
    std::string text = candidates.size() > 1 ? "exec first of" : "exec";
    bool same = false;
    auto const name = in.text(in.words(step.argv).front());
    for (auto const candidate : candidates) {
        auto const path = in.text(candidate);
        text += " " + path;
        same = same || path == name || (candidates.size() > 1 && path.ends_with("/" + name));
    }
    return text + (same ? "" : " as " + quoted(name)) + arguments_text(in, step.argv);
}

std::string line(Reader const& in, ExecuteDescriptor const& step) {
    auto const name = quoted(in.text(in.words(step.argv).front()));
    return fmt::format("exec slot {} as {}{}", step.slot, name, arguments_text(in, step.argv));
}

} // namespace

std::string show(Plan const& plan) {
    auto* block = const_cast<std::byte*>(plan.block().data()); // nothing here writes
    if (plan.block().empty()) return {};
    auto const* header = reinterpret_cast<Header const*>(block);
    std::string text;
    if (header->cgroup != no_slot) text = fmt::format("born in cgroup of slot {}\n", header->cgroup);
    for_each_step(block, [&](StepHeader&, auto& step) { text += line(Reader{block}, step) + '\n'; });
    return text;
}

} // namespace mitori::process
