#include "cli/detail/death_place.hpp"

#include <cerrno>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

#include "base/text.hpp"

namespace mitori::cli::detail {

std::string runtime_directory_of(DeathOptions const& options) {
    if (options.runtime_dir) return *options.runtime_dir;
    if (char const* const said = std::getenv("MITORI_RUNTIME_DIR"); said != nullptr && *said != '\0') return said;
    if (::geteuid() == 0) return "/run/mitori";
    char const* const user = std::getenv("XDG_RUNTIME_DIR");
    return user != nullptr && *user != '\0' ? std::string(user) + "/mitori" : std::string();
}

std::string no_ledger(base::Error const& error) {
    if (error.number == ENOENT && error.operation == "find a ledger")
        return fmt::format(
            "there is no ledger: no manager, and no `mitori record --host`, has written one here; looked "
            "for {}; --ledger names another file",
            base::printable(error.subject));
    if (error.number == EACCES)
        return fmt::format("{}: it is for its owner and group to read, for it holds command lines",
                           base::printable(error.message()));
    return base::printable(error.message());
}

} // namespace mitori::cli::detail
