#include "journal/origin.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/utsname.h>

#include "base/sys.hpp"
#include "base/text.hpp"

namespace mitori::journal {
namespace {

// The fixed part of show_origin; LogExtraFields= follow it.
enum : std::size_t {
    at_unit,
    at_invocation,
    at_identifier,
    at_scope,
    at_facility,
    at_level,
    at_level_max,
    at_prefix,
    at_console,
    at_interval,
    at_burst,
    fixed
};

template <class T>
std::string show_optional(std::optional<T> const& value) {
    return value ? fmt::format("{}", *value) : std::string();
}

base::Result<std::uint8_t> parse_small(std::string const& text, unsigned most) {
    auto const value = base::parse_integer<unsigned>(text);
    if (!value || *value > most) return base::make_error(EINVAL, "origin", text);
    return static_cast<std::uint8_t>(*value);
}

/// boot_id and machine-id: 32 hex digits, however they are written.
std::string plain_id(std::string_view text) {
    std::string id;
    for (char const c : base::trim(text))
        if (c != '-') id += c;
    return id.size() == 32 ? id : std::string();
}

} // namespace

std::vector<std::string> show_origin(Origin const& origin) {
    std::vector<std::string> texts(fixed);
    texts[at_unit] = origin.unit;
    texts[at_invocation] = origin.invocation;
    texts[at_identifier] = origin.identifier;
    texts[at_scope] = origin.scope == Scope::user ? "1" : "0";
    texts[at_facility] = show_optional(origin.facility);
    texts[at_level] = std::to_string(origin.level);
    texts[at_level_max] = std::to_string(origin.level_max);
    texts[at_prefix] = origin.level_prefix == LevelPrefix::on ? "1" : "0";
    texts[at_console] = origin.console == Origin::Console::yes ? "1" : "0";
    if (origin.rate_interval) texts[at_interval] = std::to_string(origin.rate_interval->count());
    texts[at_burst] = show_optional(origin.rate_burst);
    texts.insert(texts.end(), origin.extra_fields.begin(), origin.extra_fields.end());
    return texts;
}

base::Result<Origin> parse_origin(std::vector<std::string> const& texts) {
    if (texts.size() < fixed) return base::make_error(EINVAL, "origin", "too short");
    Origin origin{.unit = texts[at_unit],
                  .invocation = texts[at_invocation],
                  .identifier = texts[at_identifier],
                  .scope = texts[at_scope] == "1" ? Scope::user : Scope::system,
                  .level_prefix = texts[at_prefix] == "1" ? LevelPrefix::on : LevelPrefix::off,
                  .console = texts[at_console] == "1" ? Origin::Console::yes : Origin::Console::no};
    if (!texts[at_facility].empty()) origin.facility = TRY(parse_small(texts[at_facility], 127));
    origin.level = TRY(parse_small(texts[at_level], 7));
    origin.level_max = TRY(parse_small(texts[at_level_max], 7));
    if (!texts[at_interval].empty()) {
        auto const count = base::parse_integer<std::int64_t>(texts[at_interval]);
        if (!count) return base::make_error(EINVAL, "origin", texts[at_interval]);
        origin.rate_interval = base::Usec(*count);
    }
    if (!texts[at_burst].empty()) {
        origin.rate_burst = base::parse_integer<std::uint32_t>(texts[at_burst]);
        if (!origin.rate_burst) return base::make_error(EINVAL, "origin", texts[at_burst]);
    }
    origin.extra_fields.assign(texts.begin() + fixed, texts.end());
    return origin;
}

Machine read_machine() {
    Machine machine;
    if (auto const boot = base::sys::read_file("/proc/sys/kernel/random/boot_id")) machine.boot = plain_id(*boot);
    if (auto const id = base::sys::read_file("/etc/machine-id")) machine.id = plain_id(*id);
    utsname names{};
    if (::uname(&names) == 0) machine.host_name = static_cast<char const*>(names.nodename);
    return machine;
}

Label make_stream_label(Origin const& origin, Speaker const& speaker, Machine const& machine, std::uint8_t level) {
    std::vector<std::string> fields;
    auto const add = [&fields](std::string_view name, std::string_view value) {
        if (!value.empty()) fields.push_back(fmt::format("{}={}", name, value));
    };
    fields.push_back(fmt::format("PRIORITY={}", level));
    if (origin.facility) fields.push_back(fmt::format("SYSLOG_FACILITY={}", *origin.facility));
    add("SYSLOG_IDENTIFIER", origin.identifier);
    fields.emplace_back("_TRANSPORT=stdout");
    if (speaker.pid > 0) {
        fields.push_back(fmt::format("_PID={}", speaker.pid));
        fields.push_back(fmt::format("_UID={}", speaker.uid));
    }
    add("_COMM", speaker.command);
    add(origin.scope == Scope::user ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT", origin.unit);
    add("_SYSTEMD_INVOCATION_ID", origin.invocation);
    add("_BOOT_ID", machine.boot);
    add("_HOSTNAME", machine.host_name);
    fields.insert(fields.end(), origin.extra_fields.begin(), origin.extra_fields.end());
    return make_label(std::move(fields));
}

std::optional<std::string> unit_of_group(std::string_view path) {
    std::optional<std::string> unit;
    for (auto const part : base::split(path, "/"))
        for (std::string_view const ending : {".service", ".scope", ".socket", ".mount", ".swap"})
            if (part.size() > ending.size() && part.ends_with(ending)) unit = std::string(part);
    return unit;
}

namespace {

std::string read_group(pid_t pid) {
    auto const text = base::sys::read_file(fmt::format("/proc/{}/cgroup", pid));
    if (!text) return {};
    // "0::/path" is the unified hierarchy; beside v1 controllers it stands last.
    for (auto const line : base::split(*text, "\n"))
        if (line.starts_with("0::")) return std::string(line.substr(3));
    return {};
}

std::string read_command_line(pid_t pid) {
    auto text = base::sys::read_file(fmt::format("/proc/{}/cmdline", pid));
    if (!text) return {};
    while (text->ends_with('\0'))
        text->pop_back();
    for (auto& c : *text)
        if (c == '\0') c = ' ';
    return *std::move(text);
}

} // namespace

std::optional<std::string> read_unit_of(pid_t pid) { return pid > 0 ? unit_of_group(read_group(pid)) : std::nullopt; }

Label make_sender_label(Sender const& sender, Machine const& machine) {
    std::vector<std::string> fields;
    auto const add = [&fields](std::string_view name, std::string_view value) {
        if (!value.empty()) fields.push_back(fmt::format("{}={}", name, value));
    };
    add("_TRANSPORT", sender.transport);
    if (sender.pid > 0) {
        fields.push_back(fmt::format("_PID={}", sender.pid));
        fields.push_back(fmt::format("_UID={}", sender.uid));
        fields.push_back(fmt::format("_GID={}", sender.gid));
        add("_COMM", read_command(sender.pid));
        if (auto const exe = base::sys::read_link(fmt::format("/proc/{}/exe", sender.pid))) add("_EXE", *exe);
        add("_CMDLINE", read_command_line(sender.pid));
        add("_SYSTEMD_CGROUP", read_group(sender.pid));
    }
    if (auto const& origin = sender.origin) {
        add(origin->scope == Scope::user ? "_SYSTEMD_USER_UNIT" : "_SYSTEMD_UNIT", origin->unit);
        add("_SYSTEMD_INVOCATION_ID", origin->invocation);
    }
    add("_BOOT_ID", machine.boot);
    add("_MACHINE_ID", machine.id);
    add("_HOSTNAME", machine.host_name);
    return make_label(std::move(fields));
}

pid_t read_parent(pid_t pid) {
    auto const text = base::sys::read_file(fmt::format("/proc/{}/stat", pid));
    if (!text) return 0;
    // "12 (a name) S 1 …": the name may hold anything, also a bracket.
    auto const end = text->rfind(')');
    if (end == text->npos) return 0;
    auto const rest = base::split(std::string_view(*text).substr(end + 1));
    return rest.size() < 2 ? 0 : base::parse_integer<pid_t>(rest[1]).value_or(0);
}

std::string read_command(pid_t pid) {
    if (pid <= 0) return {};
    auto text = base::sys::read_file(fmt::format("/proc/{}/comm", pid));
    if (!text) return {};
    if (text->ends_with('\n')) text->pop_back();
    return *std::move(text);
}

} // namespace mitori::journal
