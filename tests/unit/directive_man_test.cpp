// man/mitori.directives.7.scd names every directive with its state, as the table has it.
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <map>
#include <string>

#include "base/text.hpp"
#include "unit/table.hpp"

namespace mitori::unit::test {
namespace {

/// "Service.Nice" -> whether the page says that it is honoured.
using States = std::map<std::string, bool>;

/// "# [SERVICE]: ITS PROCESSES" -> "Service"
std::string section_of_heading(std::string_view line) {
    for (auto const section : {Section::unit, Section::service, Section::install})
        if (base::equal_ignoring_case(line.substr(3, line.find(']') - 3), section_name(section)))
            return std::string(section_name(section));
    return "";
}

/// A paragraph begins "*Name=*, *Other=*" and its text, on the next line, with "Honoured." or "Not honoured yet.".
States read_page() {
    std::ifstream page(MITORI_TEST_DATA "/../../man/mitori.directives.7.scd");
    EXPECT_TRUE(page.is_open());
    States states;
    std::string section;
    std::string heads;
    for (std::string line; std::getline(page, line);) {
        if (line.starts_with("# [")) section = section_of_heading(line);
        if (line.starts_with('*')) heads = line;
        bool const honoured = line.starts_with("\tHonoured.");
        if (!honoured && !line.starts_with("\tNot honoured yet.")) continue;
        for (auto const name : base::split(heads, "*=, "))
            EXPECT_TRUE(states.emplace(fmt::format("{}.{}", section, name), honoured).second) << name;
    }
    return states;
}

TEST(DirectivesPage, says_of_every_directive_whether_it_is_honoured) {
    States in_table;
    for (auto const& row : directives())
        in_table.emplace(fmt::format("{}.{}", section_name(row.section), row.name), row.honoured == Honoured::yes);
    EXPECT_EQ(read_page(), in_table);
}

} // namespace
} // namespace mitori::unit::test
