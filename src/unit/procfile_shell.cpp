// replace_shell(): reads just enough of the shell's language (POSIX, "Shell Command Language") to see where the last
// simple command of a list begins. Whatever it does not know for certain, it leaves alone.
#include <algorithm>
#include <optional>

#include "unit/detail/shell_words.hpp"
#include "unit/procfile.hpp"

namespace mitori::unit {
namespace {

using std::string_view;

constexpr string_view blanks = " \t";
constexpr string_view ends_of_words = " \t\n;&|<>()";
constexpr string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./+,:@%~-![]{}";
constexpr string_view name_characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr string_view within_braces = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:?+=%/.@*#!-";

/// Finds where the last command begins; nothing as soon as anything is not certain.
class Scanner {
public:
    explicit Scanner(string_view text) : text_(text) {}

    std::optional<std::size_t> last_command() {
        while (true) {
            skip_blanks();
            if (done() || text_[at_] == '#') break;
            bool const fine = ends_of_words.contains(text_[at_]) ? take_operator() : take_word();
            if (!fine) return std::nullopt;
        }
        if (command_ && !may_be_replaced()) return std::nullopt;
        // After "&&" a command must follow; after ";" the list may end.
        if (!command_ && (!last_ || after_ != After::semicolon || assigned_)) return std::nullopt;
        return command_ ? command_at_ : last_;
    }

private:
    enum class After : std::uint8_t { start, semicolon, and_or };

    [[nodiscard]] bool done() const { return at_ >= text_.size(); }
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size()); }

    bool take_operator() {
        char const c = peek();
        if (c == '<' || c == '>') return take_redirection();
        if (c == ';' && peek(1) != ';' && peek(1) != '&') return next_command(After::semicolon, 1);
        if ((c == '&' || c == '|') && peek(1) == c) return next_command(After::and_or, 2);
        return false;
    }

    /// Ends the command before a separator.
    bool next_command(After separator, std::size_t length) {
        if (!command_ && !assigned_) return false;
        if (command_ && (detail::is_reserved_word(*command_) || detail::leaves_traps(*command_))) return false;
        // "cmd;" with nothing behind is the same command.
        last_ = command_ && may_be_replaced() ? command_at_ : std::optional<std::size_t>();
        at_ += length;
        after_ = separator;
        command_.reset();
        command_at_.reset();
        assigned_ = false;
        return true;
    }

    bool take_redirection() {
        if (!command_) return false;
        char const c = text_[at_++];
        if (peek() == '&')
            ++at_;
        else if (c == '>' && peek() == '>')
            ++at_;
        else if (peek() == '<' || peek() == '|' || peek() == '(' || peek() == '>')
            return false;
        skip_blanks();
        return !done() && !ends_of_words.contains(text_[at_]) && pass_word();
    }

    bool take_word() {
        auto const begin = at_;
        if (!pass_word()) return false;
        if (command_) return true;
        auto const word = text_.substr(begin, at_ - begin);
        auto const name = word.find_first_not_of(name_characters);
        if (name != string_view::npos && name > 0 && word[name] == '=') {
            assigned_ = true;
            return true;
        }
        if (word.find_first_not_of(plain) != string_view::npos) return false;
        bool const number_of_a_stream = name == string_view::npos && (peek() == '<' || peek() == '>');
        command_ = word;
        command_at_ = begin;
        return !number_of_a_stream;
    }

    bool pass_word() {
        while (!done() && !ends_of_words.contains(text_[at_]))
            if (!pass_character()) return false;
        return true;
    }

    bool pass_character() {
        switch (char const c = text_[at_++]) {
        case '\\': return !done() && text_[at_++] != '\n';
        case '\'': return pass_single();
        case '"': return pass_double();
        case '$': return pass_variable();
        default: return c != '`';
        }
    }

    bool pass_single() {
        auto const end = text_.find('\'', at_);
        at_ = end == string_view::npos ? text_.size() : end + 1;
        return end != string_view::npos;
    }

    bool pass_double() {
        while (!done()) {
            char const c = text_[at_++];
            if (c == '"') return true;
            if (c == '`' || (c == '$' && !pass_variable())) return false;
            if (c == '\\') ++at_;
        }
        return false;
    }

    bool pass_variable() {
        if (peek() == '(' || peek() == '\'' || peek() == '"') return false;
        if (peek() != '{') return true;
        auto const end = text_.find_first_not_of(within_braces, at_ + 1);
        if (end == string_view::npos || text_[end] != '}') return false;
        at_ = end + 1;
        return true;
    }

    [[nodiscard]] bool may_be_replaced() const { return !detail::is_shell_word(*command_); }

    string_view text_;
    std::size_t at_ = 0;
    After after_ = After::start;
    std::optional<string_view> command_; ///< the first word of the command at hand, once it is known
    std::optional<std::size_t> command_at_;
    bool assigned_ = false;           ///< NAME=value has come before it
    std::optional<std::size_t> last_; ///< where the command before the last separator begins, if it may be replaced
};

} // namespace

std::string replace_shell(string_view command) {
    auto const at = Scanner(command).last_command();
    std::string text(command);
    if (at) text.insert(*at, "exec ");
    return text;
}

} // namespace mitori::unit
