#include "manager/detail/job_types.hpp"

#include <utility>

namespace mitori::manager {

std::optional<JobType> merge(JobType a, JobType b) {
    if (a == b || b == JobType::nop) return a;
    if (a == JobType::nop) return b;
    if (a == JobType::stop || b == JobType::stop) return std::nullopt;
    if (a == JobType::restart || b == JobType::restart) return JobType::restart;
    // What is left are two different ones of start, verify_active, reload and their conditional kin.
    if (a > b) std::swap(a, b);
    if (a == JobType::start && b == JobType::verify_active) return JobType::start;
    if (a == JobType::start && b == JobType::reload) return JobType::reload_or_start;
    if (a == JobType::verify_active && b == JobType::reload) return JobType::reload;
    return std::nullopt;
}

JobType collapse(JobType type, ActiveState active) {
    bool const up = active_or_reloading(active);
    switch (type) {
    case JobType::try_restart: return up ? JobType::restart : JobType::nop;
    case JobType::try_reload: return up ? JobType::reload : JobType::nop;
    case JobType::reload_or_start: return up ? JobType::reload : JobType::start;
    default: return type;
    }
}

bool redundant(JobType type, ActiveState active) {
    switch (type) {
    case JobType::start:
    case JobType::verify_active: return active_or_reloading(active);
    case JobType::stop: return inactive_or_failed(active);
    case JobType::nop: return true;
    // A reload asks for what is on disk now, which one that is under way may have read before; and what depends on a
    // unit that restarts has to restart even while it is starting: it may have seen the old one.
    default: return false;
    }
}

Precedence precedence(JobType before, JobType after) {
    if (before == JobType::nop || after == JobType::nop) return Precedence::none;
    return stops(after) ? Precedence::second : Precedence::first;
}

} // namespace mitori::manager
