// What the manager adds to the book of ends (burials.hpp): whose a process was, and what was asked of its unit.
#include <algorithm>
#include <fmt/format.h>

#include "manager/manager.hpp"

namespace mitori::manager {

/// A transaction is queued that stops units, or starts them again: why they will have ended.
void Manager::note_asked(Request const& request, Transaction const& transaction) {
    bool const by_client = request.asker == Asker::client;
    std::optional<status::Requester> by;
    for (auto const& planned : transaction.jobs) {
        if (planned.type == JobType::start || planned.type == JobType::verify_active) continue;
        if (!by) by = by_client || shutting_down_ ? burials_.requester() : status::Requester{};
        std::string what;
        if (shutting_down_)
            what = by->who.pid > 0 ? "end of the manager asked for" : "the manager was told to end";
        else if (planned.unit == request.unit)
            what = by_client ? fmt::format("{} asked for", base::word(planned.type))
                             : "the manager itself stops or restarts it";
        else
            what = fmt::format("{} with the {} of {}{}", base::word(planned.type), base::word(request.type),
                               graph_.name(request.unit), by_client ? ", asked for" : "");
        burials_.asked(planned.unit, {asked_by(what, *by), *by});
    }
}

void Manager::bury(pid_t pid, process::Exit const& exit, std::optional<UnitRef> unit, std::optional<Role> role) {
    burials_.bury(pid, exit, [&](status::Death const& death) -> Burials::Buried {
        auto const whose = unit ? unit : unit_of_remains(death);
        if (!whose) return {};
        return {.unit = whose,
                .name = graph_.name(*whose),
                .service = at(*whose).service.get(),
                .role = role,
                .oom = take_oom_victim(*whose, exit)};
    });
}

/// Whose an orphan was: by its control group, or by the session that it lived in.
std::optional<UnitRef> Manager::unit_of_remains(status::Death const& death) {
    if (around_.groups.place() == cgroup::Place::none) {
        for (std::size_t i = 0; i < lives_.size(); ++i)
            if (std::ranges::find(lives_[i].sessions, death.session) != lives_[i].sessions.end())
                return static_cast<UnitRef>(i);
        return std::nullopt;
    }
    std::string_view path = death.cgroup;
    auto const base = around_.groups.base();
    auto const skipped = base == "/" ? 1 : base.size() + 1;
    if (path.size() <= skipped || (base != "/" && !path.starts_with(base + "/"))) return std::nullopt;
    return unit_around(path.substr(skipped));
}

} // namespace mitori::manager
