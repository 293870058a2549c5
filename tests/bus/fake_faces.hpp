// A manager that is none: the three control faces over a few made-up units, for tests of what speaks to faces. It keeps
// a record of what it was asked, refuses what it is told to refuse, and ends jobs as it is told.
#pragma once

#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "bus/fake_unit.hpp"
#include "control/control.hpp"
#include "control/names.hpp"

namespace mitori::test {

class FakeFaces final : public control::Query, public control::Command, public control::Watch {
public:
    std::map<std::string, FakeUnit> units;
    /// What an enqueue, a kill or a reset of the unit is refused with.
    std::map<std::string, control::Refusal> refusals;
    /// Results of jobs by unit; "done" for others. "" leaves the job running.
    std::map<std::string, std::string> results;
    std::vector<std::string> asked;
    std::vector<status::JobRow> jobs;
    /// How to end a job later than within enqueue; at once where empty.
    std::function<void(std::function<void()>)> later;

    FakeFaces() {
        add({.name = "foo.service", .active = "active", .sub = "running", .file_state = "enabled"});
        add({.name = "dead.service"});
        add({.name = "broken.service", .active = "failed", .sub = "failed"});
        add({.name = "some.target", .active = "active", .sub = "active", .file_state = "static"});
        add({.name = "with space.service"});
    }
    FakeUnit& add(FakeUnit unit) { return units[unit.name] = std::move(unit); }
    [[nodiscard]] control::Faces faces() { return {*this, *this, *this}; }

    control::Answer<std::vector<status::UnitRow>> list_units(control::UnitFilter const& filter) override {
        std::vector<status::UnitRow> rows;
        for (auto const& [name, unit] : units)
            if (fits(unit, filter))
                rows.push_back({.name = name,
                                .description = description(unit),
                                .load_state = unit.load,
                                .active_state = unit.active,
                                .sub_state = unit.sub});
        return rows;
    }
    control::Answer<std::vector<status::UnitFileRow>> list_unit_files(control::UnitFilter const& filter) override {
        std::vector<status::UnitFileRow> rows;
        for (auto const& [name, unit] : units)
            if (fits(unit, {.patterns = filter.patterns}))
                if (filter.states.empty() || std::ranges::count(filter.states, unit.file_state) > 0)
                    rows.push_back(
                        {"/lib/systemd/system/" + name, unit.file_state, unit.file_state == "static" ? "" : "enabled"});
        return rows;
    }
    control::Answer<std::vector<status::JobRow>> list_jobs() override { return jobs; }
    control::Answer<status::Properties> unit_properties(std::string const& name) override {
        if (name.find('.') == std::string::npos)
            return refuse(control::Reason::invalid_args, fmt::format("Unit name {} is not valid.", name));
        auto const found = units.find(name);
        return properties(found != units.end() ? found->second : FakeUnit{.name = name, .load = "not-found"});
    }
    control::Answer<status::Properties> manager_properties() override {
        status::Properties all;
        all.add("Manager", "Version", "252 (mitori test)");
        all.add("Manager", "Features", "+CGROUPS -PAM");
        all.add("Manager", "Architecture", "x86-64");
        all.add("Manager", "Virtualization", "");
        all.add("Manager", "Tainted", "");
        all.add("Manager", "SystemState", "running");
        all.add("Manager", "NNames", static_cast<std::uint32_t>(units.size()));
        all.add("Manager", "NFailedUnits", std::uint32_t{1});
        all.add("Manager", "NJobs", std::uint32_t{0});
        all.add("Manager", "Environment", status::List{"s", {"LANG=C", "A=it's a $word"}});
        all.add("Manager", "ControlGroup", "");
        all.add("Manager", "UserspaceTimestamp", std::uint64_t{1700000000000000});
        return all;
    }
    control::Answer<std::vector<status::ProcessRow>> unit_processes(std::string const& name) override {
        auto const found = units.find(name);
        if (found == units.end()) return no_unit(name);
        return found->second.processes;
    }
    control::Answer<std::string> loaded_unit(std::string const& name) override {
        if (!units.contains(name)) return no_unit(name);
        return name;
    }
    control::Answer<std::string> unit_of_pid(std::uint32_t pid) override {
        for (auto const& [name, unit] : units)
            for (auto const& row : unit.processes)
                if (row.pid == pid) return name;
        return refuse(control::Reason::no_unit_for_pid, fmt::format("PID {} does not belong to any loaded unit.", pid));
    }
    control::Answer<std::string> unit_file_state(std::string const& name) override {
        if (!units.contains(name)) return no_unit(name);
        return units.at(name).file_state;
    }
    control::Answer<std::string> plan(std::string const& name) override {
        if (!units.contains(name)) return no_unit(name);
        return "exec /bin/" + name + "\n";
    }

    control::Answer<control::JobRef> enqueue(control::JobVerb verb, std::string const& name,
                                             control::JobMode mode) override {
        asked.push_back(fmt::format("{} {} {}", base::word(verb), name, base::word(mode)));
        if (refusals.contains(name)) return std::unexpected(refusals.at(name));
        if (!units.contains(name))
            return refuse(control::Reason::no_such_unit, fmt::format("Unit {} not found.", name));
        std::uint32_t const id = ++last_job_;
        jobs.push_back({id, name, std::string(base::word(verb)), "running"});
        tell(&control::Listener::job_new, control::JobNew{id, name});
        auto const result = results.contains(name) ? results.at(name) : "done";
        auto const end = [this, id, result, verb] { end_job(id, result, verb); };
        if (result.empty()) return control::JobRef{id, name};
        if (later)
            later(end);
        else
            end();
        return control::JobRef{id, name};
    }
    control::Answer<void> kill(std::string const& name, control::KillWhom whom, base::Signal signal) override {
        asked.push_back(fmt::format("kill {} {} {}", name, base::word(whom), signal.number));
        return allow(name);
    }
    control::Answer<void> reset_failed(std::string const& name) override {
        asked.push_back("reset-failed " + name);
        if (!name.empty()) return allow(name);
        return {};
    }
    control::Answer<void> reload_units() override {
        asked.emplace_back("reload");
        tell(&control::Listener::reloading, control::Reloading{true});
        reloading_ = true;
        if (!reloads_slowly) end_reload();
        return {};
    }
    bool reloading() const override { return reloading_; }
    /// A reload goes on until end_reload().
    bool reloads_slowly = false;
    void end_reload() {
        reloading_ = false;
        tell(&control::Listener::reloading, control::Reloading{false});
    }
    control::Answer<void> change_environment(std::vector<std::string> const& unset,
                                             std::vector<std::string> const& set) override {
        asked.push_back(fmt::format("environment -[{}] +[{}]", base::join(unset, " "), base::join(set, " ")));
        if (auto const refused = refusals.find("environment"); refused != refusals.end())
            return std::unexpected(refused->second);
        return {};
    }
    control::Answer<void> cancel_job(std::uint32_t id) override {
        asked.push_back(fmt::format("cancel {}", id));
        if (std::ranges::none_of(jobs, [id](auto const& job) { return job.id == id; }))
            return refuse(control::Reason::no_such_job, fmt::format("Job {} does not exist.", id));
        end_job(id, "canceled", std::nullopt);
        return {};
    }
    control::Answer<void> shut_down(status::Ending ending) override {
        asked.emplace_back(base::word(ending));
        return {};
    }

    std::unique_ptr<control::Subscription> subscribe(control::Listener listener) override {
        struct Keeper final : control::Subscription {
            std::list<control::Listener>* all;
            std::list<control::Listener>::iterator mine;
            Keeper(std::list<control::Listener>* list, std::list<control::Listener>::iterator it)
                : all(list),
                  mine(it) {}
            ~Keeper() override { all->erase(mine); }
        };
        listeners_.push_back(std::move(listener));
        return std::make_unique<Keeper>(&listeners_, std::prev(listeners_.end()));
    }

    template <class Event>
    void tell(std::function<void(Event const&)> control::Listener::* member, Event const& event) {
        for (auto const& listener : listeners_)
            if (listener.*member) (listener.*member)(event);
    }

private:
    bool reloading_ = false;

    static std::unexpected<control::Refusal> refuse(control::Reason reason, std::string text) {
        return std::unexpected(control::Refusal{reason, std::move(text)});
    }
    static std::unexpected<control::Refusal> no_unit(std::string const& name) {
        return refuse(control::Reason::no_such_unit, fmt::format("Unit {} not loaded.", name));
    }
    control::Answer<void> allow(std::string const& name) const {
        if (refusals.contains(name)) return std::unexpected(refusals.at(name));
        if (!units.contains(name)) return no_unit(name);
        return {};
    }
    void end_job(std::uint32_t id, std::string const& result, std::optional<control::JobVerb> verb) {
        auto const job = std::ranges::find(jobs, id, &status::JobRow::id);
        if (job == jobs.end()) return;
        auto const name = job->unit;
        jobs.erase(job);
        if (verb && result == "done") {
            auto& unit = units.at(name);
            bool const stopped = *verb == control::JobVerb::stop;
            unit.active = stopped ? "inactive" : "active";
            unit.sub = stopped ? "dead" : "running";
            tell(&control::Listener::unit_changed, control::UnitChanged{name, unit.active, unit.sub});
        }
        tell(&control::Listener::job_removed, control::JobRemoved{id, name, result});
    }

    std::list<control::Listener> listeners_;
    std::uint32_t last_job_ = 0;
};

} // namespace mitori::test
