#pragma once

#include <string>
#include <sys/types.h>

#include "status/death.hpp"

namespace mitori::status {

/// The process that asked a manager for something, as the kernel saw it connect.
struct Requester {
    ProcessIdentity who; ///< pid 0: nobody from outside
    uid_t user = 0;
    std::string command;        ///< its comm
    std::string parent_command; ///< of the process that started it: a script says more than "systemctl"
};

} // namespace mitori::status
