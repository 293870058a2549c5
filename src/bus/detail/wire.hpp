// status::Value to and from D-Bus messages, driven by signatures.
#pragma once

#include <cstddef>
#include <string_view>
#include <systemd/sd-bus.h>
#include <vector>

#include "base/result.hpp"
#include "status/value.hpp"

namespace mitori::bus::detail {

/// The first complete type of a signature: "a{sv}u" -> "a{sv}". Empty where it is not one.
[[nodiscard]] std::string_view first_type(std::string_view signature);
/// The complete types of a signature, one by one.
[[nodiscard]] std::vector<std::string_view> types_of(std::string_view signature);

/// Appends to one message and keeps count of the bytes, roughly, for the bound on a connection's queue.
class Writer {
public:
    explicit Writer(sd_bus_message* message) : message_(message) {}
    /// One value as the complete type `type`; a value of another kind is EINVAL. 'v' takes any value. Bytes that are
    /// not UTF-8 become U+FFFD: a client would refuse the whole message for one of them.
    [[nodiscard]] base::Result<void> append(std::string_view type, status::Value const& value);
    [[nodiscard]] std::size_t bytes() const { return bytes_; }

private:
    [[nodiscard]] base::Result<void> append_basic(char type, status::Value const& value);
    [[nodiscard]] base::Result<void> append_array(std::string_view element, status::Value const& value);
    [[nodiscard]] base::Result<void> append_fields(char kind, std::string_view types, status::Value const& value);
    [[nodiscard]] base::Result<void> append_variant(status::Value const& value);
    [[nodiscard]] base::Result<void> open(char kind, std::string_view contents);
    [[nodiscard]] base::Result<void> close();

    sd_bus_message* message_;
    std::size_t bytes_ = 0;
};

/// The next value of the message. A dict entry is a Struct of two, a variant is what it holds.
[[nodiscard]] base::Result<status::Value> read_value(sd_bus_message* message);
/// All that is left in it.
[[nodiscard]] base::Result<std::vector<status::Value>> read_values(sd_bus_message* message);

/// The text with everything that is not UTF-8 (or that D-Bus forbids: noncharacters are fine, NUL is not) replaced.
[[nodiscard]] std::string valid_utf8(std::string_view text);

} // namespace mitori::bus::detail
