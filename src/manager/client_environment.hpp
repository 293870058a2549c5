// The environment that services inherit: the manager's own, with what clients have set over it (systemctl
// set-environment). org.freedesktop.systemd1(5), SetEnvironment().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mitori::manager {

class ClientEnvironment {
public:
    ClientEnvironment() = default;
    explicit ClientEnvironment(std::vector<std::string> own) : own_(std::move(own)) {}

    /// First takes back, then sets. `unset` holds names, or assignments that are only taken back as they are; `set`
    /// assignments. The manager's own variables can be set over but not taken away. EINVAL with the first word that is
    /// neither; nothing has changed then.
    [[nodiscard]] base::Result<void> change(std::vector<std::string> const& unset, std::vector<std::string> const& set);
    /// "K=V", each name once, sorted.
    [[nodiscard]] std::vector<std::string> entries() const;

private:
    std::vector<std::string> own_;
    std::vector<std::string> set_; ///< by clients
};

} // namespace mitori::manager
