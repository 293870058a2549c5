// What the manager says of a unit: one sentence, and what a program can read of it.
#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"

namespace mitori::manager {

struct Message {
    base::Priority priority = base::Priority::info;
    std::string text;
    /// "NAME=value": systemd's own, of sd-messages.h and systemd.journal-fields(7). MESSAGE_ID= names the kind of
    /// event, which the catalog of journalctl(1) explains.
    std::vector<std::string> fields{};
    friend bool operator==(Message const&, Message const&) = default;
};

} // namespace mitori::manager
