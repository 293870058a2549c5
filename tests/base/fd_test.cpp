#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fd.hpp"

namespace mitori::base {
namespace {

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }

Fd open_null() { return Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

TEST(Fd, closes_what_it_owns) {
    int number = -1;
    {
        Fd const fd = open_null();
        number = fd.get();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Fd, moves_and_leaves_nothing_behind) {
    Fd first = open_null();
    int const number = first.get();
    Fd second = std::move(first);
    EXPECT_FALSE(first); // NOLINT(bugprone-use-after-move): that is what is asked
    EXPECT_EQ(second.get(), number);
    Fd third = open_null();
    int const replaced = third.get();
    third = std::move(second);
    EXPECT_EQ(third.get(), number);
    EXPECT_FALSE(is_open(replaced));
}

TEST(Fd, released_stays_open) {
    Fd fd = open_null();
    int const number = fd.release();
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(number));
    ::close(number);
}

TEST(Fd, closing_does_not_disturb_errno) {
    Fd fd(1 << 20); // surely not open: close would set EBADF
    errno = ENOENT;
    fd.reset();
    EXPECT_EQ(errno, ENOENT);
}

} // namespace
} // namespace mitori::base
