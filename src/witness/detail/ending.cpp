#include "witness/detail/ending.hpp"

#include <sys/wait.h>

#include "base/sys.hpp"

namespace mitori::witness::detail {

void tell_ending(int wait_status, status::Death& death) {
    using status::DeathKind;
    if (WIFEXITED(wait_status)) {
        death.kind = DeathKind::exited;
        death.status = WEXITSTATUS(wait_status);
    } else {
        death.kind = WCOREDUMP(wait_status) ? DeathKind::dumped : DeathKind::killed;
        death.status = WTERMSIG(wait_status);
    }
}

void add_unknown(status::Death& death, std::string_view reason) {
    if (reason.empty()) return;
    if (!death.unknown.empty()) death.unknown += "; ";
    death.unknown += reason;
}

void apply_judgement(Judgement judgement, status::Death& death) {
    death.cause = judgement.cause;
    death.limit = std::move(judgement.limit);
    death.limit_group = std::move(judgement.limit_group);
    death.reason = std::move(judgement.reason);
    add_unknown(death, judgement.unknown);
}

std::string read_boot() {
    auto text = base::sys::read_file("/proc/sys/kernel/random/boot_id").value_or("");
    std::erase_if(text, [](char c) { return c == '-' || c == '\n'; });
    return text;
}

} // namespace mitori::witness::detail
