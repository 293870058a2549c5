#include <cerrno>
#include <gtest/gtest.h>
#include <memory>

#include "base/result.hpp"

namespace mitori::base {
namespace {

TEST(Error, reads_as_one_line) {
    EXPECT_EQ((Error{EACCES, "open", "/etc/foo"}.message()), "open /etc/foo: Permission denied");
    EXPECT_EQ((Error{EACCES, "fork", ""}.message()), "fork: Permission denied");
    EXPECT_EQ((Error{0, "parse", "x"}.message()), "parse x");
    EXPECT_EQ((Error{ENOENT, "", ""}.message()), "No such file or directory");
    EXPECT_EQ((Error{9999, "do", ""}.message()), "do: 9999");
}

TEST(Error, takes_errno_of_the_call_that_failed) {
    errno = ENOSPC;
    Result<int> const result = errno_error("write", "f");
    EXPECT_EQ(result.error(), (Error{ENOSPC, "write", "f"}));
    EXPECT_EQ(errno_name(ENOSPC), "ENOSPC");
    EXPECT_EQ(errno_name(9999), "9999");
}

Result<std::unique_ptr<int>> make(int value) {
    if (value < 0) return make_error(EINVAL, "make");
    return std::make_unique<int>(value);
}

Result<int> sum(int a, int b) {
    std::unique_ptr<int> const first = TRY(make(a));
    return *first + *TRY(make(b));
}

TEST(Try, gives_the_value_or_returns_the_error) {
    EXPECT_EQ(sum(1, 2), 3);
    EXPECT_EQ(sum(1, -1), make_error(EINVAL, "make"));
    EXPECT_EQ(sum(-1, 1), make_error(EINVAL, "make"));
}

} // namespace
} // namespace mitori::base
