#include <cstdio>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "unit/procfile.hpp"

namespace mitori::unit {
namespace {

TEST(ReplaceShell, lets_the_last_command_take_the_shells_place) {
    struct {
        std::string command;
        std::string replaced;
    } const cases[] = {
        {"serve", "exec serve"},
        {"bundle exec puma -p $PORT", "exec bundle exec puma -p $PORT"},
        {"./serve 'a b' \"c $D\" e\\ f", "exec ./serve 'a b' \"c $D\" e\\ f"},
        {"~/bin/serve", "exec ~/bin/serve"},
        {"node app.js ${PORT:-3000}", "exec node app.js ${PORT:-3000}"},
        {"RAILS_ENV=production rails server", "RAILS_ENV=production exec rails server"},
        {"A=1 B=\"x y\" serve", "A=1 B=\"x y\" exec serve"},
        {"serve >log 2>&1", "exec serve >log 2>&1"},
        {"serve 2>> 'the log' <in", "exec serve 2>> 'the log' <in"},
        {"serve # a comment; with | signs", "exec serve # a comment; with | signs"},
        {"cd app && npm start", "cd app && exec npm start"},
        {"make; ./serve", "make; exec ./serve"},
        {"test -d x || mkdir x; serve", "test -d x || mkdir x; exec serve"},
        {"set -e; A=1; serve;", "set -e; A=1; exec serve;"},
    };
    for (auto const& one : cases)
        EXPECT_EQ(replace_shell(one.command), one.replaced) << one.command;
}

TEST(ReplaceShell, leaves_alone_what_might_mean_something_else) {
    for (std::string const command : {"serve | tee log",
                                      "serve & wait",
                                      "serve &",
                                      "(cd app; serve)",
                                      "{ a; b; }",
                                      "a && (b)",
                                      "exec serve",
                                      "cd app",
                                      "echo hello",
                                      "test -f x",
                                      "wait",
                                      ". ./env",
                                      "true",
                                      "A=1",
                                      "cmd; A=1",
                                      "if a; then b; fi",
                                      "while a; do b; done",
                                      "for i in 1 2; do b; done",
                                      "case x in x) b;; esac",
                                      "! serve",
                                      "trap 'kill 0' EXIT; serve",
                                      "trap x TERM && serve",
                                      "eval \"$X\"; serve",
                                      ". ./env; serve",
                                      "serve $(port)",
                                      "serve `port`",
                                      "serve \"$(port)\"",
                                      "$SERVE",
                                      "\"serve\"",
                                      "./ser*",
                                      "serve <<X",
                                      "serve 'open",
                                      "serve \"open",
                                      "serve \\",
                                      "serve &&",
                                      "&& serve",
                                      "a ;; b",
                                      "a && ; b",
                                      "> x",
                                      ">x serve",
                                      "2>&1",
                                      "serve >",
                                      "serve >& ",
                                      "serve <(x)",
                                      "f() { a; }; f",
                                      "serve ${X:-`a`}",
                                      "serve ${X",
                                      "serve $'a'",
                                      "",
                                      "# nothing",
                                      "time serve",
                                      "[[ a ]]",
                                      "serve\nother"})
        EXPECT_EQ(replace_shell(command), command) << command;
}

using testing::ElementsAre;

TEST(PlainWords, are_those_that_a_shell_would_make) {
    EnvironmentSetting const environment{
        {"PORT", "5000"}, {"EMPTY", ""}, {"BLANK", "a b"}, {"STAR", "*"}, {"D", "/srv"}};
    auto const words = [&](std::string const& command) {
        return plain_words(command, environment).value_or(std::vector<std::string>{"(the shell's)"});
    };
    EXPECT_THAT(words("serve"), ElementsAre("serve"));
    EXPECT_THAT(words(" bundle\texec  puma -p $PORT "), ElementsAre("bundle", "exec", "puma", "-p", "5000"));
    EXPECT_THAT(words("./serve --port=${PORT} $D/x:${D}y"), ElementsAre("./serve", "--port=5000", "/srv/x:/srvy"));
    for (std::string const command : {"",
                                      "  ",
                                      "echo a",
                                      "cd x",
                                      "if x",
                                      "eval x",
                                      "A=1 serve",
                                      "serve $EMPTY",
                                      "serve $BLANK",
                                      "serve $STAR",
                                      "serve $NOSUCH",
                                      "serve $1",
                                      "serve $",
                                      "serve $$",
                                      "serve ${PORT",
                                      "serve ${PORT:-1}",
                                      "serve $PWD",
                                      "serve $RANDOM",
                                      "serve 'a'",
                                      "serve \"a\"",
                                      "serve a\\ b",
                                      "serve *",
                                      "serve ~",
                                      "serve a?",
                                      "serve [a]",
                                      "serve {a,b}",
                                      "serve # x",
                                      "serve a#b",
                                      "serve; x",
                                      "serve & x",
                                      "serve | x",
                                      "serve > x",
                                      "serve <x",
                                      "serve (x)",
                                      "serve `x`",
                                      "serve $(x)",
                                      "serve !x",
                                      "serve\nx",
                                      "serve \xc3\xa9"})
        EXPECT_THAT(words(command), ElementsAre("(the shell's)")) << command;
}

std::string output_of(std::string const& command) {
    std::string text;
    FILE* const pipe = ::popen(("A=outer; export A\n" + command + "\n").c_str(), "r");
    if (pipe == nullptr) return "popen failed";
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
        text += static_cast<char>(c);
    return text + "status " + std::to_string(::pclose(pipe));
}

TEST(ReplaceShell, means_the_same_to_the_shell) {
    for (std::string const command : {
             "env printf '%s.' a 'b c' \"$A\"",
             "A=1 B='x y' env sh -c 'echo $A $B'",
             "cd / && env pwd",
             "false || env echo or",
             "false && env echo and",
             "A=2; env echo $A; env echo last 2>&1 >/dev/null",
             "env echo a#b # c",
             "/proc/nonexistent/program 2>/dev/null",
             "nosuchprogram-of-mitori 2>/dev/null",
             "env sh -c 'exit 3'",
         }) {
        EXPECT_NE(replace_shell(command), command) << command;
        EXPECT_EQ(output_of(replace_shell(command)), output_of(command)) << command;
    }
}

} // namespace
} // namespace mitori::unit
