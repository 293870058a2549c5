// One property as `show` prints it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "status/value.hpp"

namespace mitori::cli::detail {

struct Shown {
    /// single: one line, "Name=" alone where there is nothing to say and empty properties are asked for too.
    /// lines: one line for each item, none at all for none.
    enum class Kind { unprintable, single, lines };
    Kind kind = Kind::unprintable;
    std::vector<std::string> lines; ///< what stands after "Name=", at most one for single
    std::string when_empty;         ///< stands there where `lines` is empty and that is shown
};
[[nodiscard]] Shown show_property(std::string_view name, status::Value const& value);

} // namespace mitori::cli::detail
