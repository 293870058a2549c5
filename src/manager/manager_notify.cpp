// What services say of themselves (sd_notify(3)), on its way to the service that may say it.
#include <fmt/format.h>

#include "manager/manager.hpp"

namespace mitori::manager {

// A child may run, and say that it is ready, before the spawner has told of it. What comes from somebody who may not
// speak (yet) waits as long as there can be such a child; its unit is the one that it had then.
void Manager::on_notification(Notification notification) {
    constexpr std::size_t most = 1024; // a stranger's flood is not kept
    auto const& [message, sender, known] = notification;
    if (!known) notification.unit = unit_of(sender);
    auto const unit = notification.unit;
    bool const heard = unit && at(*unit).service && at(*unit).service->may_notify(sender, true);
    if (!heard && children_->expecting() && early_.size() < most) return early_.push_back(std::move(notification));
    if (!unit || !at(*unit).service)
        return base::log(base::Priority::debug, "notification from pid {}, which is of no unit", sender);
    last_words_.follow(*unit, [this, unit = *unit, message, sender] { hear(unit, message, sender); });
}

void Manager::hear(UnitRef unit, NotifyMessage const& message, pid_t sender) {
    auto& service = *at(unit).service;
    if (!service.may_notify(sender, true))
        return say(
            unit, base::Priority::warning,
            fmt::format("Got notification message from PID {}, but reception is not permitted for it (NotifyAccess=)",
                        sender));
    service.on_notify(message, sender);
}

} // namespace mitori::manager
