// A folder with a store in it, and what real readers say of its files: libsystemd's sd-journal and journalctl(1).
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "journal/store.hpp"

namespace mitori::journal::test {

/// The fields of an entry as sd-journal shows them, sorted; its number and times.
struct Shown {
    std::uint64_t realtime = 0;
    std::uint64_t monotonic = 0;
    std::vector<std::string> fields;
};

/// All entries of these files, merged, as sd-journal shows them. Fails the test where it cannot.
[[nodiscard]] std::vector<Shown> read_files(std::vector<std::string> const& paths);
/// The values of MESSAGE, in order.
[[nodiscard]] std::vector<std::string> messages(std::vector<Shown> const& entries);
/// Those with "NAME=value", found through the file's index.
[[nodiscard]] std::vector<std::string> messages_with(std::vector<std::string> const& paths, std::string const& match);
/// What `journalctl --verify` has to complain about; empty where the file is right.
[[nodiscard]] std::string complaints(std::string const& path);
/// All values of a field, found through the list that hangs on the field object.
[[nodiscard]] std::vector<std::string> values_of(std::string const& path, std::string const& field);

class StoreTest : public testing::Test {
protected:
    StoreTest();
    ~StoreTest() override;

    void open();
    void close() { store_.reset(); }
    /// A moment, a microsecond after the one before.
    [[nodiscard]] base::Stamp tick();
    [[nodiscard]] base::Result<void> say(std::string const& message, Label const& label = nullptr,
                                         std::vector<std::string> const& more = {});
    [[nodiscard]] std::string active() const { return folder_ + "/system.journal"; }
    /// Every journal file, the active one last.
    [[nodiscard]] std::vector<std::string> files() const;
    [[nodiscard]] std::vector<std::string> archived() const;
    /// Every file is right.
    void expect_clean();

    std::string folder_;
    StoreOptions options_;
    std::unique_ptr<Store> store_;
    std::set<std::string> clean_; ///< archived files that are
    base::Stamp now_{base::Usec(1'700'000'000'000'000), base::Usec(1'000'000'000)};
};

} // namespace mitori::journal::test
