// %-specifiers of systemd.unit(5) "SPECIFIERS", for one unit in one manager.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mitori::unit {

struct Host;

/// What a directive's row is told about the unit it reads for. All views and pointers outlive the reading.
struct Specifiers {
    std::string_view id;       ///< %n: "foo@bar.service"
    std::string_view prefix;   ///< %p: "foo"
    std::string_view instance; ///< %i: "bar"; empty for plain units and templates
    std::string_view fragment; ///< %y; empty: there is none
    Host const* host = nullptr;
    /// Where a row says what is odd but no error (an unknown escape that is kept). Without place: the parser adds it.
    std::vector<std::string>* remarks = nullptr;

    /// Errors (sentences, number 0): an unknown specifier (with its position, from 1), one that has no value here, a
    /// result of more than 1 MiB. A "%" that no letter or digit follows stands for itself.
    [[nodiscard]] base::Result<std::string> expand(std::string_view text) const;
    /// Adds one sentence to `remarks`, if anybody listens.
    void remark(std::string sentence) const;
};

/// For `id`; the views point into it. An id that is no unit name has itself as prefix.
[[nodiscard]] Specifiers make_specifiers(std::string_view id, Host const& host, std::string_view fragment = {});

} // namespace mitori::unit
