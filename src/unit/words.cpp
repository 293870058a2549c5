#include "unit/words.hpp"

#include <algorithm>

namespace mitori::unit {
namespace {

using base::make_error;
using base::Result;

void append_utf8(char32_t code, std::string& into) {
    auto const byte = [&](char32_t value) { into += static_cast<char>(static_cast<unsigned char>(value)); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xC0 | (code >> 6));
    } else {
        if (code < 0x10000) {
            byte(0xE0 | (code >> 12));
        } else {
            byte(0xF0 | (code >> 18));
            byte(0x80 | ((code >> 12) & 0x3F));
        }
        byte(0x80 | ((code >> 6) & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
}

bool is_code_point(char32_t code) { return code > 0 && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF); }

std::optional<char> one_letter_escape(char c) {
    switch (c) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case 's': return ' ';
    case '\\':
    case '"':
    case '\'': return c;
    default: return std::nullopt;
    }
}

/// How many digits follow the letter of \x, \u and \U.
std::size_t hex_digits(char letter) { return letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0; }

bool all_digits(std::string_view digits, std::string_view allowed) {
    return digits.find_first_not_of(allowed) == std::string_view::npos;
}

} // namespace

std::optional<std::size_t> read_escape(std::string_view text, std::string& into) {
    if (text.empty()) return std::nullopt;
    if (auto const letter = one_letter_escape(text[0])) {
        into += *letter;
        return 1;
    }
    if (auto const digits = hex_digits(text[0])) {
        auto const number = text.substr(1, digits);
        auto const code = base::parse_integer<std::uint32_t>(number, 16);
        if (number.size() != digits || !all_digits(number, "0123456789abcdefABCDEF") || !code) return std::nullopt;
        if (*code == 0 || (digits > 2 && !is_code_point(*code))) return std::nullopt;
        if (digits == 2)
            into += static_cast<char>(static_cast<unsigned char>(*code));
        else
            append_utf8(*code, into);
        return digits + 1;
    }
    auto const octal = text.substr(0, 3);
    auto const byte = base::parse_integer<unsigned>(octal, 8);
    if (octal.size() != 3 || !all_digits(octal, "01234567") || !byte || *byte == 0 || *byte > 255) return std::nullopt;
    into += static_cast<char>(static_cast<unsigned char>(*byte));
    return 3;
}

WordReader::WordReader(std::string_view text, WordRules rules) : text_(text), rules_(rules) { skip_separators(); }

void WordReader::skip_separators() {
    while (at_ < text_.size() && separates(text_[at_]))
        ++at_;
}

void WordReader::skip(std::size_t bytes) {
    at_ = std::min(at_ + bytes, text_.size());
    skip_separators();
}

Result<void> WordReader::take_escape(std::string& word) {
    auto const after = text_.substr(at_ + 1);
    if (after.empty()) {
        if (rules_.escapes != Escapes::c_lenient) return make_error(0, "a backslash at the end escapes nothing");
        word += '\\';
        ++at_;
        met_unknown_escape_ = true;
        return {};
    }
    if (rules_.escapes == Escapes::strip) {
        word += after[0];
        at_ += 2;
        return {};
    }
    if (auto const read = read_escape(after, word)) {
        at_ += 1 + *read;
        return {};
    }
    bool const separator = separates(after[0]) && rules_.separators != base::whitespace;
    if (!separator && rules_.escapes == Escapes::c)
        return make_error(0, "unknown escape", "\\" + std::string(after.substr(0, 1)));
    if (!separator) {
        word += '\\';
        met_unknown_escape_ = true;
    }
    word += after[0];
    at_ += 2;
    return {};
}

Result<void> WordReader::take_quoted(std::string& word, char quote) {
    auto const opened = at_++;
    while (at_ < text_.size()) {
        char const c = text_[at_];
        if (c == quote) {
            ++at_;
            return {};
        }
        if (c == '\\' && rules_.escapes != Escapes::keep) {
            // A lenient reader may keep a lone backslash, but not where a quote is still open.
            TRY(take_escape(word));
        } else {
            word += c;
            ++at_;
        }
    }
    return make_error(0, "quote is not closed:", std::string(text_.substr(opened, 40)));
}

Result<std::optional<std::string>> WordReader::next() {
    if (at_ >= text_.size()) return std::nullopt;
    std::string word;
    while (at_ < text_.size() && !separates(text_[at_])) {
        char const c = text_[at_];
        if ((c == '"' || c == '\'') && rules_.quotes == Quotes::remove) {
            TRY(take_quoted(word, c));
        } else if (c == '\\' && rules_.escapes != Escapes::keep) {
            TRY(take_escape(word));
        } else {
            word += c;
            ++at_;
        }
    }
    skip_separators();
    return word;
}

Result<std::vector<std::string>> split_words(std::string_view text, WordRules rules) {
    std::vector<std::string> words;
    WordReader reader(text, rules);
    while (auto word = TRY(reader.next()))
        words.push_back(std::move(*word));
    return words;
}

namespace {

/// Whether `text` begins with `token` as a bare word.
bool begins_with_token(std::string_view text, std::string_view token) {
    return text.starts_with(token) &&
           (text.size() == token.size() || base::whitespace.find(text[token.size()]) != std::string_view::npos);
}

} // namespace

Result<std::vector<CommandWords>> split_commands(std::string_view text) {
    std::vector<CommandWords> commands;
    WordReader reader(text, {.escapes = Escapes::c_lenient});
    for (bool more = true; more;) {
        more = false;
        auto first = TRY(reader.next());
        if (!first && !commands.empty()) break; // a ";" at the end is tolerated
        if (!first) return make_error(0, "empty command line");
        CommandWords command{.words = {std::move(*first)}};
        while (!reader.rest().empty() && !more) {
            if (begins_with_token(reader.rest(), ";")) {
                reader.skip(1);
                more = true;
            } else if (begins_with_token(reader.rest(), "\\;")) {
                reader.skip(2);
                command.words.emplace_back(";");
            } else {
                command.words.push_back(*TRY(reader.next()));
            }
        }
        command.met_unknown_escape = reader.met_unknown_escape();
        commands.push_back(std::move(command));
    }
    return commands;
}

} // namespace mitori::unit
