#include "cli/detail/ps_values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>

#include "base/text.hpp"

namespace mitori::cli::detail {
namespace {

constexpr std::string_view separators = ", \t";

std::string unknown(std::string_view what, std::string_view word) {
    return fmt::format("Unknown {} '{}'.", what, base::printable(word));
}

std::string unknown_field(std::string_view word) {
    std::vector<std::string_view> names;
    for (auto const& field : ps_fields())
        names.push_back(field.name);
    auto const near = base::nearest(word, names);
    return unknown("field", word) + (near ? fmt::format(" Did you mean '{}'?", *near) : "");
}

PsColumn column(std::string_view name) {
    auto const* const field = find_ps_field(name);
    return {field, std::string(field->header)};
}

std::vector<PsColumn> columns(std::string_view names) {
    std::vector<PsColumn> made;
    for (auto const name : base::split(names))
        made.push_back(column(name));
    return made;
}

/// ps(1)'s formats: the fields of each.
std::string_view fields_of(PsReading const& reading) {
    auto const& format = reading.format;
    if (format.bsd_user) return "user pid %cpu %mem vsz rss tname stat start_time bsdtime args";
    if (format.bsd_long) return "f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args";
    if (format.bsd_jobs) return "ppid pid pgid sid tname tpgid stat uid bsdtime args";
    if (format.bsd_signals) return "uid pid pending blocked ignored caught stat tname bsdtime args";
    if (format.bsd_memory) return "pid tname stat bsdtime maj_flt vsz rss %mem args";
    if (format.extra) return "uid_hack pid ppid c sz rss psr stime tname time cmd";
    if (format.long_ && format.full) return "f s uid_hack pid ppid c opri ni addr sz wchan stime tname time cmd";
    if (format.long_) return "f s uid pid ppid c opri ni addr sz wchan tname time ucmd";
    if (format.full && format.jobs) return "uid_hack pid ppid pgid sid c stime tname time cmd";
    if (format.full) return "uid_hack pid ppid c stime tname time cmd";
    if (format.jobs) return "pid pgid sid tname time ucmd";
    if (reading.options.json)
        return "pid ppid pgid sid tty stat user nlwp ni %cpu %mem vsz rss start_time times unit container comm args";
    if (reading.options.selection.bsd) return "pid tname stat bsdtime args";
    return "pid tname time ucmd";
}

/// Threads have a number of their own, behind that of their process, or of its parent.
void add_thread_columns(std::vector<PsColumn>& into, PsFormat const& format) {
    auto const is = [](std::string_view name) {
        return [name](PsColumn const& one) { return one.field->name == name; };
    };
    auto at = std::ranges::find_if(into, is("ppid"));
    if (at == into.end()) at = std::ranges::find_if(into, is("pid"));
    if (at == into.end()) return;
    into.insert(at + 1, column(format.spid ? "spid" : "lwp"));
    auto const share = std::ranges::find_if(into, is("c"));
    if (share != into.end() && format.full) into.insert(share + 1, column("nlwp"));
}

/// POSIX has a header go on to the end of the word; ps(1) ends it where another field follows, and so do we.
std::string_view header_of(std::string_view text) {
    for (auto comma = text.find(','); comma != text.npos; comma = text.find(',', comma + 1)) {
        auto const next = text.substr(comma + 1);
        if (find_ps_field(next.substr(0, next.find_first_of(",=:"))) != nullptr) return text.substr(0, comma);
    }
    return text;
}

} // namespace

PsError take_numbers(std::vector<pid_t>& into, std::string const& list) {
    auto const words = base::split(list, separators);
    if (words.empty()) return "A list of numbers is missing.";
    for (auto const word : words) {
        auto const number = base::parse_integer<pid_t>(word);
        if (!number || *number < 0) return fmt::format("'{}' is no process number.", base::printable(word));
        into.push_back(*number);
    }
    return std::nullopt;
}

PsError take_users(std::vector<std::uint32_t>& into, std::string const& list) {
    for (auto const word : base::split(list, separators)) {
        if (auto const number = base::parse_integer<std::uint32_t>(word)) {
            into.push_back(*number);
            continue;
        }
        passwd const* const user = ::getpwnam(std::string(word).c_str());
        if (user == nullptr) return unknown("user", word);
        into.push_back(user->pw_uid);
    }
    return std::nullopt;
}

PsError take_groups(std::vector<std::uint32_t>& into, std::string const& list) {
    for (auto const word : base::split(list, separators)) {
        if (auto const number = base::parse_integer<std::uint32_t>(word)) {
            into.push_back(*number);
            continue;
        }
        ::group const* const group = ::getgrnam(std::string(word).c_str());
        if (group == nullptr) return unknown("group", word);
        into.push_back(group->gr_gid);
    }
    return std::nullopt;
}

PsError take_terminals(std::vector<std::uint32_t>& into, std::string const& list) {
    for (auto const word : base::split(list, separators)) {
        auto const number = word == "-" || word == "?" ? 0 : procfs::terminal_number(std::string(word));
        if (!number) return unknown("terminal", word);
        into.push_back(*number);
    }
    return std::nullopt;
}

PsError take_words(std::vector<std::string>& into, std::string const& list) {
    for (auto const word : base::split(list, ","))
        into.emplace_back(word);
    return std::nullopt;
}

PsError take_sessions_or_groups(PsSelection& into, std::string const& list) {
    for (auto const word : base::split(list, separators)) {
        if (auto const number = base::parse_integer<pid_t>(word))
            into.sessions.push_back(*number);
        else if (auto wrong = take_groups(into.effective_groups, std::string(word)))
            return wrong;
    }
    return std::nullopt;
}

PsError take_columns(PsOptions& into, std::string const& list) {
    if (list == "json") {
        into.json = true;
        return std::nullopt;
    }
    std::string_view rest = list;
    while (!rest.empty()) {
        auto const end = rest.find_first_of(", =");
        auto word = rest.substr(0, end);
        PsColumn made;
        if (auto const colon = word.rfind(':'); colon != word.npos) {
            auto const width = base::parse_integer<std::size_t>(word.substr(colon + 1));
            if (!width || *width == 0 || *width > 4096) return unknown("width", word.substr(colon + 1));
            made.width = *width;
            word = word.substr(0, colon);
        }
        made.field = find_ps_field(word);
        if (made.field == nullptr) return unknown_field(word);
        made.header = made.field->header;
        rest.remove_prefix(end == rest.npos ? rest.size() : end);
        if (rest.starts_with('=')) {
            made.header = header_of(rest.substr(1));
            rest.remove_prefix(1 + made.header.size());
        }
        into.columns.push_back(std::move(made));
        while (!rest.empty() && separators.find(rest.front()) != separators.npos)
            rest.remove_prefix(1);
    }
    return list.empty() ? PsError("A list of fields is missing.") : std::nullopt;
}

PsError take_sort(std::vector<PsSortKey>& into, std::string const& list) {
    for (auto word : base::split(list, separators)) {
        PsSortKey key;
        if (word.starts_with('-')) key.order = PsSortKey::Order::falling;
        if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
        key.field = find_ps_field(word);
        if (key.field == nullptr) return unknown_field(word);
        into.push_back(key);
    }
    return std::nullopt;
}

PsError take_watch(std::optional<base::Usec>& into, std::string const& seconds) {
    auto const span = base::parse_span(seconds);
    if (!span || span->count() <= 0 || *span == base::infinity) return unknown("span of time", seconds);
    into = *span;
    return std::nullopt;
}

std::vector<PsColumn> columns_of(PsReading const& reading) {
    auto made = columns(fields_of(reading));
    if (reading.options.threads) add_thread_columns(made, reading.format);
    return made;
}

} // namespace mitori::cli::detail
