#include "bus/detail/wire.hpp"

#include <cerrno>
#include <string>
#include <utility>

#include "base/utf8.hpp"
#include "bus/detail/handles.hpp"

namespace mitori::bus::detail {
using base::make_error;
using base::Result;
using status::Value;

std::string_view first_type(std::string_view signature) {
    std::size_t length = 0;
    while (length < signature.size() && signature[length] == 'a')
        ++length;
    if (length == signature.size()) return {};
    int depth = 0;
    do {
        char const c = signature[length++];
        if (c == '(' || c == '{') ++depth;
        if (c == ')' || c == '}') --depth;
    } while (depth > 0 && length < signature.size());
    return depth == 0 ? signature.substr(0, length) : std::string_view{};
}

std::vector<std::string_view> types_of(std::string_view signature) {
    std::vector<std::string_view> types;
    while (!signature.empty()) {
        auto const type = first_type(signature);
        if (type.empty()) break;
        types.push_back(type);
        signature.remove_prefix(type.size());
    }
    return types;
}

Result<void> Writer::open(char kind, std::string_view contents) {
    bytes_ += contents.size();
    TRY(checked(sd_bus_message_open_container(message_, kind, std::string(contents).c_str()), "open container"));
    return {};
}

Result<void> Writer::close() {
    TRY(checked(sd_bus_message_close_container(message_), "close container"));
    return {};
}

Result<void> Writer::append(std::string_view type, Value const& value) {
    if (type.empty()) return make_error(EINVAL, "append", "empty type");
    switch (type.front()) {
    case 'a': return append_array(type.substr(1), value);
    case '(': return append_fields(SD_BUS_TYPE_STRUCT, type.substr(1, type.size() - 2), value);
    case '{': return append_fields(SD_BUS_TYPE_DICT_ENTRY, type.substr(1, type.size() - 2), value);
    case 'v': return append_variant(value);
    default: return append_basic(type.front(), value);
    }
}

Result<void> Writer::append_array(std::string_view element, Value const& value) {
    if (!std::holds_alternative<status::List>(value.held())) return make_error(EINVAL, "append", "not a list");
    TRY(open(SD_BUS_TYPE_ARRAY, element));
    for (auto const& item : value.items())
        TRY(append(element, item));
    return close();
}

Result<void> Writer::append_fields(char kind, std::string_view types, Value const& value) {
    auto const wanted = types_of(types);
    if (value.items().size() != wanted.size()) return make_error(EINVAL, "append", "wrong number of fields");
    TRY(open(kind, types));
    for (std::size_t i = 0; i < wanted.size(); ++i)
        TRY(append(wanted[i], value.items()[i]));
    return close();
}

Result<void> Writer::append_variant(Value const& value) {
    auto const type = value.signature();
    TRY(open(SD_BUS_TYPE_VARIANT, type));
    TRY(append(type, value));
    return close();
}

namespace {

bool is_number(Value const& value) {
    return std::visit([](auto const& held) { return std::is_arithmetic_v<std::remove_cvref_t<decltype(held)>>; },
                      value.held());
}

/// Numbers go out at the width that the signature asks for; the value may hold another.
int append_number(sd_bus_message* message, char type, Value const& value) {
    auto const basic = [&](auto number) { return sd_bus_message_append_basic(message, type, &number); };
    switch (type) {
    case 'b': return basic(static_cast<int>(value.flag()));
    case 'y': return basic(static_cast<std::uint8_t>(value.number()));
    case 'n': return basic(static_cast<std::int16_t>(value.integer()));
    case 'q': return basic(static_cast<std::uint16_t>(value.number()));
    case 'i': return basic(static_cast<std::int32_t>(value.integer()));
    case 'u': return basic(static_cast<std::uint32_t>(value.number()));
    case 'x': return basic(value.integer());
    case 't': return basic(value.number());
    case 'd':
        if (auto const* number = std::get_if<double>(&value.held())) return basic(*number);
        return -EINVAL;
    default: return -EINVAL;
    }
}

} // namespace

Result<void> Writer::append_basic(char type, Value const& value) {
    bytes_ += 8;
    if (is_number(value)) {
        TRY(checked(append_number(message_, type, value), "append", std::string(1, type)));
        return {};
    }
    std::string text;
    if (auto const* path = std::get_if<status::ObjectPath>(&value.held()); path && type == SD_BUS_TYPE_OBJECT_PATH)
        text = path->path;
    else if (auto const* words = std::get_if<std::string>(&value.held()); words && type != SD_BUS_TYPE_OBJECT_PATH)
        text = valid_utf8(*words);
    else
        return make_error(EINVAL, "append", std::string("value is not of type ") + type);
    bytes_ += text.size();
    TRY(checked(sd_bus_message_append_basic(message_, type, text.c_str()), "append", text));
    return {};
}

namespace {

template <class Raw>
Result<Raw> read_raw(sd_bus_message* message, char type) {
    Raw raw{};
    TRY(checked(sd_bus_message_read_basic(message, type, &raw), "read", std::string(1, type)));
    return raw;
}

Result<Value> read_basic(sd_bus_message* message, char type) {
    switch (type) {
    case 'b': return Value(TRY(read_raw<int>(message, type)) != 0);
    case 'y': return Value(TRY(read_raw<std::uint8_t>(message, type)));
    case 'n': return Value(std::int32_t{TRY(read_raw<std::int16_t>(message, type))});
    case 'q': return Value(std::uint32_t{TRY(read_raw<std::uint16_t>(message, type))});
    case 'i': return Value(TRY(read_raw<std::int32_t>(message, type)));
    case 'u': return Value(TRY(read_raw<std::uint32_t>(message, type)));
    case 'x': return Value(TRY(read_raw<std::int64_t>(message, type)));
    case 't': return Value(TRY(read_raw<std::uint64_t>(message, type)));
    case 'd': return Value(TRY(read_raw<double>(message, type)));
    case 'o': return Value(status::ObjectPath{TRY(read_raw<char const*>(message, type))});
    case 's':
    case 'g': return Value(std::string(TRY(read_raw<char const*>(message, type))));
    default: return make_error(EINVAL, "read", std::string("no value for type ") + type);
    }
}

Result<Value> read_container(sd_bus_message* message, char type, std::string const& contents) {
    TRY(checked(sd_bus_message_enter_container(message, type, contents.c_str()), "enter", contents));
    auto items = TRY(read_values(message));
    TRY(checked(sd_bus_message_exit_container(message), "exit", contents));
    if (type == SD_BUS_TYPE_ARRAY) return Value(status::List{contents, std::move(items)});
    if (type != SD_BUS_TYPE_VARIANT) return Value(status::Struct{std::move(items)});
    if (items.size() != 1) return make_error(EBADMSG, "read", "variant");
    return std::move(items.front());
}

} // namespace

Result<Value> read_value(sd_bus_message* message) {
    char type = 0;
    char const* contents = nullptr;
    if (TRY(checked(sd_bus_message_peek_type(message, &type, &contents), "peek")) == 0)
        return make_error(ENODATA, "read", "end of message");
    if (contents != nullptr) return read_container(message, type, contents);
    return read_basic(message, type);
}

Result<std::vector<Value>> read_values(sd_bus_message* message) {
    std::vector<Value> values;
    while (TRY(checked(sd_bus_message_peek_type(message, nullptr, nullptr), "peek")) > 0)
        values.push_back(TRY(read_value(message)));
    return values;
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        // NUL is a character, but D-Bus has none in its strings.
        auto const length = text.front() == '\0' ? 0 : base::utf8_length(text);
        if (length == 0)
            valid += "\xef\xbf\xbd"; // U+FFFD
        else
            valid += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return valid;
}

} // namespace mitori::bus::detail
