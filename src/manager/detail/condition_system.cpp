#include <algorithm>
#include <grp.h>
#include <pwd.h>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "manager/detail/condition_comparison.hpp"
#include "manager/detail/condition_tests.hpp"
#include "unit/words.hpp"

namespace mitori::manager {

namespace {

/// Debian's SYS_UID_MAX: users up to it belong to the system.
constexpr uid_t last_system_user = 999;

std::optional<std::string> machine_id_of(std::string_view text) {
    std::string id;
    for (char const c : text)
        if (c != '-') id += static_cast<char>(c >= 'A' && c <= 'F' ? c + ('a' - 'A') : c);
    bool const is_one = id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos &&
                        (text.size() == 32 || text.size() == 36);
    return is_one ? std::optional(id) : std::nullopt;
}

std::string lower(std::string_view text) {
    std::string lowered(text);
    for (char& c : lowered)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return lowered;
}

std::string os_release_value(Scene const& scene, std::string_view key) {
    std::string text = scene.text("/etc/os-release");
    if (text.empty()) text = scene.text("/usr/lib/os-release");
    std::string value;
    for (auto const line : base::split(text, "\n")) {
        auto const equals = line.find('=');
        if (equals == std::string_view::npos || base::trim(line.substr(0, equals)) != key) continue;
        auto const words = unit::split_words(line.substr(equals + 1), {.escapes = unit::Escapes::strip});
        if (words && !words->empty()) value = words->front();
    }
    return value;
}

bool is_credential_name(std::string_view name) {
    return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
           name.find_first_of("/:") == std::string_view::npos;
}

} // namespace

Held is_host(std::string const& parameter, Scene& scene) {
    if (auto const id = machine_id_of(parameter)) return id == machine_id_of(scene.line("/etc/machine-id"));
    return base::glob_match(lower(parameter), lower(scene.self().host_name));
}

Held has_credential(std::string const& parameter, Scene& scene) {
    if (!is_credential_name(parameter)) return false;
    for (auto const* folder : {"CREDENTIALS_DIRECTORY", "ENCRYPTED_CREDENTIALS_DIRECTORY"}) {
        auto const path = scene.variable(folder);
        if (path && scene.exists(*path + "/" + parameter)) return true;
    }
    return false;
}

Held has_variable(std::string const& parameter, Scene& scene) {
    auto const equals = parameter.find('=');
    auto const value = scene.variable(parameter.substr(0, equals));
    return value && (equals == std::string::npos || *value == parameter.substr(equals + 1));
}

/// Each word is KEY, an operator and a value; all have to hold.
Held is_os_release(std::string const& parameter, Scene& scene) {
    auto const words = unit::split_words(parameter);
    if (!words || words->empty()) return std::nullopt;
    for (auto const& word : *words) {
        auto const end = word.find_first_of("!<=>$");
        if (end == std::string::npos || end == 0) return std::nullopt;
        std::string_view rest = std::string_view(word).substr(end);
        auto const op = take_operator(rest);
        if (!op || rest.empty()) return std::nullopt;
        if (!compare_texts(os_release_value(scene, std::string_view(word).substr(0, end)), *op, rest)) return false;
    }
    return true;
}

Held is_user(std::string const& parameter, Scene& scene) {
    Self const& self = scene.self();
    if (auto const uid = base::parse_integer<uid_t>(parameter)) return *uid == self.uid || *uid == self.effective_uid;
    if (parameter == "@system") return self.uid <= last_system_user || self.effective_uid <= last_system_user;
    if (parameter == "root") return self.uid == 0 || self.effective_uid == 0;
    auto const* user = ::getpwnam(parameter.c_str());
    return user != nullptr && (user->pw_uid == self.uid || user->pw_uid == self.effective_uid);
}

Held is_group(std::string const& parameter, Scene& scene) {
    auto const& groups = scene.self().groups;
    auto gid = base::parse_integer<gid_t>(parameter);
    if (parameter == "root") gid = 0;
    if (!gid)
        if (auto const* group = ::getgrnam(parameter.c_str())) gid = group->gr_gid;
    return gid && std::ranges::find(groups, *gid) != groups.end();
}

Held is_first_boot(std::string const& parameter, Scene& scene) {
    auto const wanted = base::parse_boolean(parameter);
    if (!wanted) return std::nullopt;
    for (auto const& word : scene.command_line())
        if (word.starts_with("systemd.condition-first-boot="))
            if (auto const said = base::parse_boolean(word.substr(word.find('=') + 1))) return *said == *wanted;
    return scene.exists("/run/systemd/first-boot") == *wanted;
}

} // namespace mitori::manager
