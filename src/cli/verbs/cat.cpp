#include <fmt/ostream.h>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/sys.hpp"
#include "base/text.hpp"
#include "cli/detail/refusals.hpp"
#include "cli/detail/show_json.hpp"
#include "cli/detail/style.hpp"
#include "cli/detail/unit_names.hpp"
#include "cli/verbs.hpp"

namespace mitori::cli {

namespace {

/// Where it is JSON that is wanted it is added to what is printed later.
bool print_file(Context& context, std::string const& path, nlohmann::json& json) {
    auto const text = base::sys::read_file(path);
    if (!text) {
        fmt::print(context.err, "Failed to cat {}: {}\n", base::printable(path), text.error().message());
        return false;
    }
    json.push_back({{"path", path}, {"text", *text}});
    if (detail::wants_json(context)) return true;
    fmt::print(context.out, "{}\n", detail::styled(context.screen, detail::Style::faint, "# " + base::printable(path)));
    // A file goes out as it is, so that it can be piped; on a terminal it may not drive it.
    if (!context.screen.colour && context.screen.width == 0) {
        fmt::print(context.out, "{}", *text);
        return true;
    }
    for (std::string_view rest = *text; !rest.empty();) {
        auto const end = rest.find('\n');
        fmt::print(context.out, "{}\n", base::printable(rest.substr(0, end)));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return true;
}

} // namespace

int cat(Context& context, Arguments const& typed) {
    auto const units = detail::expand(context, typed);
    if (!units) return detail::complain(context, "find units", units.error());
    bool first = true;
    int status = 0;
    auto json = nlohmann::json::array();
    for (auto const& unit : *units) {
        auto const properties = context.faces.query.unit_properties(unit);
        if (!properties)
            return detail::complain(context, fmt::format("cat {}", base::printable(unit)), properties.error());
        std::vector<std::string> paths;
        if (auto fragment = properties->get("FragmentPath").text(); !fragment.empty())
            paths.push_back(std::move(fragment));
        for (auto const& path : properties->get("DropInPaths").words())
            paths.push_back(path);
        if (paths.empty()) {
            fmt::print(context.err, "No files found for {}.\n", base::printable(unit));
            status = detail::code(detail::ExitStatus::failure);
        }
        auto files = nlohmann::json::array();
        for (auto const& path : paths) {
            if (!first && !detail::wants_json(context)) fmt::print(context.out, "\n");
            first = false;
            if (!print_file(context, path, files)) status = detail::code(detail::ExitStatus::failure);
        }
        json.push_back({{"unit", unit}, {"files", std::move(files)}});
    }
    if (detail::wants_json(context)) detail::print_json(context, json);
    return status;
}

} // namespace mitori::cli
