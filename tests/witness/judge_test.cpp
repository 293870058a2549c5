#include <csignal>
#include <gtest/gtest.h>

#include "witness/judge.hpp"

namespace mitori::witness {
namespace {

using status::Cause;
using status::DeathKind;

struct Row {
    char const* what;
    Facts facts;
    Cause cause;
    Sender sender = Sender::nobody;
    std::string limit = {};
    std::string reason = {};
};

Facts killed(int number, std::optional<Sending> sending) {
    return {.kind = DeathKind::killed, .status = number, .sending = sending, .unseen = "nobody looked"};
}

Facts with(Facts facts, auto change) {
    change(facts);
    return facts;
}

Sending const by_other{.origin = Origin::call, .code = SI_USER};
Sending const by_itself{.origin = Origin::call, .code = SI_TKILL, .to_itself = true};
Sending const by_kernel{.origin = Origin::kernel};
Sending const by_kernel_itself{.origin = Origin::kernel, .to_itself = true};
Sending const in_its_name{.origin = Origin::in_the_name, .to_itself = true};
Sending const in_others_name{.origin = Origin::in_the_name};

Sending faulted(int code) { return {.origin = Origin::call, .code = code, .to_itself = true}; }

Facts cpu(int number, Facts facts) {
    facts.status = number;
    facts.cpu_limit = 2; // raised by the signal
    facts.cpu_limit_hard = 2;
    facts.cpu = std::chrono::milliseconds(number == SIGKILL ? 2000 : 1003);
    return facts;
}

std::vector<Row> rows() {
    using enum Cause;
    return {
        {"an exit code", {.kind = DeathKind::exited, .status = 137}, itself},
        {"kill by another", killed(SIGKILL, by_other), process, Sender::told},
        {"sigqueue by another", killed(SIGUSR1, Sending{.origin = Origin::call, .code = SI_QUEUE}), process,
         Sender::told},
        {"a core by another",
         {.kind = DeathKind::dumped, .status = SIGQUIT, .sending = by_other},
         process,
         Sender::told},
        {"SIGSEGV by another is no fault", killed(SIGSEGV, by_other), process, Sender::told},
        {"SIGPIPE by another is no pipe", killed(SIGPIPE, by_other), process, Sender::told},
        {"abort", {.kind = DeathKind::dumped, .status = SIGABRT, .sending = by_itself}, itself},
        {"a POSIX timer", killed(SIGALRM, Sending{.origin = Origin::call, .code = SI_TIMER}), kernel, Sender::nobody,
         "", "a timer of its own (timer_create)"},
        {"a null pointer", killed(SIGSEGV, faulted(SEGV_MAPERR)), fault, Sender::nobody, "",
         "nothing is mapped at the address"},
        {"a division by zero", killed(SIGFPE, faulted(FPE_INTDIV)), fault, Sender::nobody, "",
         "an integer was divided by zero"},
        {"a file cut off under its mapping", killed(SIGBUS, faulted(BUS_ADRERR)), fault, Sender::nobody, "",
         "no memory behind the mapped address: the file is shorter, or its disk full"},
        {"a filter", {.kind = DeathKind::dumped, .status = SIGSYS, .sending = faulted(1)}, seccomp},
        {"a filter that killed the first thread",
         with(killed(SIGSYS, {}), [](Facts& f) { f.seccomp = Seccomp::filter; }), seccomp},
        {"strict mode", with(killed(SIGKILL, {}), [](Facts& f) { f.seccomp = Seccomp::strict; }), seccomp,
         Sender::nobody, "", "strict mode"},
        {"a filter of another's kill", with(killed(SIGKILL, by_other), [](Facts& f) { f.seccomp = Seccomp::filter; }),
         process, Sender::told},
        {"nobody reads the pipe", killed(SIGPIPE, in_its_name), pipe},
        {"a file too long", with(killed(SIGXFSZ, in_its_name), [](Facts& f) { f.file_limit = 4096; }), limit,
         Sender::nobody, "RLIMIT_FSIZE=4096"},
        {"cgroup.kill", killed(SIGKILL, in_others_name), kernel, Sender::told, "", "cgroup.kill"},
        {"cgroup.kill of its own group", killed(SIGKILL, in_its_name), kernel, Sender::told, "", "cgroup.kill"},
        {"its parent's end",
         killed(SIGTERM, Sending{.origin = Origin::in_the_name, .sender_exits = true, .is_parents_end = true}), kernel,
         Sender::told, "", "its parent ended, and it had asked for this signal then (PR_SET_PDEATHSIG)"},
        {"soft limit of CPU", cpu(SIGXCPU, killed(SIGXCPU, by_kernel_itself)), limit, Sender::nobody, "RLIMIT_CPU=1"},
        {"hard limit of CPU", cpu(SIGKILL, killed(SIGKILL, by_kernel_itself)), limit, Sender::nobody, "RLIMIT_CPU=2"},
        {"another's kill at the limit of CPU", cpu(SIGKILL, killed(SIGKILL, by_other)), process, Sender::told},
        {"alarm", killed(SIGALRM, by_kernel), kernel, Sender::nobody, "", "its alarm(2) or setitimer(2) ran out"},
        {"Ctrl-C", killed(SIGINT, Sending{.origin = Origin::kernel, .has_terminal = true}), terminal, Sender::nobody,
         "", "a key"},
        {"the terminal goes", killed(SIGHUP, Sending{.origin = Origin::kernel, .has_terminal = true}), terminal,
         Sender::nobody, "", "the terminal hung up"},
        {"the session's leader goes",
         killed(SIGHUP, Sending{.origin = Origin::kernel, .sender_exits = true, .has_terminal = true}), terminal,
         Sender::nobody, "", "the leader of its session ended"},
        {"an orphaned group", killed(SIGHUP, Sending{.origin = Origin::kernel, .sender_exits = true}), kernel,
         Sender::nobody, "", "its process group, with a stopped process in it, was orphaned"},
        {"a namespace's end",
         killed(SIGKILL, Sending{.origin = Origin::kernel, .sender_exits = true, .sender_is_init = true}), kernel,
         Sender::told, "", "its pid namespace ended with its process 1"},
        {"a tracer's end", killed(SIGKILL, Sending{.origin = Origin::kernel, .sender_exits = true}), kernel,
         Sender::told, "", "its tracer ended (PTRACE_O_EXITKILL)"},
    };
}

TEST(Judge, knows_whose_doing_it_was) {
    for (auto const& row : rows()) {
        SCOPED_TRACE(row.what);
        auto const judgement = judge(row.facts);
        EXPECT_EQ(judgement.cause, row.cause);
        EXPECT_EQ(judgement.sender, row.sender);
        EXPECT_EQ(judgement.limit, row.limit);
        EXPECT_EQ(judgement.reason, row.reason);
        EXPECT_EQ(judgement.unknown, "");
    }
}

Facts oom_victim(std::optional<Sending> sending) {
    auto facts = killed(SIGKILL, sending);
    facts.oom_victim = true;
    return facts;
}

TEST(Judge, names_the_limit_of_memory_and_whose_it_is) {
    auto facts = oom_victim(by_kernel_itself);
    facts.oom = OutOfMemory{.limit = 1048576, .limit_name = "MemoryMax", .group = "/a/b"};
    EXPECT_EQ(judge(facts), (Judgement{.cause = Cause::oom, .limit = "MemoryMax=1048576", .limit_group = "/a/b"}));
    facts.oom = OutOfMemory{};
    EXPECT_EQ(judge(facts), (Judgement{.cause = Cause::oom, .limit = "the memory of the machine"}));
}

TEST(Judge, does_not_guess_a_limit_that_nobody_told) {
    auto const judgement = judge(oom_victim(by_kernel));
    EXPECT_EQ(judgement.cause, Cause::oom);
    EXPECT_EQ(judgement.limit, "");
    EXPECT_EQ(judgement.unknown, "which limit: the kernel's log, which would have told, has no line on it");
}

TEST(Judge, does_not_take_a_kill_for_the_kernels_because_memory_ran_out_meanwhile) {
    EXPECT_EQ(judge(oom_victim(by_other)).cause, Cause::process);
}

TEST(Judge, says_who_would_have_known) {
    EXPECT_EQ(judge(killed(SIGTERM, std::nullopt)), (Judgement{.unknown = "nobody looked"}));
    EXPECT_EQ(judge({.unseen = "nobody looked"}), (Judgement{.unknown = "nobody looked"}));
}

TEST(Judge, does_not_call_a_kernels_kill_a_limit_of_cpu_when_there_was_time_left) {
    auto facts = cpu(SIGKILL, killed(SIGKILL, by_kernel_itself));
    facts.cpu = std::chrono::milliseconds(900);
    EXPECT_EQ(judge(facts),
              (Judgement{.cause = Cause::kernel, .unknown = "why the kernel killed it: its log may tell"}));
}

} // namespace
} // namespace mitori::witness
