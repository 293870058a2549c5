#define PCRE2_CODE_UNIT_WIDTH 8 // which of the library's three faces we mean; before its header
#include "journal/grep.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <pcre2.h>

namespace mitori::journal {

void Grep::FreeCode::operator()(pcre2_real_code_8* code) const { pcre2_code_free(code); }
void Grep::FreeMatch::operator()(pcre2_real_match_data_8* match) const { pcre2_match_data_free(match); }

base::Result<Grep> Grep::compile(std::string const& pattern, Case how) {
    int error = 0;
    PCRE2_SIZE at = 0;
    Grep made;
    made.code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                   how == Case::insensitive ? PCRE2_CASELESS : 0, &error, &at, nullptr));
    if (!made.code_) {
        PCRE2_UCHAR words[256];
        if (pcre2_get_error_message(error, words, sizeof words) < 0) words[0] = '\0';
        return base::make_error(EINVAL, "read pattern",
                                fmt::format("\"{}\": {} at {}", pattern, reinterpret_cast<char const*>(words), at));
    }
    made.match_.reset(pcre2_match_data_create(1, nullptr));
    if (!made.match_) return base::make_error(ENOMEM, "read pattern", pattern);
    return made;
}

std::optional<std::pair<std::size_t, std::size_t>> Grep::find(std::string_view text) const {
    int const answer =
        pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, match_.get(), nullptr);
    if (answer < 0) return std::nullopt;
    auto const* const offsets = pcre2_get_ovector_pointer(match_.get());
    return std::pair<std::size_t, std::size_t>(offsets[0], offsets[1]);
}

Case smart_case(std::string_view pattern) {
    bool const capital = std::ranges::any_of(pattern, [](char c) { return c >= 'A' && c <= 'Z'; });
    return capital ? Case::sensitive : Case::insensitive;
}

} // namespace mitori::journal
