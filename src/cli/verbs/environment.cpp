// The environment that services inherit: show, set, unset and import, in systemctl(1)'s words.
#include <algorithm>
#include <cstdlib>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {
namespace {

/// The value as a shell reads it back: as it is where nothing in it is special, else as systemctl has it, $'…'.
std::string shell_quoted(std::string_view value) {
    constexpr std::string_view special = " \"\\`$*?['()<>|&;!";
    bool const plain = std::ranges::all_of(value, [&](char c) {
        return special.find(c) == special.npos && static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
    });
    if (plain) return std::string(value);
    std::string text = "$'";
    for (char const c : value) {
        if (c == '\n' || c == '\t')
            text += c == '\n' ? "\\n" : "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            text += fmt::format("\\{:03o}", static_cast<unsigned char>(c));
        else
            text += c == '\\' || c == '\'' ? std::string("\\") + c : std::string(1, c);
    }
    return text + "'";
}

int change(Context& context, Arguments const& unset, Arguments const& set) {
    if (auto const done = context.faces.command.change_environment(unset, set); !done)
        return detail::complain(context, "set environment", done.error());
    return 0;
}

} // namespace

int show_environment(Context& context, Arguments const&) {
    auto const properties = context.faces.query.manager_properties();
    if (!properties) return detail::complain(context, "get environment", properties.error());
    auto json = nlohmann::json::object();
    for (auto const& entry : properties->get("Environment").words()) {
        auto const sign = std::min(entry.find('='), entry.size() - 1);
        json[entry.substr(0, sign)] = entry.substr(sign + 1);
        if (detail::wants_json(context)) continue;
        fmt::print(context.out, "{}{}\n", base::printable(entry.substr(0, sign + 1)),
                   shell_quoted(entry.substr(sign + 1)));
    }
    if (detail::wants_json(context)) detail::print_json(context, json);
    return 0;
}

int set_environment(Context& context, Arguments const& assignments) { return change(context, {}, assignments); }

int unset_environment(Context& context, Arguments const& names) { return change(context, names, {}); }

int import_environment(Context& context, Arguments const& names) {
    Arguments assignments;
    for (auto const& name : names) {
        char const* const value = name.contains('=') ? nullptr : std::getenv(name.c_str());
        if (value == nullptr) {
            context.err << fmt::format("{}: ${} is not set here, not imported\n", context.program,
                                       base::printable(name));
            continue;
        }
        assignments.push_back(name + "=" + value);
    }
    return assignments.empty() ? 0 : change(context, {}, assignments);
}

} // namespace mitori::cli
