#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "base/log.hpp"
#include "base/sys.hpp"
#include "base/sys_streams.hpp"
#include "fake/fake_loop.hpp"
#include "journal/link.hpp"
#include "journal/origin.hpp"

namespace mitori::journal {
namespace {

using Kind = Message::Kind;

TEST(LinkMessage, comes_back_as_it_was) {
    Message const message{.kind = Kind::stream, .id = 7, .number = 1, .texts = {"a", "", std::string("b\0c", 3)}};
    auto const back = parse_message(show_message(message));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->kind, Kind::stream);
    EXPECT_EQ(back->id, 7U);
    EXPECT_EQ(back->number, 1U);
    EXPECT_EQ(back->texts, message.texts);
    EXPECT_FALSE(back->lost_fd);
}

TEST(LinkMessage, that_was_cut_or_grew_is_refused) {
    auto const bytes = show_message({.kind = Kind::say, .number = 3, .texts = {"MESSAGE=x", "PRIORITY=6"}});
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(parse_message(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_FALSE(parse_message(bytes + "x"));
}

TEST(Origin, comes_back_as_it_was) {
    Origin const origin{.unit = "web.service",
                        .invocation = std::string(32, 'f'),
                        .identifier = "web",
                        .scope = Scope::user,
                        .facility = 16,
                        .level = 4,
                        .level_max = 5,
                        .level_prefix = LevelPrefix::off,
                        .console = Origin::Console::yes,
                        .rate_interval = std::chrono::seconds(3),
                        .rate_burst = 9,
                        .extra_fields = {"A=b", "C="}};
    auto const back = parse_origin(show_origin(origin));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, origin);
    EXPECT_EQ(*parse_origin(show_origin({})), Origin{});
}

TEST(Origin, of_a_group_is_the_innermost_unit) {
    EXPECT_EQ(unit_of_group("/system.slice/web.service"), "web.service");
    EXPECT_EQ(unit_of_group("/user.slice/user-1.slice/user@1.service/app.slice/db.service/worker"), "db.service");
    EXPECT_EQ(unit_of_group("/"), std::nullopt);
    EXPECT_EQ(unit_of_group("/system.slice"), std::nullopt);
}

class Links : public testing::Test {
protected:
    void SetUp() override {
        base::set_log_sink([](base::Priority, std::string_view) {});
        auto ends = *base::sys::socket_pair(SOCK_SEQPACKET);
        ASSERT_TRUE(base::sys::set_nonblocking(ends.first.get()));
        ASSERT_TRUE(base::sys::set_nonblocking(ends.second.get()));
        near_fd = ends.first.get();
        far_fd = ends.second.get();
        near_end = *Link::make(loop, std::move(ends.first),
                               {.received = [](Message) {}, .quiet = {}, .ended = [this] { near_end.reset(); }});
        far_end = *Link::make(loop, std::move(ends.second),
                              {.received = [this](Message message) { received.push_back(std::move(message)); },
                               .quiet = [this] { ++quiet; },
                               .ended = [this] { ended = true; }});
    }
    void TearDown() override { base::set_log_sink({}); }

    test::FakeLoop loop;
    int near_fd = -1;
    int far_fd = -1;
    std::vector<Message> received;
    int quiet = 0;
    bool ended = false;
    std::unique_ptr<Link> near_end;
    std::unique_ptr<Link> far_end;
};

TEST_F(Links, carry_a_descriptor) {
    auto pipe = *base::sys::pipe();
    ASSERT_TRUE(near_end->send({.kind = Kind::stream, .id = 1, .fd = std::move(pipe.second)}));
    loop.make_readable(far_fd);
    loop.settle();
    ASSERT_EQ(received.size(), 1U);
    EXPECT_FALSE(received[0].lost_fd);
    ASSERT_TRUE(base::sys::write_all(received[0].fd.get(), "x"));
    EXPECT_EQ(base::sys::bytes_waiting(pipe.first.get()), 1U);
    EXPECT_EQ(quiet, 1);
}

TEST_F(Links, keep_what_the_other_side_does_not_take_in_order) {
    constexpr std::uint64_t count = 5000;
    for (std::uint64_t i = 0; i < count; ++i)
        ASSERT_TRUE(near_end->send({.kind = Kind::say, .number = i, .texts = {std::string(500, 'x')}}));
    EXPECT_GT(near_end->queued(), 0U);
    for (int i = 0; i < 1000 && received.size() < count; ++i) {
        loop.make_readable(far_fd);
        loop.make_writable(near_fd);
        loop.settle();
    }
    ASSERT_EQ(received.size(), count);
    for (std::uint64_t i = 0; i < count; ++i)
        ASSERT_EQ(received[i].number, i);
    EXPECT_EQ(near_end->queued(), 0U);
}

TEST_F(Links, refuse_what_fits_into_no_packet_and_go_on) {
    EXPECT_EQ(near_end->send({.kind = Kind::say, .texts = {std::string(1 << 20, 'x')}}).error().number, EMSGSIZE);
    ASSERT_TRUE(near_end->send({.kind = Kind::say, .number = 2}));
    loop.make_readable(far_fd);
    loop.settle();
    ASSERT_EQ(received.size(), 1U);
}

TEST_F(Links, hand_over_what_was_said_before_the_end) {
    ASSERT_TRUE(near_end->send({.kind = Kind::say, .number = 1}));
    near_end.reset();
    loop.hang_up(far_fd);
    loop.settle();
    EXPECT_EQ(received.size(), 1U);
    EXPECT_TRUE(ended);
}

} // namespace
} // namespace mitori::journal
