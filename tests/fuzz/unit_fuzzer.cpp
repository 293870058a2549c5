// Any bytes as a unit file of every type: parsing may only return diagnostics. The first byte chooses the name, so that
// the same bytes can be a service, a template's instance, a target, a slice or a socket.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "unit/directive.hpp"
#include "unit/load.hpp"
#include "unit/name.hpp"

namespace {

using namespace mitori::unit;

constexpr std::array<std::string_view, 6> names{"x.service", "a-b@c\\x2dd.service", "x.target", "a-b.slice", "x.socket",
                                                "x.timer"};

Loader& loader() {
    static Loader made = [] {
        Host host;
        host.runtime_directory = "/run";
        host.machine_id = "0123456789abcdef0123456789abcdef";
        host.user_home = "/root";
        return Loader({}, std::move(host));
    }();
    return made;
}

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view const text(reinterpret_cast<char const*>(data) + 1, size - 1);
    auto const name = names[data[0] % names.size()];
    auto const unit = loader().load_text(name, text);
    must(unit != nullptr && unit->id == name);
    must(unit->load_state == LoadState::loaded || !unit->load_error.empty());
    for (auto const& diagnostic : unit->diagnostics)
        must(!diagnostic.text.empty() && !diagnostic.message().empty());
    for (auto const& kept : unit->kept)
        must(kept.row < directives().size());
    for (auto const& dependency : *unit->info.dependencies)
        must(parse_name(dependency.unit).has_value() && !is_template(dependency.unit));
    // What has been read can be shown.
    for (auto const& row : directives())
        if (row.show != nullptr) static_cast<void>(row.show(*unit).signature());
    // Names and text go through the escapes both ways.
    must(unescape(escape(text.substr(0, 200))) == text.substr(0, 200));
    return 0;
}
