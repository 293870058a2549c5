#include "witness/judge.hpp"

#include <array>
#include <csignal>
#include <fmt/format.h>

namespace mitori::witness {
namespace {

using status::Cause;

constexpr int by_filter = 1; // SYS_SECCOMP, which glibc 2.36 does not name

Judgement kernel(std::string reason, Sender sender = Sender::nobody) {
    return {.cause = Cause::kernel, .sender = sender, .reason = std::move(reason)};
}

Judgement limited(std::string_view name, std::optional<std::uint64_t> limit) {
    Judgement judgement{.cause = Cause::limit, .limit = std::string(name)};
    if (limit)
        judgement.limit += fmt::format("={}", *limit);
    else
        judgement.unknown = "the limit's size: it had been raised by the time of the end";
    return judgement;
}

Judgement out_of_memory(Facts const& facts) {
    Judgement judgement{.cause = Cause::oom};
    if (!facts.oom) {
        judgement.unknown = "which limit: the kernel's log, which would have told, has no line on it";
        return judgement;
    }
    judgement.limit_group = facts.oom->group;
    judgement.limit = facts.oom->limit ? fmt::format("{}={}", facts.oom->limit_name, *facts.oom->limit)
                                       : std::string("the memory of the machine");
    return judgement;
}

/// With each SIGXCPU the kernel raises the soft limit by a second.
std::optional<std::uint64_t> before_the_signal(std::optional<std::uint64_t> cpu_limit) {
    return cpu_limit && *cpu_limit > 0 ? std::optional(*cpu_limit - 1) : std::nullopt;
}

struct FaultWords {
    int number;
    int code;
    char const* words;
};

constexpr std::array faults{
    FaultWords{SIGSEGV, SEGV_MAPERR, "nothing is mapped at the address"},
    FaultWords{SIGSEGV, SEGV_ACCERR, "the address may not be accessed so"},
    FaultWords{SIGSEGV, SEGV_PKUERR, "a protection key forbids the access"},
    FaultWords{SIGSEGV, SI_KERNEL, "a bad address, or a signal that could not be delivered"},
    FaultWords{SIGBUS, BUS_ADRALN, "a misaligned address"},
    FaultWords{SIGBUS, BUS_ADRERR, "no memory behind the mapped address: the file is shorter, or its disk full"},
    FaultWords{SIGBUS, BUS_OBJERR, "a hardware error"},
    FaultWords{SIGBUS, BUS_MCEERR_AR, "the memory is broken"},
    FaultWords{SIGBUS, BUS_MCEERR_AO, "the memory is broken"},
    FaultWords{SIGILL, ILL_ILLOPC, "an illegal instruction"},
    FaultWords{SIGILL, ILL_ILLOPN, "an illegal instruction"},
    FaultWords{SIGILL, ILL_PRVOPC, "a privileged instruction"},
    FaultWords{SIGFPE, FPE_INTDIV, "an integer was divided by zero"},
    FaultWords{SIGFPE, FPE_INTOVF, "an integer overflow"},
    FaultWords{SIGFPE, FPE_FLTDIV, "a number was divided by zero"},
    FaultWords{SIGTRAP, TRAP_BRKPT, "a breakpoint"},
    FaultWords{SIGTRAP, TRAP_TRACE, "a trace trap"},
    FaultWords{SIGTRAP, SI_KERNEL, "a breakpoint"},
};

bool is_fault(int number) {
    return number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE || number == SIGTRAP;
}

Judgement fault(int number, int code) {
    Judgement judgement{.cause = Cause::fault};
    for (auto const& row : faults)
        if (row.number == number && row.code == code) judgement.reason = row.words;
    return judgement;
}

Judgement by_siginfo(int number, Sending const& sending) {
    switch (sending.code) {
    case SI_TIMER: return kernel("a timer of its own (timer_create)");
    case SI_MESGQ: return kernel("a message came into its queue (mq_notify)", Sender::told);
    case SI_ASYNCIO:
    case SI_SIGIO: return kernel("input or output of which it had asked to hear");
    default: break;
    }
    if (sending.code <= 0)
        return sending.to_itself ? Judgement{.cause = Cause::itself}
                                 : Judgement{.cause = Cause::process, .sender = Sender::told};
    if (number == SIGSYS) {
        if (sending.code == by_filter) return {.cause = Cause::seccomp};
        return kernel("a system call that it had sent to itself (PR_SET_SYSCALL_USER_DISPATCH)");
    }
    if (is_fault(number)) return fault(number, sending.code);
    if (number == SIGIO) return kernel("input or output of which it had asked to hear");
    auto judgement = kernel("");
    judgement.unknown = "why the kernel sent the signal: it gives no reason";
    return judgement;
}

Judgement in_the_name(Facts const& facts) {
    auto const& sending = *facts.sending;
    if (sending.is_parents_end && sending.sender_exits)
        return kernel("its parent ended, and it had asked for this signal then (PR_SET_PDEATHSIG)", Sender::told);
    if (facts.status == SIGKILL) return kernel("cgroup.kill", Sender::told);
    if (!sending.to_itself) return kernel("sent in a process's name", Sender::told);
    switch (facts.status) {
    case SIGPIPE: return {.cause = Cause::pipe};
    case SIGXFSZ: return limited("RLIMIT_FSIZE", facts.file_limit);
    default: return kernel("sent in its own system call");
    }
}

Judgement killed_by_kernel(Facts const& facts) {
    auto const& sending = *facts.sending;
    if (facts.oom_victim) return out_of_memory(facts);
    if (!sending.to_itself && sending.sender_exits)
        return sending.sender_is_init ? kernel("its pid namespace ended with its process 1", Sender::told)
                                      : kernel("its tracer ended (PTRACE_O_EXITKILL)", Sender::told);
    // The kernel counts whole ticks for whoever runs when one ends: on a crowded machine the exact time is far below.
    if (sending.to_itself && facts.cpu_limit_hard && 2 * facts.cpu >= std::chrono::seconds(*facts.cpu_limit_hard))
        return limited("RLIMIT_CPU", facts.cpu_limit_hard);
    auto judgement = kernel("");
    judgement.unknown = "why the kernel killed it: its log may tell";
    return judgement;
}

Judgement by_kernel(Facts const& facts) {
    auto const& sending = *facts.sending;
    switch (facts.status) {
    case SIGKILL: return killed_by_kernel(facts);
    case SIGXCPU: return limited("RLIMIT_CPU", before_the_signal(facts.cpu_limit));
    case SIGALRM: return kernel("its alarm(2) or setitimer(2) ran out");
    case SIGVTALRM:
    case SIGPROF: return kernel("its setitimer(2) ran out");
    case SIGINT:
    case SIGQUIT: return {.cause = Cause::terminal, .reason = "a key"};
    case SIGHUP:
        if (!sending.has_terminal) return kernel("its process group, with a stopped process in it, was orphaned");
        return {.cause = Cause::terminal,
                .reason = sending.sender_exits ? "the leader of its session ended" : "the terminal hung up"};
    default: break;
    }
    if (is_fault(facts.status)) return fault(facts.status, SI_KERNEL);
    auto judgement = kernel("");
    judgement.unknown = "why the kernel sent the signal: it gives no reason";
    return judgement;
}

// No signal was sent at all when the kernel ends a process in the middle of its own call.
Judgement without_sending(Facts const& facts) {
    if (facts.oom_victim && facts.status == SIGKILL) return out_of_memory(facts);
    bool const is_under_seccomp = facts.seccomp == Seccomp::strict || facts.seccomp == Seccomp::killed;
    if (is_under_seccomp && facts.status == SIGKILL) // a filter sends SIGSYS
        return {.cause = Cause::seccomp, .reason = "strict mode"};
    if (facts.seccomp == Seccomp::killed || (facts.seccomp == Seccomp::filter && facts.status == SIGSYS))
        return {.cause = Cause::seccomp};
    return {.unknown = facts.unseen};
}

} // namespace

Judgement judge(Facts const& facts) {
    if (facts.kind == status::DeathKind::exited) return {.cause = Cause::itself};
    if (facts.kind == status::DeathKind::unknown) return {.unknown = facts.unseen};
    if (!facts.sending) return without_sending(facts);
    switch (facts.sending->origin) {
    case Origin::call: return by_siginfo(facts.status, *facts.sending);
    case Origin::in_the_name: return in_the_name(facts);
    case Origin::kernel: return by_kernel(facts);
    }
    return {.unknown = facts.unseen};
}

} // namespace mitori::witness
