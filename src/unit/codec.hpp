// How values are read from the text of a directive and shown as a property: one codec per type, chosen by the member's
// type; where the type alone does not say it (a string may be a path or a user's name), the row names the codec.
//
// A codec C for members of type T has
//   assign   static Result<void> assign(T&, std::string_view text, Specifiers const&)
//   show     static status::Value show(T const&) or, where other settings matter, show(Unit const&, T const&)
// The row resets the member to its default when the text is empty, unless the codec says `reads_empty`.
//
// Errors are as directive.hpp says of Directive::Assign: `lost` (only this assignment) or `refused` (the whole unit).
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/names.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "status/value.hpp"
#include "unit/detail/specifiers.hpp"
#include "unit/settings/common.hpp"
#include "unit/settings/exec.hpp"
#include "unit/settings/names.hpp"
#include "unit/settings/shared.hpp"
#include "unit/settings/unit.hpp"

namespace mitori::unit {

struct Unit;

[[nodiscard]] std::unexpected<base::Error> lost(std::string sentence);
[[nodiscard]] std::unexpected<base::Error> refused(std::string sentence);
/// "'sometimes' is none of no, always, …" with the nearest word as a hint.
[[nodiscard]] std::unexpected<base::Error> no_such_word(std::string_view text, std::span<std::string_view const> known);
/// The error of a lower function as a sentence of ours, lost.
[[nodiscard]] std::unexpected<base::Error> lost(base::Error const& error);
/// The specifiers expanded; an error is lost.
[[nodiscard]] base::Result<std::string> expanded(std::string_view text, Specifiers const& specifiers);

template <class T>
struct Codec;

// -- scalars

template <>
struct Codec<bool> {
    static base::Result<void> assign(bool& value, std::string_view text, Specifiers const&);
    static status::Value show(bool value) { return value; }
};

/// A span of time; a bare number counts in seconds. Shown in microseconds (t), infinity as the greatest number.
template <>
struct Codec<base::Usec> {
    static base::Result<void> assign(base::Usec& value, std::string_view text, Specifiers const&);
    static status::Value show(base::Usec value);
};

/// A time-out: 0 turns it off, which is the same as infinity.
struct TimeoutSpan : Codec<base::Usec> {
    static base::Result<void> assign(base::Usec& value, std::string_view text, Specifiers const& specifiers);
};

template <>
struct Codec<Mode> {
    static base::Result<void> assign(Mode& value, std::string_view text, Specifiers const&);
    static status::Value show(Mode value) { return std::uint32_t{value.value}; }
};

template <>
struct Codec<base::Signal> {
    static base::Result<void> assign(base::Signal& value, std::string_view text, Specifiers const&);
    static status::Value show(base::Signal value) { return std::int32_t{value.number}; }
};

template <>
struct Codec<std::uint32_t> {
    static base::Result<void> assign(std::uint32_t& value, std::string_view text, Specifiers const&);
    static status::Value show(std::uint32_t value) { return value; }
};

[[nodiscard]] base::Result<int> read_whole(std::string_view text, int least, int greatest);

/// A whole number within bounds, shown as i.
template <int Least, int Greatest>
struct Whole {
    static base::Result<void> assign(int& value, std::string_view text, Specifiers const&) {
        value = TRY(read_whole(text, Least, Greatest));
        return {};
    }
    static status::Value show(int value) { return std::int32_t{value}; }
};

template <base::Named E>
inline constexpr auto words_of = [] {
    std::array<std::string_view, base::Names<E>::table.size()> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = base::Names<E>::table[i].word;
    return words;
}();

/// An enum, by its table of names; shown as s.
template <base::Named E>
struct Codec<E> {
    static base::Result<void> assign(E& value, std::string_view text, Specifiers const&) {
        auto const found = base::value_of<E>(text);
        if (!found) return no_such_word(text, words_of<E>);
        value = *found;
        return {};
    }
    static status::Value show(E value) { return std::string(base::word(value)); }
};

/// A setting that is shared until it is set.
template <class T>
struct Codec<Shared<T>> {
    static base::Result<void> assign(Shared<T>& value, std::string_view text, Specifiers const& specifiers) {
        return Codec<T>::assign(value.edit(), text, specifiers);
    }
    static status::Value show(Shared<T> const& value) { return Codec<T>::show(*value); }
};

/// Reads a setting that may be unset. What an unset one is shown as, those who derive from it say.
template <class T, class C = Codec<T>>
struct MayBeUnset {
    static base::Result<void> assign(std::optional<T>& value, std::string_view text, Specifiers const& specifiers) {
        T read{};
        TRY(C::assign(read, text, specifiers));
        value = read;
        return {};
    }
};

template <auto Default, class C = Codec<std::remove_cv_t<decltype(Default)>>>
struct Or : MayBeUnset<std::remove_cv_t<decltype(Default)>, C> {
    static status::Value show(auto const& value) { return C::show(value.value_or(Default)); }
};
template <base::Usec const& Default, class C = Codec<base::Usec>>
struct OrSpan : MayBeUnset<base::Usec, C> {
    static status::Value show(std::optional<base::Usec> const& value) { return C::show(value.value_or(Default)); }
};

/// yes, no and their kin are read besides the word "restart".
struct PreserveWord : Codec<PreserveDirectory> {
    static base::Result<void> assign(PreserveDirectory& value, std::string_view text, Specifiers const& specifiers);
};

} // namespace mitori::unit
