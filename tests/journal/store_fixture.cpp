#include "journal/store_fixture.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <systemd/sd-journal.h>

#include "base/sys.hpp"

namespace mitori::journal::test {

namespace {

using Journal = std::unique_ptr<sd_journal, decltype([](sd_journal* journal) { sd_journal_close(journal); })>;

Journal open_files(std::vector<std::string> const& paths) {
    std::vector<char const*> names;
    for (auto const& path : paths)
        names.push_back(path.c_str());
    names.push_back(nullptr);
    sd_journal* journal = nullptr;
    EXPECT_GE(sd_journal_open_files(&journal, names.data(), 0), 0);
    if (journal != nullptr) sd_journal_set_data_threshold(journal, 0);
    return Journal(journal);
}

Shown show_entry(sd_journal* journal) {
    Shown shown;
    sd_id128_t boot;
    EXPECT_GE(sd_journal_get_realtime_usec(journal, &shown.realtime), 0);
    EXPECT_GE(sd_journal_get_monotonic_usec(journal, &shown.monotonic, &boot), 0);
    void const* data = nullptr;
    std::size_t size = 0;
    int more = 0;
    sd_journal_restart_data(journal);
    while ((more = sd_journal_enumerate_data(journal, &data, &size)) > 0)
        shown.fields.emplace_back(static_cast<char const*>(data), size);
    EXPECT_EQ(more, 0);
    std::ranges::sort(shown.fields);
    return shown;
}

std::vector<Shown> show_all(sd_journal* journal) {
    std::vector<Shown> shown;
    int more = 0;
    while ((more = sd_journal_next(journal)) > 0)
        shown.push_back(show_entry(journal));
    EXPECT_EQ(more, 0);
    return shown;
}

} // namespace

std::vector<Shown> read_files(std::vector<std::string> const& paths) {
    auto const journal = open_files(paths);
    return journal ? show_all(journal.get()) : std::vector<Shown>{};
}

std::vector<std::string> messages(std::vector<Shown> const& entries) {
    constexpr std::string_view name = "MESSAGE=";
    std::vector<std::string> found;
    for (auto const& entry : entries)
        for (auto const& field : entry.fields)
            if (field.starts_with(name)) found.push_back(field.substr(name.size()));
    return found;
}

std::vector<std::string> messages_with(std::vector<std::string> const& paths, std::string const& match) {
    auto const journal = open_files(paths);
    EXPECT_GE(sd_journal_add_match(journal.get(), match.data(), match.size()), 0);
    return messages(show_all(journal.get()));
}

std::vector<std::string> values_of(std::string const& path, std::string const& field) {
    auto const journal = open_files({path});
    EXPECT_GE(sd_journal_query_unique(journal.get(), field.c_str()), 0);
    std::vector<std::string> values;
    void const* data = nullptr;
    std::size_t size = 0;
    while (sd_journal_enumerate_unique(journal.get(), &data, &size) > 0)
        values.emplace_back(static_cast<char const*>(data) + field.size() + 1, size - field.size() - 1);
    std::ranges::sort(values);
    return values;
}

std::string complaints(std::string const& path) {
    auto const command = "journalctl --verify --file='" + path + "' 2>&1";
    FILE* const pipe = ::popen(command.c_str(), "re");
    if (pipe == nullptr) return "journalctl cannot be run";
    std::string said;
    std::array<char, 512> buffer{};
    while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr)
        said += buffer.data();
    auto const status = ::pclose(pipe);
    return status == 0 && said == "PASS: " + path + "\n" ? "" : said + "(status " + std::to_string(status) + ")";
}

StoreTest::StoreTest() {
    folder_ = testing::TempDir() + "store.XXXXXX";
    if (::mkdtemp(folder_.data()) == nullptr) std::abort();
    options_.folder = folder_;
    options_.undo_path = folder_ + "/undo";
    options_.limits.max_file_size = 8U << 20;
}

StoreTest::~StoreTest() {
    store_.reset();
    static_cast<void>(base::sys::remove_tree(folder_));
}

void StoreTest::open() {
    auto opened = Store::open(options_);
    ASSERT_TRUE(opened.has_value()) << opened.error().message();
    store_ = std::move(*opened);
}

base::Stamp StoreTest::tick() {
    now_.realtime += base::Usec(1);
    now_.monotonic += base::Usec(1);
    return now_;
}

base::Result<void> StoreTest::say(std::string const& message, Label const& label,
                                  std::vector<std::string> const& more) {
    auto const text = "MESSAGE=" + message;
    std::vector<std::string_view> fields{text};
    fields.insert(fields.end(), more.begin(), more.end());
    return store_->append({.at = tick(), .label = label, .fields = fields});
}

std::vector<std::string> StoreTest::archived() const {
    std::vector<std::string> found;
    auto const names = base::sys::list_directory(folder_);
    for (auto const& name : names.value())
        if (name.starts_with("system@")) found.push_back(folder_ + "/" + name);
    std::ranges::sort(found);
    return found;
}

std::vector<std::string> StoreTest::files() const {
    auto found = archived();
    if (base::sys::lstat(active())) found.push_back(active());
    return found;
}

void StoreTest::expect_clean() {
    for (auto const& path : files()) {
        if (clean_.contains(path)) continue;
        auto const said = complaints(path);
        EXPECT_EQ(said, "") << path;
        // Nobody writes to an archived file any more: once is enough.
        if (said.empty() && path != active()) clean_.insert(path);
    }
}

} // namespace mitori::journal::test
