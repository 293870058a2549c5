// Any bytes as a Procfile, and its types as a formation: parsing may only return diagnostics, and each line that is not
// blank and no comment is either a process type or one of them.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "unit/name.hpp"
#include "unit/procfile.hpp"

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    using namespace mitori::unit;
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    auto const procfile = parse_procfile(text, "Procfile");
    must(!procfile.types.empty() || !procfile.diagnostics.empty());
    for (auto const& diagnostic : procfile.diagnostics)
        must(diagnostic.severity == Severity::error && !diagnostic.message().empty());
    auto const formation = parse_formation({}, procfile);
    must(formation.has_value() && formation->size() == procfile.types.size());
    for (auto const& unit : make_units(procfile, *formation, {.root = "/"})) {
        auto const name = parse_name(unit.id);
        must(name && name->type == Type::service && !name->instance);
        must(unit.service.exec_start.size() == 1);
    }
    for (auto const& type : procfile.types) {
        auto const replaced = replace_shell(type.command);
        must(replaced == type.command || replaced.size() == type.command.size() + 5);
    }
    // The same bytes as the words of a formation.
    if (auto const asked = parse_formation({std::string(text)}, procfile))
        must(std::ranges::all_of(*asked, [](auto count) { return count <= most_processes; }));
    return 0;
}
