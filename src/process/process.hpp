#pragma once

#include "base/fd.hpp"
#include "base/sys_terminal.hpp"
#include "process/child.hpp"

namespace mitori::process {

/// A child with our ends of what its standard streams are connected to. Owns all of them; dropping it closes the ends
/// (the child then reads an end of file, and gets SIGPIPE for what it writes, or SIGHUP of its terminal) and neither
/// kills nor reaps the child. Move-only. Ends are blocking and close-on-exec.
///
/// Who writes `in` and reads `out` by hand can deadlock, when the child waits for us to read while we wait for it to
/// read: communicate() (communicate.hpp) does both at once.
struct Process {
    Child child;
    base::Fd in;  ///< what we write here it reads; empty but for Stdio::pipe(). Closing it is its end of file.
    base::Fd out; ///< likewise, its standard output
    base::Fd err;
    base::Fd terminal; ///< the controller's end of its pseudo-terminal: both ways. EIO at the end of all its users.
};

} // namespace mitori::process
