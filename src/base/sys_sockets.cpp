// Sockets, pipes and clocks, of the wall of system calls.
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/detail/calls.hpp"
#include "base/sys.hpp"

namespace mitori::base::sys {
using detail::check;

Result<Pair> pipe(int flags) {
    int ends[2] = {-1, -1};
    TRY(check(::pipe2(ends, flags | O_CLOEXEC), "pipe"));
    return Pair{.first = Fd(ends[0]), .second = Fd(ends[1])};
}

Result<Pair> socket_pair(int type) {
    int ends[2] = {-1, -1};
    TRY(check(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends), "socketpair"));
    return Pair{.first = Fd(ends[0]), .second = Fd(ends[1])};
}

Result<Fd> memfd(std::string const& name) {
    int const fd = ::memfd_create(name.c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0) return errno_error("memfd_create", name);
    return Fd(fd);
}

Result<Fd> sealed_memfd(std::string const& name, std::string_view text) {
    auto file = TRY(memfd(name));
    TRY(write_all(file.get(), text));
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return errno_error("lseek", name);
    int const seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (::fcntl(file.get(), F_ADD_SEALS, seals) != 0) return errno_error("fcntl F_ADD_SEALS", name);
    return file;
}

namespace {

Usec read_clock(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now); // cannot fail for the two clocks below
    return std::chrono::duration_cast<Usec>(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

} // namespace

Usec now_monotonic() { return read_clock(CLOCK_MONOTONIC); }

Usec now_realtime() { return read_clock(CLOCK_REALTIME); }

} // namespace mitori::base::sys
