#include "bin/syslog_place.hpp"

#include <algorithm>
#include <string>
#include <unistd.h>

#include "base/log.hpp"
#include "base/sys.hpp"

namespace mitori::bin {
namespace {

bool pulls_in_the_socket(manager::Graph const& graph, manager::UnitRef unit) {
    using unit::Relation;
    return std::ranges::any_of(graph.edges(unit), [&](manager::Edge const& edge) {
        return (edge.relation == Relation::requires_ || edge.relation == Relation::wants) &&
               graph.name(edge.other) == "syslog.socket";
    });
}

void fill_place() {
    std::string const folder = "/run/systemd/journal";
    auto const place = folder + "/syslog";
    if (!base::sys::access(folder, W_OK).value_or(false) || base::sys::lstat(place)) return;
    // Only its name is wanted: what is sent there before the daemon is up is refused at once, and holds nobody up.
    if (auto socket = base::sys::bind_datagrams(place, 0666); !socket)
        base::log(base::Priority::warning, "{}: a syslog daemon will take /dev/log instead", socket.error().message());
}

} // namespace

std::shared_ptr<void> keep_syslog_place(manager::Manager& manager) {
    return manager.listen({.job_new = [&manager](manager::Job const& job) {
        bool const starts = job.type == manager::JobType::start || job.type == manager::JobType::restart;
        if (starts && pulls_in_the_socket(manager.graph(), job.unit)) fill_place();
    }});
}

} // namespace mitori::bin
