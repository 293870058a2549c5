// The last few values of something, and how they are drawn as a row of blocks.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mitori::top {

/// What the terminal can show: block characters and lines, or nothing but ASCII.
enum class Glyphs { utf8, ascii };

template <std::size_t Room>
class History {
public:
    void push(double value) {
        values_[(first_ + count_) % Room] = static_cast<float>(value);
        if (count_ < Room)
            ++count_;
        else
            first_ = (first_ + 1) % Room;
    }
    /// Oldest first.
    [[nodiscard]] std::vector<float> values() const {
        std::vector<float> found;
        found.reserve(count_);
        for (std::size_t i = 0; i < count_; ++i)
            found.push_back(values_[(first_ + i) % Room]);
        return found;
    }

private:
    std::array<float, Room> values_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

/// The last `width` values, newest at the right; blanks where there are none yet. A value of `full` and more fills its
/// column.
[[nodiscard]] std::string graph(std::span<float const> values, std::size_t width, double full, Glyphs glyphs);
/// The same, where the greatest value shown fills its column, if it is `least` or more.
[[nodiscard]] std::string own_graph(std::span<float const> values, std::size_t width, double least, Glyphs glyphs);

} // namespace mitori::top
