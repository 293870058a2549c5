// verify FILE…: the one verb that reads unit files itself. It is the manager's own parser, and needs no manager.
#include "unit/verify.hpp"

#include <fmt/ostream.h>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <unistd.h>

#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/style.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> variables;
    for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
        std::string_view const text(*entry);
        if (auto const sign = text.find('='); sign != text.npos)
            variables.emplace(text.substr(0, sign), text.substr(sign + 1));
    }
    return variables;
}

unit::Scope scope_of(Options const& options) {
    if (options.scope == Scope::automatic) return ::geteuid() == 0 ? unit::Scope::system : unit::Scope::user;
    return options.scope == Scope::user ? unit::Scope::user : unit::Scope::system;
}

detail::Style style_of(unit::Severity severity) {
    switch (severity) {
    case unit::Severity::error: return detail::Style::bad;
    case unit::Severity::warning: return detail::Style::warn;
    case unit::Severity::notice: break;
    }
    return detail::Style::plain;
}

std::string_view word_of(unit::Severity severity) {
    switch (severity) {
    case unit::Severity::error: return "error";
    case unit::Severity::warning: return "warning";
    case unit::Severity::notice: break;
    }
    return "notice";
}

nlohmann::json json_of(unit::Diagnostic const& finding) {
    return {{"severity", word_of(finding.severity)},
            {"file", finding.file},
            {"line", finding.line},
            {"column", finding.column},
            {"text", finding.text},
            {"hint", finding.hint}};
}

} // namespace

int verify(Context& context, Arguments const& files) {
    auto const scope = scope_of(context.options);
    auto const variables = environment();
    unit::Loader loader(unit::search_path(scope, variables), unit::read_host(scope, variables));
    bool good = true;
    auto json = nlohmann::json::array();
    for (auto const& verdict : unit::verify(loader, files)) {
        good = good && verdict.good();
        for (auto const& finding : verdict.findings) {
            if (context.options.quiet && finding.severity != unit::Severity::error) continue;
            json.push_back(json_of(finding));
            if (!detail::wants_json(context))
                fmt::print(
                    context.out, "{}\n",
                    detail::styled(context.screen, style_of(finding.severity), base::printable(finding.message())));
        }
    }
    if (detail::wants_json(context)) detail::print_json(context, json);
    return detail::code(good ? detail::ExitStatus::success : detail::ExitStatus::failure);
}

} // namespace mitori::cli
