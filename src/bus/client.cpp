#include "bus/client.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

#include "bus/detail/session.hpp"
#include "bus/detail/signals.hpp"
#include "control/names.hpp"

namespace mitori::bus {
using control::Answer;
using detail::Values;
using status::List;
using status::Value;

namespace {

/// The first value of an answer; a Value of nothing where there is none.
Value first(Values const& values) { return values.empty() ? Value() : values.front(); }

std::uint32_t id_at(std::vector<Value> const& fields, std::size_t index) {
    return static_cast<std::uint32_t>(fields.at(index).number());
}
std::string text_at(std::vector<Value> const& fields, std::size_t index) { return fields.at(index).text(); }

List words(std::vector<std::string> const& texts) { return {"s", {texts.begin(), texts.end()}}; }

/// Rows of an a(...) whose structs have at least `fields` fields; others are not from a manager that we know.
template <class Row, class Read>
std::vector<Row> rows_of(Values const& answer, std::size_t fields, Read read) {
    std::vector<Row> rows;
    auto const list = first(answer);
    for (auto const& item : list.items())
        if (item.items().size() >= fields) rows.push_back(read(item.items()));
    return rows;
}

std::string unit_at(std::string const& path) {
    auto const object = detail::object_at(path);
    auto const* unit = std::get_if<detail::UnitObject>(&object);
    return unit != nullptr ? unit->name : std::string();
}

std::string enqueue_method(control::JobVerb verb) {
    using control::JobVerb;
    switch (verb) {
    case JobVerb::start: return "StartUnit";
    case JobVerb::stop: return "StopUnit";
    case JobVerb::reload: return "ReloadUnit";
    case JobVerb::restart: return "RestartUnit";
    case JobVerb::try_restart: return "TryRestartUnit";
    case JobVerb::reload_or_restart: return "ReloadOrRestartUnit";
    case JobVerb::reload_or_try_restart: return "ReloadOrTryRestartUnit";
    }
    return {};
}

class RealClient final : public Client {
public:
    explicit RealClient(std::unique_ptr<detail::Session> session) : session_(std::move(session)) {}

    Answer<std::vector<status::UnitRow>> list_units(control::UnitFilter const& filter) override;
    Answer<std::vector<status::UnitFileRow>> list_unit_files(control::UnitFilter const& filter) override;
    Answer<std::vector<status::JobRow>> list_jobs() override;
    Answer<status::Properties> unit_properties(std::string const& unit) override {
        return properties_at(detail::unit_path(unit));
    }
    Answer<status::Properties> manager_properties() override {
        return properties_at(std::string(detail::manager_path));
    }
    Answer<std::vector<status::ProcessRow>> unit_processes(std::string const& unit) override;
    Answer<std::string> loaded_unit(std::string const& unit) override {
        return unit_at(first(TRY(session_->manager("GetUnit", "s", {unit}))).text());
    }
    Answer<std::string> unit_of_pid(std::uint32_t pid) override {
        return unit_at(first(TRY(session_->manager("GetUnitByPID", "u", {pid}))).text());
    }
    Answer<std::string> unit_file_state(std::string const& unit) override {
        return first(TRY(session_->manager("GetUnitFileState", "s", {unit}))).text();
    }
    Answer<std::string> plan(std::string const& unit) override {
        return first(TRY(session_->call(own(), "Plan", "s", {unit}))).text();
    }

    Answer<control::JobRef> enqueue(control::JobVerb verb, std::string const& unit, control::JobMode mode) override;
    Answer<void> kill(std::string const& unit, control::KillWhom whom, base::Signal signal) override {
        return nothing(session_->manager("KillUnit", "ssi", {unit, std::string(base::word(whom)), signal.number}));
    }
    Answer<void> reset_failed(std::string const& unit) override {
        if (unit.empty()) return nothing(session_->manager("ResetFailed"));
        return nothing(session_->manager("ResetFailedUnit", "s", {unit}));
    }
    Answer<void> reload_units() override { return nothing(session_->manager("Reload")); }
    Answer<void> change_environment(std::vector<std::string> const& unset,
                                    std::vector<std::string> const& set) override {
        return nothing(session_->manager("UnsetAndSetEnvironment", "asas", {words(unset), words(set)}));
    }
    Answer<void> cancel_job(std::uint32_t id) override { return nothing(session_->manager("CancelJob", "u", {id})); }
    Answer<void> shut_down(status::Ending ending) override {
        return nothing(session_->manager(std::string(detail::ending_method(ending))));
    }

    std::unique_ptr<control::Subscription> subscribe(control::Listener listener) override {
        return session_->subscribe(std::move(listener));
    }

    Answer<void> wait_until(std::function<bool()> const& done, base::Usec limit) override {
        return session_->wait_until(done, limit);
    }
    Answer<void> process() override { return session_->process(); }
    int descriptor() const override { return session_->descriptor(); }

private:
    static detail::Session::Target own() { return {std::string(detail::manager_path), detail::own_interface}; }
    static Answer<void> nothing(Answer<Values> const& answer) {
        if (!answer) return std::unexpected(answer.error());
        return {};
    }
    Answer<status::Properties> properties_at(std::string const& path);

    std::unique_ptr<detail::Session> session_;
};

Answer<status::Properties> RealClient::properties_at(std::string const& path) {
    auto const answer = first(TRY(session_->call({path, detail::properties_interface}, "GetAll", "s", {""})));
    status::Properties properties;
    for (auto const& entry : answer.items())
        if (entry.items().size() == 2) properties.add("", entry.items()[0].text(), entry.items()[1]);
    return properties;
}

Answer<std::vector<status::UnitRow>> RealClient::list_units(control::UnitFilter const& filter) {
    auto const answer =
        TRY(session_->manager("ListUnitsByPatterns", "asas", {words(filter.states), words(filter.patterns)}));
    return rows_of<status::UnitRow>(answer, 10, [](auto const& fields) {
        return status::UnitRow{
            .name = text_at(fields, 0),
            .description = text_at(fields, 1),
            .load_state = text_at(fields, 2),
            .active_state = text_at(fields, 3),
            .sub_state = text_at(fields, 4),
            .following = text_at(fields, 5),
            .path = text_at(fields, 6),
            .job_id = id_at(fields, 7),
            .job_type = text_at(fields, 8),
            .job_path = text_at(fields, 9),
        };
    });
}

Answer<std::vector<status::UnitFileRow>> RealClient::list_unit_files(control::UnitFilter const& filter) {
    Values const arguments{words(filter.states), words(filter.patterns)};
    auto answer = session_->call(own(), "ListUnitFiles", "asas", arguments);
    if (!answer && answer.error().reason == control::Reason::not_supported) // a systemd
        answer = session_->manager("ListUnitFilesByPatterns", "asas", arguments);
    return rows_of<status::UnitFileRow>(TRY(std::move(answer)), 2, [](auto const& fields) {
        return status::UnitFileRow{text_at(fields, 0), text_at(fields, 1), fields.size() > 2 ? text_at(fields, 2) : ""};
    });
}

Answer<std::vector<status::JobRow>> RealClient::list_jobs() {
    return rows_of<status::JobRow>(TRY(session_->manager("ListJobs")), 4, [](auto const& fields) {
        return status::JobRow{id_at(fields, 0), text_at(fields, 1), text_at(fields, 2), text_at(fields, 3)};
    });
}

Answer<std::vector<status::ProcessRow>> RealClient::unit_processes(std::string const& unit) {
    auto const base = TRY(unit_properties(unit)).get("ControlGroup").text();
    return rows_of<status::ProcessRow>(
        TRY(session_->manager("GetUnitProcesses", "s", {unit})), 3, [&base](auto const& fields) {
            auto path = text_at(fields, 0);
            if (path.starts_with(base)) path.erase(0, base.size());
            if (path.starts_with('/')) path.erase(0, 1);
            return status::ProcessRow{.group = path, .pid = id_at(fields, 1), .command_line = text_at(fields, 2)};
        });
}

Answer<control::JobRef> RealClient::enqueue(control::JobVerb verb, std::string const& unit, control::JobMode mode) {
    auto const answer = TRY(session_->manager(enqueue_method(verb), "ss", {unit, std::string(base::word(mode))}));
    auto const object = detail::object_at(first(answer).text());
    auto const* job = std::get_if<detail::JobObject>(&object);
    if (job == nullptr)
        return std::unexpected(control::Refusal{control::Reason::failed, "The manager's answer names no job."});
    return control::JobRef{job->id, unit};
}

} // namespace

Answer<std::unique_ptr<Client>> Client::connect(std::string const& socket, base::Usec patience) {
    return std::make_unique<RealClient>(TRY(detail::Session::open(socket, patience)));
}

base::Result<std::string> runtime_directory(std::optional<std::string> const& chosen) {
    if (chosen) return *chosen;
    if (char const* folder = std::getenv("MITORI_RUNTIME_DIR"); folder != nullptr && *folder != '\0') return folder;
    if (::geteuid() == 0) return "/run/mitori";
    char const* folder = std::getenv("XDG_RUNTIME_DIR");
    if (folder == nullptr || *folder == '\0')
        return base::make_error(ENOENT, "find the runtime folder",
                                "neither XDG_RUNTIME_DIR nor MITORI_RUNTIME_DIR is set");
    return std::string(folder) + "/mitori";
}

std::string socket_in(std::string const& runtime_directory) { return runtime_directory + "/private"; }

} // namespace mitori::bus
