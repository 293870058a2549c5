// witness_truth: makes processes end in every way and says what really happened, one line each. It is what the records
// of `mitori record --host` are held against.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace truth {

/// What is known to the one who did it.
struct Truth {
    std::string what;        ///< the case, for people
    std::string cause;       ///< the word of status::Cause
    pid_t sender = 0;        ///< 0: nobody is to be told
    std::string limit = {};  ///< "RLIMIT_CPU=1"
    std::string reason = {}; ///< of the kernel; "*": any
};

/// A child that runs this and exits with what it returns.
pid_t start(std::function<int()> const& act);
/// Until somebody ends us.
[[noreturn]] void rest();
/// Waits for the end of a child, and says what really happened.
void tell(pid_t child, Truth const& truth);
/// The same of somebody who was not our child, of whom we know how it ended.
void tell_other(pid_t pid, unsigned long long start_ticks, int signal, Truth const& truth);
/// Field 22 of /proc/pid/stat; 0 where it is gone.
unsigned long long start_ticks(pid_t pid);
/// Ends with a message when it is false: the truth cannot be made here.
void need(bool condition, std::string_view what);
void write_file(std::string const& path, std::string_view text);
/// Until the process is in this state, as /proc/pid/stat has it.
void wait_for_state(pid_t pid, char state);
/// The first child of a process.
pid_t child_of(pid_t pid);

void kill_by_people(); ///< codes and signals, from oneself, the parent and strangers
void kill_by_kernel(); ///< faults, limits, pipes, timers, filters
void kill_by_ends();   ///< of parents, tracers, sessions, terminals, namespaces, groups
void kill_by_memory(std::string const& group);
void end_in_threads();
void use_pids_again();

} // namespace truth
