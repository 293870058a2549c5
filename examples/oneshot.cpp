// A job that is done once and then stays done: Type=oneshot with RemainAfterExit=. It writes the settings that the
// worker reads, into the directory that RuntimeDirectory= gives it.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <sysexits.h>

namespace {

/// Written beside and renamed: a reader finds the old settings or the new ones, never a part.
bool write_settings(std::filesystem::path const& path) {
    auto const beside = path.string() + ".new";
    std::ofstream file(beside);
    file << "# How long the example's worker lives, in seconds\n"
            "at_least=5\n"
            "at_most=20\n";
    file.close();
    if (!file) return false;
    std::error_code error;
    std::filesystem::rename(beside, path, error);
    return !error;
}

} // namespace

int main() {
    char const* const directories = std::getenv("RUNTIME_DIRECTORY");
    if (directories == nullptr) {
        std::cerr << "$RUNTIME_DIRECTORY is not set: the unit needs RuntimeDirectory=\n";
        return EX_CONFIG;
    }
    std::string const all = directories; // several are told with colons between
    auto const path = std::filesystem::path(all.substr(0, all.find(':'))) / "settings";
    if (!write_settings(path)) {
        std::cerr << "cannot write " << path << "\n";
        return EX_CANTCREAT;
    }
    std::cout << "wrote " << path.string() << std::endl;
    return EXIT_SUCCESS;
}
