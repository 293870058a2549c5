#include "manager/states.hpp"

namespace mitori::manager {

ActiveState active_state(ServiceState state) {
    switch (state) {
    case ServiceState::dead: return ActiveState::inactive;
    case ServiceState::condition:
    case ServiceState::start_pre:
    case ServiceState::start:
    case ServiceState::start_post:
    case ServiceState::auto_restart: return ActiveState::activating;
    case ServiceState::running:
    case ServiceState::exited: return ActiveState::active;
    case ServiceState::reload:
    case ServiceState::reload_signal:
    case ServiceState::reload_notify: return ActiveState::reloading;
    case ServiceState::stop:
    case ServiceState::stop_watchdog:
    case ServiceState::stop_sigterm:
    case ServiceState::stop_sigkill:
    case ServiceState::stop_post:
    case ServiceState::final_watchdog:
    case ServiceState::final_sigterm:
    case ServiceState::final_sigkill: return ActiveState::deactivating;
    case ServiceState::failed: return ActiveState::failed;
    case ServiceState::cleaning: return ActiveState::maintenance;
    }
    return ActiveState::inactive;
}

} // namespace mitori::manager
