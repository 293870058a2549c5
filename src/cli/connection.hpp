// A manager that is asked only for what nobody else knows, and that may be missing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "control/control.hpp"

namespace mitori::cli {

/// Keeps the connection of its faces.
class Connection {
public:
    virtual ~Connection() = default;
    [[nodiscard]] virtual control::Faces faces() = 0;
};

/// The manager with that runtime folder, or of this place, when one answers; nothing else. Connects when it is called,
/// not before. May be empty.
using ManagerFinder = std::function<std::unique_ptr<Connection>(std::optional<std::string> const& runtime_directory)>;

} // namespace mitori::cli
