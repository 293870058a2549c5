// `mitori deaths` and `mitori why` over a ledger of a test's own.
#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/sys.hpp"
#include "cli/deaths_program.hpp"
#include "ledger/ledger.hpp"
#include "local/deaths.hpp"
#include "support/run_command.hpp"
#include "support/temporary_directory.hpp"

namespace mitori::cli {
namespace {

using status::Death;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class DeathsVerb : public ::testing::Test {
protected:
    DeathsVerb() {
        auto ledger = *ledger::Ledger::open(path_);
        auto const now = base::sys::now_realtime();
        for (int n = 0; n < 4; ++n) {
            auto& death = deaths_.emplace_back();
            death.who = {100 + n, 7U};
            death.comm = n % 2 == 0 ? "web" : "sh, \"quoted\"";
            death.unit = n == 3 ? "" : "web.service";
            death.role = n == 1 ? "control (ExecStartPre)" : n == 3 ? "" : "main";
            death.started = now - std::chrono::hours(5 - n);
            death.ended = {now - std::chrono::hours(4 - n), base::Usec(1)};
            death.kind = n == 2 ? status::DeathKind::killed : status::DeathKind::exited;
            death.status = n == 2 ? SIGKILL : n == 1 ? 3 : 0;
            death.cause = n == 2 ? status::Cause::unknown : status::Cause::itself;
            death.cpu_user = std::chrono::seconds(n);
            death.user = 0;
        }
        deaths_[2].unknown = "nobody saw it";
        if (!ledger->add(deaths_)) std::abort();
    }
    int run(std::vector<std::string> words) { return run_as(run_deaths_, std::move(words)); }
    int why(std::vector<std::string> words) { return run_as(run_why_, std::move(words)); }
    [[nodiscard]] std::size_t lines() const {
        auto const text = out_.str();
        return static_cast<std::size_t>(std::ranges::count(text, '\n'));
    }

    std::vector<Death> deaths_;
    std::ostringstream out_, err_;
    mitori::test::TemporaryDirectory folder_;
    std::string path_ = folder_.path() + "/ledger.sqlite";

private:
    using Run = std::function<int(DeathsCall const&, DeathsMaker const&)>;
    int run_as(Run const& program, std::vector<std::string> words) {
        out_.str("");
        err_.str("");
        auto const make = [this](std::string const&, std::optional<std::string> const& file) {
            return local::open_deaths({file.value_or(path_)});
        };
        return program({.words = std::move(words), .screen = {}, .out = out_, .err = err_}, make);
    }
    Run run_deaths_ = [](auto const& call, auto const& make) { return run_deaths(call, make); };
    Run run_why_ = [](auto const& call, auto const& make) { return run_why(call, make, nullptr); };
};

TEST_F(DeathsVerb, lists_them_under_a_header) {
    ASSERT_EQ(run({}), 0) << err_.str();
    EXPECT_THAT(out_.str(), StartsWith("TIME"));
    EXPECT_EQ(lines(), 5U);
    EXPECT_THAT(out_.str(), HasSubstr("SIGKILL"));
    EXPECT_THAT(out_.str(), HasSubstr("exit 3"));
}

TEST_F(DeathsVerb, filters) {
    auto const count = [&](std::vector<std::string> words) {
        words.emplace_back("--no-legend");
        EXPECT_EQ(run(words), 0) << err_.str();
        return lines();
    };
    EXPECT_EQ(count({"--unit", "web"}), 3U);
    EXPECT_EQ(count({"-u", "web.service", "-n1"}), 1U);
    EXPECT_EQ(count({"--since", "150min"}), 2U);
    EXPECT_EQ(count({"--since=-150min", "--until=-90min"}), 1U);
    EXPECT_EQ(count({"--signal"}), 1U);
    EXPECT_EQ(count({"--signal=KILL"}), 1U);
    EXPECT_EQ(count({"--signal=TERM"}), 0U);
    EXPECT_EQ(count({"--failed"}), 2U);
    EXPECT_EQ(count({"--oom"}), 0U);
    EXPECT_EQ(count({"--comm", "web"}), 2U);
    EXPECT_EQ(count({"--pid", "103"}), 1U);
    EXPECT_EQ(count({"--tree", "103"}), 1U);
}

TEST_F(DeathsVerb, gives_json_by_the_names_of_the_columns) {
    ASSERT_EQ(run({"-o", "json"}), 0);
    auto const json = nlohmann::json::parse(out_.str());
    ASSERT_EQ(json.size(), 4U);
    EXPECT_EQ(json[2]["signal"], "SIGKILL");
    EXPECT_EQ(json[2]["cause"], "unknown");
    EXPECT_EQ(json[0]["status"], 0);
    EXPECT_EQ(json[0]["uid"], 0);
    EXPECT_EQ(json[1]["unit"], "web.service");
    EXPECT_FALSE(json[3].contains("unit"));
    ASSERT_EQ(run({"-o", "json", "--oom"}), 0);
    EXPECT_EQ(out_.str(), "[]\n");
}

TEST_F(DeathsVerb, gives_csv_that_can_be_read_back) {
    ASSERT_EQ(run({"-o", "csv"}), 0);
    EXPECT_THAT(out_.str(), StartsWith("number,pid,start_ticks,"));
    EXPECT_THAT(out_.str(), HasSubstr("\"sh, \"\"quoted\"\"\""));
    EXPECT_EQ(lines(), 5U);
}

TEST_F(DeathsVerb, adds_up_by_unit) {
    ASSERT_EQ(run({"--by-unit", "-o", "json"}), 0);
    auto const json = nlohmann::json::parse(out_.str());
    EXPECT_EQ(json[0]["name"], "web.service");
    EXPECT_EQ(json[0]["deaths"], 3);
    EXPECT_EQ(json[0]["failed"], 2);
    EXPECT_EQ(json[0]["cpu"], 3'000'000);
    ASSERT_EQ(run({"--by-unit"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("web.service"));
}

TEST_F(DeathsVerb, answers_the_three_questions_of_top) {
    ASSERT_EQ(run({"--top"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("Who dies most"));
    EXPECT_THAT(out_.str(), HasSubstr("Whose lives are shortest"));
    EXPECT_THAT(out_.str(), HasSubstr("Who throws most CPU time away"));
}

TEST_F(DeathsVerb, answers_sql_and_refuses_to_write) {
    ASSERT_EQ(run({"--sql", "SELECT pid, comm FROM deaths ORDER BY pid LIMIT 1", "-o", "csv"}), 0) << err_.str();
    EXPECT_EQ(out_.str(), "pid,comm\n100,web\n");
    ASSERT_EQ(run({"--sql", "SELECT pid, unit FROM deaths WHERE pid = 103", "-o", "json"}), 0);
    EXPECT_EQ(nlohmann::json::parse(out_.str()), nlohmann::json::parse(R"([{"pid": 103, "unit": null}])"));
    EXPECT_EQ(run({"--sql", "DELETE FROM death"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("can only be read"));
}

TEST_F(DeathsVerb, writes_accounting_records_of_64_bytes) {
    auto const file = folder_.path() + "/pacct";
    ASSERT_EQ(run({"--acct", file}), 0) << err_.str();
    auto const bytes = base::sys::read_file(file);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size(), 4U * 64U);
    EXPECT_EQ(run({"--acct", "/proc/nonexistent/pacct"}), 1);
}

TEST_F(DeathsVerb, says_what_is_wrong) {
    EXPECT_EQ(run({"--signal=NONE"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("\"NONE\" is no signal"));
    EXPECT_EQ(run({"--frobnicate"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("there is no option --frobnicate"));
    EXPECT_EQ(run({"--unit"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("needs an argument"));
    EXPECT_EQ(run({"web"}), 1);
    EXPECT_EQ(run({"--ledger", "/proc/nonexistent"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("there is no ledger"));
}

TEST_F(DeathsVerb, says_how_many_are_missing) {
    auto ledger = *ledger::Ledger::open(path_);
    ASSERT_TRUE(ledger->add_lost({.at = base::sys::now_realtime(), .count = 17, .why = "the ring was full"}));
    ASSERT_EQ(run({}), 0);
    EXPECT_THAT(err_.str(), HasSubstr("17 deaths are not in the ledger"));
}

TEST_F(DeathsVerb, why_tells_of_a_units_main_process) {
    ASSERT_EQ(why({"web"}), 0) << err_.str();
    EXPECT_THAT(out_.str(), StartsWith("web (pid 102, unit web.service) was killed by SIGKILL at "));
    EXPECT_THAT(out_.str(), HasSubstr("by whom is unknown, because nobody saw it."));
}

TEST_F(DeathsVerb, why_tells_of_a_pid_and_of_the_last_one) {
    ASSERT_EQ(why({"101"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("exited with code 3"));
    ASSERT_EQ(why({"last"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("pid 103"));
}

TEST_F(DeathsVerb, why_tells_of_a_command_that_failed_after_the_main_process) {
    Death later = deaths_[1];
    later.who = {200, 9U};
    later.ended.realtime = base::sys::now_realtime();
    auto ledger = *ledger::Ledger::open(path_);
    ASSERT_TRUE(ledger->add(std::span(&later, 1)));
    ASSERT_EQ(why({"web"}), 0);
    EXPECT_THAT(out_.str(), HasSubstr("pid 200, unit web.service, control (ExecStartPre)"));
}

TEST_F(DeathsVerb, why_gives_json_with_its_words) {
    ASSERT_EQ(why({"web", "-o", "json"}), 0);
    auto const json = nlohmann::json::parse(out_.str());
    EXPECT_EQ(json[0]["pid"], 102);
    EXPECT_THAT(json[0]["words"].get<std::string>(), HasSubstr("SIGKILL"));
    EXPECT_EQ(json[0]["recent"], 1);
}

TEST_F(DeathsVerb, why_says_of_whom_it_knows_nothing) {
    EXPECT_EQ(why({"other.service"}), 1);
    EXPECT_THAT(err_.str(), HasSubstr("knows of no death of other.service"));
    EXPECT_EQ(why({}), 1);
}

} // namespace
} // namespace mitori::cli
