// Reads options as the C library's getopt_long(3) does, of which we have none: clusters of letters, long words that may
// be shortened, `--`, and its messages word by word. What is no option is gathered at the front of the vector.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mitori::init {
class Text;
}

namespace mitori::init::detail {

enum class Takes : std::uint8_t { nothing, value };

struct Option {
    char letter;           ///< 0: has none
    std::string_view word; ///< empty: has none
    Takes takes;
    char key; ///< what the reader of options tells them apart by
};

enum class Order : std::uint8_t {
    strict, ///< the first word that is no option ends them
    mixed,  ///< options may come after other words, up to `--` (glibc's default, off where POSIXLY_CORRECT is set)
};

/// What `next` found.
struct Found {
    enum class Kind : std::uint8_t { option, end, error } kind = Kind::end;
    char key = 0;
    char* value = nullptr;
};

class Scanner {
public:
    /// `argv[0]` is used in messages; the vector is rewritten as it is read.
    Scanner(int argc, char** argv, std::span<Option const> options, Order order);

    /// The next option. An error's message is in `said`.
    Found next(Text& said);
    /// After the end: the words that are no options, null-terminated.
    [[nodiscard]] char** words() const { return argv_ + 1; }

private:
    Found long_option(std::string_view word, Text& said);
    Found letter(Text& said);
    Found value_of(Option const& option, Text& said, std::string_view name);
    void keep(char* word) { argv_[1 + kept_++] = word; }
    void keep_rest();

    int argc_;
    char** argv_;
    std::span<Option const> options_;
    Order order_;
    bool has_words_ = false; ///< a dialect without long options reads `--x` as letters
    int at_ = 1;
    int kept_ = 0;
    char* cluster_ = nullptr; ///< the rest of -abc, after the letters that were read
};

} // namespace mitori::init::detail
