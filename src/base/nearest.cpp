// The likeness of words, of text.hpp.
#include <algorithm>
#include <cstddef>

#include "base/text.hpp"

namespace mitori::base {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours, without regard to case.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            bool const same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            bool const swapped =
                i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::exchange(last, row);
    }
    return last[b.size()];
}

} // namespace

std::optional<std::string_view> nearest(std::string_view text, std::vector<std::string_view> const& known) {
    // A third of a word may be mistyped, three letters at most: beyond that a guess would mislead.
    std::size_t const limit = std::clamp<std::size_t>(text.size() / 3, 1, 3);
    std::optional<std::string_view> best;
    std::size_t best_distance = limit + 1;
    for (auto const word : known) {
        std::size_t const longer = std::max(word.size(), text.size());
        if (longer - std::min(word.size(), text.size()) > limit) continue;
        std::size_t const steps = distance(text, word);
        // A word that shares no letter in place with the text is none of its typos, however short both are.
        if (steps >= best_distance || steps >= longer) continue;
        best = word;
        best_distance = steps;
    }
    return best;
}

} // namespace mitori::base
