#include "ledger/merge.hpp"

#include <string_view>
#include <vector>

#include "status/death_fields.hpp"

namespace mitori::ledger {
namespace {

using status::Cause;
using status::Death;

bool is_empty(std::string const& text) { return text.empty(); }
bool is_empty(std::integral auto number) { return number == 0; }
bool is_empty(base::Usec span) { return span.count() == 0; }
bool is_empty(status::DeathKind kind) { return kind == status::DeathKind::unknown; }
bool is_empty(Cause cause) { return cause == Cause::unknown; }
template <class T>
bool is_empty(std::optional<T> const& value) {
    return !value.has_value();
}

/// The names of the fields that say whose doing it was; they are taken from one account as a whole.
bool is_of_cause(std::string_view name) {
    return name == "cause" || name == "unknown" || name == "reason" || name.starts_with("sender_") ||
           name.starts_with("limit_");
}
/// Where it is not empty, the newer word counts.
bool is_of_sequel(std::string_view name) { return name == "followed" || name.starts_with("restarted_"); }

/// The signal that these tracepoints saw was the manager's.
bool sent_by_manager(Death const& seen, Death const& managers) {
    bool const by_process = seen.cause == Cause::process || seen.cause == Cause::kernel;
    bool const same = seen.sender.pid == managers.parent.pid || seen.sender_command == "mitori" || seen.sender.pid == 0;
    return by_process && same;
}

/// Whose account of the cause is the better one.
bool second_knows_better(Death const& first, Death const& second) {
    if (second.cause == Cause::unknown) return false;
    if (first.cause == Cause::unknown) return true;
    if (first.cause == Cause::manager)
        return has(second.sources, status::Source::bpf) && !sent_by_manager(second, first);
    if (second.cause == Cause::manager)
        return !has(first.sources, status::Source::bpf) || sent_by_manager(first, second);
    return has(second.sources, status::Source::bpf) && !has(first.sources, status::Source::bpf);
}

} // namespace

Death merge(Death const& first, Death const& second) {
    bool const second_says = second_knows_better(first, second);
    Death merged = first;
    // The fields of both are walked side by side: by their order, which is the same.
    Death other = second;
    std::vector<void*> theirs;
    status::for_each_field(other, [&](std::string_view, auto& value) { theirs.push_back(&value); });
    std::size_t place = 0;
    status::for_each_field(merged, [&](std::string_view name, auto& value) {
        auto& their = *static_cast<std::remove_reference_t<decltype(value)>*>(theirs[place++]);
        if (name == "number" || name == "sources") return;
        bool const take = is_of_cause(name) ? second_says : is_of_sequel(name) ? !is_empty(their) : is_empty(value);
        if (take) value = std::move(their);
    });
    // An exit code of 0 is empty and yet known.
    if (first.kind == status::DeathKind::unknown) merged.status = second.status;
    merged.number = first.number != 0 ? first.number : second.number;
    merged.sources = static_cast<status::Sources>(first.sources | second.sources);
    return merged;
}

} // namespace mitori::ledger
