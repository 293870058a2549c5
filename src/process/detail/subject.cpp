#include "process/detail/subject.hpp"

#include "process/detail/block.hpp"

namespace mitori::process::detail {

namespace {

/// The first text of a payload that is a path.
struct FirstText {
    char const* block;
    std::string found;
    void text(Text text) {
        if (found.empty()) found = block + text.at;
    }
    void list(List) {}
    void numbers(Numbers) {}
    void pids(Numbers) {}
    void uses(std::uint16_t) {}
    void fills(std::uint16_t) {}
    void address(std::uint16_t) {}
    void placements(Place const&) {}
};

} // namespace

std::string subject_of(std::span<std::byte const> bytes, Report const& report) {
    auto* block = const_cast<std::byte*>(bytes.data()); // nothing here writes
    auto const* chars = reinterpret_cast<char const*>(block);
    FirstText first{chars, {}};
    int index = 0;
    for_each_step(block, [&]<class Step>(StepHeader&, Step& payload) {
        if (index++ != report.step || std::is_same_v<Step, SetOomScore>) return;
        if constexpr (std::is_same_v<Step, ConnectUnix>) {
            std::size_t const length = payload.length - offsetof(sockaddr_un, sun_path);
            first.found.assign(payload.address.sun_path, length);
            if (first.found.front() == '\0') first.found.front() = '@';
            if (first.found.back() == '\0') first.found.pop_back();
        } else {
            payload.fields(first);
        }
    });
    if (!first.found.empty()) return first.found;
    return chars + reinterpret_cast<Header const*>(block)->program;
}

} // namespace mitori::process::detail
