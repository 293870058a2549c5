#pragma once

#include <span>
#include <string>
#include <vector>

namespace mitori::bin {

/// The words of a program of ours as getopt_long(3) wants them: an array of its own to permute, with a null at the end,
/// and `name` in front, which getopt's complaints begin with. `name` must outlive it.
[[nodiscard]] inline std::vector<char*> words_for_getopt(std::string& name, std::span<char const* const> words) {
    std::vector<char*> copy{name.data()};
    for (auto const* word : words.subspan(words.empty() ? 0 : 1))
        copy.push_back(const_cast<char*>(word)); // pointers are permuted, the texts stay as they are
    copy.push_back(nullptr);
    return copy;
}

} // namespace mitori::bin
