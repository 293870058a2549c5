#include "bin/up_ends.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "bin/up_streams.hpp"

namespace mitori::bin {
namespace {

int status_of(process::Exit const& exit) {
    return exit.kind == process::ExitKind::exited ? exit.status : 128 + exit.status;
}

std::string words_of(process::Exit const& exit) {
    if (exit.kind == process::ExitKind::exited) return fmt::format("exited with code {}", exit.status);
    return fmt::format("terminated by SIG{}{}", base::signal_name(base::Signal{exit.status}),
                       exit.kind == process::ExitKind::dumped ? " (core dumped)" : "");
}

bool is_down(manager::ActiveState state) {
    return state == manager::ActiveState::inactive || state == manager::ActiveState::failed;
}

} // namespace

UpEnds::UpEnds(House& house, Options options) : house_(house), options_(std::move(options)) {
    listening_ = house.manager().listen({.job_new = {},
                                         .job_done = {},
                                         .unit_changed = [this](manager::UnitRef unit) { look(unit); },
                                         .reloading = {}});
}

void UpEnds::stop(std::string_view why) {
    if (options_.console != nullptr) {
        if (!why.empty()) options_.console->say(base::Priority::notice, why);
        if (!all_down())
            options_.console->say(base::Priority::notice,
                                  stopping_ ? "sending SIGKILL to all processes" : "sending SIGTERM to all processes");
    }
    stopping_ = true;
    house_.manager().shut_down(0);
}

int UpEnds::status() const { return first_failure_ ? first_failure_->status : 0; }

void UpEnds::look(manager::UnitRef unit) {
    auto& manager = house_.manager();
    auto const& name = manager.graph().name(unit);
    if (auto const* const service = manager.service(unit); service != nullptr) {
        auto& seen = seen_[name];
        auto const& record = service->main_record();
        bool const ended = record && record->exit;
        auto const active = manager.live(unit).active;
        if (!ended) seen.stop_asked = active == manager::ActiveState::deactivating;
        bool const is_process = options_.processes.contains(name);
        if (ended && record->exit->at != seen.exit) {
            seen.exit = record->exit->at;
            if (is_process) take_end(name, seen, *record->exit);
        }
        // A service of a file says itself what a failure is (SuccessExitStatus=), and may be started again; and a
        // process may have failed before it was one.
        bool const failed = active == manager::ActiveState::failed;
        if (failed && (!is_process || (!ended && !stopping_)))
            take_failure(ended && !record->exit->clean() ? status_of(*record->exit) : 1, manager.now_stamp().monotonic);
    }
    // When the last one has ended by itself there is nothing to stay for.
    if (!stopping_ && !manager.shutting_down() && all_down()) stop_soon();
}

void UpEnds::take_end(std::string const& name, Seen const& seen, process::Exit const& exit) {
    if (options_.console != nullptr)
        options_.console->event({.tag = tag_of_unit(name), .unit = name, .invocation = {}, .pid = 0}, words_of(exit));
    if (stopping_ || house_.manager().shutting_down() || seen.stop_asked) return;
    if (!exit.clean()) take_failure(status_of(exit), exit.at.monotonic);
    if (options_.keep_going == KeepGoing::no) stop_soon();
}

void UpEnds::take_failure(int status, base::Usec at) {
    if (!first_failure_ || at < first_failure_->at) first_failure_ = {at, status};
}

bool UpEnds::all_down() {
    auto& manager = house_.manager();
    return std::ranges::all_of(options_.units, [&](std::string const& name) {
        auto const unit = manager.graph().find(name);
        if (!unit || manager.graph().unit(*unit).type != unit::Type::service) return true;
        return is_down(manager.live(*unit).active) && manager.jobs().of(*unit) == nullptr;
    });
}

/// Not from within the manager's own turn.
void UpEnds::stop_soon() {
    if (soon_) return;
    auto deferred = house_.loop().defer([this] {
        if (!stopping_) stop({});
    });
    if (deferred)
        soon_ = std::move(*deferred);
    else
        base::log(base::Priority::err, "cannot defer: {}", deferred.error().message());
}

} // namespace mitori::bin
