#include <gmock/gmock.h>
#include <initializer_list>
#include <string>
#include <vector>

#include "init/arguments.hpp"

namespace mitori::init {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Arguments that are read once; process 7 unless said otherwise.
struct Read {
    Read(std::vector<std::string> words, std::vector<std::string> environment = {}, int pid = 7)
        : words_(std::move(words)),
          environment_(std::move(environment)),
          argv_(vector_of(words_)),
          envp_(vector_of(environment_)) {
        Text text;
        ending = read_arguments({static_cast<int>(words_.size()), argv_.data(), envp_.data(), pid}, settings, text);
        said = text.view();
        if (!ending && settings.command != nullptr)
            for (char** word = settings.command; *word != nullptr; ++word)
                command.emplace_back(*word);
    }

    Settings settings;
    std::optional<Ending> ending;
    std::string said;
    std::vector<std::string> command;

private:
    static std::vector<char*> vector_of(std::vector<std::string>& words) {
        std::vector<char*> vector;
        for (std::string& word : words)
            vector.push_back(word.data());
        vector.push_back(nullptr);
        return vector;
    }
    std::vector<std::string> words_;
    std::vector<std::string> environment_;
    std::vector<char*> argv_;
    std::vector<char*> envp_;
};

TEST(InitStyle, is_that_of_the_name) {
    EXPECT_EQ(style_of("/sbin/tini"), Style::tini);
    EXPECT_EQ(style_of("tini-static"), Style::tini);
    EXPECT_EQ(style_of("/usr/bin/docker-init"), Style::tini);
    EXPECT_EQ(style_of("./dumb-init"), Style::dumb_init);
    EXPECT_EQ(style_of("catatonit"), Style::catatonit);
    EXPECT_EQ(style_of("mitori-init"), Style::mitori);
    EXPECT_EQ(style_of("/tini/init"), Style::mitori);
    EXPECT_EQ(style_of(""), Style::mitori);
}

TEST(InitArguments, of_ours_end_at_the_command) {
    Read const read({"mitori-init", "-g", "sh", "-c", "true"});
    EXPECT_FALSE(read.ending);
    EXPECT_EQ(read.settings.target, Target::group);
    EXPECT_THAT(read.command, ElementsAre("sh", "-c", "true"));
}

TEST(InitArguments, of_ours_go_through_every_option) {
    Read const read({"mitori-init", "-gEwvv", "--rewrite", "TERM:INT", "-r15:0", "--rewrite=HUP:RTMIN+1", "-e", "143",
                     "--success=7", "-p", "KILL", "--", "-x"});
    EXPECT_FALSE(read.ending) << read.said;
    EXPECT_EQ(read.settings.verbosity, 2);
    EXPECT_TRUE(read.settings.ends_group);
    EXPECT_TRUE(read.settings.warns_of_orphans);
    EXPECT_EQ(read.settings.rewrites.to[SIGTERM], 0);
    EXPECT_EQ(read.settings.rewrites.to[SIGHUP], 35);
    EXPECT_EQ(read.settings.rewrites.to[SIGUSR1], SIGUSR1);
    EXPECT_TRUE(read.settings.forgiven.has(143));
    EXPECT_TRUE(read.settings.forgiven.has(7));
    EXPECT_FALSE(read.settings.forgiven.has(0));
    EXPECT_EQ(read.settings.parent_death.number, SIGKILL);
    EXPECT_THAT(read.command, ElementsAre("-x"));
}

TEST(InitArguments, of_ours_make_a_subreaper_of_all_but_process_1) {
    EXPECT_TRUE(Read({"mitori-init", "true"}).settings.subreaper);
    EXPECT_FALSE(Read({"mitori-init", "true"}, {}, 1).settings.subreaper);
}

TEST(InitArguments, of_ours_that_are_wrong_end_with_125) {
    for (auto const& words : std::vector<std::vector<std::string>>{{"mitori-init"},
                                                                   {"mitori-init", "--"},
                                                                   {"mitori-init", "-x", "true"},
                                                                   {"mitori-init", "--nonsense", "true"},
                                                                   {"mitori-init", "-e", "256", "true"},
                                                                   {"mitori-init", "-e", "x", "true"},
                                                                   {"mitori-init", "-r", "TERM", "true"},
                                                                   {"mitori-init", "-r", "TERM:NONE", "true"},
                                                                   {"mitori-init", "-r", "0:TERM", "true"},
                                                                   {"mitori-init", "-p", "0", "true"},
                                                                   {"mitori-init", "-c", "-g", "true"},
                                                                   {"mitori-init", "-p"}}) {
        Read const read(words);
        ASSERT_TRUE(read.ending) << words.back();
        EXPECT_EQ(read.ending->status, 125);
        EXPECT_EQ(read.ending->fd, 2);
        EXPECT_THAT(read.said, testing::Not(IsEmpty()));
    }
}

TEST(InitArguments, of_ours_pause_without_a_command) {
    Read const read({"mitori-init", "--pause"});
    EXPECT_FALSE(read.ending);
    EXPECT_EQ(read.settings.quarry, Quarry::nothing);
}

TEST(InitArguments, of_tini_may_stand_behind_the_command) {
    Read const read({"tini", "sh", "-g", "-e", "3", "x"});
    EXPECT_FALSE(read.ending);
    EXPECT_EQ(read.settings.target, Target::group);
    EXPECT_TRUE(read.settings.forgiven.has(3));
    EXPECT_THAT(read.command, ElementsAre("sh", "x"));
}

TEST(InitArguments, of_tini_end_at_the_command_for_posix) {
    Read const read({"tini", "sh", "-g"}, {"POSIXLY_CORRECT="});
    EXPECT_EQ(read.settings.target, Target::command);
    EXPECT_THAT(read.command, ElementsAre("sh", "-g"));
}

TEST(InitArguments, of_tini_are_overruled_by_its_environment) {
    Read const read({"tini", "-vvv", "true"}, {"TINI_VERBOSITY=2x", "TINI_SUBREAPER=", "TINI_KILL_PROCESS_GROUP=1"});
    EXPECT_EQ(read.settings.verbosity, 2);
    EXPECT_TRUE(read.settings.subreaper);
    EXPECT_EQ(read.settings.target, Target::group);
}

TEST(InitArguments, of_tini_leave_the_signals_that_it_leaves) {
    Read const read({"tini", "true"});
    EXPECT_TRUE(read.settings.untouched.has({SIGABRT}));
    EXPECT_TRUE(read.settings.ignored.has({SIGTTIN}));
    EXPECT_FALSE(read.settings.subreaper);
    EXPECT_EQ(read.settings.verbosity, 1);
}

TEST(InitArguments, of_tini_show_its_version_first) {
    Read const read({"docker-init", "--version"});
    ASSERT_TRUE(read.ending);
    EXPECT_EQ(read.ending->status, 0);
    EXPECT_THAT(read.said, StartsWith("tini version 0.19.0 "));
}

TEST(InitArguments, of_dumb_init_live_in_a_session_unless_told) {
    EXPECT_EQ(Read({"dumb-init", "true"}).settings.home, Home::own_session);
    EXPECT_EQ(Read({"dumb-init", "true"}).settings.target, Target::group);
    for (Read const& read : {Read({"dumb-init", "--single-child", "true"}), Read({"dumb-init", "--s", "true"}),
                             Read({"dumb-init", "true"}, {"DUMB_INIT_SETSID=0"})}) {
        EXPECT_EQ(read.settings.home, Home::ours);
        EXPECT_EQ(read.settings.target, Target::command);
        EXPECT_EQ(read.settings.rewrites.to[SIGTSTP], SIGTSTP);
    }
}

TEST(InitArguments, of_dumb_init_stop_the_session_for_the_terminal) {
    Read const read({"dumb-init", "-r", "20:15", "true"});
    EXPECT_EQ(read.settings.rewrites.to[SIGTSTP], SIGTERM);
    EXPECT_EQ(read.settings.rewrites.to[SIGTTIN], SIGSTOP);
    EXPECT_TRUE(read.settings.suspend.has({SIGTSTP}));
}

TEST(InitArguments, of_dumb_init_rewrite_as_it_reads_numbers) {
    Read const read({"dumb-init", "-r", "15:2x", "--rewrite=1:0", "-r", " 3: 4", "true"});
    EXPECT_FALSE(read.ending) << read.said;
    EXPECT_EQ(read.settings.rewrites.to[SIGTERM], SIGINT);
    EXPECT_EQ(read.settings.rewrites.to[SIGHUP], 0);
    EXPECT_EQ(read.settings.rewrites.to[SIGQUIT], SIGILL);
    for (auto const wrong : {"15", "15:", ":2", "x:2", "0:2", "32:1", "15:32", "15:-1", "-1:2"})
        EXPECT_TRUE(Read({"dumb-init", "-r", wrong, "true"}).ending) << wrong;
}

TEST(InitArguments, of_catatonit_take_no_log_file) {
    EXPECT_THAT(Read({"catatonit", "true"}, {"CATATONIT_LOG="}).said, HasSubstr("reserved for future use"));
    EXPECT_EQ(Read({"catatonit", "true"}, {"CATATONIT_DEBUG=0"}).settings.verbosity, 1);
}

TEST(InitScanner, says_what_getopt_says) {
    EXPECT_THAT(Read({"tini", "--foo"}).said, StartsWith("tini: invalid option -- '-'\n"));
    EXPECT_THAT(Read({"tini", "-sz"}).said, StartsWith("tini: invalid option -- 'z'\n"));
    EXPECT_THAT(Read({"tini", "-e"}).said, StartsWith("tini: option requires an argument -- 'e'\n"));
    EXPECT_EQ(Read({"dumb-init", "--foo=3"}).said, "dumb-init: unrecognized option '--foo=3'\n");
    EXPECT_EQ(Read({"dumb-init", "--verb=3"}).said, "dumb-init: option '--verbose' doesn't allow an argument\n");
    EXPECT_EQ(Read({"dumb-init", "--rewrite"}).said, "dumb-init: option '--rewrite' requires an argument\n");
    EXPECT_EQ(Read({"dumb-init", "--ver"}).said,
              "dumb-init: option '--ver' is ambiguous; possibilities: '--verbose' '--version'\n");
}

TEST(InitArguments, are_none_at_all_for_an_empty_vector) {
    Settings settings;
    Text said;
    char* nothing[] = {nullptr, nullptr};
    EXPECT_TRUE(read_arguments({0, nothing, nothing, 7}, settings, said));
}

TEST(InitEnvironment, is_found_by_its_whole_name) {
    std::string entries[] = {"AB=1", "A", "A=2", "A=3"};
    char* environment[] = {entries[0].data(), entries[1].data(), entries[2].data(), entries[3].data(), nullptr};
    EXPECT_STREQ(variable(environment, "A"), "2");
    EXPECT_STREQ(variable(environment, "AB"), "1");
    EXPECT_EQ(variable(environment, "B"), nullptr);
}

} // namespace
} // namespace mitori::init
