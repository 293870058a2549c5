#include "init/text.hpp"

#include "base/raw.hpp"

namespace mitori::init {

namespace raw = base::raw;

namespace {

constexpr int most = 1'000'000'000; // larger ones mean nothing here, and must not overflow

/// Takes blanks, a sign and digits from the front; true where there was a digit.
bool take_number(std::string_view& text, int& value) {
    while (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')))
        text.remove_prefix(1);
    bool const negative = !text.empty() && text.front() == '-';
    if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
    bool any = false;
    value = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (value < most / 10)
            value = value * 10 + (text.front() - '0');
        else
            value = most;
        any = true;
        text.remove_prefix(1);
    }
    if (negative) value = -value;
    return any;
}

} // namespace

Text& Text::operator<<(long number) {
    char digits[24];
    std::size_t count = 0;
    if (number < 0) put('-');
    // Not negated: the smallest number has no positive one.
    do {
        long const digit = number % 10;
        digits[count++] = static_cast<char>('0' + (digit < 0 ? -digit : digit));
        number /= 10;
    } while (number != 0);
    while (count > 0)
        put(digits[--count]);
    return *this;
}

void Text::write_to(int fd) const {
    std::size_t done = 0;
    while (done < size_) {
        long const wrote = raw::call(SYS_write, fd, raw::word(bytes_ + done), static_cast<long>(size_ - done));
        if (wrote <= 0) return;
        done += static_cast<std::size_t>(wrote);
    }
}

bool read_number(std::string_view text, int& value) { return take_number(text, value) && text.empty(); }

bool read_leading_number(std::string_view text, int& value) { return take_number(text, value); }

} // namespace mitori::init
