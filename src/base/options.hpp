// The command lines of our programs: getopt_long(3), and what each of them needs around it.
#pragma once

#include <functional>
#include <getopt.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mitori::base {

/// An option as somebody gave it.
struct GivenOption {
    int letter = 0;         ///< `val` of its row; '?' for what is none, which getopt has said on standard error
    std::string_view name;  ///< the long one; empty where the letter was given
    std::string_view value; ///< its argument; empty for none
};

/// Calls `take` for each option, in the order in which they were given, as long as it answers true. The result is the
/// words that are no options; like the values they are views of `words`, whose first is the program's own and passed
/// over. `program` ("mitori up") is what getopt's complaints begin with; `letters` and `longs` are as getopt_long wants
/// them. Not thread-safe, as getopt is not.
[[nodiscard]] std::vector<std::string_view> read_options(std::string program, std::span<char const* const> words,
                                                         std::string const& letters, std::span<option const> longs,
                                                         std::function<bool(GivenOption const&)> const& take);

} // namespace mitori::base
