// What a person does at the terminal, whatever terminal it is.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mitori::top {

struct Key {
    enum class Kind : std::uint8_t {
        character, ///< the one in `character`; Enter, Escape and control keys have their own kinds
        enter,
        escape,
        erase, ///< Backspace
        up,
        down,
        left,
        right,
        page_up,
        page_down,
        home,
        end,
        function, ///< F1 and so on, by `number`
        redraw,   ///< ^L
        click,    ///< at row and column
        wheel_up,
        wheel_down,
    };
    Kind kind = Kind::character;
    char32_t character = 0;
    int number = 0;
    std::size_t row = 0;
    std::size_t column = 0;
};

} // namespace mitori::top
