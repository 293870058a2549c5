// Unit names: systemd.unit(5), unit_name escaping.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "unit/unit.hpp"

namespace mitori::unit {

inline constexpr std::size_t name_max = 255;

/// "foo.service": prefix foo. "foo@bar.service": prefix foo, instance bar. "foo@.service": a template.
struct NameParts {
    std::string prefix;
    std::optional<std::string> instance; ///< "" for a template
    Type type;
};
[[nodiscard]] std::optional<NameParts> parse_name(std::string_view name);
[[nodiscard]] bool is_template(std::string_view name);
/// "foo@bar.service" -> "foo@.service"; empty for a plain name.
[[nodiscard]] std::string template_of(std::string_view name);
/// "foo@.service" with "bar" -> "foo@bar.service".
[[nodiscard]] std::string instantiate(std::string_view template_name, std::string_view instance);
/// What people type: "nginx" -> "nginx.service", "/dev/sda" -> "dev-sda.device", "/srv" -> "srv.mount"; bytes that no
/// unit name holds are escaped.
[[nodiscard]] std::string mangle(std::string_view text);
/// systemd-escape: "a b/c" -> "a\x20b-c".
[[nodiscard]] std::string escape(std::string_view text);
[[nodiscard]] std::string unescape(std::string_view text);
[[nodiscard]] std::string escape_path(std::string_view path);
[[nodiscard]] std::string unescape_path(std::string_view name);

} // namespace mitori::unit
