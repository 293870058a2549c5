// The place where a syslog daemon receives what the recorder passes on: /run/systemd/journal/syslog.
//
// Where systemd runs, syslog.socket stands there before the daemon starts. rsyslog opens that place if it finds a
// socket in it; else it takes /dev/log, away from the recorder, and removes it at its end, so that nobody's lines reach
// anyone any more. Until socket units are run, a socket that nobody reads is put there before each start of a unit that
// pulls in syslog.socket; the daemon replaces it by its own. docs/adr/0013.
#pragma once

#include <memory>

#include "manager/manager.hpp"

namespace mitori::bin {

/// Does so for as long as the handle lives. Only where the folder is: whoever serves /dev/log has made it.
[[nodiscard]] std::shared_ptr<void> keep_syslog_place(manager::Manager& manager);

} // namespace mitori::bin
