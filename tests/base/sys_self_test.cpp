// What a process does to itself.
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "base/sys.hpp"
#include "base/sys_disk.hpp"
#include "base/sys_last_words.hpp"
#include "base/sys_streams.hpp"

namespace mitori::base::sys {
namespace {

TEST(LastWords, are_said_before_the_signal_that_kills) {
    constexpr std::size_t page = 4096;
    EXPECT_EXIT(
        {
            auto const file = memfd("cut off").value();
            static_cast<void>(allocate(file.get(), 0, page));
            auto const mapping = Mapping::of(file.get(), page).value();
            static_cast<void>(set_last_words(Signal{SIGBUS}, "that was it\n"));
            static_cast<void>(truncate(file.get(), 0));
            mapping.data()[0] = std::byte{1};
        },
        testing::KilledBySignal(SIGBUS), "that was it");
}

} // namespace
} // namespace mitori::base::sys
