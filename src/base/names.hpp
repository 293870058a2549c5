// One table per enum: enumerator <-> the word that people and files use. The words are systemd's own.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace mitori::base {

template <class E>
struct Name {
    E value;
    std::string_view word;
};

/// Specialise with `static constexpr auto table = std::to_array<Name<E>>({...});`, one row per enumerator in order of
/// preference: of several words for one value the first is shown, all are read.
template <class E>
struct Names;

template <class E>
concept Named = requires { Names<E>::table.size(); };

template <Named E>
[[nodiscard]] constexpr std::string_view word(E value) {
    for (auto const& name : Names<E>::table)
        if (name.value == value) return name.word;
    return "?";
}

template <Named E>
[[nodiscard]] constexpr std::optional<E> value_of(std::string_view text) {
    for (auto const& name : Names<E>::table)
        if (name.word == text) return name.value;
    return std::nullopt;
}

} // namespace mitori::base
