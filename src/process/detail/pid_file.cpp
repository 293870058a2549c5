#include "process/detail/pid_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/sys.hpp"
#include "base/sys_streams.hpp"

namespace mitori::process::detail {

namespace sys = base::sys;

base::Result<base::Fd> lock_pid_file(std::string const& path) {
    for (;;) {
        auto file = TRY(sys::open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0644));
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) return base::errno_error("lock", path);
        // Who had it until now may have removed it between the two calls: then this is a lock on nothing.
        struct stat ours{};
        auto const there = sys::stat(path);
        if (::fstat(file.get(), &ours) == 0 && there && there->st_ino == ours.st_ino && there->st_dev == ours.st_dev)
            return file;
    }
}

base::Result<void> write_pid(base::Fd const& file, pid_t pid) {
    TRY(sys::truncate(file.get(), 0));
    return sys::write_all_at(file.get(), std::to_string(pid) + "\n", 0);
}

} // namespace mitori::process::detail
