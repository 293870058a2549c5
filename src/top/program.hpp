// `mitori top` itself: looks, keys and pictures in one loop and one thread, or one look after the other as text.
#pragma once

#include <iosfwd>

#include "top/board.hpp"
#include "top/deeds.hpp"
#include "top/options.hpp"
#include "top/units.hpp"

namespace mitori::top {

/// Everything that one call works with. What is borrowed stays the caller's.
struct Call {
    Options options;
    bool colour = false;       ///< whether there may be colours
    std::size_t width = 0;     ///< of the terminal that output goes to; 0: it is none
    Board::UserName user_name; ///< of a number
    ManagerPlace* place = nullptr;
    Deeds& deeds;
    std::ostream& out;
    std::ostream& err;
};

/// The exit status: 0, also when it was interrupted; 1 where it cannot be; 128 and the number of another signal that
/// ended it.
[[nodiscard]] int run(Call const& call);

} // namespace mitori::top
