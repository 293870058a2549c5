// The faces answered from the live manager. No copy of any state is kept here: each answer is asked for when it is
// wanted. Lives on the loop's thread, as the manager does.
#pragma once

#include <memory>

#include "control/control.hpp"
#include "manager/manager.hpp"

namespace mitori::local {

class Local final : public control::Query, public control::Command, public control::Watch {
public:
    explicit Local(manager::Manager& manager) : manager_(manager) {}
    [[nodiscard]] control::Faces faces() { return {*this, *this, *this}; }

    control::Answer<std::vector<status::UnitRow>> list_units(control::UnitFilter const& filter) override;
    control::Answer<std::vector<status::UnitFileRow>> list_unit_files(control::UnitFilter const& filter) override;
    control::Answer<std::vector<status::JobRow>> list_jobs() override;
    control::Answer<status::Properties> unit_properties(std::string const& unit) override;
    control::Answer<status::Properties> manager_properties() override;
    control::Answer<std::vector<status::ProcessRow>> unit_processes(std::string const& unit) override;
    control::Answer<std::string> loaded_unit(std::string const& unit) override;
    control::Answer<std::string> unit_of_pid(std::uint32_t pid) override;
    control::Answer<std::string> unit_file_state(std::string const& unit) override;
    control::Answer<std::string> plan(std::string const& unit) override;

    control::Answer<control::JobRef> enqueue(control::JobVerb verb, std::string const& unit,
                                             control::JobMode mode) override;
    control::Answer<void> kill(std::string const& unit, control::KillWhom whom, base::Signal signal) override;
    control::Answer<void> reset_failed(std::string const& unit) override;
    control::Answer<void> reload_units() override;
    bool reloading() const override { return manager_.reloading(); }
    control::Answer<void> change_environment(std::vector<std::string> const& unset,
                                             std::vector<std::string> const& set) override;
    control::Answer<void> cancel_job(std::uint32_t id) override;
    control::Answer<void> shut_down(status::Ending ending) override;
    void on_behalf_of(pid_t pid, uid_t user) override { manager_.on_behalf_of(pid, user); }

    [[nodiscard]] std::unique_ptr<control::Subscription> subscribe(control::Listener listener) override;

private:
    [[nodiscard]] control::Answer<manager::UnitRef> valid(std::string const& unit);
    [[nodiscard]] control::Answer<manager::UnitRef> loaded(std::string const& unit);
    manager::Manager& manager_;
};

} // namespace mitori::local
