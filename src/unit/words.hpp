// Words of a setting: quotes and escapes as systemd.syntax(7) "QUOTING" describes them and systemd 252 reads them
// (quotes may open in the middle of a word: FOO="a b"). Pure; offsets count bytes from the start of the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/text.hpp"

namespace mitori::unit {

/// What a backslash means.
enum class Escapes : std::uint8_t {
    c,         ///< C escapes; an unknown one is an error (Environment=)
    c_lenient, ///< C escapes; an unknown one is kept as it stands (command lines)
    strip,     ///< the next character stands for itself, the backslash goes (PassEnvironment=)
    keep,      ///< an ordinary character (unit names, lists of words)
};
enum class Quotes : std::uint8_t { remove, keep };

struct WordRules {
    Escapes escapes = Escapes::keep;
    Quotes quotes = Quotes::remove;
    /// Where the separator is not white space, a backslash before it takes its meaning away (Escapes::c, c_lenient).
    std::string_view separators = base::whitespace;
};

/// Takes one word after the other off a text, which must outlive it.
class WordReader {
public:
    explicit WordReader(std::string_view text, WordRules rules = {});

    /// The next word (it may be empty: ""), or nothing at the end. Errors (sentences, number 0): a quote that is not
    /// closed, an unknown escape, a backslash at the end; the subject names the piece.
    [[nodiscard]] base::Result<std::optional<std::string>> next();
    /// What has not been read yet, from the next word on.
    [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
    /// Where the next word begins.
    [[nodiscard]] std::size_t offset() const { return at_; }
    void skip(std::size_t bytes);
    /// Whether an unknown escape was kept as it stands (Escapes::c_lenient), to be remarked on.
    [[nodiscard]] bool met_unknown_escape() const { return met_unknown_escape_; }

private:
    base::Result<void> take_escape(std::string& word);
    base::Result<void> take_quoted(std::string& word, char quote);
    void skip_separators();
    [[nodiscard]] bool separates(char c) const { return rules_.separators.find(c) != std::string_view::npos; }

    std::string_view text_;
    WordRules rules_;
    std::size_t at_ = 0;
    bool met_unknown_escape_ = false;
};

[[nodiscard]] base::Result<std::vector<std::string>> split_words(std::string_view text, WordRules rules = {});

/// The words of one command, before prefixes (@ - : + !) and specifiers.
struct CommandWords {
    std::vector<std::string> words; ///< at least one
    bool met_unknown_escape = false;
};
/// An Exec*= line: commands separated by a bare ";", where "\;" is a word ";". An error where a command is empty.
[[nodiscard]] base::Result<std::vector<CommandWords>> split_commands(std::string_view text);

/// One escape after its backslash: the character appended to `into` and the number of bytes read, or nothing when it is
/// unknown, out of range or NUL.
[[nodiscard]] std::optional<std::size_t> read_escape(std::string_view after_backslash, std::string& into);

} // namespace mitori::unit
