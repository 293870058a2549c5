#include "procfs/detail/row_parse.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace mitori::procfs::detail {
namespace {

/// The numbers of a line, one after the other. Once one is missing, all are 0 and it says so.
class Numbers {
public:
    explicit Numbers(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

    template <class Int>
    void take(Int& into) {
        skip_blanks();
        auto const [next, error] = std::from_chars(at_, end_, into);
        good_ = good_ && error == std::errc{};
        at_ = next;
    }
    /// A field that is of no use here.
    void skip(int count = 1) {
        for (; count > 0; --count) {
            skip_blanks();
            good_ = good_ && at_ != end_;
            while (at_ != end_ && *at_ != ' ')
                ++at_;
        }
    }
    [[nodiscard]] bool good() const { return good_; }

private:
    void skip_blanks() {
        while (at_ != end_ && *at_ == ' ')
            ++at_;
    }
    char const* at_;
    char const* end_;
    bool good_ = true;
};

/// The fields behind the name and the state, in the order of proc(5).
bool take_fields(std::string_view text, Row& row) {
    Numbers fields(text);
    fields.take(row.parent);
    fields.take(row.group);
    fields.take(row.session);
    std::int32_t terminal = 0; // printed with a sign
    fields.take(terminal);
    row.terminal = static_cast<std::uint32_t>(terminal);
    fields.take(row.foreground);
    fields.take(row.flags);
    fields.take(row.minor_faults);
    fields.skip(); // of children
    fields.take(row.major_faults);
    fields.skip();
    fields.take(row.user_ticks);
    fields.take(row.system_ticks);
    fields.skip(2); // of children
    fields.take(row.priority);
    fields.take(row.nice);
    fields.take(row.threads);
    fields.skip(); // itrealvalue
    fields.take(row.start_ticks);
    fields.take(row.virtual_bytes);
    fields.take(row.resident_pages);
    if (!fields.good()) return false;
    fields.skip(14); // rsslim to exit_signal, but for the last
    fields.take(row.processor);
    fields.take(row.real_time);
    fields.take(row.policy);
    return true; // those stand in every kernel that we know; an older one would have had none
}

std::uint64_t first_number(std::string_view text, int base = 10) {
    std::uint64_t number = 0;
    auto const value = base::trim(text);
    std::from_chars(value.data(), value.data() + value.size(), number, base);
    return number;
}

void take_ids(std::string_view text, Ids& into) {
    Ids ids{};
    char const* at = text.data();
    char const* const end = at + text.size();
    for (auto& id : ids) {
        while (at != end && (*at == '\t' || *at == ' '))
            ++at;
        auto const [next, error] = std::from_chars(at, end, id);
        if (error != std::errc{}) return;
        at = next;
    }
    into = ids;
}

void take_pids(std::string_view text, std::vector<pid_t>& into) {
    into.clear();
    for (auto const word : base::split(text))
        if (auto const pid = base::parse_integer<pid_t>(word)) into.push_back(*pid);
}

/// The lines of /proc/PID/status that rows hold.
void take_line(std::string_view key, std::string_view value, Row& row) {
    constexpr int hex = 16;
    if (key == "Uid") return take_ids(value, row.uids);
    if (key == "Gid") return take_ids(value, row.gids);
    if (key == "VmRSS") row.resident_kib = first_number(value);
    if (key == "VmLck") row.locked_kib = first_number(value);
    if (key == "VmSwap") row.swap_kib = first_number(value);
    if (key == "TracerPid") row.tracer = static_cast<pid_t>(first_number(value));
    if (key == "Seccomp") row.seccomp = static_cast<std::uint32_t>(first_number(value));
    if (key == "SigPnd") row.pending = {first_number(value, hex)};
    if (key == "ShdPnd") row.shared_pending = {first_number(value, hex)};
    if (key == "SigBlk") row.blocked = {first_number(value, hex)};
    if (key == "SigIgn") row.ignored = {first_number(value, hex)};
    if (key == "SigCgt") row.caught = {first_number(value, hex)};
    if (key == "CapEff") row.capabilities = first_number(value, hex);
    if (key == "NSpid") take_pids(value, row.pids_inside);
}

/// Whether a line of status can be one that take_line() knows, by its first letter.
bool is_of_use(char first) { return std::string_view("UGVTSCN").find(first) != std::string_view::npos; }

template <class Take>
void for_each_line(std::string_view text, Take const& take) {
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        take(line);
        text.remove_prefix(std::min(line.size() + 1, text.size()));
    }
}

} // namespace

bool parse_stat_row(std::string_view text, Row& row) {
    auto const open = text.find('(');
    auto const close = text.rfind(')');
    if (open == text.npos || close == text.npos || close < open || close + 3 > text.size()) return false;
    auto const pid = base::parse_integer<pid_t>(base::trim(text.substr(0, open)));
    if (!pid || *pid <= 0) return false;
    row.pid = *pid;
    row.comm.assign(text.substr(open + 1, close - open - 1));
    row.state = text[close + 2];
    return take_fields(text.substr(close + 3), row);
}

void parse_status(std::string_view text, Row& row) {
    for_each_line(text, [&row](std::string_view line) {
        if (line.empty() || !is_of_use(line.front())) return;
        auto const colon = line.find(':');
        if (colon != line.npos) take_line(line.substr(0, colon), line.substr(colon + 1), row);
    });
}

void parse_io(std::string_view text, Row& row) {
    for_each_line(text, [&row](std::string_view line) {
        if (line.starts_with("read_bytes:")) row.read_bytes = first_number(line.substr(line.find(':') + 1));
        if (line.starts_with("write_bytes:")) row.written_bytes = first_number(line.substr(line.find(':') + 1));
    });
}

std::string joined_arguments(std::string_view text) {
    auto const end = text.find_last_not_of(std::string_view("\0 ", 2));
    if (end == text.npos) return "";
    std::string line(text.substr(0, end + 1));
    std::ranges::replace(line, '\0', ' ');
    return line;
}

void parse_cgroup(std::string_view text, Row& row) {
    std::string_view best;
    std::string_view unified;
    for_each_line(text, [&](std::string_view line) {
        auto const first = line.find(':');
        auto const second = first == line.npos ? line.npos : line.find(':', first + 1);
        if (second == line.npos) return;
        auto const path = line.substr(second + 1);
        if (line.starts_with("0::")) unified = path;
        if (line.substr(first + 1, second - first - 1) == "memory") row.memory_cgroup = path;
        if (path.size() > best.size()) best = path;
    });
    row.cgroup = unified.size() > 1 ? unified : best;
}

} // namespace mitori::procfs::detail
