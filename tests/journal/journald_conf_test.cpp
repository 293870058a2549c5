#include <array>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "journal/journald_conf.hpp"
#include "support/temporary_directory.hpp"

namespace {

using namespace mitori::journal;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

ConfResult parse(std::string text) {
    std::array<ConfText, 1> const texts{{{"/etc/j.conf", std::move(text)}}};
    return parse_journald_conf(texts);
}

/// In the section, without complaint.
JournaldConf said(std::string const& lines) {
    auto const result = parse("[Journal]\n" + lines);
    EXPECT_THAT(result.notes, IsEmpty()) << lines << (result.notes.empty() ? "" : result.notes[0].message());
    return result.conf;
}

std::vector<std::string> notes(std::string text) {
    std::vector<std::string> made;
    for (auto const& note : parse(std::move(text)).notes)
        made.push_back(note.message());
    return made;
}

TEST(JournaldConf, has_journalds_defaults) {
    auto const conf = said("");
    EXPECT_EQ(conf.storage, Storage::automatic);
    EXPECT_EQ(conf.compress_above, 512U);
    EXPECT_EQ(conf.rate.interval, 30s);
    EXPECT_EQ(conf.rate.burst, 10000U);
    EXPECT_EQ(conf.line_max, 48U << 10U);
    EXPECT_EQ(conf.sync_interval, 5min);
    EXPECT_EQ(conf.max_level_store, 7);
    EXPECT_TRUE(conf.syslog.on); // as Debian has it
    EXPECT_FALSE(conf.console.on);
    EXPECT_EQ(conf.system.max_use, 0U);
}

TEST(JournaldConf, reads_where_and_how_much_to_store) {
    auto const conf = said("Storage=volatile\nSystemMaxUse=2G\nSystemKeepFree=1.5M\nSystemMaxFileSize=64M\n"
                           "SystemMaxFiles=7\nRuntimeMaxUse=10M\nRuntimeKeepFree=1M\nRuntimeMaxFileSize=2M\n"
                           "RuntimeMaxFiles=3\n");
    EXPECT_EQ(conf.storage, Storage::runtime);
    EXPECT_EQ(conf.system.max_use, 2ULL << 30U);
    EXPECT_EQ(conf.system.keep_free, 3ULL << 19U);
    EXPECT_EQ(conf.system.max_file_size, 64ULL << 20U);
    EXPECT_EQ(conf.system.max_files, 7U);
    EXPECT_EQ(conf.runtime.max_use, 10ULL << 20U);
    EXPECT_EQ(conf.runtime.keep_free, 1ULL << 20U);
    EXPECT_EQ(conf.runtime.max_file_size, 2ULL << 20U);
    EXPECT_EQ(conf.runtime.max_files, 3U);
}

TEST(JournaldConf, reads_how_long_to_store) {
    auto const conf = said("MaxRetentionSec=1month\nMaxFileSec=0\nSyncIntervalSec=10s\n");
    EXPECT_EQ(conf.system.max_retention, conf.runtime.max_retention);
    EXPECT_GT(conf.system.max_retention, 24h * 30);
    EXPECT_EQ(conf.system.max_file_age, mitori::base::infinity);
    EXPECT_EQ(conf.sync_interval, 10s);
}

TEST(JournaldConf, reads_no_limit_in_all_its_words) {
    EXPECT_EQ(said("MaxRetentionSec=5s\nMaxRetentionSec=0\n").system.max_retention, 0s);
    EXPECT_EQ(said("MaxRetentionSec=infinity\n").system.max_retention, 0s);
    EXPECT_EQ(said("MaxFileSec=infinity\n").runtime.max_file_age, mitori::base::infinity);
}

TEST(JournaldConf, reads_zero_files_as_no_limit) { EXPECT_EQ(said("SystemMaxFiles=0\n").system.max_files, ~0ULL); }

TEST(JournaldConf, reads_compress_as_a_boolean_or_a_size) {
    EXPECT_EQ(said("Compress=no\n").compress_above, 0U);
    EXPECT_EQ(said("Compress=no\nCompress=yes\n").compress_above, 512U);
    EXPECT_EQ(said("Compress=4K\n").compress_above, 4096U);
    EXPECT_EQ(said("Compress=2\n").compress_above, 8U);
}

TEST(JournaldConf, reads_rates_lines_and_levels) {
    auto const conf = said("RateLimitIntervalSec=500ms\nRateLimitBurst=7\nLineMax=1K\nMaxLevelStore=warning\n"
                           "ForwardToSyslog=off\nMaxLevelSyslog=3\n");
    EXPECT_EQ(conf.rate.interval, 500ms);
    EXPECT_EQ(conf.rate.burst, 7U);
    EXPECT_EQ(conf.line_max, 1024U);
    EXPECT_EQ(conf.max_level_store, 4);
    EXPECT_FALSE(conf.syslog.on);
    EXPECT_EQ(conf.syslog.max_level, 3);
}

TEST(JournaldConf, reads_the_old_name_of_the_interval) {
    EXPECT_EQ(said("RateLimitInterval=1min\n").rate.interval, 1min);
}

TEST(JournaldConf, takes_the_last_word) {
    EXPECT_EQ(said("RateLimitBurst=1\nRateLimitBurst=2\n").rate.burst, 2U);
    EXPECT_EQ(said("RateLimitBurst=1\nRateLimitBurst=\n").rate.burst, 10000U);
    std::array<ConfText, 2> const texts{
        {{"a", "[Journal]\nLineMax=1K\nRateLimitBurst=5\n"}, {"b", "[Journal]\nLineMax=2K\n"}}};
    auto const conf = parse_journald_conf(texts).conf;
    EXPECT_EQ(conf.line_max, 2048U);
    EXPECT_EQ(conf.rate.burst, 5U);
}

TEST(JournaldConf, knows_the_syntax_of_systemds_files) {
    EXPECT_EQ(said("# comment\n; too\n\n  RateLimitBurst = 7  \r\n").rate.burst, 7U);
    EXPECT_EQ(said("RateLimitIntervalSec=1s \\\n# not part of it\n  500ms\n").rate.interval, 1500ms);
    EXPECT_EQ(said("RateLimitBurst=\\\n8").rate.burst, 8U);
    EXPECT_EQ(said("RateLimitBurst=9\\").rate.burst, 9U);
    EXPECT_EQ(parse("\xef\xbb\xbf[Journal]\nRateLimitBurst=3\n").conf.rate.burst, 3U);
    EXPECT_THAT(notes("[X-Ours]\nAnything=1\n"), IsEmpty());
}

TEST(JournaldConf, names_an_unknown_key_and_the_one_that_was_meant) {
    EXPECT_THAT(notes("[Journal]\n\nStorag=none\nXyzzy=1\n"),
                ElementsAre("/etc/j.conf:3: Unknown key 'Storag', it is ignored; did you mean 'Storage'?",
                            "/etc/j.conf:4: Unknown key 'Xyzzy', it is ignored"));
}

TEST(JournaldConf, names_what_it_cannot_read_and_keeps_the_default) {
    auto const result = parse("[Journal]\nSystemMaxUse=much\nStorage=cloud\nRateLimitBurst=-1\nMaxLevelStore=loud\n"
                              "ForwardToSyslog=maybe\nMaxFileSec=soon\nTTYPath=tty1\nMaxLevelSyslog=8\n");
    std::vector<std::string> made;
    for (auto const& note : result.notes)
        made.push_back(note.message());
    EXPECT_THAT(made, ElementsAre("/etc/j.conf:2: 'SystemMaxUse=much': no size in bytes",
                                  "/etc/j.conf:3: 'Storage=cloud': none of volatile, persistent, auto and none",
                                  "/etc/j.conf:4: 'RateLimitBurst=-1': no number",
                                  "/etc/j.conf:5: 'MaxLevelStore=loud': no level from emerg to debug or 0 to 7",
                                  "/etc/j.conf:6: 'ForwardToSyslog=maybe': no boolean",
                                  "/etc/j.conf:7: 'MaxFileSec=soon': no time span",
                                  "/etc/j.conf:8: 'TTYPath=tty1': no absolute path",
                                  "/etc/j.conf:9: 'MaxLevelSyslog=8': no level from emerg to debug or 0 to 7"));
    EXPECT_EQ(result.conf.storage, Storage::automatic);
    EXPECT_EQ(result.conf.rate.burst, 10000U);
    EXPECT_TRUE(result.conf.syslog.on);
}

TEST(JournaldConf, takes_the_nearest_line_length_that_there_can_be_and_says_so) {
    EXPECT_EQ(parse("[Journal]\nLineMax=10\n").conf.line_max, 79U);
    EXPECT_THAT(notes("[Journal]\nLineMax=10\n"), ElementsAre("/etc/j.conf:2: 'LineMax=10': too short, 79 is taken"));
    EXPECT_EQ(parse("[Journal]\nLineMax=1G\n").conf.line_max, 512U << 10U);
    EXPECT_THAT(notes("[Journal]\nLineMax=1G\n"),
                ElementsAre("/etc/j.conf:2: 'LineMax=1G': too long, 524288 is taken"));
}

TEST(JournaldConf, reads_what_the_console_would_get_and_says_who_decides_it) {
    auto const result = parse("[Journal]\nForwardToConsole=yes\nMaxLevelConsole=debug\nTTYPath=/dev/tty12\n");
    EXPECT_TRUE(result.conf.console.on);
    EXPECT_EQ(result.conf.console.max_level, 7);
    EXPECT_EQ(result.conf.console_path, "/dev/tty12");
    ASSERT_EQ(result.notes.size(), 3U);
    EXPECT_THAT(result.notes[0].text, testing::HasSubstr("--console"));
    EXPECT_THAT(notes("[Journal]\nForwardToConsole=no\n"), IsEmpty());
}

TEST(JournaldConf, names_what_has_no_effect_here) {
    EXPECT_THAT(
        notes("[Journal]\nSeal=yes\nReadKMsg=yes\n"),
        ElementsAre("/etc/j.conf:2: 'Seal=yes' has no effect: journal files are not sealed",
                    "/etc/j.conf:3: 'ReadKMsg=yes' has no effect: the kernel's log is neither read nor written"));
    EXPECT_THAT(notes("[Journal]\nSeal=no\nSplitMode=none\nReadKMsg=0\nForwardToWall=no\n"), IsEmpty());
}

TEST(JournaldConf, names_what_stands_outside_the_section) {
    EXPECT_THAT(notes("Storage=none\n[Manager]\nStorage=none\n[Journal]\nstray\n"),
                ElementsAre("/etc/j.conf:1: 'Storage=' stands before any section, it is ignored",
                            "/etc/j.conf:2: Unknown section '[Manager]', it is ignored",
                            "/etc/j.conf:5: Missing '=' in 'stray'"));
}

class JournaldConfFiles : public testing::Test {
protected:
    void write(std::string const& path, std::string const& text) {
        auto const whole = root() + path;
        std::filesystem::create_directories(std::filesystem::path(whole).parent_path());
        std::ofstream(whole) << text;
    }
    std::string root() const { return std::string(folder_.path()); }

private:
    mitori::test::TemporaryDirectory folder_;
};

TEST_F(JournaldConfFiles, that_are_not_there_leave_the_defaults) {
    auto const result = read_journald_conf(root());
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_EQ(result.conf.rate.burst, 10000U);
}

TEST_F(JournaldConfFiles, come_in_the_order_of_their_names_over_the_main_one) {
    write("/etc/systemd/journald.conf", "[Journal]\nRateLimitBurst=1\nLineMax=1K\nSystemMaxFiles=1\n");
    write("/etc/systemd/journald.conf.d/10-a.conf", "[Journal]\nRateLimitBurst=2\nLineMax=2K\n");
    write("/usr/lib/systemd/journald.conf.d/20-b.conf", "[Journal]\nRateLimitBurst=3\n");
    write("/run/systemd/journald.conf.d/30-c.other", "[Journal]\nRateLimitBurst=4\n");
    auto const result = read_journald_conf(root());
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_EQ(result.conf.rate.burst, 3U);
    EXPECT_EQ(result.conf.line_max, 2048U);
    EXPECT_EQ(result.conf.system.max_files, 1U);
}

TEST_F(JournaldConfFiles, in_etc_hide_those_of_the_same_name) {
    write("/usr/lib/systemd/journald.conf.d/10-a.conf", "[Journal]\nRateLimitBurst=2\nLineMax=2K\n");
    write("/etc/systemd/journald.conf.d/10-a.conf", "[Journal]\nRateLimitBurst=3\n");
    write("/usr/lib/systemd/journald.conf.d/20-b.conf", "[Journal]\nSystemMaxFiles=2\n");
    std::filesystem::create_symlink("/dev/null", root() + "/etc/systemd/journald.conf.d/20-b.conf");
    auto const result = read_journald_conf(root());
    EXPECT_THAT(result.notes, IsEmpty());
    EXPECT_EQ(result.conf.rate.burst, 3U);
    EXPECT_EQ(result.conf.line_max, 48U << 10U);
    EXPECT_EQ(result.conf.system.max_files, 0U);
}

TEST_F(JournaldConfFiles, that_cannot_be_read_are_named) {
    std::filesystem::create_directories(root() + "/etc/systemd/journald.conf.d/10-a.conf");
    auto const result = read_journald_conf(root());
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_THAT(result.notes[0].message(), testing::HasSubstr("10-a.conf: "));
    EXPECT_EQ(result.conf.rate.burst, 10000U);
}

TEST_F(JournaldConfFiles, are_named_in_the_notes) {
    write("/etc/systemd/journald.conf.d/10-a.conf", "[Journal]\nBad=1\n");
    auto const result = read_journald_conf(root());
    ASSERT_EQ(result.notes.size(), 1U);
    EXPECT_EQ(result.notes[0].message(),
              root() + "/etc/systemd/journald.conf.d/10-a.conf:2: Unknown key 'Bad', it is ignored");
}

} // namespace
