#include "manager/detail/condition_comparison.hpp"

#include <algorithm>
#include <utility>

#include "base/names.hpp"
#include "base/text.hpp"

namespace mitori::manager {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool counts(char c) { return is_digit(c) || is_letter(c) || c == '~' || c == '-' || c == '^' || c == '.'; }

int sign(bool greater, bool less) { return static_cast<int>(greater) - static_cast<int>(less); }

std::string_view take_while(std::string_view& text, bool (*wanted)(char)) {
    auto const end = std::ranges::find_if_not(text, wanted);
    auto const taken = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    text.remove_prefix(taken.size());
    return taken;
}

/// Takes `mark` off both. Where only one has it: +1 if that one is a, -1 if it is b.
int take_mark(std::string_view& a, std::string_view& b, char mark) {
    int const only = sign(a.starts_with(mark), b.starts_with(mark));
    if (only == 0 && a.starts_with(mark)) {
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return only;
}

int compare_digits(std::string_view a, std::string_view b) {
    if (a.empty() != b.empty()) return sign(b.empty(), a.empty());
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) return sign(a.size() > b.size(), a.size() < b.size());
    return a.compare(b);
}

} // namespace

int compare_versions(std::string_view a, std::string_view b) {
    for (;;) {
        a.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(a, counts) - a.begin()));
        b.remove_prefix(static_cast<std::size_t>(std::ranges::find_if(b, counts) - b.begin()));
        if (int const only = take_mark(a, b, '~'); only != 0) return -only;
        if (a.empty() || b.empty()) return sign(!a.empty(), !b.empty());
        for (char const mark : {'-', '^', '.'})
            if (int const only = take_mark(a, b, mark); only != 0) return -only;
        bool const digits = (!a.empty() && is_digit(a.front())) || (!b.empty() && is_digit(b.front()));
        auto const wanted = digits ? is_digit : is_letter;
        auto const left = take_while(a, wanted);
        auto const right = take_while(b, wanted);
        if (int const order = digits ? compare_digits(left, right) : left.compare(right); order != 0) return order;
    }
}

std::optional<Operator> take_operator(std::string_view& text) {
    // Those that others begin with come after them.
    static constexpr auto operators = std::to_array<std::pair<std::string_view, Operator>>({
        {"!$=", Operator::matches_not},
        {"$=", Operator::matches},
        {"<=", Operator::less_or_equal},
        {">=", Operator::greater_or_equal},
        {"<>", Operator::not_equal},
        {"!=", Operator::other_text},
        {"==", Operator::equal},
        {"<", Operator::less},
        {">", Operator::greater},
        {"=", Operator::same_text},
    });
    for (auto const& [word, op] : operators) {
        if (!text.starts_with(word)) continue;
        text.remove_prefix(word.size());
        text = base::trim(text);
        return op;
    }
    return std::nullopt;
}

bool compare_texts(std::string_view actual, Operator op, std::string_view expected) {
    switch (op) {
    case Operator::same_text: return actual == expected;
    case Operator::other_text: return actual != expected;
    case Operator::matches: return base::glob_match(expected, actual);
    case Operator::matches_not: return !base::glob_match(expected, actual);
    case Operator::less: return compare_versions(actual, expected) < 0;
    case Operator::less_or_equal: return compare_versions(actual, expected) <= 0;
    case Operator::equal: return compare_versions(actual, expected) == 0;
    case Operator::not_equal: return compare_versions(actual, expected) != 0;
    case Operator::greater_or_equal: return compare_versions(actual, expected) >= 0;
    case Operator::greater: return compare_versions(actual, expected) > 0;
    }
    return false;
}

std::optional<bool> compare_numbers(std::uint64_t actual, Operator op, std::uint64_t expected) {
    switch (op) {
    case Operator::same_text:
    case Operator::equal: return actual == expected;
    case Operator::other_text:
    case Operator::not_equal: return actual != expected;
    case Operator::less: return actual < expected;
    case Operator::less_or_equal: return actual <= expected;
    case Operator::greater_or_equal: return actual >= expected;
    case Operator::greater: return actual > expected;
    case Operator::matches:
    case Operator::matches_not: break;
    }
    return std::nullopt;
}

} // namespace mitori::manager
