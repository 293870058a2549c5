// What may be said behind `mitori top`: the options of top(1) where they mean the same, and some of ours.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "top/choice.hpp"

namespace mitori::top {

struct Options {
    Choice choice;
    base::Usec interval = std::chrono::seconds(2);
    std::optional<std::uint64_t> looks; ///< -n; nothing: without end
    std::size_t width = 0;              ///< -w; 0: of the terminal, or as wide as it takes
    bool batch = false;
    bool json = false;
    bool is_secure = false;
    bool no_colour = false;
    bool help = false;
    bool version = false;
};

/// The options, or the sentence that says what is wrong with them.
[[nodiscard]] std::expected<Options, std::string> parse_options(std::vector<std::string> const& words);
[[nodiscard]] std::string_view help_text();

} // namespace mitori::top
