#pragma once

#include <exception>

#include "base/log.hpp"

namespace mitori::loop {

/// The one place where exceptions end (docs/adr/0001): what a handler throws is logged and the loop goes on.
template <class Handler, class... Arguments>
void run_guarded(Handler const& handler, Arguments const&... arguments) noexcept {
    auto const tell = [](char const* reason) noexcept {
        try {
            base::log(base::Priority::err, "A handler of the event loop failed: {}", reason);
        } catch (...) { // NOLINT(bugprone-empty-catch): no memory is left even to say so
        }
    };
    try {
        handler(arguments...);
    } catch (std::exception const& error) {
        tell(error.what());
    } catch (...) {
        tell("it gave no reason");
    }
}

} // namespace mitori::loop
