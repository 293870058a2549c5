#include "process/reap.hpp"

#include <cerrno>
#include <sys/resource.h>

#include "base/sys.hpp"
#include "process/detail/exit.hpp"

namespace mitori::process {

base::Result<Exit> reap(pid_t pid) {
    rusage usage{};
    auto const info = TRY(base::sys::wait_pid(pid, WEXITED | WNOHANG | __WALL, &usage));
    if (info.si_pid == 0) return base::make_error(EAGAIN, "waitid", "the process lives");
    return detail::exit_of(info, usage);
}

} // namespace mitori::process
