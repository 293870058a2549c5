// The plan of a child: what it shall be, as data. Station 4 of the road, the hinge of the house.
//
// A Plan is one flat, position-independent block of bytes, a list of steps in the order in which the child walks them,
// with its source descriptors beside it. It is made in the parent, where allocating and failing are allowed; the
// child only makes system calls from it. That is why it can be printed (`mitori plan`), compared with a golden text
// in a test, and sent to the spawner over a socket as it stands.
//
// Words
//   step     one system call, or a few that belong together, with its arguments and the Stage that it fails as.
//   source   a descriptor of the parent that travels beside the block. Owned by the plan or borrowed (the caller keeps
//            it open until the child has been started).
//   slot     a numbered place in which the child holds a descriptor while it walks. Slots 0..sources-1 begin with the
//            sources; `open_file`, `connect_unix` fill further ones.
//   place    the one step that gives slots their final numbers and closes everything else (close_range).
//
// Invariants
//   - The last step is an exec; there is exactly one `place`, and only steps that open nothing stand between it and
//     the exec. PlanBuilder::finish refuses a plan that breaks this (EINVAL).
//   - Every string in the block ends in a NUL and holds none. Offsets are relative to the block's first byte.
//   - Steps of one plan are independent of the process that walks it: nothing in the block is a pointer until
//     `detail/block.hpp` has relocated a private copy.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/types.h>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "base/signal.hpp"
#include "process/stage.hpp"

namespace mitori::process {

/// Index of a slot of a plan.
enum class Slot : std::uint16_t {};

/// setrlimit(2): resource is an RLIMIT_ constant.
struct Limit {
    int resource = 0;
    rlim_t soft = RLIM_INFINITY;
    rlim_t hard = RLIM_INFINITY;
    friend bool operator==(Limit const&, Limit const&) = default;
};

/// sched_setscheduler(2).
struct Scheduling {
    int policy = 0;
    int priority = 0;
    bool reset_on_fork = false;
};

/// The kernel's affinity mask: bit n of word n/64 for CPU n. Up to 1024 CPUs.
using CpuMask = std::array<std::uint64_t, 16>;

/// One of the managed directories of systemd.exec(5) (RuntimeDirectory= and its kin), by absolute path. An owner or
/// group of `owner_stays` is left as it is (new directories then belong to who makes them).
struct ManagedDirectory {
    static constexpr std::uint32_t owner_stays = ~std::uint32_t{0};
    /// What becomes of a directory that is there already: ConfigurationDirectory= leaves mode and owner alone.
    enum class Existing : std::uint8_t { is_adjusted, stays };
    std::string path;
    mode_t mode = 0755;
    uid_t uid = 0;
    gid_t gid = 0;
    Existing existing = Existing::is_adjusted;
};

/// What follows when the kernel denies a wish for lack of privilege (EPERM, EACCES): the step fails; the nearest value
/// that is allowed is taken instead (systemd's way with limits and nice); or nothing changes (its way with the OOM
/// score).
enum class Denied : std::uint8_t { is_error, takes_nearest, is_ignored };

enum class ClearEnvironment { no, yes };

class Plan {
public:
    Plan() = default;

    [[nodiscard]] std::span<std::byte const> block() const { return block_; }
    /// The numbers of the source descriptors, in slot order; valid while the plan lives (owned) or the lender keeps
    /// them open (borrowed).
    [[nodiscard]] std::span<int const> sources() const { return sources_; }
    /// What the child is called in messages: the path of its program as it was asked for.
    [[nodiscard]] std::string_view program() const;

private:
    friend class PlanBuilder;
    std::vector<std::byte> block_;
    std::vector<int> sources_;
    std::vector<base::Fd> owned_;
};

/// What the child will do, a step a line, in order, for people and golden tests:
///   setsid
///   limit NOFILE 1024:4096
///   open slot 1 /dev/null rdonly
///   place 0<-slot1 1<-slot2 2<-slot2, close all others
///   env PATH=/usr/bin
///   env LISTEN_PID=<pid>
///   exec /usr/sbin/nginx "-g" "daemon on;"
/// `exec` shows argv from argv[1] on; "as NAME" tells an argv[0] that is not the path, "first of A B" several
/// candidates.
[[nodiscard]] std::string show(Plan const& plan);

/// Puts a plan together. The caller chooses the order of the steps: the order is the meaning.
class PlanBuilder {
public:
    // -- process attributes
    void new_session();           ///< setsid(2)
    void new_group();             ///< setpgid(0, 0)
    void join_group(pid_t group); ///< setpgid(0, group)
    /// The child makes another process, which goes on with the plan, and ends with 0: who goes on is the child of init
    /// or of the nearest subreaper (fork, setsid, fork of daemon(7)). Only for spawn_detached (process/detach.hpp); not
    /// together with parent_death_signal. Fails as Stage::spawn.
    void become_orphan();
    /// Fails as Stage::limits. Nearest: both values no higher than the hard limit that the child inherits; an EPERM
    /// with an unlimited hard limit stays an error.
    void limit(Limit const& limit, Denied denied = Denied::is_error);
    /// setpriority(2), absolute. Nearest: what RLIMIT_NICE allows, or the inherited value where that is lower still.
    void nice(int value, Denied denied = Denied::is_error);
    void scheduler(Scheduling const& value); ///< Stage::setscheduler
    void io_priority(int value);             ///< ioprio_set(2), class << 13 | level; Stage::ioprio
    void cpu_affinity(CpuMask const& mask);
    /// Writes /proc/self/oom_score_adj; Stage::oom_adjust.
    void oom_score_adjust(int value, Denied denied = Denied::is_error);
    void umask(mode_t mask);
    void timer_slack(std::uint64_t nanoseconds);
    void no_new_privileges();
    /// A network of its own, in which there is a loopback device that is down, and no other: unshare(2). Without
    /// CAP_SYS_ADMIN in a user namespace, too, in which only its own user and group exist. Fails as Stage::network.
    void new_network();
    /// prctl(PR_SET_PDEATHSIG); the child ends at once (SIGKILL to itself) if its parent is gone already. The kernel
    /// forgets it when user or group change: a plan that asks for it before them is refused. The parent is the thread
    /// that called spawn() (that started the Spawner).
    void parent_death_signal(base::Signal signal);

    // -- cgroups
    /// The child begins its life in this cgroup v2 directory (CLONE_INTO_CGROUP); where the kernel cannot, the child's
    /// first step moves it there. At most once; a lent or given slot. Fails as Stage::cgroup.
    void born_in_cgroup(Slot directory);
    /// Writes itself into `cgroup.procs` of this directory: v1 hierarchies.
    void join_cgroup(Slot directory);

    // -- file system
    void root_directory(std::string_view path); ///< chroot + chdir("/")
    enum class Missing { is_error, is_ignored };
    void working_directory(std::string_view path, Missing missing);
    /// mkdir -p (parents 0755), then owner and mode of the last component; everything below changes its owner too when
    /// the last component's owner did not match (systemd.exec(5)). No symbolic link is followed at the last component
    /// nor below it. An id of -1 leaves that owner as it is.
    void managed_directory(ManagedDirectory const& directory, Stage stage);
    /// symlink(2) at `path`, its parents made (0755) where missing. A link that says `target` already is fine; anything
    /// else in its place is EEXIST.
    void symbolic_link(std::string_view target, std::string_view path, Stage stage);

    // -- descriptors
    [[nodiscard]] Slot lend(int fd);      ///< borrows: the caller keeps it open until the start has been reported
    [[nodiscard]] Slot give(base::Fd fd); ///< the plan owns it
    [[nodiscard]] Slot open_file(std::string_view path, int flags, mode_t mode, Stage stage); ///< or connects a socket
    /// A connected AF_UNIX stream socket.
    [[nodiscard]] Slot connect_unix(std::string_view path, Stage stage);
    void truncate(Slot slot, Stage stage); ///< ftruncate(slot, 0)
    /// Makes the terminal in this slot the controlling one (TIOCSCTTY), stealing it from another session where that is
    /// asked for and privilege allows; EPERM else.
    enum class Steal : std::uint8_t { no, yes };
    void controlling_terminal(Slot slot, Stage stage, Steal steal = Steal::yes);
    /// Makes the child's own group the foreground one of the controlling terminal in this slot (tcsetpgrp(3)); after
    /// new_group, join_group or controlling_terminal. No SIGTTOU: the child's signals are blocked.
    void take_foreground(Slot terminal, Stage stage);
    struct Placement {
        Slot slot;
        int number;
    };
    /// Gives each slot its final number, without close-on-exec; everything else is closed at exec. Targets differ.
    void place(std::vector<Placement> placements);

    // -- identity. Order matters: groups, gid, uid.
    void supplementary_groups(std::vector<gid_t> groups); ///< setgroups(2)
    void group(gid_t gid);                                ///< setresgid(2)
    void user(uid_t uid);                                 ///< setresuid(2)

    // -- signals
    /// Every signal to its default, but those of `ignored`. Without this step what the parent ignores stays ignored.
    void signal_dispositions(base::SignalSet ignored);
    /// The mask that the program begins with; set last of all, after every other step and just before the exec. Without
    /// this step: nothing blocked.
    void signal_mask(base::SignalSet blocked);

    // -- the end
    /// The whole environment, "K=V" each; before `execute`. Values that only the child knows: `pid_variable`.
    void environment(std::vector<std::string> entries);
    /// Adds NAME=<the child's pid>, instead of any NAME of `environment`: LISTEN_PID and WATCHDOG_PID of
    /// sd_listen_fds(3), sd_watchdog_enabled(3). Before `execute`.
    void pid_variable(std::string_view name);
    /// execve(2) of the first of `candidates` that exists: a plain path, or one candidate per directory of a search
    /// path. ENOENT, ENOTDIR and EACCES try the next; the error reported is EACCES if any candidate gave it, as
    /// execvp(3).
    void execute(std::vector<std::string> candidates, std::vector<std::string> argv);
    /// fexecve(3) by execveat(2). A script needs its descriptor to stay open: its interpreter reads /dev/fd/N.
    void execute_descriptor(Slot program, std::vector<std::string> argv);

    /// EINVAL, with the reason as subject, for a plan that breaks the invariants above; E2BIG for one of more than
    /// 16 MiB or 4096 slots.
    [[nodiscard]] base::Result<Plan> finish() &&;

private:
    template <class Payload>
    void add(Stage stage, Payload payload);
    template <class Payload, class Fill>
    void add(Stage stage, Payload payload, Fill fill);
    [[nodiscard]] std::vector<std::string> environment_entries() const;
    void add_environment();
    void break_with(std::string reason);
    [[nodiscard]] Slot next_opened();

    Plan plan_;
    std::uint16_t steps_ = 0;
    std::uint16_t opened_ = 0;
    std::optional<Slot> cgroup_;
    bool pdeathsig_ = false;
    bool orphan_ = false;
    std::string program_;
    std::vector<std::string> environment_;
    std::vector<std::string> pid_variables_;
    std::optional<base::Error> broken_;
};

} // namespace mitori::process
