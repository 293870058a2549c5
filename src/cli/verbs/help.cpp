#include <algorithm>
#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/text.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/style.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

bool belongs(Context const& context, Verb const& verb) {
    return context.program != "systemctl" || verb.kin == Kin::systemctls;
}

std::string call_of(Verb const& verb) {
    return verb.usage.empty() ? std::string(verb.name) : fmt::format("{} {}", verb.name, verb.usage);
}

void print_entry(Context& context, std::string const& left, std::string_view right) {
    constexpr std::size_t column = 34;
    auto const used = base::columns(left) + 2;
    fmt::print(context.out, "  {}{}{}\n", left, std::string(used < column ? column - used : 1, ' '), right);
}

} // namespace

int help(Context& context, Arguments const&) {
    auto const title = [&](std::string_view text) {
        fmt::print(context.out, "\n{}\n", detail::styled(context.screen, detail::Style::strong, text));
    };
    fmt::print(context.out, "{} [OPTION…] VERB …\n\nStart, stop, and look at services.\n", context.program);
    title("Verbs");
    for (auto const& verb : verbs())
        if (belongs(context, verb)) print_entry(context, call_of(verb), verb.summary);
    title("Options");
    for (auto const& option : option_help())
        print_entry(context, option.names, option.summary);
    fmt::print(context.out, "\nSee mitori(1).\n");
    return 0;
}

int version(Context& context, Arguments const&) {
    if (detail::wants_json(context))
        detail::print_json(context, {{"version", MITORI_VERSION}});
    else
        fmt::print(context.out, "mitori {}\n", MITORI_VERSION);
    return 0;
}

} // namespace mitori::cli
