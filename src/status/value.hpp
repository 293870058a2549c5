// A typed value with D-Bus's type system: what a property of a unit is. Made by the manager from the directive rows,
// carried by the bus, printed by `show`. No D-Bus library is needed to hold one.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mitori::status {

struct ObjectPath {
    std::string path;
    friend bool operator==(ObjectPath const&, ObjectPath const&) = default;
};

class Value;

/// An array: `element` is the D-Bus signature of each item (needed when there is none).
struct List {
    std::string element;
    std::vector<Value> items;
    bool operator==(List const&) const;
};
struct Struct {
    std::vector<Value> fields;
    bool operator==(Struct const&) const;
};

class Value {
public:
    using Variant = std::variant<bool, std::uint8_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, double,
                                 std::string, ObjectPath, List, Struct>;

    Value() : held_(std::string()) {}
    template <class T>
        requires std::is_constructible_v<Variant, T&&> && (!std::is_same_v<std::remove_cvref_t<T>, Value>)
    Value(T&& value) : held_(std::forward<T>(value)) {}   // NOLINT(google-explicit-constructor): a value is a value
    Value(char const* text) : held_(std::string(text)) {} // NOLINT(google-explicit-constructor): not a bool

    [[nodiscard]] Variant const& held() const { return held_; }
    /// "b", "u", "as", "a(sasbttttuii)": the D-Bus signature of the held value.
    [[nodiscard]] std::string signature() const;

    // Lenient readers for clients: a default where the value is of another kind. Numbers convert where they fit.
    /// Numbers in decimal, "yes" or "no", the words of a list with spaces between; "" of a Struct.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::uint64_t number(std::uint64_t fallback = 0) const;
    [[nodiscard]] std::int64_t integer(std::int64_t fallback = 0) const;
    [[nodiscard]] bool flag() const;
    [[nodiscard]] std::vector<std::string> words() const;
    [[nodiscard]] std::vector<Value> const& items() const; ///< of a List or a Struct; empty else

    friend bool operator==(Value const&, Value const&) = default;

private:
    Variant held_;
};

/// One property. `interface` is the last word of its D-Bus interface: "Unit", "Service", "Target", "Manager".
struct Property {
    std::string interface;
    std::string name;
    Value value;
};

/// The properties of one object in the order in which they are shown.
class Properties {
public:
    void add(std::string_view interface, std::string_view name, Value value);
    [[nodiscard]] std::vector<Property> const& all() const { return all_; }
    [[nodiscard]] Value const* find(std::string_view name) const;
    /// An empty text, 0 … for what is not there.
    [[nodiscard]] Value const& get(std::string_view name) const;

private:
    std::vector<Property> all_;
};

} // namespace mitori::status
