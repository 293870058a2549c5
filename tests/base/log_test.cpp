#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "base/log.hpp"

namespace mitori::base {
namespace {

using testing::ElementsAre;

class Log : public testing::Test {
protected:
    ~Log() override {
        set_log_sink({});
        set_log_level(Priority::info);
    }
    std::vector<std::string> lines;
    void listen() {
        set_log_sink([this](Priority priority, std::string_view text) {
            lines.push_back(fmt::format("{} {}", static_cast<int>(priority), text));
        });
    }
};

TEST_F(Log, reaches_the_sink_with_its_priority) {
    listen();
    log(Priority::warning, "{} of {}", 1, "two");
    EXPECT_THAT(lines, ElementsAre("4 1 of two"));
}

TEST_F(Log, drops_what_is_less_important_than_the_level) {
    listen();
    log(Priority::debug, "unheard");
    set_log_level(Priority::debug);
    log(Priority::debug, "heard");
    set_log_level(Priority::err);
    log(Priority::warning, "unheard");
    EXPECT_THAT(lines, ElementsAre("7 heard"));
}

TEST_F(Log, writes_one_line_to_stderr_whatever_the_text_holds) {
    ::unsetenv("JOURNAL_STREAM");
    testing::internal::CaptureStderr();
    log(Priority::err, "first\nsecond\x1b[2J");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "mitori: first\\nsecond\\x1b[2J\n");
}

} // namespace
} // namespace mitori::base
