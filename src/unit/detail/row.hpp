// Rows of the directive tables, made at compile time from the path to a member. See directives/*.cpp.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "unit/codec.hpp"
#include "unit/directive.hpp"
#include "unit/unit.hpp"

namespace mitori::unit {

inline constexpr std::string_view unit5 = "systemd.unit(5)";
inline constexpr std::string_view service5 = "systemd.service(5)";
inline constexpr std::string_view exec5 = "systemd.exec(5)";
inline constexpr std::string_view kill5 = "systemd.kill(5)";
inline constexpr std::string_view resource5 = "systemd.resource-control(5)";
/// For what older unit files say and no manual describes any more.
inline constexpr std::string_view legacy = "";

/// What tells one member (and one group) from another among rows: its name at compile time. No address, as g++ takes
/// the comparison of two for no constant under -fsanitize=undefined.
using Mark = std::string_view;
template <auto... Path>
consteval Mark mark() {
    return __PRETTY_FUNCTION__;
}

/// A directive and the member that it fills, for counting.
struct Row {
    Directive directive;
    Mark group;
    Mark member;
};

/// The property's interface is named after the section: org.freedesktop.systemd1.Unit, .Service.
constexpr std::string_view interface_of(Section section) {
    switch (section) {
    case Section::unit: return "Unit";
    case Section::service: return "Service";
    case Section::install:
    case Section::slice:
    case Section::target:
    case Section::other: break;
    }
    return "";
}

/// From the unit to one of its members: through a group, or directly.
template <auto... Path>
struct Reach;
template <class Group, class T, Group Unit::* ToGroup, T Group::* ToMember>
struct Reach<ToGroup, ToMember> {
    using Value = T;
    static T& in(Unit& unit) { return unit.*ToGroup.*ToMember; }
    static T const& in(Unit const& unit) { return unit.*ToGroup.*ToMember; }
    static T initial() { return std::move(Group{}.*ToMember); }
    static constexpr Mark group = mark<ToGroup>();
};
template <class Group, class T, Shared<Group> Unit::* ToGroup, T Group::* ToMember>
struct Reach<ToGroup, ToMember> {
    using Value = T;
    static T& in(Unit& unit) { return (unit.*ToGroup).edit().*ToMember; }
    static T const& in(Unit const& unit) { return *(unit.*ToGroup).*ToMember; }
    static T initial() { return std::move(Group{}.*ToMember); }
    static constexpr Mark group = mark<ToGroup>();
};
template <class T, T Unit::* ToMember>
struct Reach<ToMember> {
    using Value = T;
    static T& in(Unit& unit) { return unit.*ToMember; }
    static T const& in(Unit const& unit) { return unit.*ToMember; }
    static T initial() { return T{}; }
    static constexpr Mark group{};
};

template <class R, class C>
base::Result<void> assign_member(Unit& unit, std::string_view text, Specifiers const& specifiers) {
    auto& value = R::in(unit);
    if constexpr (!requires { C::reads_empty; }) {
        if (text.empty()) {
            value = R::initial();
            return {};
        }
    }
    return C::assign(value, text, specifiers);
}

template <class R, class C>
status::Value show_member(Unit const& unit) {
    if constexpr (requires { C::show(unit, R::in(unit)); })
        return C::show(unit, R::in(unit));
    else
        return C::show(R::in(unit));
}

template <class R>
struct DefaultCodec {
    using Type = Codec<typename R::Value>;
};

template <class R, class C>
consteval Row make_row(Section section, std::string_view name, std::string_view bus_name, std::string_view man,
                       Mark member) {
    Directive directive{.section = section,
                        .name = name,
                        .bus_interface = bus_name.empty() ? "" : interface_of(section),
                        .bus_name = bus_name,
                        .man = man,
                        .honoured = Honoured::yes,
                        .assign = &assign_member<R, C>};
    if (!bus_name.empty()) {
        if constexpr (
            requires(typename R::Value const& v) { C::show(v); } ||
            requires(Unit const& u, typename R::Value const& v) { C::show(u, v); })
            directive.show = &show_member<R, C>;
        else
            throw "a property needs a codec that shows it";
    }
    return {directive, R::group, member};
}

/// The row of a member: of a group (`row<&Unit::exec, &Exec::nice>`) … An empty bus name: it is not a property, or
/// another row shows it (old spellings).
template <auto ToGroup, auto ToMember, class C = DefaultCodec<Reach<ToGroup, ToMember>>::Type>
    requires(!std::is_same_v<decltype(ToMember), std::nullptr_t>)
consteval Row row(Section section, std::string_view name, std::string_view bus_name, std::string_view man) {
    return make_row<Reach<ToGroup, ToMember>, C>(section, name, bus_name, man, mark<ToGroup, ToMember>());
}

/// … or of the unit itself.
template <auto ToMember, class C>
consteval Row unit_row(Section section, std::string_view name, std::string_view bus_name, std::string_view man) {
    return make_row<Reach<ToMember>, C>(section, name, bus_name, man, mark<ToMember>());
}

/// A directive that sets members in a way of its own and is no property.
consteval Row set_by(Section section, std::string_view name, std::string_view man, Directive::Assign assign) {
    return {{.section = section, .name = name, .man = man, .honoured = Honoured::yes, .assign = assign}};
}

/// Read and shown by name, not honoured yet.
consteval Row not_yet(Section section, std::string_view name, std::string_view man) {
    return {{.section = section, .name = name, .man = man}};
}

/// One more property of a member.
template <auto ToGroup, auto ToMember, class C>
consteval ShownProperty shown(std::string_view interface, std::string_view name) {
    return {interface, name, &show_member<Reach<ToGroup, ToMember>, C>};
}

/// How many different members of the group the rows fill.
template <std::size_t N>
consteval std::size_t members_of(std::array<Row, N> const& rows, Mark group) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < N; ++i) {
        bool seen = rows[i].group != group;
        for (std::size_t j = 0; j < i && !seen; ++j)
            seen = rows[j].member == rows[i].member;
        count += seen ? 0 : 1;
    }
    return count;
}

struct AnyValue {
    template <class T>
    operator T&&() const&&; // NOLINT(google-explicit-constructor): stands for a value of any type, never called
};
/// How many members the aggregate has.
template <class T, class... Filled>
consteval std::size_t fields() {
    if constexpr (requires { T{Filled{}..., AnyValue{}}; })
        return fields<T, Filled..., AnyValue>();
    else
        return sizeof...(Filled);
}

constexpr bool before(Directive const& a, Directive const& b) {
    return a.section != b.section ? a.section < b.section : a.name < b.name;
}

/// The directives of the rows in the table's order; two rows for one directive do not compile.
template <std::size_t N>
consteval std::array<Directive, N> sorted(std::array<Row, N> const& rows) {
    std::array<Directive, N> result{};
    std::ranges::transform(rows, result.begin(), &Row::directive);
    std::ranges::sort(result, before);
    for (std::size_t i = 1; i < N; ++i)
        if (!before(result[i - 1], result[i])) throw "two rows for one directive";
    return result;
}

} // namespace mitori::unit
