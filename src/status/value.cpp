#include "status/value.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <type_traits>

#include "base/text.hpp"

namespace mitori::status {
namespace {

template <class... Cases>
struct Match : Cases... {
    using Cases::operator()...;
};

template <class T>
concept Number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

std::string joined_signatures(std::vector<Value> const& values) {
    std::string text;
    for (auto const& value : values)
        text += value.signature();
    return text;
}

/// A number of one kind as another, or the fallback where it does not fit.
template <class To>
To convert(Value::Variant const& held, To fallback) {
    return std::visit(
        [fallback]<class T>(T const& value) -> To {
            if constexpr (std::is_same_v<T, bool>) {
                return value ? 1 : 0;
            } else if constexpr (std::is_same_v<T, double>) {
                // The limits as doubles: the upper one is rounded up, so it must not be reached. NaN fails both.
                auto const least = static_cast<double>(std::numeric_limits<To>::min());
                auto const beyond = static_cast<double>(std::numeric_limits<To>::max());
                return value >= least && value < beyond ? static_cast<To>(value) : fallback;
            } else if constexpr (std::is_integral_v<T>) {
                return std::in_range<To>(value) ? static_cast<To>(value) : fallback;
            } else {
                return fallback;
            }
        },
        held);
}

} // namespace

bool List::operator==(List const&) const = default;
bool Struct::operator==(Struct const&) const = default;

std::string Value::signature() const {
    return std::visit(Match{
                          [](bool) -> std::string { return "b"; },
                          [](std::uint8_t) -> std::string { return "y"; },
                          [](std::int32_t) -> std::string { return "i"; },
                          [](std::uint32_t) -> std::string { return "u"; },
                          [](std::int64_t) -> std::string { return "x"; },
                          [](std::uint64_t) -> std::string { return "t"; },
                          [](double) -> std::string { return "d"; },
                          [](std::string const&) -> std::string { return "s"; },
                          [](ObjectPath const&) -> std::string { return "o"; },
                          [](List const& list) { return "a" + list.element; },
                          [](Struct const& fields) { return "(" + joined_signatures(fields.fields) + ")"; },
                      },
                      held_);
}

std::string Value::text() const {
    return std::visit(Match{
                          [](bool value) -> std::string { return value ? "yes" : "no"; },
                          [](Number auto value) { return fmt::format("{}", value); },
                          [](std::string const& value) { return value; },
                          [](ObjectPath const& value) { return value.path; },
                          [this](List const&) { return base::join(words(), " "); },
                          [](Struct const&) { return std::string(); },
                      },
                      held_);
}

std::uint64_t Value::number(std::uint64_t fallback) const { return convert(held_, fallback); }

std::int64_t Value::integer(std::int64_t fallback) const { return convert(held_, fallback); }

bool Value::flag() const {
    if (auto const* word = std::get_if<std::string>(&held_)) return base::parse_boolean(*word).value_or(false);
    return integer() != 0 || number() != 0;
}

std::vector<std::string> Value::words() const {
    std::vector<std::string> words;
    auto const* list = std::get_if<List>(&held_);
    if (list == nullptr) return words;
    for (auto const& item : list->items)
        if (auto text = item.text(); !text.empty()) words.push_back(std::move(text));
    return words;
}

std::vector<Value> const& Value::items() const {
    static std::vector<Value> const none;
    if (auto const* list = std::get_if<List>(&held_)) return list->items;
    if (auto const* fields = std::get_if<Struct>(&held_)) return fields->fields;
    return none;
}

void Properties::add(std::string_view interface, std::string_view name, Value value) {
    all_.push_back({.interface = std::string(interface), .name = std::string(name), .value = std::move(value)});
}

Value const* Properties::find(std::string_view name) const {
    auto const found = std::ranges::find(all_, name, &Property::name);
    return found == all_.end() ? nullptr : &found->value;
}

Value const& Properties::get(std::string_view name) const {
    static Value const nothing;
    auto const* value = find(name);
    return value != nullptr ? *value : nothing;
}

} // namespace mitori::status
