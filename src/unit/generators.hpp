// Generators: small programs of packages that write unit files and links before units are loaded. systemd.generator(7).
// Here is what is known of them without running one; bin runs them. docs/adr/0013 says which are left out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "unit/load.hpp"

namespace mitori::unit {

/// Where generators write, one for each rank in the search path.
struct GeneratorFolders {
    std::string normal; ///< above the vendor's units, below the administrator's
    std::string early;  ///< above everything but what was set at run time
    std::string late;   ///< below everything
};
/// Ours, below the manager's own runtime folder: nobody else's generators write there.
[[nodiscard]] GeneratorFolders generator_folders(std::string const& runtime_directory);
/// Puts them where the search path has systemd's. False where it has none (SYSTEMD_UNIT_PATH names other folders): what
/// generators write would not be read.
[[nodiscard]] bool place_generator_folders(SearchPath& path, GeneratorFolders const& folders);

/// Where the system's generators are looked for, most important first.
[[nodiscard]] SearchPath generator_path();
struct Generators {
    std::vector<std::string> run;      ///< paths, sorted by file name
    std::vector<std::string> left_out; ///< names of the vendor's that are machine_generators()
};
/// The first file of each name counts; one that is empty or leads to /dev/null masks the name, what cannot be executed
/// is passed over. Reads folders only.
[[nodiscard]] Generators find_generators(SearchPath const& path);
/// Those that systemd itself ships, sorted: they make the mounts, consoles and devices of a machine's boot. One of such
/// a name that the administrator has put into /etc or /run is run all the same.
[[nodiscard]] std::span<std::string_view const> machine_generators();

} // namespace mitori::unit
