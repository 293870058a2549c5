// What tests of the directive table share: reading lines without the parser, and a value written as busctl(1) does.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "status/value.hpp"
#include "unit/detail/specifiers.hpp"
#include "unit/directive.hpp"
#include "unit/load.hpp"
#include "unit/unit.hpp"

namespace mitori::unit::test {

/// A unit of that name to which settings are given one by one; it collects what was remarked.
class Bench {
public:
    explicit Bench(std::string id = "everything.service");
    /// "Service", "Nice", "5": fails the test where there is no such row or it is not honoured.
    base::Result<void> set(std::string_view section, std::string_view name, std::string_view text);
    /// The value of the property as busctl shows it: "i 5".
    [[nodiscard]] std::string shown(std::string_view property) const;

    Unit unit;
    Host host;
    std::vector<std::string> remarks;
};

[[nodiscard]] std::string as_busctl(status::Value const& value);

/// The name of a section as files write it, without brackets.
[[nodiscard]] std::string_view section_name(Section section);

/// A property of the table, the row's own or a further one.
struct TableProperty {
    std::string_view interface;
    std::string_view name;
    Directive::Show show;
};
[[nodiscard]] std::vector<TableProperty> table_properties();

/// The whole of a file in tests/unit/data, by lines.
[[nodiscard]] std::vector<std::string> data_lines(std::string_view name);

} // namespace mitori::unit::test
