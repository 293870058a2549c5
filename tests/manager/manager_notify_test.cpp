// Notifications as the manager takes them: from the socket, and from whom. The sender of all of them is this process,
// as the kernel tells of it.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sys_streams.hpp"
#include "fake/office.hpp"

namespace mitori::manager {
namespace {

using mitori::test::add;
using mitori::test::Office;

class ManagerNotify : public testing::Test {
protected:
    ManagerNotify() { add(office, "web", "", "Type=notify"); }

    void say(std::string const& text) {
        auto const socket = base::sys::datagram_socket().value();
        auto const path = office.directory / "manager/notify";
        ASSERT_TRUE(base::sys::send_to(socket.get(), text, path));
        office.loop.make_ready_as_they_are();
        office.loop.settle();
    }
    [[nodiscard]] std::string group() { return office.manager->live(office.ref("web.service")).group; }

    Office office;
};

TEST_F(ManagerNotify, that_overtakes_the_report_of_its_senders_start_waits_for_it) {
    office.next_pid = ::getpid();
    office.holds_starts = true;
    office.start("web.service");
    office.groups.enter(group(), ::getpid());
    say("READY=1");
    EXPECT_EQ(office.sub("web.service"), "start");
    office.children->release();
    EXPECT_EQ(office.sub("web.service"), "running");
}

TEST_F(ManagerNotify, of_nobody_yet_waits_for_the_report_of_a_start) {
    office.next_pid = ::getpid();
    office.holds_starts = true;
    office.start("web.service");
    say("READY=1");
    EXPECT_EQ(office.sub("web.service"), "start");
    office.children->release();
    EXPECT_EQ(office.sub("web.service"), "running");
}

TEST_F(ManagerNotify, of_a_stranger_is_not_heard_after_the_report_either) {
    office.holds_starts = true;
    office.start("web.service");
    say("READY=1");
    office.children->release();
    EXPECT_EQ(office.sub("web.service"), "start");
    say("READY=1");
    EXPECT_EQ(office.sub("web.service"), "start");
}

TEST_F(ManagerNotify, of_a_process_of_the_unit_that_is_not_its_main_one_is_not_heard) {
    office.holds_starts = true;
    office.start("web.service");
    office.groups.enter(group(), ::getpid());
    say("READY=1");
    office.children->release();
    EXPECT_EQ(office.sub("web.service"), "start");
}

} // namespace
} // namespace mitori::manager
