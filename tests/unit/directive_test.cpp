// The table as a whole: nothing is missing, nothing is there twice, and what it shows is what systemd 252 shows.
#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <map>
#include <set>

#include "base/text.hpp"
#include "unit/directive.hpp"
#include "unit/table.hpp"

namespace mitori::unit::test {
namespace {

using ::testing::IsEmpty;

TEST(Directives, are_sorted_and_each_is_there_once) {
    auto const rows = directives();
    ASSERT_FALSE(rows.empty());
    auto const not_before = std::ranges::adjacent_find(rows, [](auto const& a, auto const& b) {
        return std::pair(a.section, a.name) >= std::pair(b.section, b.name);
    });
    EXPECT_EQ(not_before, rows.end()) << not_before->name;
}

TEST(Directives, hold_every_item_of_systemd_252_and_only_known_others) {
    std::set<std::string> missing;
    std::set<std::string> more;
    for (auto const& row : directives())
        more.insert(fmt::format("{}.{}", section_name(row.section), row.name));
    for (auto const& item : data_lines("systemd-252-items.txt"))
        if (!item.starts_with('#') && more.erase(item) == 0) missing.insert(item);
    EXPECT_THAT(missing, IsEmpty());
    // Younger than 252: ReloadSignal= of 253 goes with Type=notify-reload, UpheldBy= of 254.
    EXPECT_THAT(more, ::testing::ElementsAre("Install.UpheldBy", "Service.ReloadSignal"));
}

TEST(Directives, are_found_by_section_and_name) {
    auto const* row = find_directive(Section::service, "Restart");
    ASSERT_NE(row, nullptr);
    EXPECT_EQ(row->man, "systemd.service(5)");
    EXPECT_EQ(row->bus_interface, "Service");
    EXPECT_EQ(find_directive(Section::unit, "Restart"), nullptr);
    EXPECT_EQ(find_directive(Section::service, "restart"), nullptr);
    EXPECT_EQ(find_directive(Section::other, "Restart"), nullptr);
    EXPECT_THAT(directive_names(Section::install), ::testing::Contains("WantedBy"));
}

TEST(Directives, that_are_not_honoured_are_neither_read_nor_shown) {
    for (auto const& row : directives()) {
        bool const honoured = row.honoured == Honoured::yes;
        EXPECT_EQ(row.assign != nullptr, honoured) << row.name;
        EXPECT_EQ(row.show != nullptr, !row.bus_name.empty()) << row.name;
        EXPECT_TRUE(honoured || row.show == nullptr) << row.name;
    }
}

TEST(Directives, give_each_property_once) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (auto const& property : table_properties())
        EXPECT_TRUE(seen.emplace(property.interface, property.name).second) << property.name;
}

/// "Service Nice<tab>i 5" lines of a data file.
std::map<std::string, std::string> golden(std::string_view file) {
    std::map<std::string, std::string> shown;
    for (auto const& line : data_lines(file))
        if (auto const tab = line.find('\t'); !line.starts_with('#') && tab != line.npos)
            shown[line.substr(0, tab)] = line.substr(tab + 1);
    return shown;
}

/// Reads a file of tests/unit/data line by line; what was said against lines comes back.
std::vector<std::string> read_into(Bench& bench, std::string_view file) {
    std::string section;
    for (auto const& line : data_lines(file)) {
        auto const sign = line.find('=');
        if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
        if (line.empty() || line.starts_with('[') || line.starts_with('#')) continue;
        auto const result = bench.set(section, line.substr(0, sign), line.substr(sign + 1));
        if (!result) bench.remarks.push_back(fmt::format("{}: {}", line, result.error().message()));
    }
    return bench.remarks;
}

/// systemd adds names of its own to these, and keeps none of them in order.
bool is_set_of_names(std::string_view property) {
    static constexpr auto sets = std::to_array<std::string_view>(
        {"Requires", "Requisite", "Wants", "BindsTo", "PartOf", "Upholds", "Conflicts", "Before", "After", "OnFailure",
         "OnSuccess", "PropagatesReloadTo", "ReloadPropagatedFrom", "PropagatesStopTo", "StopPropagatedFrom",
         "JoinsNamespaceOf", "RequiresMountsFor"});
    return std::ranges::find(sets, property) != sets.end();
}

void compare(Bench const& bench, std::map<std::string, std::string> const& expected, TableProperty const& property) {
    auto const found = expected.find(fmt::format("{} {}", property.interface, property.name));
    if (property.name == "ReloadSignal") return; // of systemd 253
    if (property.name == "WatchdogUSec") return; // systemd shows what is in force, infinity before the start
    ASSERT_NE(found, expected.end()) << property.name;
    auto const ours = as_busctl(property.show(bench.unit));
    if (!is_set_of_names(property.name)) {
        EXPECT_EQ(ours, found->second) << property.name;
        return;
    }
    auto const theirs = base::split(found->second, " ");
    for (auto const word : base::split(ours, " "))
        if (word.starts_with('"')) {
            EXPECT_THAT(theirs, ::testing::Contains(word)) << property.name;
        }
}

TEST(Directives, show_everything_as_systemd_does) {
    Bench bench;
    EXPECT_THAT(read_into(bench, "everything.service"),
                ::testing::UnorderedElementsAre(::testing::HasSubstr("ConditionPathExists=/etc/%p/../x: ")));
    for (auto const expected = golden("everything.properties"); auto const& property : table_properties())
        compare(bench, expected, property);
}

TEST(Directives, show_their_defaults_as_systemd_does) {
    Bench bench("defaults.service");
    EXPECT_THAT(read_into(bench, "defaults.service"), IsEmpty());
    for (auto const expected = golden("defaults.properties"); auto const& property : table_properties()) {
        // The manager's own limits, which differ from place to place (of tasks we set none); and what the loader adds.
        bool const of_place = property.name.starts_with("Limit") || property.name == "TasksMax" ||
                              property.name == "Description" || property.name == "Slice";
        if (!of_place) compare(bench, expected, property);
    }
}

TEST(Directives, that_are_honoured_all_stand_in_everything_service) {
    std::set<std::string> named;
    std::string section;
    for (auto const& line : data_lines("everything.service")) {
        if (line.starts_with('[')) section = line.substr(1, line.size() - 2);
        named.insert(fmt::format("{}.{}", section, line.substr(0, line.find('='))));
    }
    // Older spellings of what is there, and conditions that differ in their word only, are left to codec_test.cpp.
    for (auto const& row : directives()) {
        bool const is_left = row.bus_name.empty() || row.name == "ReloadSignal";
        if (row.honoured == Honoured::no || is_left) continue;
        EXPECT_TRUE(named.contains(fmt::format("{}.{}", section_name(row.section), row.name))) << row.name;
    }
}

} // namespace
} // namespace mitori::unit::test
