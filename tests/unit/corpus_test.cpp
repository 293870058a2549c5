// Unit files as packages ship them. A few of our own in the same spirit are in data/shipped; more, from Debian's
// packages, are read where MITORI_CORPUS names their folder.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "unit/name.hpp"
#include "unit/tree.hpp"

namespace mitori::unit {
namespace {

bool is_unit_file(std::filesystem::path const& path) { return parse_name(path.filename().string()).has_value(); }

/// Every file loads and nothing in it is unknown. The number of files read.
std::size_t read_all(std::filesystem::path const& folder) {
    std::size_t count = 0;
    Tree const tree;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file() || !is_unit_file(entry.path())) continue;
        bool const of_user = entry.path().parent_path().filename() == "user";
        auto const unit = tree.loader(of_user ? Scope::user : Scope::system).load_file(entry.path().string());
        EXPECT_EQ(unit->load_state, LoadState::loaded) << entry.path() << ": " << unit->load_error;
        for (auto const& diagnostic : unit->diagnostics)
            EXPECT_EQ(diagnostic.severity, Severity::notice) << diagnostic.message();
        ++count;
    }
    return count;
}

TEST(Corpus, files_in_the_manner_of_packages_load_without_a_complaint) {
    EXPECT_GE(read_all(MITORI_TEST_DATA "/data/shipped"), 8U);
}

TEST(Corpus, files_of_debians_packages_load_without_a_complaint) {
    char const* const named = std::getenv("MITORI_CORPUS");
    std::filesystem::path const folder = named != nullptr ? named : MITORI_TEST_DATA "/../../../shared/corpus";
    if (!std::filesystem::is_directory(folder))
        GTEST_SKIP() << "no folder " << folder << ": set MITORI_CORPUS to one with unit files of packages";
    EXPECT_GE(read_all(folder), 300U);
}

} // namespace
} // namespace mitori::unit
