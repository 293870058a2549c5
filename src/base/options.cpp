#include "base/options.hpp"

#include <unistd.h>

namespace mitori::base {

std::vector<std::string_view> read_options(std::string program, std::span<char const* const> words,
                                           std::string const& letters, std::span<option const> longs,
                                           std::function<bool(GivenOption const&)> const& take) {
    std::vector<char*> copy{program.data()};
    for (auto const* word : words.subspan(words.empty() ? 0 : 1))
        copy.push_back(const_cast<char*>(word)); // pointers are permuted, the texts stay as they are
    copy.push_back(nullptr);
    auto const count = static_cast<int>(copy.size()) - 1;
    optind = 0; // all anew, also where a walk was broken off
    for (;;) {
        int index = -1;
        int const letter = ::getopt_long(count, copy.data(), letters.c_str(), longs.data(), &index);
        if (letter == -1) break;
        GivenOption const given{.letter = letter,
                                .name = index < 0 ? "" : longs[static_cast<std::size_t>(index)].name,
                                .value = optarg == nullptr ? "" : optarg};
        if (!take(given)) break;
    }
    std::vector<std::string_view> rest;
    for (int i = optind; i < count; ++i)
        rest.emplace_back(copy[static_cast<std::size_t>(i)]);
    return rest;
}

} // namespace mitori::base
