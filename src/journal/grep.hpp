// A Perl-compatible expression, for --grep: pcre2pattern(3).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

struct pcre2_real_code_8;
struct pcre2_real_match_data_8;

namespace mitori::journal {

enum class Case : bool { sensitive, insensitive };

class Grep {
public:
    /// EINVAL with pcre2's words for what is no expression.
    [[nodiscard]] static base::Result<Grep> compile(std::string const& pattern, Case how);

    /// Where the first match begins and ends, in bytes. Texts are bytes here, whatever they encode.
    [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(std::string_view text) const;

private:
    struct FreeCode {
        void operator()(pcre2_real_code_8* code) const;
    };
    struct FreeMatch {
        void operator()(pcre2_real_match_data_8* match) const;
    };
    std::unique_ptr<pcre2_real_code_8, FreeCode> code_;
    std::unique_ptr<pcre2_real_match_data_8, FreeMatch> match_;
};

/// Insensitive where the pattern has no capital letter.
[[nodiscard]] Case smart_case(std::string_view pattern);

} // namespace mitori::journal
