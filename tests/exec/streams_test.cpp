// Standard input, output and error: which file is opened for which, and which are the same.
#include <gmock/gmock.h>

#include "sample.hpp"

namespace mitori::exec {
namespace {

using test::command;
using test::plan_lines;
using test::service;
using test::system_place;
using unit::Input;
using unit::Output;
using unit::OutputSetting;

/// The steps that concern descriptors, without "close all others": what is opened, and what goes where. The manager's
/// own output and error are slots 0 and 1 where they are lent, in that order.
std::vector<std::string> streams_of(unit::Exec const& exec, Place const& place = system_place(),
                                    Purpose purpose = Purpose::start) {
    auto unit = service();
    unit.exec = exec;
    std::vector<std::string> kept;
    for (auto& line : plan_lines(unit, command({"/bin/true"}), purpose, {}, place)) {
        if (line.starts_with("place"))
            line = line.substr(6, line.find(',') - 6);
        else if (!line.starts_with("open") && !line.starts_with("terminal") && !line.starts_with("error"))
            continue;
        kept.push_back(std::move(line));
    }
    return kept;
}

using Lines = std::vector<std::string>;

unit::Exec with(unit::InputSetting input, std::optional<OutputSetting> output = std::nullopt,
                std::optional<OutputSetting> error = std::nullopt) {
    unit::Exec exec;
    exec.standard_input = std::move(input);
    exec.standard_output = std::move(output);
    exec.standard_error = std::move(error);
    return exec;
}

Place beside_another_init() {
    auto place = system_place();
    place.pid = 99;
    return place;
}

TEST(Streams, go_to_the_manager_s_own_where_there_is_no_journal) {
    Lines const expected{"open slot 2 /dev/null rdonly", "0<-slot2 1<-slot0 2<-slot1"};
    EXPECT_EQ(streams_of({}), expected);
    for (auto const kind : {Output::journal, Output::kmsg, Output::journal_console, Output::kmsg_console})
        EXPECT_EQ(streams_of(with({}, OutputSetting{kind, ""}, OutputSetting{kind, ""})), expected);
}

// The log's stream is slot 0 in all of these: nothing else is lent.
TEST(Streams, go_to_the_log_by_one_pipe) {
    auto const to_log = [](std::optional<OutputSetting> output, std::optional<OutputSetting> error) {
        auto unit = service();
        unit.exec = with({}, std::move(output), std::move(error));
        Facts facts;
        facts.log = LogStream{77, "8:9"};
        std::string place;
        for (auto const& line : plan_lines(unit, facts))
            if (line.starts_with("place")) place = line.substr(6, line.find(',') - 6);
        return place;
    };
    EXPECT_EQ(to_log(std::nullopt, std::nullopt), "0<-slot1 1<-slot0 2<-slot0");
    EXPECT_EQ(to_log(OutputSetting{Output::journal, ""}, OutputSetting{Output::kmsg, ""}),
              "0<-slot1 1<-slot0 2<-slot0");
    EXPECT_EQ(to_log(OutputSetting{Output::null, ""}, OutputSetting{Output::journal, ""}),
              "0<-slot1 1<-slot2 2<-slot0");
    EXPECT_EQ(to_log(OutputSetting{Output::journal, ""}, OutputSetting{Output::null, ""}),
              "0<-slot1 1<-slot0 2<-slot2");
}

TEST(Streams, that_go_to_the_log_are_known_before_there_is_one) {
    EXPECT_TRUE(wants_log({}));
    EXPECT_TRUE(wants_log(with({}, OutputSetting{Output::null, ""}, OutputSetting{Output::journal, ""})));
    EXPECT_FALSE(wants_log(with({}, OutputSetting{Output::null, ""})));
    EXPECT_FALSE(wants_log(with({Input::tty, ""}))) << "output follows a terminal";
    EXPECT_TRUE(wants_console(with({}, OutputSetting{Output::journal_console, ""})));
    EXPECT_FALSE(wants_console({}));
}

TEST(Streams, of_a_child_that_the_log_hears_are_named_in_its_environment) {
    Facts facts;
    EXPECT_THAT(plan_lines(service(), facts), testing::Not(testing::Contains("env JOURNAL_STREAM=8:9")));
    facts.log = LogStream{77, "8:9"};
    EXPECT_THAT(plan_lines(service(), facts), testing::Contains("env JOURNAL_STREAM=8:9"));
}

TEST(Streams, may_be_data_that_the_unit_gives) {
    auto unit = service();
    unit.exec = with({Input::data, ""}, OutputSetting{Output::inherit, ""});
    Facts facts;
    facts.input_data = 55;
    EXPECT_THAT(plan_lines(unit, facts, beside_another_init()),
                testing::Contains(testing::HasSubstr("place 0<-slot0 1<-slot1 2<-slot2")))
        << "output does not follow data";
}

TEST(Streams, may_be_nothing) {
    EXPECT_EQ(streams_of(with({}, OutputSetting{Output::null, ""})),
              (Lines{"open slot 0 /dev/null rdonly", "open slot 1 /dev/null wronly", "0<-slot0 1<-slot1 2<-slot1"}));
}

TEST(Streams, inherit_the_manager_s_unless_it_is_pid_1) {
    auto const exec = with({}, OutputSetting{Output::inherit, ""});
    EXPECT_EQ(streams_of(exec, beside_another_init()),
              (Lines{"open slot 2 /dev/null rdonly", "0<-slot2 1<-slot0 2<-slot1"}));
    EXPECT_EQ(streams_of(exec),
              (Lines{"open slot 0 /dev/null rdonly", "open slot 1 /dev/null wronly", "0<-slot0 1<-slot1 2<-slot1"}));
}

TEST(Streams, inherit_an_input_that_is_not_null) {
    EXPECT_EQ(streams_of(with({Input::file, "/srv/in"}, OutputSetting{Output::inherit, ""})),
              (Lines{"open slot 0 /srv/in rdonly", "0<-slot0 1<-slot0 2<-slot0"}));
}

TEST(Streams, open_files_in_each_of_three_ways) {
    auto const line = [](Output kind) { return streams_of(with({}, OutputSetting{kind, "/var/log/x"})).at(1); };
    EXPECT_EQ(line(Output::file), "open slot 1 /var/log/x wronly,creat 0666");
    EXPECT_EQ(line(Output::append), "open slot 1 /var/log/x wronly,creat,append 0666");
    EXPECT_EQ(line(Output::truncate), "open slot 1 /var/log/x wronly,creat,trunc 0666");
}

TEST(Streams, open_one_file_for_both_outputs_once) {
    OutputSetting const log{Output::truncate, "/x"};
    Lines const expected{"open slot 0 /dev/null rdonly", "open slot 1 /x wronly,creat,trunc 0666",
                         "0<-slot0 1<-slot1 2<-slot1"};
    EXPECT_EQ(streams_of(with({}, log, log)), expected);
    EXPECT_EQ(streams_of(with({}, log)), expected);
}

TEST(Streams, open_two_files_for_two_outputs) {
    EXPECT_EQ(streams_of(with({}, OutputSetting{Output::append, "/x"}, OutputSetting{Output::append, "/y"})),
              (Lines{"open slot 0 /dev/null rdonly", "open slot 1 /x wronly,creat,append 0666",
                     "open slot 2 /y wronly,creat,append 0666", "0<-slot0 1<-slot1 2<-slot2"}));
}

TEST(Streams, open_a_file_for_input_and_output_once_for_both) {
    EXPECT_EQ(streams_of(with({Input::file, "/dev/ttyS0"}, OutputSetting{Output::file, "/dev/ttyS0"})),
              (Lines{"open slot 0 /dev/ttyS0 rdwr,creat 0666", "0<-slot0 1<-slot0 2<-slot0"}));
    EXPECT_EQ(streams_of(with({Input::file, "/x"}, OutputSetting{Output::append, "/x"})).at(0),
              "open slot 0 /x rdonly");
}

TEST(Streams, take_the_terminal_for_all_three) {
    auto exec = with({Input::tty_force, ""});
    exec.tty_path = "/dev/tty1";
    EXPECT_EQ(streams_of(exec),
              (Lines{"open slot 0 /dev/tty1 rdwr", "terminal slot 0, stealing", "0<-slot0 1<-slot0 2<-slot0"}));
    exec.standard_input.kind = Input::tty_fail;
    EXPECT_EQ(streams_of(exec).at(1), "terminal slot 0");
    exec.tty_path.clear();
    EXPECT_EQ(streams_of(exec).at(0), "open slot 0 /dev/console rdwr");
}

TEST(Streams, take_no_terminal_beside_the_main_process) {
    auto exec = with({Input::tty, ""});
    exec.tty_path = "/dev/tty1";
    for (auto const purpose : {Purpose::start_post, Purpose::reload, Purpose::stop})
        EXPECT_EQ(
            streams_of(exec, system_place(), purpose),
            (Lines{"open slot 0 /dev/null rdonly", "open slot 1 /dev/tty1 wronly", "0<-slot0 1<-slot1 2<-slot1"}));
    for (auto const purpose : {Purpose::condition, Purpose::start_pre, Purpose::stop_post})
        EXPECT_EQ(streams_of(exec, system_place(), purpose).at(1), "terminal slot 0");
}

TEST(Streams, write_to_a_terminal_without_taking_it) {
    auto exec = with({}, OutputSetting{Output::tty, ""});
    exec.tty_path = "/dev/tty1";
    EXPECT_EQ(streams_of(exec),
              (Lines{"open slot 0 /dev/null rdonly", "open slot 1 /dev/tty1 wronly", "0<-slot0 1<-slot1 2<-slot1"}));
}

TEST(Streams, of_a_kind_that_nothing_is_given_for_yet) {
    EXPECT_EQ(streams_of(with({Input::data, ""})).at(0), "open slot 2 /dev/null rdonly");
    EXPECT_EQ(streams_of(with({Input::socket, ""}), beside_another_init()),
              (Lines{"open slot 2 /dev/null rdonly", "0<-slot2 1<-slot0 2<-slot1"}));
    EXPECT_EQ(streams_of(with({Input::fd, "web"})), (Lines{"error: StandardInput= fd:web: No such file or directory"}));
    EXPECT_EQ(streams_of(with({}, std::nullopt, OutputSetting{Output::fd, "log"})),
              (Lines{"error: StandardError= fd:log: No such file or directory"}));
}

} // namespace
} // namespace mitori::exec
