#include "procfs/start_time.hpp"

#include <ctime>
#include <unistd.h>

#include "base/sys.hpp"

namespace mitori::procfs {

base::Usec started_at(std::uint64_t ticks) {
    timespec since_boot{};
    ::clock_gettime(CLOCK_BOOTTIME, &since_boot);
    auto const now = base::Usec(since_boot.tv_sec * 1'000'000 + since_boot.tv_nsec / 1000);
    auto const start = base::Usec(ticks * 1'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
    return base::sys::now_realtime() - (now - start);
}

} // namespace mitori::procfs
