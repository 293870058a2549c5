#include "procfs/detail/parse.hpp"

#include <algorithm>
#include <limits>

#include "base/text.hpp"

namespace mitori::procfs::detail {
namespace {

/// Fields of proc(5)'s /proc/<pid>/stat, counted from the one that follows the name.
enum Field : std::size_t {
    state = 0,
    ppid = 1,
    pgrp = 2,
    session = 3,
    utime = 11,
    stime = 12,
    num_threads = 17,
    starttime = 19,
    rss = 21,
};

/// Ticks to microseconds without overflow: a text of any bytes may claim any number.
base::Usec from_ticks(std::uint64_t ticks, std::uint64_t per_second) {
    constexpr std::uint64_t second = 1'000'000;
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<base::Usec::rep>::max());
    std::uint64_t usec = 0;
    if (per_second == 0 || __builtin_mul_overflow(ticks, second / per_second, &usec) || usec > most)
        return base::infinity;
    return base::Usec(static_cast<base::Usec::rep>(usec));
}

/// Reads fields and remembers whether one was no number.
class Fields {
public:
    explicit Fields(std::string_view text) : words_(base::split(text, " \n")) {}
    [[nodiscard]] bool complete() const { return complete_; }
    [[nodiscard]] char letter(Field field) { return field < words_.size() ? words_[field].front() : fail('?'); }
    template <class Int>
    [[nodiscard]] Int number(Field field) {
        auto const value = field < words_.size() ? base::parse_integer<Int>(words_[field]) : std::nullopt;
        return value ? *value : fail(Int{});
    }

private:
    template <class T>
    T fail(T value) {
        complete_ = false;
        return value;
    }
    std::vector<std::string_view> words_;
    bool complete_ = true;
};

} // namespace

std::optional<Process> parse_stat(std::string_view text, Units units) {
    auto const open = text.find('(');
    auto const close = text.rfind(')');
    if (open == text.npos || close == text.npos || close < open) return std::nullopt;
    auto const pid = base::parse_integer<pid_t>(base::trim(text.substr(0, open)));
    if (!pid || *pid <= 0) return std::nullopt;
    Fields fields(text.substr(close + 1));
    Process process{
        .pid = *pid,
        .parent = fields.number<pid_t>(ppid),
        .group = fields.number<pid_t>(pgrp),
        .session = fields.number<pid_t>(session),
        .state = fields.letter(state),
        .start_ticks = fields.number<std::uint64_t>(starttime),
        .cpu = base::plus(from_ticks(fields.number<std::uint64_t>(utime), units.ticks_per_second),
                          from_ticks(fields.number<std::uint64_t>(stime), units.ticks_per_second)),
        .resident = fields.number<std::uint64_t>(rss) * units.page_size,
        .threads = fields.number<std::uint32_t>(num_threads),
        .comm = std::string(text.substr(open + 1, close - open - 1)),
    };
    if (!fields.complete()) return std::nullopt;
    return process;
}

std::string parse_command_line(std::string_view text) {
    auto const end = text.find_last_not_of(std::string_view("\0 ", 2));
    if (end == text.npos) return "";
    std::string line(text.substr(0, end + 1));
    for (char& c : line)
        if (c == '\0') c = ' ';
    return base::printable(line);
}

std::optional<std::string_view> find_variable(std::string_view environment, std::string_view name) {
    while (!environment.empty()) {
        auto const entry = environment.substr(0, environment.find('\0'));
        if (entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=')
            return entry.substr(name.size() + 1);
        environment.remove_prefix(std::min(entry.size() + 1, environment.size()));
    }
    return std::nullopt;
}

std::optional<std::uint64_t> find_field(std::string_view text, std::string_view key, std::size_t nth) {
    for (auto const line : base::split(text, "\n")) {
        if (line.size() <= key.size() || !line.starts_with(key) || line[key.size()] != ':') continue;
        auto const words = base::split(line.substr(key.size() + 1));
        return nth < words.size() ? base::parse_integer<std::uint64_t>(words[nth]) : std::nullopt;
    }
    return std::nullopt;
}

std::vector<pid_t> parse_pids(std::string_view text) {
    std::vector<pid_t> pids;
    for (auto const word : base::split(text))
        if (auto const pid = base::parse_integer<pid_t>(word); pid && *pid > 0) pids.push_back(*pid);
    return pids;
}

} // namespace mitori::procfs::detail
