#include "cli/detail/refusals.hpp"

#include <fmt/ostream.h>
#include <ostream>

#include "base/text.hpp"

namespace mitori::cli::detail {

ExitStatus exit_status_of(control::Reason reason) {
    using control::Reason;
    switch (reason) {
    case Reason::access_denied:
    case Reason::only_by_dependency:
    case Reason::transaction_is_destructive: return ExitStatus::no_permission;
    case Reason::no_such_unit: return ExitStatus::not_installed;
    case Reason::job_type_not_applicable:
    case Reason::not_supported: return ExitStatus::not_implemented;
    case Reason::load_failed: return ExitStatus::not_configured;
    default: return ExitStatus::failure;
    }
}

int complain(Context& context, std::string_view what, control::Refusal const& refusal) {
    fmt::print(context.err, "Failed to {}: {}\n", what, base::printable(refusal.text));
    return code(exit_status_of(refusal.reason));
}

} // namespace mitori::cli::detail
