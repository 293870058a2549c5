// A line of text without a heap: what the init says is put together on the stack and written at once, so that lines of
// several processes do not mix.
#pragma once

#include <cstddef>
#include <string_view>

namespace mitori::init {

/// Holds `room` bytes; what does not fit is cut off. Safe in signal handlers.
class Text {
public:
    Text& operator<<(std::string_view words) {
        for (char const letter : words)
            put(letter);
        return *this;
    }
    Text& operator<<(char const* words) { return *this << std::string_view(words); }
    Text& operator<<(char letter) {
        put(letter);
        return *this;
    }
    Text& operator<<(int number) { return *this << static_cast<long>(number); }
    Text& operator<<(long number);

    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }
    /// To the descriptor, in one write where it is taken in one; errors are nobody's business here.
    void write_to(int fd) const;

private:
    static constexpr std::size_t room = 6144; // the longest path, and words around it
    void put(char letter) {
        if (size_ < room) bytes_[size_++] = letter;
    }
    std::size_t size_ = 0;
    char bytes_[room];
};

/// A whole number in decimal, blanks and a sign before it allowed, as strtol(3) reads; `value` is set where true.
[[nodiscard]] bool read_number(std::string_view text, int& value);
/// The same of what the text begins with, as atoi(3) and sscanf(3) read; 0 where it begins with none.
bool read_leading_number(std::string_view text, int& value);

} // namespace mitori::init
