// The directives of [Install]: systemd.unit(5). Specifiers are expanded when the unit is enabled, for then its instance
// is known.
#include "unit/codecs/texts.hpp"
#include "unit/detail/row.hpp"
#include "unit/detail/tables.hpp"

namespace mitori::unit {
namespace {

using enum Section;

constexpr auto rows = std::to_array<Row>({
    row<&Unit::install, &Install::alias, RawWords>(install, "Alias", "", unit5),
    row<&Unit::install, &Install::wanted_by, RawWords>(install, "WantedBy", "", unit5),
    row<&Unit::install, &Install::required_by, RawWords>(install, "RequiredBy", "", unit5),
    row<&Unit::install, &Install::upheld_by, RawWords>(install, "UpheldBy", "", unit5),
    row<&Unit::install, &Install::also, RawWords>(install, "Also", "", unit5),
    row<&Unit::install, &Install::default_instance, InstanceName>(install, "DefaultInstance", "", unit5),
});
static_assert(members_of(rows, mark<&Unit::install>()) == fields<Install>(), "each member of Install needs a row");
constexpr auto table = sorted(rows);

} // namespace

std::span<Directive const> install_directives() { return table; }

} // namespace mitori::unit
