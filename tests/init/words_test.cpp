#include <cerrno>
#include <cstring>
#include <gtest/gtest.h>

#include "init/text.hpp"
#include "init/words.hpp"

namespace mitori::init {
namespace {

std::string word_of_signal(int number) {
    Text text;
    say_signal(text, {number});
    return std::string(text.view());
}

std::string word_of_error(int number) {
    Text text;
    say_error(text, number);
    return std::string(text.view());
}

TEST(InitWords, signals_are_called_as_the_c_library_calls_them) {
    for (int number = 1; number <= 31; ++number)
        EXPECT_EQ(word_of_signal(number), ::strsignal(number));
    for (int number = SIGRTMIN; number <= SIGRTMAX; ++number)
        EXPECT_EQ(word_of_signal(number), ::strsignal(number));
}

TEST(InitWords, errors_of_a_start_are_called_as_the_c_library_calls_them) {
    for (int const number : {EPERM,  ENOENT,       ESRCH,   EIO,    ENXIO,   E2BIG,  ENOEXEC, EAGAIN, ENOMEM,
                             EACCES, EFAULT,       ENOTDIR, EISDIR, EINVAL,  ENFILE, EMFILE,  ENOTTY, ETXTBSY,
                             ENOSPC, ENAMETOOLONG, ENOSYS,  ELOOP,  ELIBBAD, ESTALE, 4000})
        EXPECT_EQ(word_of_error(number), ::strerror(number));
}

TEST(InitWords, every_signal_is_read_by_its_name_and_number) {
    for (int number = 1; number <= 31; ++number) {
        std::string const name = ::sigabbrev_np(number);
        EXPECT_EQ(read_signal(name).number, number) << name;
        EXPECT_EQ(read_signal("SIG" + name).number, number) << name;
        EXPECT_EQ(read_signal(std::to_string(number)).number, number);
    }
    EXPECT_EQ(read_signal("RTMIN").number, SIGRTMIN);
    EXPECT_EQ(read_signal("SIGRTMIN+3").number, SIGRTMIN + 3);
    EXPECT_EQ(read_signal("RTMAX-1").number, SIGRTMAX - 1);
    EXPECT_EQ(read_signal("POLL").number, SIGIO);
}

TEST(InitWords, what_is_no_signal_is_none) {
    for (auto const text : {"", "SIG", "0", "65", "-1", "term", "RTMIN-1", "RTMIN+31", "RTMAX+1", "RTMIN+", "15x"})
        EXPECT_EQ(read_signal(text).number, 0) << text;
}

} // namespace
} // namespace mitori::init
