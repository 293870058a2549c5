#include <csignal>
#include <cstring>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sys/acct.h>

#include "status/death.hpp"
#include "status/death_acct.hpp"
#include "status/death_fields.hpp"
#include "status/death_json.hpp"
#include "status/death_text.hpp"

namespace mitori::status {
namespace {

using ::testing::ElementsAre;

TEST(DeathFields, have_names_of_their_own) {
    std::set<std::string> names;
    Death const death;
    std::size_t count = 0;
    for_each_field(death, [&](std::string_view name, auto const&) {
        names.emplace(name);
        ++count;
    });
    EXPECT_EQ(names.size(), count);
}

TEST(DeathText, leaves_out_what_is_not_known) {
    Death death;
    death.who.pid = 7;
    death.user = 0;
    EXPECT_THAT(show_death(death), ElementsAre("pid=7", "uid=0", "kind=unknown", "cause=unknown"));
}

TEST(DeathText, is_read_back) {
    Death death;
    death.who = {7, 8};
    death.command_line = "a=b\nc";
    death.ended = {base::Usec(9), base::Usec(10)};
    death.kind = DeathKind::dumped;
    death.status = SIGSEGV;
    death.cause = Cause::process;
    death.cpu_user = base::Usec(0);
    death.sources = Sources{} | Source::bpf | Source::wait;
    auto const read = parse_death(show_death(death));
    ASSERT_TRUE(read);
    EXPECT_EQ(show_death(*read), show_death(death));
    EXPECT_EQ(read->cpu_user, base::Usec(0));
    EXPECT_EQ(read->command_line, "a=b\nc");
}

TEST(DeathText, passes_over_what_another_build_knows) {
    auto const read = parse_death(std::vector<std::string>{"pid=7", "colour=red"});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->who.pid, 7);
}

TEST(DeathText, refuses_what_is_no_value) {
    EXPECT_FALSE(parse_death(std::vector<std::string>{"pid=x"}));
    EXPECT_FALSE(parse_death(std::vector<std::string>{"kind=sung"}));
    EXPECT_FALSE(parse_death(std::vector<std::string>{"pid"}));
}

TEST(DeathJson, names_the_signal_and_the_sources) {
    Death death;
    death.kind = DeathKind::killed;
    death.status = SIGKILL;
    death.sources = Sources{} | Source::wait | Source::bpf;
    nlohmann::json const json = death;
    EXPECT_EQ(json["signal"], "SIGKILL");
    EXPECT_EQ(json["sources"], nlohmann::json({"wait", "bpf"}));
    EXPECT_FALSE(json.contains("unit"));
}

TEST(Acct, compresses_as_the_kernel_does) {
    EXPECT_EQ(compressed(0), 0);
    EXPECT_EQ(compressed(8191), 8191);
    EXPECT_EQ(compressed(8192), (1U << 13U) | 1024U);
    EXPECT_EQ(compressed(8196), (1U << 13U) | 1025U); // rounded
    EXPECT_EQ(compressed(~std::uint64_t{0}), 0xffff);
    for (std::uint64_t value = 1; value < 1'000'000'000; value = value * 3 + 1) {
        auto const packed = compressed(value);
        auto const back = static_cast<std::uint64_t>(packed & 0x1fffU) << (3U * (packed >> 13U));
        EXPECT_LE(value > back ? value - back : back - value, value / 1024 + 1) << value;
    }
}

TEST(Acct, fills_a_record_of_version_3) {
    Death death;
    death.who.pid = 812;
    death.parent.pid = 1;
    death.user = 1000;
    death.comm = "a-name-that-is-longer-than-fifteen";
    death.started = std::chrono::seconds(1'800'000'000);
    death.ended.realtime = std::chrono::seconds(1'800'000'010);
    death.kind = DeathKind::dumped;
    death.status = SIGSEGV;
    death.cpu_user = std::chrono::milliseconds(1500);
    auto const bytes = show_acct(death);
    ASSERT_EQ(bytes.size(), 64U);
    acct_v3 record{};
    std::memcpy(&record, bytes.data(), sizeof record);
    EXPECT_EQ(record.ac_version, 3);
    EXPECT_EQ(record.ac_flag, AXSIG | ACORE);
    EXPECT_EQ(record.ac_exitcode, 0x80U | SIGSEGV);
    EXPECT_EQ(record.ac_uid, 1000U);
    EXPECT_EQ(record.ac_pid, 812U);
    EXPECT_EQ(record.ac_btime, 1'800'000'000U);
    EXPECT_FLOAT_EQ(record.ac_etime, 1000.0F);
    EXPECT_EQ(record.ac_utime, 150);
    EXPECT_STREQ(record.ac_comm, "a-name-that-is-");
}

} // namespace
} // namespace mitori::status
