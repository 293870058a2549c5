// What other libraries need for a start, for process_bench. A peer that was not there at build time says so.
#pragma once

#include <string_view>
#include <vector>

namespace mitori::bench {

struct Peer {
    std::string_view name;
    /// Starts the program that often, one after another, and waits for each; null when the library was not there.
    void (*run)(char const* program, int starts) = nullptr;
};
[[nodiscard]] Peer boost_process();
[[nodiscard]] Peer glib();

} // namespace mitori::bench
