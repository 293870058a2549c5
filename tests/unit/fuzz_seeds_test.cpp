// The fuzz target over its seeds, in every build: what it once found stays found.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "fuzz/unit_fuzzer.cpp" // NOLINT(bugprone-suspicious-include): the program is one function

TEST(FuzzSeeds, are_read_without_harm) {
    int count = 0;
    for (auto const& seed : std::filesystem::directory_iterator(MITORI_TEST_DATA "/../fuzz/corpus/unit")) {
        std::ifstream file(seed.path(), std::ios::binary);
        std::string const bytes(std::istreambuf_iterator<char>(file), {});
        // As each kind of unit, not only as the one that its first byte chooses.
        for (std::size_t kind = 0; kind < names.size(); ++kind) {
            auto changed = bytes;
            changed[0] = static_cast<char>(kind);
            SCOPED_TRACE(seed.path().string());
            LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(changed.data()), changed.size());
            ++count;
        }
    }
    EXPECT_GE(count, 60) << "are the seeds there?";
}
