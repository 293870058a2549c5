// The face of logs over journal files: which entries, in which order, from how many files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sys.hpp"
#include "journal/files.hpp"
#include "local/logs.hpp"
#include "support/sample_journal.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::local {
namespace {
using control::LogQuery;
using testing::ElementsAre;
using testing::EndsWith;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> messages(control::Logs& logs, LogQuery const& query) {
    std::vector<std::string> found;
    auto cursor = logs.open(query);
    if (!cursor) return {"error: " + cursor.error().message()};
    for (auto entry = (*cursor)->next(); entry && *entry; entry = (*cursor)->next())
        found.emplace_back((*entry)->field("MESSAGE"));
    return found;
}

std::vector<std::string> numbers(int from, int to) {
    std::vector<std::string> found;
    for (int i = from; i <= to; ++i)
        found.push_back(std::to_string(i));
    return found;
}

/// Eight files of ten entries, 0 to 79; every eighth is rare.service's.
class LogsOfManyFiles : public testing::Test {
protected:
    void SetUp() override {
        test::SampleJournal sample(folder_.path());
        start_ = sample.now().realtime;
        for (int i = 0; i < 80; ++i) {
            if (i != 0 && i % 10 == 0) sample.rotate();
            sample.add({"MESSAGE=" + std::to_string(i),
                        i % 8 == 0 ? "_SYSTEMD_UNIT=rare.service" : "_SYSTEMD_UNIT=often.service", "_UID=0"});
        }
    }
    /// When entry number i was written: one a minute.
    [[nodiscard]] base::Usec time_of(int i) const { return start_ + std::chrono::minutes(i + 1); }
    LogQuery query(std::optional<std::uint64_t> lines = {}) {
        LogQuery query;
        query.folder = folder_.path();
        query.lines = lines;
        return query;
    }
    test::TemporaryDirectory folder_;
    std::unique_ptr<control::Logs> logs_ = make_logs({});
    base::Usec start_{0};
};

TEST_F(LogsOfManyFiles, come_in_the_order_in_which_they_were_written) {
    EXPECT_EQ(messages(*logs_, query()), numbers(0, 79));
}

TEST_F(LogsOfManyFiles, give_the_last_so_many_from_as_many_files_as_it_takes) {
    for (int const count : {1, 9, 10, 11, 20, 21, 55, 79, 80})
        EXPECT_EQ(messages(*logs_, query(count)), numbers(80 - count, 79)) << count;
    EXPECT_EQ(messages(*logs_, query(100)), numbers(0, 79));
}

TEST_F(LogsOfManyFiles, give_the_last_so_many_of_a_unit_that_is_seldom_heard) {
    auto rare = query(3);
    rare.units = {"rare.service"};
    EXPECT_THAT(messages(*logs_, rare), ElementsAre("56", "64", "72"));
    rare.lines = 100;
    EXPECT_THAT(messages(*logs_, rare), SizeIs(10));
    rare.units = {"ra*"};
    rare.lines = 1;
    EXPECT_THAT(messages(*logs_, rare), ElementsAre("72"));
}

TEST_F(LogsOfManyFiles, within_a_span_of_time_are_those_and_no_others) {
    auto span = query();
    span.since = time_of(15);
    span.until = time_of(34);
    EXPECT_EQ(messages(*logs_, span), numbers(15, 34));
    span.lines = 3;
    EXPECT_EQ(messages(*logs_, span), numbers(32, 34));
    span.reverse = true;
    EXPECT_THAT(messages(*logs_, span), ElementsAre("34", "33", "32"));
    span.lines.reset();
    EXPECT_THAT(messages(*logs_, span), SizeIs(20));
}

TEST_F(LogsOfManyFiles, that_an_expression_finds_say_where) {
    auto some = query();
    some.grep = "^7.";
    auto const cursor = logs_->open(some).value();
    auto const entry = cursor->next().value().value();
    EXPECT_EQ(entry.field("MESSAGE"), "70");
    EXPECT_EQ(entry.found.begin, 0U);
    EXPECT_EQ(entry.found.end, 2U);
    some.grep = "(";
    EXPECT_EQ(logs_->open(some).error().number, EINVAL);
}

TEST_F(LogsOfManyFiles, know_boots_values_and_sizes) {
    EXPECT_THAT(logs_->boots(query()).value(), SizeIs(1));
    EXPECT_EQ(logs_->boots(query()).value().front().first, time_of(0));
    EXPECT_EQ(logs_->boots(query()).value().front().last, time_of(79));
    EXPECT_THAT(logs_->values(query(), "_SYSTEMD_UNIT").value(), SizeIs(2));
    EXPECT_THAT(logs_->values(query(), "NONE").value(), IsEmpty());
    EXPECT_GT(logs_->usage(query()).value(), 8U * 4096);
    EXPECT_TRUE(logs_->oldest_of_this_boot(query()).value().has_value());
}

TEST_F(LogsOfManyFiles, are_removed_oldest_first_and_never_the_file_that_is_written) {
    auto const done = logs_->vacuum(query(), {.files = 3}).value();
    ASSERT_THAT(done, SizeIs(1));
    EXPECT_THAT(done.front().removed, SizeIs(5));
    EXPECT_EQ(messages(*logs_, query()), numbers(50, 79));
    static_cast<void>(logs_->vacuum(query(), {.bytes = 1}).value());
    EXPECT_EQ(messages(*logs_, query()), numbers(70, 79));
}

TEST(LogsThatAreFollowed, go_on_into_the_next_file) {
    test::TemporaryDirectory const folder;
    test::SampleJournal sample(folder.path());
    sample.add({"MESSAGE=before"});
    LogQuery query;
    query.folder = folder.path();
    query.follow = true;
    query.lines = 10;
    auto const cursor = make_logs({})->open(query).value();
    EXPECT_EQ(cursor->next().value()->field("MESSAGE"), "before");
    EXPECT_FALSE(cursor->next().value());
    auto const next = [&] {
        for (auto entry = cursor->next();; entry = cursor->next()) {
            if (!entry || *entry) return entry && *entry ? std::string((*entry)->field("MESSAGE")) : std::string();
            if (!cursor->wait(std::chrono::seconds(20))) return std::string();
        }
    };
    sample.add({"MESSAGE=after"});
    EXPECT_EQ(next(), "after");
    sample.rotate();
    sample.add({"MESSAGE=in the next file"});
    EXPECT_EQ(next(), "in the next file");
}

TEST(LogsThatAreFollowed, begin_at_the_end_where_none_before_are_asked_for) {
    test::TemporaryDirectory const folder;
    test::SampleJournal sample(folder.path());
    sample.add({"MESSAGE=before"});
    LogQuery query;
    query.folder = folder.path();
    query.follow = true;
    query.lines = 0;
    auto const cursor = make_logs({})->open(query).value();
    EXPECT_FALSE(cursor->next().value());
    sample.add({"MESSAGE=after"});
    ASSERT_TRUE(cursor->wait(std::chrono::seconds(20)));
    EXPECT_EQ(cursor->next().value()->field("MESSAGE"), "after");
}

/// The next entry of a follower, waited for; empty when none comes.
std::string next_of(control::LogCursor& cursor) {
    for (auto entry = cursor.next();; entry = cursor.next()) {
        if (!entry || *entry) return entry && *entry ? std::string((*entry)->field("MESSAGE")) : std::string();
        if (!cursor.wait(std::chrono::seconds(20))) return {};
    }
}

TEST(LogsThatAreFollowed, come_from_several_folders_and_from_files_that_begin_in_them) {
    test::TemporaryDirectory const all;
    test::SampleJournal lasting(all / "lasting");
    test::SampleJournal passing(all / "passing");
    test::SampleJournal system(all / "system");
    lasting.add({"MESSAGE=one"});
    passing.add({"MESSAGE=two"});
    LogPlaces const places{.runtime_directory = "",
                           .folders = {{all / "lasting", all / "passing"}},
                           .besides = {all / "system", all / "none"}};
    system.add({"MESSAGE=three"});
    lasting.add({"MESSAGE=four"});
    LogQuery query;
    query.follow = true;
    query.lines = 3; // of all folders together
    auto const cursor = make_logs(places)->open(query).value();
    std::vector<std::string> begin;
    for (int count = 0; count < 3; ++count)
        begin.push_back(next_of(*cursor));
    EXPECT_THAT(begin, testing::UnorderedElementsAre("two", "three", "four"));
    EXPECT_FALSE(cursor->next().value());
    for (auto* const sample : {&passing, &lasting, &system}) {
        sample->add({"MESSAGE=into the old file"});
        EXPECT_EQ(next_of(*cursor), "into the old file");
        sample->rotate();
        sample->add({"MESSAGE=into a new file"});
        EXPECT_EQ(next_of(*cursor), "into a new file");
    }
}

TEST(LogPlaces, of_one_log_are_read_together_and_the_systems_besides) {
    test::TemporaryDirectory const all;
    for (auto const* name : {"lasting", "passing", "journald", "system"}) {
        test::SampleJournal sample(all / name);
        sample.add({std::string("MESSAGE=") + name});
    }
    ASSERT_EQ(::mkdir((all / "run").c_str(), 0755), 0);
    ASSERT_EQ(::symlink((all / "passing").c_str(), (all / "run/journal").c_str()), 0);
    LogPlaces const places{.runtime_directory = all / "run",
                           .folders = {{all / "lasting", all / "passing"}, {all / "journald"}},
                           .besides = {all / "system"}};
    LogQuery query;
    EXPECT_THAT(messages(*make_logs(places), query), testing::UnorderedElementsAre("lasting", "passing", "system"));
    query.whose = LogQuery::Whose::user;
    EXPECT_THAT(messages(*make_logs(places), query), testing::UnorderedElementsAre("lasting", "passing"));
    query.whose = LogQuery::Whose::system;
    EXPECT_THAT(messages(*make_logs(places), query), ElementsAre("system"));
}

TEST(LogPlaces, are_the_managers_own_then_the_others_in_turn) {
    test::TemporaryDirectory const all;
    for (auto const* name : {"first", "second", "elsewhere"}) {
        test::SampleJournal sample(all / name);
        sample.add({std::string("MESSAGE=") + name});
    }
    ASSERT_EQ(::mkdir((all / "run").c_str(), 0755), 0);
    LogPlaces places{.runtime_directory = all / "run",
                     .folders = {{all / "none"}, {all / "first", all / "second"}, {all / "elsewhere"}}};
    // Two folders of one place are one log.
    EXPECT_THAT(messages(*make_logs(places), {}), testing::UnorderedElementsAre("first", "second"));
    ASSERT_EQ(::symlink((all / "elsewhere").c_str(), (all / "run/journal").c_str()), 0);
    EXPECT_THAT(messages(*make_logs(places), {}), ElementsAre("elsewhere"));
    LogQuery named;
    named.files = {all / "sec*/*.journal"};
    EXPECT_THAT(messages(*make_logs(places), named), ElementsAre("second"));
    auto const none = make_logs({.runtime_directory = "", .folders = {{all / "none"}}})->open({});
    EXPECT_EQ(none.error().number, ENOENT);
    EXPECT_THAT(none.error().subject, EndsWith("none"));
}

} // namespace
} // namespace mitori::local
