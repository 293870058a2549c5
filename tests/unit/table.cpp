#include "unit/table.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>

namespace mitori::unit::test {
namespace {

std::string in_quotes(std::string_view text) {
    std::string quoted = "\"";
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\t' || c == '\n')
            quoted += c == '\t' ? "\\t" : "\\n";
        else if (c == '"' || c == '\\')
            quoted += {'\\', c};
        else if (byte < 0x20 || byte >= 0x7F)
            quoted += fmt::format("\\{:03o}", byte);
        else
            quoted += c;
    }
    return quoted + '"';
}

struct Printer {
    std::string text;

    void operator()(bool value) { text += value ? " true" : " false"; }
    void operator()(std::string const& value) { text += " " + in_quotes(value); }
    void operator()(status::ObjectPath const& value) { text += " " + in_quotes(value.path); }
    void operator()(status::List const& value) {
        text += fmt::format(" {}", value.items.size());
        for (auto const& item : value.items)
            std::visit(*this, item.held());
    }
    void operator()(status::Struct const& value) {
        for (auto const& field : value.fields)
            std::visit(*this, field.held());
    }
    template <class Number>
    void operator()(Number value) {
        text += fmt::format(" {}", value);
    }
};

Section section_of(std::string_view name) {
    for (auto const section : {Section::unit, Section::service, Section::install})
        if (section_name(section) == name) return section;
    return Section::other;
}

} // namespace

Bench::Bench(std::string id) {
    unit.id = std::move(id);
    host.runtime_directory = "/run";
}

base::Result<void> Bench::set(std::string_view section, std::string_view name, std::string_view text) {
    auto const* row = find_directive(section_of(section), name);
    if (row == nullptr || row->assign == nullptr)
        return base::make_error(0, fmt::format("no honoured row for {} in [{}]", name, section));
    auto specifiers = make_specifiers(unit.id, host);
    specifiers.remarks = &remarks;
    return row->assign(unit, text, specifiers);
}

std::string Bench::shown(std::string_view property) const {
    for (auto const& known : table_properties())
        if (known.name == property) return as_busctl(known.show(unit));
    return fmt::format("no property {}", property);
}

std::string as_busctl(status::Value const& value) {
    Printer printer;
    std::visit([&](auto const& held) { printer(held); }, value.held());
    return value.signature() + printer.text;
}

std::string_view section_name(Section section) {
    switch (section) {
    case Section::unit: return "Unit";
    case Section::service: return "Service";
    case Section::install: return "Install";
    case Section::slice: return "Slice";
    case Section::target: return "Target";
    case Section::other: break;
    }
    return "";
}

std::vector<TableProperty> table_properties() {
    std::vector<TableProperty> all;
    for (auto const& row : directives())
        if (row.show != nullptr) all.push_back({row.bus_interface, row.bus_name, row.show});
    for (auto const& property : further_properties())
        all.push_back({property.bus_interface, property.bus_name, property.show});
    return all;
}

std::vector<std::string> data_lines(std::string_view name) {
    std::ifstream file(fmt::format("{}/data/{}", MITORI_TEST_DATA, name));
    EXPECT_TRUE(file.is_open()) << name;
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);)
        lines.push_back(line);
    return lines;
}

} // namespace mitori::unit::test
