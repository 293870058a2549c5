#include "unit/detail/specifiers.hpp"

#include <fmt/format.h>

#include "unit/load.hpp"
#include "unit/name.hpp"

namespace mitori::unit {
namespace {

using base::make_error;
using base::Result;

constexpr std::size_t longest = 1U << 20;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// A value of the machine that the manager may not know: to leave it empty would make "/run//x" of "/run/%m/x".
Result<std::string> known(std::string const& value, std::string_view what) {
    if (value.empty()) return make_error(0, fmt::format("{} is not known here", what));
    return value;
}

std::string os_release(Host const& host, std::string const& field) {
    auto const found = host.os_release.find(field);
    return found != host.os_release.end() ? found->second : std::string();
}

std::string short_host_name(Host const& host) { return host.host_name.substr(0, host.host_name.find('.')); }

std::string_view last_component(std::string_view prefix) { return prefix.substr(prefix.rfind('-') + 1); }

std::string_view without_suffix(std::string_view id) { return id.substr(0, id.rfind('.')); }

std::string_view directory_of(std::string_view path) {
    auto const slash = path.rfind('/');
    return slash == 0 || slash == std::string_view::npos ? std::string_view("/") : path.substr(0, slash);
}

/// What comes from the unit's own name and place.
Result<std::optional<std::string>> from_unit(Specifiers const& unit, char letter) {
    switch (letter) {
    case 'n': return std::string(unit.id);
    case 'N': return std::string(without_suffix(unit.id));
    case 'p': return std::string(unit.prefix);
    case 'P': return unescape(unit.prefix);
    case 'i': return std::string(unit.instance);
    case 'I': return unescape(unit.instance);
    case 'j': return std::string(last_component(unit.prefix));
    case 'J': return unescape(last_component(unit.prefix));
    case 'f': return unescape_path(unit.instance.empty() ? unit.prefix : unit.instance);
    case 'y':
    case 'Y':
        if (unit.fragment.empty()) return make_error(0, "the unit has no file");
        return std::string(letter == 'y' ? unit.fragment : directory_of(unit.fragment));
    default: return std::nullopt;
    }
}

/// Folders and the manager's user.
Result<std::optional<std::string>> from_manager(Specifiers const& unit, char letter) {
    Host const& host = *unit.host;
    switch (letter) {
    case 't': return known(host.runtime_directory, "the runtime directory");
    case 'd': return fmt::format("{}/credentials/{}", host.runtime_directory, unit.id);
    case 'S': return known(host.state_directory, "the state directory");
    case 'C': return known(host.cache_directory, "the cache directory");
    case 'L': return known(host.logs_directory, "the logs directory");
    case 'E': return known(host.configuration_directory, "the configuration directory");
    case 'T': return known(host.temporary_directory, "the temporary directory");
    case 'V': return known(host.large_temporary_directory, "the large temporary directory");
    case 'u': return host.user_name;
    case 'U': return fmt::format("{}", host.uid);
    case 'g': return host.group_name;
    case 'G': return fmt::format("{}", host.gid);
    case 'h': return known(host.user_home, "the user's home");
    case 's': return known(host.user_shell, "the user's shell");
    default: return std::nullopt;
    }
}

Result<std::optional<std::string>> from_machine(Host const& host, char letter) {
    switch (letter) {
    case 'H': return host.host_name;
    case 'l': return short_host_name(host);
    case 'q': return host.pretty_host_name.empty() ? short_host_name(host) : host.pretty_host_name;
    case 'm': return known(host.machine_id, "the machine ID");
    case 'b': return known(host.boot_id, "the boot ID");
    case 'v': return host.kernel_release;
    case 'a': return host.architecture;
    case 'o': return os_release(host, "ID");
    case 'w': return os_release(host, "VERSION_ID");
    case 'B': return os_release(host, "BUILD_ID");
    case 'W': return os_release(host, "VARIANT_ID");
    case 'A': return os_release(host, "IMAGE_VERSION");
    case 'M': return os_release(host, "IMAGE_ID");
    default: return std::nullopt;
    }
}

Result<std::optional<std::string>> value_of_letter(Specifiers const& unit, char letter) {
    if (auto value = TRY(from_unit(unit, letter))) return value;
    if (auto value = TRY(from_manager(unit, letter))) return value;
    return from_machine(*unit.host, letter);
}

} // namespace

Result<std::string> Specifiers::expand(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool const last = i + 1 == text.size();
        if (text[i] != '%' || last || (text[i + 1] != '%' && !is_letter_or_digit(text[i + 1]))) {
            out += text[i];
            continue;
        }
        char const letter = text[++i];
        if (letter == '%') {
            out += '%';
            continue;
        }
        auto value = value_of_letter(*this, letter);
        if (!value)
            return make_error(0, fmt::format("specifier %{} has no value: {}", letter, value.error().message()));
        if (!*value)
            return make_error(
                0, fmt::format("unknown specifier %{} at character {} of \"{}\"", letter, i, text.substr(0, 60)));
        out += **value;
        if (out.size() > longest) return make_error(0, "specifiers make the value longer than 1 MiB");
    }
    return out;
}

void Specifiers::remark(std::string sentence) const {
    if (remarks != nullptr) remarks->push_back(std::move(sentence));
}

Specifiers make_specifiers(std::string_view id, Host const& host, std::string_view fragment) {
    auto const stem = without_suffix(id);
    auto const at = stem.find('@');
    Specifiers made{.id = id, .prefix = stem.substr(0, at), .fragment = fragment, .host = &host};
    if (at != std::string_view::npos) made.instance = stem.substr(at + 1);
    return made;
}

} // namespace mitori::unit
