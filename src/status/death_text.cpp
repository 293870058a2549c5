#include "status/death_text.hpp"

#include <cerrno>
#include <fmt/format.h>

#include "base/text.hpp"
#include "status/death_fields.hpp"

namespace mitori::status {
namespace {

std::string show(std::string const& text) { return text; }
std::string show(base::Usec span) { return span.count() == 0 ? std::string() : std::to_string(span.count()); }
std::string show(DeathKind kind) { return std::string(base::word(kind)); }
std::string show(Cause cause) { return std::string(base::word(cause)); }
template <std::integral Int>
std::string show(Int number) {
    return number == 0 ? std::string() : std::to_string(number);
}
// Nothing is not zero here.
template <class T>
std::string show(std::optional<T> const& value) {
    if (!value) return {};
    if constexpr (std::integral<T>)
        return std::to_string(*value);
    else
        return std::to_string(value->count());
}

bool parse(std::string_view text, std::string& into) {
    into = text;
    return true;
}
template <std::integral Int>
bool parse(std::string_view text, Int& into) {
    auto const number = base::parse_integer<Int>(text);
    if (number) into = *number;
    return number.has_value();
}
bool parse(std::string_view text, base::Usec& into) {
    auto const number = base::parse_integer<std::int64_t>(text);
    if (number) into = base::Usec(*number);
    return number.has_value();
}
template <base::Named E>
bool parse(std::string_view text, E& into) {
    auto const value = base::value_of<E>(text);
    if (value) into = *value;
    return value.has_value();
}
template <class T>
bool parse(std::string_view text, std::optional<T>& into) {
    return parse(text, into.emplace());
}

} // namespace

std::vector<std::string> show_death(Death const& death) {
    std::vector<std::string> texts;
    for_each_field(death, [&](std::string_view name, auto const& value) {
        if (auto text = show(value); !text.empty()) texts.push_back(fmt::format("{}={}", name, text));
    });
    return texts;
}

base::Result<Death> parse_death(std::span<std::string const> texts) {
    Death death;
    for (std::string_view const text : texts) {
        auto const equals = text.find('=');
        if (equals == std::string_view::npos)
            return base::make_error(EINVAL, "a death without a name", std::string(text));
        bool good = true;
        for_each_field(death, [&](std::string_view name, auto& value) {
            if (name == text.substr(0, equals)) good = parse(text.substr(equals + 1), value);
        });
        if (!good) return base::make_error(EINVAL, "a death's field", std::string(text));
    }
    return death;
}

} // namespace mitori::status
