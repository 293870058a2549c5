#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exec/facts.hpp"

namespace mitori::exec {

/// The systemd manager's own search path, where programs named without a slash are looked for; also the default $PATH.
inline constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Environment variables while they are put together: a later setting of a name takes the place of an earlier one.
class Variables {
public:
    void set(std::string_view name, std::string value);
    void set(std::vector<unit::EnvironmentEntry> const& entries);
    /// "K=V" each; what has no "=" is passed over.
    void set_entries(std::vector<std::string> const& entries);
    /// The child's pid, which only the child knows.
    void set_pid(std::string_view name);
    /// As UnsetEnvironment=: a name, or "K=V" for exactly this value.
    void unset(std::string_view pattern);

    [[nodiscard]] std::vector<std::string> entries() const;
    [[nodiscard]] std::vector<std::string> pid_variables() const;

private:
    struct Variable {
        std::string name;
        std::optional<std::string> value; ///< nothing: the child's pid
    };
    Variable& at(std::string_view name);
    std::vector<Variable> variables_;
};

/// The environment of a unit's child with what only the child can add. See make_environment.
[[nodiscard]] Variables collect_variables(unit::Unit const& unit, Purpose purpose, Facts const& facts,
                                          Place const& place);

/// The value of `name` among "K=V" entries, the last one of several.
[[nodiscard]] std::optional<std::string_view> find_variable(std::vector<std::string> const& environment,
                                                            std::string_view name);

} // namespace mitori::exec
