// daemon-reload, and the environment that services inherit.
#include <utility>

#include "manager/manager.hpp"

namespace mitori::manager {

void Manager::daemon_reload() {
    if (reloading_) {
        reload_again_ = true; // what is being prepared may have missed what this one was asked for
        return;
    }
    reloading_ = true;
    for (auto const& listener : listeners_)
        if (auto const alive = listener.lock(); alive && alive->reloading) alive->reloading(true);
    prepare_reload();
}

void Manager::prepare_reload() {
    if (!prepare_) return finish_reload();
    prepare_([this] { std::exchange(reload_again_, false) ? prepare_reload() : finish_reload(); });
}

void Manager::finish_reload() {
    around_.loader.refresh();
    graph_.reload([this](UnitRef unit) {
        auto const& live = at(unit);
        return live.active != ActiveState::inactive || jobs_.of(unit) != nullptr;
    });
    for (std::size_t i = 0; i < lives_.size() && i < graph_.size(); ++i) {
        auto const unit = static_cast<UnitRef>(i);
        // What runs though its file has gone is ended by the settings that it was started with.
        if (lives_[i].service && graph_.unit(unit).load_state == unit::LoadState::loaded) {
            burials_.settings_change(unit, *lives_[i].service);
            lives_[i].service->take_settings(graph_.unit_ptr(unit));
        }
        if (graph_.live(unit)) mark(unit);
    }
    reloading_ = false;
    for (auto const& listener : listeners_)
        if (auto const alive = listener.lock(); alive && alive->reloading) alive->reloading(false);
}

base::Result<void> Manager::change_environment(std::vector<std::string> const& unset,
                                               std::vector<std::string> const& set) {
    TRY(environment_.change(unset, set));
    options_.place.environment = environment_.entries();
    return {};
}

} // namespace mitori::manager
