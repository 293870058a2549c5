#include "unit/codecs/logging.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "unit/words.hpp"

namespace mitori::unit {
namespace {

using base::quote;
using base::Result;

constexpr auto levels =
    std::to_array<std::string_view>({"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"});
constexpr auto facilities = std::to_array<std::string_view>(
    {"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"});
constexpr int first_local = 16; // local0; four numbers before it are nobody's
constexpr int greatest_facility = 127;
/// What systemd itself takes for all of StandardInputText= and StandardInputData=.
constexpr std::size_t most_input = 64u << 20;

std::optional<int> place_of(std::string_view word, std::span<std::string_view const> words) {
    auto const found = std::ranges::find(words, word);
    return found == words.end() ? std::nullopt : std::optional(static_cast<int>(found - words.begin()));
}

/// journal fields of systemd.journal-fields(7): capitals, digits and underscores, no underscore (the journal's own) and
/// no digit first, 64 at most.
bool is_field_name(std::string_view name) {
    auto const fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && name.size() <= 64 && name.front() != '_' && !(name.front() >= '0' && name.front() <= '9') &&
           std::ranges::all_of(name, fits);
}

Result<std::string> unescape(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        auto const backslash = text.find('\\');
        plain += text.substr(0, backslash);
        if (backslash == std::string_view::npos) break;
        text.remove_prefix(backslash + 1);
        auto const taken = read_escape(text, plain);
        if (!taken) return lost(fmt::format("unknown escape: {}", quote("\\" + std::string(text.substr(0, 1)))));
        text.remove_prefix(*taken);
    }
    return plain;
}

std::optional<unsigned> sextet(char c) {
    if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
    if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0') + 52;
    if (c == '+') return 62;
    if (c == '/') return 63;
    return std::nullopt;
}

/// RFC 4648; white space between the characters is passed over. Nothing where it is no Base64.
std::optional<std::string> decode_base64(std::string_view text) {
    std::string bytes;
    std::uint32_t bits = 0;
    std::size_t count = 0;
    std::size_t padding = 0;
    for (char const c : text) {
        if (base::whitespace.find(c) != std::string_view::npos) continue;
        auto const value = sextet(c);
        if (c == '=') ++padding;
        if (c != '=' && (!value || padding > 0)) return std::nullopt;
        bits = bits << 6U | value.value_or(0);
        if (++count % 4 != 0) continue;
        for (int const shift : {16, 8, 0})
            bytes += static_cast<char>(bits >> static_cast<unsigned>(shift) & 0xFFU);
    }
    if (count % 4 != 0 || padding > 2) return std::nullopt;
    bytes.resize(bytes.size() - padding);
    return bytes;
}

Result<void> append_input(std::string& value, std::string_view more) {
    if (value.size() + more.size() > most_input) return lost("more than 64M of input data");
    value += more;
    return {};
}

} // namespace

Result<void> LevelNumber::assign(int& value, std::string_view text, Specifiers const&) {
    auto const number = base::parse_integer<int>(text);
    auto const level = number && *number >= 0 && *number <= 7 ? number : place_of(text, levels);
    if (!level) return no_such_word(text, levels);
    value = *level;
    return {};
}

Result<void> FacilityNumber::assign(int& value, std::string_view text, Specifiers const&) {
    auto facility = base::parse_integer<int>(text);
    if (facility && (*facility < 0 || *facility > greatest_facility)) facility.reset();
    if (!facility) facility = place_of(text, facilities);
    if (text.size() == 6 && text.starts_with("local") && text[5] >= '0' && text[5] <= '7')
        facility = first_local + (text[5] - '0');
    if (!facility) return no_such_word(text, facilities);
    value = *facility;
    return {};
}

Result<void> LogFields::assign(std::vector<std::string>& value, std::string_view text, Specifiers const& specifiers) {
    auto const words = split_words(text, {.escapes = Escapes::c});
    if (!words) return lost(words.error());
    for (auto const& word : *words) {
        auto const field = expanded(word, specifiers);
        auto const equals = field ? field->find('=') : std::string::npos;
        if (equals == std::string::npos || !is_field_name(std::string_view(*field).substr(0, equals)))
            specifiers.remark(fmt::format("{} is no field: write NAME=value, the name in capitals", quote(word)));
        else
            value.push_back(*field);
    }
    return {};
}

status::Value LogFields::show(std::vector<std::string> const& value) {
    status::List fields{.element = "ay", .items = {}};
    for (auto const& field : value)
        fields.items.push_back(InputBytes::show(field));
    return fields;
}

Result<void> InputText::assign(std::string& value, std::string_view text, Specifiers const& specifiers) {
    auto const plain = TRY(unescape(text));
    return append_input(value, TRY(expanded(plain, specifiers)) + "\n");
}

Result<void> InputBytes::assign(std::string& value, std::string_view text, Specifiers const&) {
    auto const bytes = decode_base64(text);
    if (!bytes) return lost(fmt::format("{} is no Base64", quote(text.substr(0, 40))));
    return append_input(value, *bytes);
}

status::Value InputBytes::show(std::string const& value) {
    status::List bytes{.element = "y", .items = {}};
    for (char const c : value)
        bytes.items.emplace_back(static_cast<std::uint8_t>(c));
    return bytes;
}

} // namespace mitori::unit
