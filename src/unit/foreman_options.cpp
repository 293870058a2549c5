#include "unit/foreman_options.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace mitori::unit {
namespace {

/// Without quotes, or without what " #" begins; nothing for a quote that does not end, or ends too early.
std::optional<std::string> read_value(std::string_view text) {
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) {
        for (std::size_t at = 0; (at = text.find('#', at)) != std::string_view::npos; ++at)
            if (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')
                return std::string(base::trim(text.substr(0, at)));
        return std::string(text);
    }
    auto const end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    auto const behind = base::trim(text.substr(end + 1));
    if (!behind.empty() && behind.front() != '#') return std::nullopt;
    return std::string(text.substr(1, end - 1));
}

} // namespace

ForemanOptions parse_foreman_options(std::string_view text) {
    ForemanOptions found;
    for (unsigned number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = base::trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.front() == '#' || line == "---") continue;
        auto const colon = line.find(':');
        bool const is_option = colon != std::string_view::npos && colon > 0 &&
                               (colon + 1 == line.size() || line[colon + 1] == ' ' || line[colon + 1] == '\t');
        auto const value = is_option ? read_value(base::trim(line.substr(colon + 1))) : std::nullopt;
        if (!value) {
            found.wrong.push_back(number);
            continue;
        }
        std::string name(base::trim(line.substr(0, colon)));
        std::ranges::replace(name, '_', '-');
        found.options.push_back({.name = std::move(name), .value = *value, .line = number});
    }
    return found;
}

} // namespace mitori::unit
